"""Warnings: what is told of an image beside its verdict."""

from __future__ import annotations

import pytest

from archiver.images.cautions import (
    changed_warning,
    content_type_warning,
    dimensions_warning,
    image_warnings,
    keeps_ratio,
)
from archiver.model import ImageCaution, ImageEvidence, ImageFault

GOOD = ImageEvidence(format="JPEG", width=1200, height=675, phash="0" * 16, dhash="0" * 16, content_type_matches=True)
OTHER = ImageEvidence(format="PNG", width=1200, height=675, phash="f" * 16, dhash="0" * 16, content_type_matches=False)
CLEAR = ImageEvidence(format="SVG", width=1200, height=675)


def faulty(fault: ImageFault, format_: str | None = "JPEG") -> ImageEvidence:
    return ImageEvidence(format=format_, width=1, height=1, fault=fault, content_type_matches=False)


@pytest.mark.parametrize(
    ("declared", "note"),
    [
        ((1200, 675), None),
        ((None, None), None),
        ((0, 0), None),
        ((1200, None), None),
        ((1600, 900), "declared 1600x900, is 1200x675, the same ratio"),
        ((1600, 901), "declared 1600x901, is 1200x675, the same ratio"),
        ((1600, 1200), "declared 1600x1200, is 1200x675, another ratio"),
        ((675, 1200), "declared 675x1200, is 1200x675, another ratio"),
        ((1600, None), "declared 1600x?, is 1200x675"),
        ((None, 900), "declared ?x900, is 1200x675"),
    ],
    ids=str,
)
def test_declared_sizes_are_held_against_the_image(declared: tuple[int | None, int | None], note: str | None) -> None:
    warning = dimensions_warning(GOOD, *declared)
    assert (warning.note if warning else None) == note
    assert warning is None or warning.caution is ImageCaution.IMAGE_DIMENSIONS


@pytest.mark.parametrize("evidence", [faulty(ImageFault.IMAGE_PLACEHOLDER), ImageEvidence(format="HEIC")])
def test_what_shows_no_picture_has_no_size_to_hold_against(evidence: ImageEvidence) -> None:
    assert dimensions_warning(evidence, 1600, 900) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1600, 900), (320, 180), True),
        ((1539, 962), (320, 200), True),
        ((1000, 333), (100, 33), True),
        ((1600, 900), (320, 182), False),
        ((1600, 900), (900, 1600), False),
        ((3, 2), (300, 200), True),
    ],
    ids=str,
)
def test_a_ratio_is_kept_where_only_pixels_were_rounded(
    one: tuple[int, int],
    other: tuple[int, int],
    expected: bool,  # noqa: FBT001 (a table's column)
) -> None:
    assert keeps_ratio(one, other) is expected
    assert keeps_ratio(other, one) is expected


@pytest.mark.parametrize(
    ("evidence", "content_type", "note"),
    [
        (GOOD, "image/jpeg", None),
        (OTHER, "Image/JPEG; charset=x", "sent as image/jpeg, is PNG"),
        (OTHER, None, None),
        (ImageEvidence(content_type_matches=None), "image/jpeg", None),
        (faulty(ImageFault.IMAGE_IS_HTML, "HTML"), "image/jpeg", None),
        (faulty(ImageFault.TRUNCATED), "text/html", "sent as text/html, is JPEG"),
    ],
    ids=str,
)
def test_a_content_type_is_held_against_the_bytes(
    evidence: ImageEvidence, content_type: str | None, note: str | None
) -> None:
    warning = content_type_warning(evidence, content_type)
    assert (warning.note if warning else None) == note


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        (GOOD, GOOD, None),
        (GOOD, OTHER, "another picture, or cropped: 64 and 0 of 64 bits apart (pHash, dHash)"),
        (GOOD, CLEAR, "it shows nothing now"),
        (GOOD, faulty(ImageFault.IMAGE_PLACEHOLDER), "it shows nothing now"),
        (GOOD, faulty(ImageFault.IMAGE_IS_HTML), None),
        (GOOD, faulty(ImageFault.TRUNCATED), None),
        (GOOD, faulty(ImageFault.TOO_LARGE), None),
        (faulty(ImageFault.IMAGE_PLACEHOLDER), GOOD, None),
        (CLEAR, GOOD, None),
    ],
    ids=["same", "other", "empty", "placeholder", "a page", "cut", "too large", "back again", "was empty"],
)
def test_another_picture_is_told(before: ImageEvidence, after: ImageEvidence, note: str | None) -> None:
    """A fault is a verdict's to tell; against a picture that was none, nothing is held."""
    warning = changed_warning(before, after)
    assert (warning.note if warning else None) == note


def test_all_warnings_come_together() -> None:
    warnings = image_warnings(OTHER, content_type="image/jpeg", declared=(1, 1), before=GOOD)
    assert [warning.caution for warning in warnings] == ["image_dimensions", "content_type", "image_changed"]
    assert image_warnings(GOOD, content_type="image/jpeg") == ()
