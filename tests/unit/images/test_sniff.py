"""What bytes are, by how they begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.images.endings import ends_early
from archiver.images.sniff import DECODED, Magic, is_only_told, matches, sniff

STARTS = {
    b"\xff\xd8\xff\xe0": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"RIFF\0\0\0\0WEBPVP8 ": "WEBP",
    b"RIFF\0\0\0\0WAVE": None,
    b"\0\0\0\x20ftypavif": "AVIF",
    b"\0\0\0\x20ftypavis": "AVIF",
    b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif": "AVIF",
    b"\0\0\0\x20ftypmif1\0\0\0\0mif1heic": "HEIC",
    b"\0\0\0\x20ftypheix": "HEIC",
    b"\0\0\0\x20ftypmp42": None,
    b"BM\x36\0\0\0\0\0\0\0": "BMP",
    b"BMW is a car": None,
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\0\0\1\0": "ICO",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"8BPS\0\1": "PSD",
    b"<svg>": "SVG",
    b"<svg:svg xmlns:svg=''>": "SVG",
    b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- <html> --><!DOCTYPE svg PUBLIC 'a' 'b' [<!ENTITY a 'b'>]>\n<svg/>": "SVG",
    b"<svgx>": None,
    b"<!DOCTYPE html>": "HTML",
    b"  <!doctype HTML >": "HTML",
    b"\n<html lang=en>": "HTML",
    b"<!-- a --><head>": "HTML",
    b"<?xml version='1.0'?><html>": "HTML",
    b"<htmlx>": None,
    b"Not found": None,
    b"{}": None,
    b"": None,
}


@pytest.mark.parametrize(("content", "expected"), STARTS.items(), ids=repr)
def test_bytes_are_known_by_their_start(content: bytes, expected: str | None) -> None:
    assert sniff(content) == expected


@pytest.mark.parametrize(
    ("content_type", "format_", "expected"),
    [
        ("image/jpeg", "JPEG", True),
        (" IMAGE/JPG ;q=1", "JPEG", True),
        ("image/png", "JPEG", False),
        ("application/octet-stream", "PNG", False),
        ("image/svg+xml; charset=utf-8", "SVG", True),
        ("text/html", "HTML", True),
        ("image/heic", "HEIC", True),
        ("image/jpeg", None, None),
        ("", "JPEG", None),
        (None, "JPEG", None),
    ],
)
def test_a_content_type_is_compared_without_its_parameters(
    content_type: str | None,
    format_: str | None,
    expected: bool | None,  # noqa: FBT001 (a table's column)
) -> None:
    assert matches(content_type, format_) is expected


def test_what_is_not_decoded_is_still_an_image() -> None:
    assert [is_only_told(name) for name in ("HEIC", "JPEG XL", "PNG", "HTML")] == [True, True, False, False]


HEADS = (
    b"",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"\0\0\1\0\xff\xff",
    b"GIF89a",
    b"\0\0\0\1ftypavif",
    b"\xff\xd8\xff",
)


@given(content=st.binary(max_size=300), head=st.sampled_from(HEADS), magic=st.sampled_from(DECODED))
def test_law_any_bytes_have_an_ending(content: bytes, head: bytes, magic: Magic) -> None:
    """Whatever follows a format's first bytes, the walk to its end comes to one."""
    assert ends_early(magic.format, head + content) in (True, False)
