"""Images by their digest, `images/ab/<sha256>.jpg`: the bytes as served. Their thumbnails are derived."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from archiver.archive.errors import translated
from archiver.archive.segments import TEMPORARY, make_folder, sync, sync_folder
from archiver.model import KeptThumbnail

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archiver.model import Look, Thumbnail

IMAGES, THUMBNAILS = "images", "thumbnails"

_SUFFIXES = {"JPEG": "jpg", "JPEG XL": "jxl", "JPEG 2000": "jp2"}
_UNNAMED = "bin"


class ImageStore:
    """Keeps images and thumbnails, each digest once. What `keep` returned from is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, content: bytes, digest: str, look: Look) -> tuple[str, tuple[KeptThumbnail, ...]]:
        """Keep an image and its thumbnails; give their places, seen from the archive's folder. Raises ArchiveError."""
        return await asyncio.to_thread(self._keep, content, digest, look)

    def _keep(self, content: bytes, digest: str, look: Look) -> tuple[str, tuple[KeptThumbnail, ...]]:
        path = image_path(digest, look.evidence.format)
        with translated(self._folder):
            if not (self._folder / path).exists():
                put(self._folder / path, content, is_truth=True)
            kept = [self._keep_thumbnail(digest, thumbnail) for thumbnail in look.thumbnails]
        return path, tuple(kept)

    def _keep_thumbnail(self, digest: str, thumbnail: Thumbnail) -> KeptThumbnail:
        path = thumbnail_path(digest, thumbnail.width, thumbnail.format)
        if not (self._folder / path).exists():
            put(self._folder / path, thumbnail.content, is_truth=False)
        return KeptThumbnail(width=thumbnail.width, height=thumbnail.height, format=thumbnail.format, path=path)


def image_path(digest: str, format_: str | None) -> str:
    """Give where an image stands, seen from the archive's folder."""
    hexadecimal = digest.partition(":")[2]
    suffix = _SUFFIXES.get(format_, format_.lower()) if format_ else _UNNAMED
    return f"{IMAGES}/{hexadecimal[:2]}/{hexadecimal}.{suffix}"


def thumbnail_path(digest: str, width: int, suffix: str) -> str:
    """Give where a thumbnail stands, seen from the archive's folder."""
    hexadecimal = digest.partition(":")[2]
    return f"{THUMBNAILS}/{hexadecimal[:2]}/{hexadecimal}-{width}.{suffix}"


def put(path: Path, content: bytes, *, is_truth: bool) -> None:
    """Put a whole file in its place; several processes may do so at once. The truth is on the disk before its name."""
    make_folder(path.parent)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{TEMPORARY}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if is_truth:
                file.flush()
                sync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if is_truth:
        sync_folder(path.parent)


def kept_images(folder: Path) -> list[Path]:
    """List all images of an archive."""
    return [path for path in _files(folder / IMAGES) if path.suffix != TEMPORARY]


def left_torn(folder: Path) -> list[Path]:
    """List what killed runs left of images and thumbnails that have no name yet."""
    return [path for part in (IMAGES, THUMBNAILS) for path in _files(folder / part) if path.suffix == TEMPORARY]


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.glob("??/*")) if path.is_file())
