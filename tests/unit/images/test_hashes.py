"""Perceptual hashes and ThumbHash, against what other implementations give for the same pixels."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.images.hashes import dhash, phash
from archiver.images.likeness import bits_apart, distances, same_picture
from archiver.images.thumbhash import encode, thumbhash
from archiver.model import ImageEvidence
from tests.pictures import scene, with_hole

if TYPE_CHECKING:
    from PIL import Image

HASHED = {
    "wide": (scene(320, 200, "L"), "a9f6b668f9e99200", "3fbffff3f3f3f3fb"),
    "tall": (scene(20, 31, "RGBA").convert("L").resize((100, 80)), "a8f4b56af9e99600", "9fbffff3f3f1f3fb"),
    "square": (scene(32, 32, "RGBA").convert("L").resize((100, 80)), "a8f4b46af9e99602", "3fbffff3e3e3f3fb"),
}


@pytest.mark.parametrize(("image", "phashed", "dhashed"), HASHED.values(), ids=HASHED)
def test_hashes_are_those_of_imagehash(image: Image.Image, phashed: str, dhashed: str) -> None:
    """As imagehash 4.3.2 gives them."""
    assert (phash(image), dhash(image)) == (phashed, dhashed)


THUMBHASHED = {
    "wide": (scene(40, 24, "RGBA"), "dd07069c94c4e0658fc9867fb9c5758ff8f667"),
    "tall": (scene(20, 31, "RGBA"), "dd07069d14b5d18fb9f6975b9d8a8898758ff8f767"),
    "square": (scene(32, 32, "RGBA"), "dd07069f14c4d0668fc9867fc856ac96898859f7886f7f06"),
}


@pytest.mark.parametrize(("image", "expected"), THUMBHASHED.values(), ids=THUMBHASHED)
def test_a_thumbhash_is_that_of_the_format(image: Image.Image, expected: str) -> None:
    """As thumbhash-python 1.0.1 gives it."""
    assert encode(*image.size, image.tobytes()).hex() == expected


def test_a_thumbhash_tells_shape_and_alpha() -> None:
    """Bit 23 tells of alpha, bit 39 of a landscape."""
    bits = {
        name: int.from_bytes(base64.b64decode(thumbhash(image))[:5], "little")
        for name, image in {"wide": scene(200, 100), "tall": scene(100, 200), "hole": with_hole()}.items()
    }
    assert {name: (bool(head >> 23 & 1), bool(head >> 39)) for name, head in bits.items()} == {
        "wide": (False, True),
        "tall": (False, False),
        "hole": (True, True),
    }


@pytest.mark.parametrize("colour", [(0, 0, 0, 255), (255, 255, 255, 255), (10, 200, 30, 255), (9, 9, 9, 0)])
def test_one_colour_has_no_waves(colour: tuple[int, int, int, int]) -> None:
    """What rounding leaves is not taken for a picture."""
    made = encode(8, 8, bytes(colour) * 64)
    assert set(made[6 if colour[3] == 0 else 5 :]) <= {0}


@given(width=st.integers(1, 40), height=st.integers(1, 40), seed=st.randoms(use_true_random=False))
def test_law_any_size_has_a_thumbhash(width: int, height: int, seed: st.DataObject) -> None:
    pixels = seed.randbytes(width * height * 4)  # type: ignore[attr-defined]
    assert 20 <= len(encode(width, height, pixels)) <= 26


# --- likeness ---------------------------------------------------------------------------------------------------

ZERO = "0" * 16


def hashed(phash: str | None, dhash: str | None = ZERO) -> ImageEvidence:
    return ImageEvidence(phash=phash, dhash=dhash)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (hashed(ZERO), True),
        (hashed("00000000000003ff"), True),
        (hashed("00000000000007ff"), False),
        (hashed(ZERO, "00000000000003ff"), True),
        (hashed(ZERO, "00000000000007ff"), False),
        (hashed(None), False),
        (hashed(ZERO, None), False),
    ],
    ids=["equal", "10 of pHash", "11 of pHash", "10 of dHash", "11 of dHash", "no pHash", "no dHash"],
)
def test_both_hashes_must_be_near(other: ImageEvidence, is_same: bool) -> None:  # noqa: FBT001 (a table's column)
    assert same_picture(hashed(ZERO), other) is is_same
    assert same_picture(other, hashed(ZERO)) is is_same


def test_distances() -> None:
    assert bits_apart("ffffffffffffffff", ZERO) == 64
    assert distances(hashed("f" * 16), hashed(ZERO, "3" * 16)) == (64, 32)
    assert distances(hashed(None), hashed(ZERO)) is None
