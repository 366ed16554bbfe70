"""Whether bytes end before their image does, by the format's own lengths: it tells a cut image from a damaged one."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_JPEG_END = 0xD9
_JPEG_WITHOUT_LENGTH = frozenset({0x01, 0xD8})

_GIF_TRAILER, _GIF_EXTENSION = 0x3B, 0x21
_GIF_SCREEN_BYTES, _GIF_FRAME_BYTES = 13, 10


def ends_early(format_: str, content: bytes) -> bool:
    """Tell whether an image that cannot be decoded is one whose end is missing."""
    try:
        return _ENDS_EARLY[format_](content)
    except (struct.error, IndexError):  # not even what the lengths stand in
        return True


def _jpeg(content: bytes) -> bool:
    """Go from marker to marker, over segments by their lengths (ITU-T T.81, annex B)."""
    at = 2
    while marker := _JPEG_MARKER.search(content, at):
        at = marker.end()
        code = marker[1][0]
        if code == _JPEG_END:
            return False
        if code not in _JPEG_WITHOUT_LENGTH:
            at += struct.unpack_from(">H", content, at)[0]
    return True


def _png(content: bytes) -> bool:
    """Go from chunk to chunk to `IEND` (PNG, section 5.3)."""
    at = 8
    while content[at + 4 : at + 8] != b"IEND":
        at += 12 + struct.unpack_from(">I", content, at)[0]
    return False


def _gif(content: bytes) -> bool:
    """Go from block to block to the trailer (GIF89a, section 12 and appendix A)."""
    at = _GIF_SCREEN_BYTES + _colour_table_bytes(content[10])
    while content[at] != _GIF_TRAILER:
        if content[at] == _GIF_EXTENSION:
            at += 2
        else:
            at += _GIF_FRAME_BYTES + _colour_table_bytes(content[at + 9]) + 1
        while content[at]:
            at += 1 + content[at]
        at += 1
    return False


def _colour_table_bytes(flags: int) -> int:
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


def _webp(content: bytes) -> bool:
    """Compare with the length of the RIFF container."""
    return bool(len(content) < 8 + struct.unpack_from("<I", content, 4)[0])


def _avif(content: bytes) -> bool:
    """Go from box to box to the one that holds the pixels, `mdat` (ISO/IEC 14496-12, section 4.2)."""
    at = 0
    has_pixels = False
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        if size == 1:
            size = struct.unpack_from(">Q", content, at + 8)[0]
        has_pixels |= name == b"mdat"
        at += max(size, 8) if size else len(content)
    return at > len(content) or not has_pixels


def _bmp(content: bytes) -> bool:
    """Compare with the length of the file in its header, which some leave at 0."""
    return bool(len(content) < max(struct.unpack_from("<I", content, 2)[0], 54))


def _tiff(content: bytes) -> bool:
    """Look whether the first directory, and each value and strip it names, lies within (TIFF 6.0, section 2)."""
    order = "<" if content.startswith(b"II") else ">"
    start = struct.unpack_from(f"{order}I", content, 4)[0]
    (count,) = struct.unpack_from(f"{order}H", content, start)
    return start + 2 + 12 * count + 4 > len(content) or len(content) < _tiff_end(content, order, start, count)


def _tiff_end(content: bytes, order: str, start: int, count: int) -> int:
    """Give where the last strip or tile of a directory ends."""
    fields = {}
    for number in range(count):
        tag, kind, length, value = struct.unpack_from(f"{order}HHII", content, start + 2 + 12 * number)
        fields[tag] = (kind, length, value, start + 10 + 12 * number)
    ends = [0]
    for offsets, sizes in ((273, 279), (324, 325)):
        if offsets in fields and sizes in fields:
            pairs = zip(_longs(content, order, *fields[offsets]), _longs(content, order, *fields[sizes]), strict=False)
            ends += [offset + size for offset, size in pairs]
    return max(ends)


_TIFF_SHORT = 3  # TIFF 6.0, section 2: the type of two bytes
_TIFF_INLINE_BYTES = 4  # values of no more stand in the directory itself


def _longs(content: bytes, order: str, kind: int, length: int, value: int, place: int) -> tuple[int, ...]:
    letter, size = ("H", 2) if kind == _TIFF_SHORT else ("I", 4)
    length = min(length, len(content) // size)
    return struct.unpack_from(
        f"{order}{length}{letter}", content, place if length * size <= _TIFF_INLINE_BYTES else value
    )


def _ico(content: bytes) -> bool:
    """Look whether each picture of its directory lies within."""
    (count,) = struct.unpack_from("<H", content, 4)
    ends = [sum(struct.unpack_from("<II", content, 6 + 16 * number + 8)) for number in range(count)]
    return len(content) < max(ends, default=0)


_ENDS_EARLY: dict[str, Callable[[bytes], bool]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _webp,
    "AVIF": _avif,
    "BMP": _bmp,
    "TIFF": _tiff,
    "ICO": _ico,
}
