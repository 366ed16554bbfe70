"""What bytes are, by how they begin: a content type is only a hint (after the WHATWG MIME Sniffing Standard)."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD_BYTES = 65_536

HTML = "HTML"
SVG = "SVG"


class Magic(NamedTuple):
    """How a format begins, and the content types it may honestly be sent as."""

    format: str
    start: re.Pattern[bytes]
    content_types: frozenset[str]


def _magic(name: str, start: bytes, *content_types: str) -> Magic:
    return Magic(name, re.compile(start, re.DOTALL), frozenset(content_types))


DECODED = (
    _magic("JPEG", rb"\xff\xd8\xff", "image/jpeg", "image/jpg", "image/pjpeg"),
    _magic("PNG", rb"\x89PNG\r\n\x1a\n", "image/png", "image/apng", "image/x-png", "image/vnd.mozilla.apng"),
    _magic("GIF", rb"GIF8[79]a", "image/gif"),
    _magic("WEBP", rb"RIFF....WEBP", "image/webp"),
    _magic("AVIF", rb"....ftyp(?:avif|avis|(?:mif1|msf1|miaf)....(?:....){0,8}avi[fs])", "image/avif"),
    _magic("BMP", rb"BM.{4}\x00{4}", "image/bmp", "image/x-ms-bmp", "image/x-bmp"),
    _magic("TIFF", rb"II\*\x00|MM\x00\*", "image/tiff", "image/tiff-fx"),
    _magic("ICO", rb"\x00\x00\x01\x00", "image/x-icon", "image/vnd.microsoft.icon", "image/ico"),
)
"""What is decoded by Pillow, under its names."""

UNDECODED = (
    _magic("HEIC", rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "image/heic", "image/heif"),
    _magic("JPEG XL", rb"\xff\x0a|\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    _magic("JPEG 2000", rb"\xff\x4f\xff\x51|\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2", "image/jpx", "image/j2k"),
    _magic("PSD", rb"8BPS\x00\x01", "image/vnd.adobe.photoshop"),
)
"""Images that are told and not decoded: nothing is held against them."""

_BEFORE_THE_ROOT = rb"\A(?:\xef\xbb\xbf)?(?>(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+svg\b[^>\[]*+(?:\[.*?\]\s*)?>)*)"
_TEXTS = (
    _magic(SVG, _BEFORE_THE_ROOT + rb"<(?:[\w.-]+:)?svg[\s/>]", "image/svg+xml"),
    _magic(
        HTML,
        rb"(?i)\A(?:\xef\xbb\xbf)?(?>(?:\s++|<\?xml.*?\?>|<!--.*?-->)*)<(?:!doctype\s+html|html|head|body|script|iframe|"
        rb"h1|div|font|table|a|style|title|b|br|p|meta)[\s/>]",
        "text/html",
        "application/xhtml+xml",
    ),
)

_MAGICS = (*DECODED, *UNDECODED, *_TEXTS)
_CONTENT_TYPES = {magic.format: magic.content_types for magic in _MAGICS}


def sniff(content: bytes) -> str | None:
    """Give the format that bytes begin as, `HTML` among them; None where they begin as nothing known."""
    head = content[:HEAD_BYTES]
    return next((magic.format for magic in _MAGICS if magic.start.match(head)), None)


def is_only_told(format_: str) -> bool:
    """Tell whether a format is an image's, and not one that is decoded."""
    return any(magic.format == format_ for magic in UNDECODED)


def matches(content_type: str | None, format_: str | None) -> bool | None:
    """Tell whether a header names what the bytes are; None where there is no header, or nothing to compare it with."""
    if not content_type or format_ is None:
        return None
    return essence(content_type) in _CONTENT_TYPES[format_]


def essence(content_type: str) -> str:
    """Give a content type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()
