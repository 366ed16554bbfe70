"""WACZ 1.1.1: an archive's captures in one file that opens in ReplayWeb.page, pywb and py-wacz.

The index is written compressed, with its secondary index: `index.cdx.gz` and `index.idx`. pywb reads `*.cdx.gz` alone;
ReplayWeb.page reads the secondary index, and then only the blocks that it needs. An `index.cdxj` beside them would be
read by ReplayWeb.page from end to end, for captures that it has already: so there is none.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import msgspec
from isal import igzip

from archiver.archive.errors import translated
from archiver.archive.segments import CHUNK_BYTES, TEMPORARY, make_folder, sync, sync_folder
from archiver.archive.wacz_faults import (
    ARCHIVE,
    DIGEST,
    INDEX,
    PACKAGE,
    PAGES,
    PAGES_FORMAT,
    PROFILE,
    SECONDARY,
    SECONDARY_FORMAT,
    VERSION,
    faults,
)
from archiver.model import ArchiveError, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

__all__ = ["Package", "Page", "Warc", "faults", "slices", "write_wacz"]

LINES_A_BLOCK = 3000
"""As py-wacz has it: a block of about 100 KB, which a look-up reads whole."""

_MODE = 0o100644 << 16  # a file that all may read
_UNIX = 3  # the ZIP's own number: without it the bytes would hang on who writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Warc:
    """A WARC of the package; its bytes are asked for once."""

    name: str  # its base name: what index lines call it; it ends in `.warc.gz`
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to begin reading at."""

    id: str
    url: str
    captured_at: datetime
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What goes into a WACZ."""

    title: str
    software: str
    warcs: Sequence[Warc]
    lines: Iterable[bytes]  # CDXJ, sorted by their bytes; offsets are those in the package's WARCs
    pages: Iterable[Page]


def write_wacz(path: Path, package: Package, *, now: datetime) -> None:
    """Put a WACZ in its place: written, on the disk and found without a fault before it has its name.

    One package and one `now` always give the same bytes. Raises ArchiveError where the disk has no room, or the pieces
    do not fit each other; what stood at `path` before is then still there.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    with translated(path):
        make_folder(path.parent)
        try:
            with temporary.open("wb") as file:
                _Writer(file, now).write(package)
                file.flush()
                sync(file.fileno())
            found = faults(temporary)
            if found:
                raise ArchiveError(f"{path} is not written: {'; '.join(found)}")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def slices(path: Path, spans: Iterable[tuple[int, int]] | None = None) -> Iterator[bytes]:
    """Give the bytes of a file, or of its `spans` (offset, length) one after the other, in chunks of 64 KB."""
    with path.open("rb") as file:
        for offset, length in ((0, path.stat().st_size),) if spans is None else spans:
            file.seek(offset)
            left = length
            while left and (chunk := file.read(min(CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk


class _Writer:
    """Writes one package, and notes each file's size and digest on the way."""

    def __init__(self, file: IO[bytes], now: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._now = now
        self._resources: list[dict[str, str | int]] = []

    def write(self, package: Package) -> None:
        with self._zip:
            for warc in package.warcs:
                self._add(ARCHIVE + warc.name, warc.chunks)
            secondary = [_idx_line(b"!meta 0", {"format": SECONDARY_FORMAT, "filename": INDEX.rpartition("/")[2]})]
            self._add(INDEX, _blocks(package.lines, secondary))
            self._add(SECONDARY, secondary)
            self._add(PAGES, _page_lines(package.pages))
            manifest = self._manifest(package)
            self._add(PACKAGE, [manifest])
            self._add(DIGEST, [_json({"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(manifest).hexdigest()}"})])

    def _add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Store a file as it is: readers ask for parts of it by their offsets."""
        entry = zipfile.ZipInfo(name, self._now.utctimetuple()[:6])
        entry.external_attr = _MODE
        entry.create_system = _UNIX
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as stored:  # how long it gets, nobody knows yet
            for chunk in chunks:
                stored.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        base = name.rpartition("/")[2].lower()  # Frictionless Data Package: a resource's name has no capitals
        self._resources.append({"name": base, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size})

    def _manifest(self, package: Package) -> bytes:
        return _json(
            {
                "profile": PROFILE,
                "wacz_version": VERSION,
                "title": package.title,
                "software": package.software,
                "created": stamp(self._now),
                "resources": self._resources,
            }
        )


def _blocks(lines: Iterable[bytes], secondary: list[bytes]) -> Iterator[bytes]:
    """Give the index as gzip members of 3,000 lines; a line for each is added to `secondary`."""
    rest = iter(lines)
    offset = 0
    while block := [line.rstrip(b"\n") + b"\n" for line in islice(rest, LINES_A_BLOCK)]:
        member: bytes = igzip.compress(b"".join(block), mtime=0)
        key = block[0].partition(b" {")[0]
        digest = hashlib.sha256(member).hexdigest()
        secondary.append(_idx_line(key, {"offset": offset, "length": len(member), "digest": f"sha256:{digest}"}))
        offset += len(member)
        yield member


def _idx_line(key: bytes, told: dict[str, str | int]) -> bytes:
    return key + b" " + msgspec.json.encode(told) + b"\n"


def _page_lines(pages: Iterable[Page]) -> Iterator[bytes]:
    yield msgspec.json.encode({"format": PAGES_FORMAT, "id": "pages", "title": "All Pages"}) + b"\n"
    for page in pages:
        line = {"id": page.id, "url": page.url, "ts": stamp(page.captured_at)}
        yield msgspec.json.encode(line | ({"title": page.title} if page.title else {})) + b"\n"


def _json(value: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
