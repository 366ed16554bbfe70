"""What of an archive goes into a WACZ: all its captures, or those of some links, or those made since."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from archiver.archive import cdxj
from archiver.archive.errors import translated
from archiver.archive.reader import NAME, Reader
from archiver.archive.recovery import require_database
from archiver.archive.wacz import Package, Page, Warc, slices, write_wacz
from archiver.archive.warc import reading as warcs
from archiver.model import REDIRECTS, ArchiveError, PageEvidence, read_stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from pathlib import Path

    from archiver.model import Capture

_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be exported; None for all."""

    targets: AbstractSet[str] | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a WACZ holds."""

    captures: int
    pages: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Shelf:
    """A WARC of the package: which captures of which file, and where each comes to stand."""

    path: Path
    name: str
    spans: tuple[tuple[int, int], ...] | None  # None: the whole file
    offsets: Mapping[int, int]


def export_wacz(folder: Path, goal: Path, wanted: Wanted, *, software: str, now: datetime) -> Exported:
    """Write what is `wanted` of an archive to `goal`. Raises ArchiveError where it is nothing, damaged, or has no room.

    A capture takes along what it needs to be shown: the body that a revisit refers to, and a page's requisites, of
    whatever day they are.
    """
    require_database(folder)
    with translated(folder / NAME), closing(Reader.open(folder / NAME)) as rows:
        rows.ask("BEGIN")  # one moment for all that is read
        sealed = rows.warcs()
        captures = [(place, capture) for place, capture in rows.captures() if capture.warc in sealed]
        chosen = _chosen([capture for _, capture in captures], _urls(rows, wanted.targets), wanted.since)
        pages = list(_pages(rows, chosen, wanted.targets))
    if not chosen:
        raise ArchiveError(f"{folder} holds no capture of what is asked for")
    damaged = _damaged(folder, {capture.warc for _, capture in captures if capture.record_id in chosen})
    if damaged:
        raise ArchiveError(f"{damaged[0]} is damaged: see `archiver verify`; nothing is exported")
    shelves = _shelves(folder, captures, chosen)
    package = Package(
        title=f"archiver: {folder.resolve().name}",
        software=software,
        warcs=[Warc(name=shelf.name, chunks=slices(shelf.path, shelf.spans)) for shelf in shelves.values()],
        lines=cdxj.lines(_moved(captures, chosen, shelves)),
        pages=pages,
    )
    write_wacz(goal, package, now=now)
    return Exported(captures=len(chosen), pages=len(pages), size_bytes=goal.stat().st_size)


def _damaged(folder: Path, names: Iterable[str]) -> list[str]:
    """Give those of the WARCs of which not every record is as it was written."""
    return sorted(name for name in names if warcs.read(folder, folder / name).faults)


def _urls(rows: Reader, targets: AbstractSet[str] | None) -> set[str] | None:
    """Give what was ever asked for `targets`; None for all."""
    return None if targets is None else {row["url"] for row in rows.listed("urls") if row["target"] in targets}


def _chosen(captures: Iterable[Capture], urls: AbstractSet[str] | None, since: datetime | None) -> set[str]:
    """Give the record ids of the captures wanted, and of those that they need to be shown."""
    by_id: dict[str, Capture] = {}
    by_url: defaultdict[str, list[Capture]] = defaultdict(list)
    by_via: defaultdict[str | None, list[Capture]] = defaultdict(list)
    for capture in captures:
        by_via[capture.via].append(capture)
        by_id[capture.record_id] = capture
        by_url[capture.url].append(capture)
    chosen: set[str] = set()
    waiting = [
        capture
        for capture in by_id.values()
        if (urls is None or capture.url in urls) and (since is None or capture.captured_at >= since)
    ]
    while waiting:
        capture = waiting.pop()
        if capture.record_id not in chosen:
            chosen.add(capture.record_id)
            waiting += (needed for url in capture.requisites or () for needed in by_url[url])
            waiting += by_via[capture.url] if capture.status in REDIRECTS else ()
            waiting += [by_id[capture.source.record_id]] if capture.source.record_id in by_id else []
    return chosen


def _pages(rows: Reader, chosen: AbstractSet[str], targets: AbstractSet[str] | None) -> Iterator[Page]:
    """List the pages to begin at: what stands for a link; pictures too, where there is nothing else."""
    found = {
        row["record_id"]: row
        for row in rows.listed("pages")
        if row["record_id"] in chosen and (targets is None or row["target"] in targets)
    }
    pages = [row for row in found.values() if (row["content_type"] or "").lower().startswith(_PAGES)]
    yield from map(_page, pages or found.values())


def _page(row: sqlite3.Row) -> Page:
    evidence = msgspec.json.decode(row["evidence"], type=PageEvidence) if row["evidence"] else PageEvidence()
    return Page(
        id=row["record_id"].rpartition(":")[2],
        url=row["url"],
        captured_at=read_stamp(row["captured_at"]),
        title=evidence.title,
    )


def _shelves(folder: Path, captures: Iterable[tuple[str, Capture]], chosen: AbstractSet[str]) -> dict[str, _Shelf]:
    """Give the WARCs of the package by the names of those they are taken from."""
    by_warc: defaultdict[str, list[Capture]] = defaultdict(list)
    for _, capture in captures:
        by_warc[capture.warc].append(capture)
    shelves = {}
    for warc in sorted(by_warc):
        held = sorted(by_warc[warc], key=lambda capture: capture.offset)
        wanted = [capture for capture in held if capture.record_id in chosen]
        if wanted:
            shelves[warc] = _shelf(folder / warc, held, wanted)
    return shelves


def _shelf(path: Path, held: list[Capture], wanted: list[Capture]) -> _Shelf:
    """Take a file as it is where all of it is wanted, else its first record and the captures wanted."""
    if len(wanted) == len(held):
        return _Shelf(path, path.name, None, {capture.offset: capture.offset for capture in held})
    info_bytes = held[0].offset
    offsets, at = {}, info_bytes
    for capture in wanted:
        offsets[capture.offset] = at
        at += capture.unit_length
    spans = ((0, info_bytes), *((capture.offset, capture.unit_length) for capture in wanted))
    return _Shelf(path, f"part-of-{path.name}", spans, offsets)


def _moved(
    captures: Iterable[tuple[str, Capture]], chosen: AbstractSet[str], shelves: Mapping[str, _Shelf]
) -> Iterator[cdxj.Entry]:
    """Give what the index of the package tells of the captures chosen."""
    for place, capture in captures:
        if capture.record_id in chosen:
            shelf = shelves[capture.warc]
            yield cdxj.entry(place, capture)._replace(warc=shelf.name, offset=shelf.offsets[capture.offset])
