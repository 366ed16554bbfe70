"""images.json: the cached copy of each image's address, for those who build sites. It is made of the rows."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from archiver.archive.rows import stored_image
from archiver.archive.segments import write
from archiver.model import ThumbnailFormat

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archiver.archive.reader import Reader
    from archiver.model import KeptThumbnail, SeenImage

NAME = "images.json"
VERSION = 1

_BEST_FIRST = (ThumbnailFormat.AVIF, ThumbnailFormat.WEBP, ThumbnailFormat.JPEG)
_WIDELY_KNOWN = (ThumbnailFormat.WEBP, ThumbnailFormat.JPEG, ThumbnailFormat.AVIF)


def lines(rows: Iterable[sqlite3.Row], prefix: str = "") -> Iterator[bytes]:
    """Give the manifest, an address a line; `prefix` comes before every path."""
    yield b'{"version":%d,"images":{' % VERSION
    comma = b"\n"
    for address, group in groupby(rows, key=lambda row: row["address"]):
        *_, newest = group  # an address that was once taken for another target's
        yield comma + msgspec.json.encode(address) + b":" + msgspec.json.encode(_entry(newest, prefix))
        comma = b",\n"
    yield b"\n}}\n"


def write_manifest(folder: Path, reader: Reader) -> None:
    """Make images.json anew, where it is not right already: before rows are committed, as the index is."""
    path = folder / NAME
    content = b"".join(lines(reader.listed("manifest")))
    is_there = path.exists()
    if content != (path.read_bytes() if is_there else EMPTY):
        write(path, [content])


def fault(folder: Path, reader: Reader) -> str | None:
    """Say what is wrong with images.json, None where it is what the rows tell."""
    path = folder / NAME
    content = b"".join(lines(reader.listed("manifest")))
    if not path.exists():
        return f"{NAME} is missing" if content != EMPTY else None
    return f"{NAME} is not what the checks tell" if path.read_bytes() != content else None


def _entry(row: sqlite3.Row, prefix: str) -> dict[str, Any]:
    image = stored_image(row["current"])
    evidence = image.evidence
    sources = list(_sources(image, prefix))
    known = dict(sources)
    return {
        "target": row["target"],
        "digest": image.digest,
        "path": f"{prefix}{image.path}",
        "format": evidence.format,
        "bytes": image.size_bytes,
        "width": evidence.width,
        "height": evidence.height,
        "thumbhash": evidence.thumbhash,
        "colour": evidence.dominant_colour,
        "since": row["since"],
        "srcset": next((known[kind] for kind in _WIDELY_KNOWN if kind in known), None),
        "sources": [{"type": f"image/{kind}", "srcset": srcset} for kind, srcset in sources],
        "thumbnails": [
            {"path": f"{prefix}{each.path}", "width": each.width, "height": each.height, "format": each.format}
            for each in image.thumbnails
        ],
    }


def _sources(image: SeenImage, prefix: str) -> Iterator[tuple[ThumbnailFormat, str]]:
    """Give a `srcset` for each format, the lightest format first (HTML, section 4.8.4.2.1)."""
    for kind in _BEST_FIRST:
        if made := [each for each in image.thumbnails if each.format is kind]:
            yield kind, ", ".join(_candidate(each, prefix) for each in made)


def _candidate(thumbnail: KeptThumbnail, prefix: str) -> str:
    return f"{prefix}{thumbnail.path} {thumbnail.width}w"


EMPTY = b"".join(lines(()))
