"""Bodies: codings undone, counted, hashed and bounded."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
import zlib
from random import Random

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.body import BadCodingError, Body

TEXT = b"All is well here. " * 40
GZIP, BROTLI, ZLIB = gzip.compress(TEXT), brotli.compress(TEXT), zlib.compress(TEXT)
PIECES = [1, 2, 7, 100_000]


def take(coding: str, data: bytes, piece: int = 100_000, limit_bytes: int = 1_000_000) -> Body:
    """A body that took `data` in pieces, until it wanted no more."""
    body = Body(coding=coding, limit_bytes=limit_bytes)
    for start in range(0, len(data), piece):
        if not body.take(data[start : start + piece]):
            break
    return body


def digest(data: bytes) -> str | None:
    return f"sha256:{hashlib.sha256(data).hexdigest()}" if data else None


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("coding", "data", "decoded"),
    [
        pytest.param("", TEXT, TEXT, id="none"),
        pytest.param("identity", TEXT, TEXT, id="identity"),
        pytest.param("gzip", GZIP, TEXT, id="gzip"),
        pytest.param(" X-GZIP ", GZIP, TEXT, id="x-gzip"),
        pytest.param("gzip", GZIP + b"\0\0rubbish", TEXT, id="gzip-then-rubbish"),
        pytest.param("gzip", gzip.compress(b""), b"", id="gzip-of-nothing"),
        pytest.param("deflate", ZLIB, TEXT, id="zlib"),
        pytest.param("deflate", ZLIB + b"rubbish", TEXT, id="zlib-then-rubbish"),
        pytest.param("br", BROTLI, TEXT, id="brotli"),
        pytest.param("gzip, br", brotli.compress(GZIP), TEXT, id="gzip-in-brotli"),
        pytest.param("br,gzip", gzip.compress(BROTLI), TEXT, id="brotli-in-gzip"),
        pytest.param("gzip, , gzip,", gzip.compress(GZIP), TEXT, id="gzip-twice"),
        pytest.param("zstd", TEXT, TEXT, id="unknown"),
        pytest.param("gzip, zstd", GZIP, GZIP, id="one-of-two-unknown"),
        pytest.param("gzip", b"", b"", id="empty"),
    ],
)
def test_a_whole_body_is_counted_and_hashed_as_decoded(coding: str, data: bytes, decoded: bytes, piece: int) -> None:
    body = take(coding, data, piece)
    assert body.held == decoded
    assert (body.size_bytes, body.digest) == (len(decoded), digest(decoded))
    assert body.is_whole
    assert not body.over_limit


@pytest.mark.parametrize("piece", PIECES)
def test_gzip_in_several_members_is_one_body(piece: int) -> None:
    body = take("gzip", gzip.compress(b"one, ") + gzip.compress(b"two, ") + gzip.compress(b"three"), piece)
    assert body.held == b"one, two, three"
    assert body.is_whole


@pytest.mark.parametrize("piece", PIECES)
def test_gzip_whose_second_member_is_cut_short_is_not_whole(piece: int) -> None:
    assert not take("gzip", GZIP + GZIP[:-9], piece).is_whole


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", GZIP[:-1]),
        ("gzip", GZIP[:-9]),
        ("gzip", GZIP[:5]),
        ("deflate", ZLIB[:-1]),
        ("br", BROTLI[:-1]),
        ("gzip, br", brotli.compress(GZIP[:-9])),
        ("gzip, br", brotli.compress(GZIP)[:-1]),
    ],
    ids=["gzip-foot", "gzip-data", "gzip-head", "zlib", "brotli", "inner", "outer"],
)
def test_a_body_cut_short_is_not_whole(coding: str, data: bytes, piece: int) -> None:
    body = take(coding, data, piece)
    assert not body.is_whole
    assert TEXT.startswith((body.held or b"")[: len(TEXT)])


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", b"<!doctype html>"),
        ("gzip", GZIP[:-8] + bytes(8)),
        ("gzip", GZIP[:10] + b"\x07" + GZIP[11:]),
        ("deflate", b"<!doctype html>"),
        ("br", b"<!doctype html>" * 9),
        ("br", BROTLI + b"rubbish"),
        ("gzip, br", brotli.compress(b"<!doctype html>")),
    ],
    ids=["no-gzip", "checksum", "gzip-data", "no-zlib", "no-brotli", "brotli-then-rubbish", "inner"],
)
def test_a_body_in_another_coding_than_its_header_says(coding: str, data: bytes, piece: int) -> None:
    with pytest.raises(BadCodingError):
        take(coding, data, piece)


# --- bounds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    ("coding", "data"), [("", TEXT), ("gzip", GZIP), ("deflate", ZLIB), ("br", BROTLI)], ids=["", "gzip", "zlib", "br"]
)
@pytest.mark.parametrize(("spare", "over"), [(1, False), (0, False), (-1, True), (-400, True)])
def test_the_limit_is_exact(coding: str, data: bytes, piece: int, spare: int, over: bool) -> None:  # noqa: FBT001
    limit_bytes = len(TEXT) + spare
    body = take(coding, data, piece, limit_bytes)
    assert body.over_limit is over
    assert body.held == TEXT[:limit_bytes]


def test_no_more_is_wanted_over_the_limit() -> None:
    body = Body(coding="", limit_bytes=3)
    assert body.take(b"abc")
    assert not body.take(b"d")
    assert body.held == b"abc"


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(bytes(20_000_000))),
        ("br", brotli.compress(bytes(20_000_000), quality=1)),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(20_000_000)))),
    ],
    ids=["gzip", "brotli", "gzip-in-gzip"],
)
def test_a_bomb_takes_little_memory(coding: str, data: bytes) -> None:
    body = Body(coding=coding, limit_bytes=100_000)
    tracemalloc.start()
    assert not body.take(data)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert body.over_limit
    assert body.size_bytes <= 100_000
    assert most_bytes < 2_000_000 + len(data)


# --- laws -----------------------------------------------------------------------------------------------------

ENCODED = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@given(st.sampled_from(sorted(ENCODED)), st.integers(0, 5000), st.integers(0), st.data())
def test_law_arrival_makes_no_difference(coding: str, size: int, seed: int, data: st.DataObject) -> None:
    """However a body is cut into pieces, it has the same size, digest and end; also where it is over the limit."""
    content = Random(seed).randbytes(size // 2) + bytes(size - size // 2)
    encoded = ENCODED[coding](content)
    limit_bytes = data.draw(st.integers(1, 6000))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(encoded)), max_size=8)))
    body = Body(coding=coding, limit_bytes=limit_bytes)
    for start, end in zip([0, *cuts], [*cuts, len(encoded)], strict=True):
        if not body.take(encoded[start:end]):
            break
    if len(encoded) <= limit_bytes:
        assert (body.size_bytes, body.digest) == (min(size, limit_bytes), digest(content[:limit_bytes]))
        assert body.over_limit is (size > limit_bytes)
    assert body.size_bytes <= limit_bytes
