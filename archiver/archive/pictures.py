"""Is every image and thumbnail there that rows promise? And drawing anew the thumbnails that are not."""

from __future__ import annotations

import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PIL import Image

from archiver.archive.images import kept_images, put
from archiver.model import Thumbnail, ThumbnailFormat, ThumbnailRules

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from archiver.archive.reader import Reader

Draw: TypeAlias = Callable[[Sequence[Path], ThumbnailRules], Sequence[tuple[Thumbnail, ...]]]
"""Makes the thumbnails of image files, in their order."""

_AT_ONCE = 50
_PILLOW_NAMES = {kind: kind.value.upper() for kind in ThumbnailFormat}


def image_faults(folder: Path, reader: Reader) -> Iterator[str]:
    """Say which images are not what their names say, and which are gone."""
    there = set()
    for path in kept_images(folder):
        name = path.relative_to(folder).as_posix()
        there.add(name)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != path.name.partition(".")[0] or path.parent.name != digest[:2]:
            yield f"{name} is damaged: its digest is {digest}"
    for row in reader.listed("kept_images"):
        if row["path"] not in there:
            yield f"{row['path']} is gone"


def thumbnail_faults(folder: Path, reader: Reader) -> Iterator[str]:
    """Say which thumbnails are missing, or cannot be shown."""
    for row in reader.listed("thumbnails"):
        if said := _fault(folder / row["path"], row):
            yield f"{row['path']} {said}"


def draw_anew(folder: Path, reader: Reader, draw: Draw) -> None:
    """Draw the thumbnails that are missing or damaged, of the images that are there."""
    for rules, images in _wanting(folder, reader).items():
        remaining = iter(images.items())
        while some := dict(islice(remaining, _AT_ONCE)):
            drawn = draw([folder / rows[0]["image"] for rows in some.values()], rules)
            for rows, thumbnails in zip(some.values(), drawn, strict=True):
                _put(folder, rows, thumbnails)


def _wanting(folder: Path, reader: Reader) -> dict[ThumbnailRules, dict[str, list[sqlite3.Row]]]:
    """Give the images that lack thumbnails, by the rules that all of theirs follow: each comes out as it was."""
    found: defaultdict[ThumbnailRules, dict[str, list[sqlite3.Row]]] = defaultdict(dict)
    for digest, group in groupby(reader.listed("thumbnails"), key=lambda row: str(row["digest"])):
        rows = list(group)
        lacking = [row for row in rows if _fault(folder / row["path"], row)]
        if lacking and (folder / rows[0]["image"]).exists():
            found[_rules(rows)][digest] = lacking
    return found


def _put(folder: Path, rows: Sequence[sqlite3.Row], thumbnails: Sequence[Thumbnail]) -> None:
    contents = {(each.width, each.format.value): each.content for each in thumbnails}
    for row in rows:
        if content := contents.get((row["width"], row["format"])):
            put(folder / row["path"], content, is_truth=False)


def _rules(rows: Sequence[sqlite3.Row]) -> ThumbnailRules:
    formats = {ThumbnailFormat(row["format"]) for row in rows}
    return ThumbnailRules(
        widths=tuple(sorted({row["width"] for row in rows})),
        formats=tuple(kind for kind in ThumbnailFormat if kind in formats),
    )


def _fault(path: Path, row: sqlite3.Row) -> str | None:
    """Say what is wrong with a thumbnail of ours."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "is missing"
    try:
        with Image.open(io.BytesIO(content), formats=[_PILLOW_NAMES[ThumbnailFormat(row["format"])]]) as image:
            image.load()
            size = image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return f"is damaged ({type(error).__name__})"
    return None if size == (row["width"], row["height"]) else f"is {size[0]}x{size[1]}"
