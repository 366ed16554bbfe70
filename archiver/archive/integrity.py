"""Is every promised byte there and right? And making anew what is derived."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.archive import cdxj, lock
from archiver.archive.database import Advance, Database
from archiver.archive.differences import differences
from archiver.archive.errors import translated
from archiver.archive.manifest import fault as manifest_fault
from archiver.archive.manifest import write_manifest
from archiver.archive.pictures import draw_anew, image_faults, thumbnail_faults
from archiver.archive.reader import NAME, Reader
from archiver.archive.recovery import key, rebuild, recover, restore
from archiver.archive.segments import end_line, left_open, read, run_of, sealed
from archiver.archive.warc import reading as warcs
from archiver.model import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.archive.pictures import Draw
    from archiver.archive.segments import Segment

TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What stands in an archive, and what is wrong with it, in sentences."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]  # nothing wrong: what a run at work, or a killed one, leaves
    repaired: tuple[str, ...]
    runs: int
    checks: int
    links: int
    targets: int
    probes: int
    captures: int
    warcs: int
    images: int
    thumbnails: int
    cached: int


@dataclass(slots=True)
class Findings:
    """What a look at an archive finds."""

    files: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)  # files that are made of others
    notes: list[str] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)  # runs
    counts: dict[str, int] = field(default_factory=dict)


def verify(folder: Path, *, repair: bool, advance: Advance, draw: Draw | None = None) -> VerifyReport:
    """Hold an archive's database against its segments; `repair` makes anew what is derived, else nothing changes.

    Without `draw` no thumbnail can be made anew.

    Rows are read from a copy of the database, since SQLite makes files beside one that it opens.
    """
    if not (_names(folder) or (folder / NAME).exists()):
        raise ArchiveError(f"there is no archive in {folder}")
    with translated(folder):
        done, found = _repair(folder, advance, draw) if repair else ([], _look(folder, advance))
    return VerifyReport(
        problems=(*found.files, *found.rows, *found.derived),
        notes=tuple(found.notes),
        repaired=tuple(done),
        **found.counts,
    )


def _repair(folder: Path, advance: Advance, draw: Draw | None) -> tuple[list[str], Findings]:
    """Seal, restore and rebuild; give what was done, and what is found after it."""
    with (
        lock.take(folder, "archiver verify --repair"),
        closing(Database.open_or_make(folder / NAME, advance, thoroughly=True)) as database,
    ):
        done = recover(folder, database)
        found = _look(folder, advance)
        if not found.rows and not found.derived:
            return done, found
        if found.rows:
            for run in sorted(found.damaged):
                kept = [line for path in sealed(folder) if run_of(path) == run for line in read(path).lines]
                done += restore(folder, database, run, kept)
            rebuild(folder, database)
        if draw:
            draw_anew(folder, database, draw)
        write_manifest(folder, database)
        after = _look(folder, advance)
        mended = (sentence for sentence in (*found.rows, *found.derived) if sentence not in after.derived)
        return [*done, *(f"made anew: {sentence}" for sentence in mended)], after


# --- looking --------------------------------------------------------------------------------------------------


def _look(folder: Path, advance: Advance) -> Findings:
    """Look at files and rows; once more where a run began or ended meanwhile."""
    for _ in range(TRIES):
        names = _names(folder)
        with tempfile.TemporaryDirectory(prefix="archiver-") as workshop, suppress(FileNotFoundError):
            found = _look_once(folder, Path(workshop), advance)
            if names == _names(folder):
                return found
    raise ArchiveError(f"{folder} changes all the time: verify when the runs that write it are over")


def _names(folder: Path) -> list[Path]:
    return [*sealed(folder), *left_open(folder), *warcs.sealed(folder), *warcs.left_open(folder)]


def _look_once(folder: Path, workshop: Path, advance: Advance) -> Findings:
    found = Findings()
    with ExitStack() as stack:
        rows = _rows(folder, workshop, found)  # first: rows follow their bytes
        if rows:
            stack.callback(rows.close)
        fresh = stack.enter_context(closing(Database.open_or_make(workshop / "fresh.db", advance)))
        with fresh.transaction():
            for path in sealed(folder):
                _look_at_sealed(read(path), fresh, found)
            for path in left_open(folder):
                _look_at_open(read(path), rows, fresh, found)
            for path in warcs.sealed(folder):
                _look_at_warc(warcs.read(folder, path), path.stat().st_size, fresh, found)
            for path in warcs.left_open(folder):
                _look_at_open_warc(warcs.read(folder, path), path.stat().st_size, rows, fresh, found)
        found.counts = fresh.counts()
        found.files += _lost_captures(fresh)
        if rows:
            found.rows += differences(rows, workshop / "fresh.db")
        if not warcs.left_open(folder):
            found.rows += _index_faults(folder, fresh)
        found.files += image_faults(folder, fresh)
        found.derived += thumbnail_faults(folder, fresh)
        if not left_open(folder) and (fault := manifest_fault(folder, fresh)):
            found.derived.append(fault)
    return found


def _look_at_sealed(segment: Segment, fresh: Database, found: Findings) -> None:
    faults = [*segment.faults, *_contradictions(segment)]
    if faults:
        found.damaged.add(segment.run)
        found.files += [f"{segment.path.name}: {fault}" for fault in faults]
    fresh.absorb(segment.run, segment.lines)


def _contradictions(segment: Segment) -> Iterator[str]:
    if segment.start is None:
        yield "its first line is not there"
    elif segment.start.run != segment.run:
        yield f"it is of another run, {segment.start.run}"
    if segment.end is None:
        yield "it ends without an end line: some of it is lost"
    elif (counted := end_line(segment.lines, segment.end.ended)) != segment.end:
        promised = segment.end
        yield (
            f"it holds {counted.checks} checks and {counted.links} links, "
            f"but its end line says {promised.checks} and {promised.links}"
        )


def _look_at_open(segment: Segment, rows: Reader | None, fresh: Database, found: Findings) -> None:
    """Take in what the rows know too; the rest is what a run had no time to commit."""
    known = {key(line) for line in rows.lines_of(segment.run)} if rows else set()
    if segment.end and rows and rows.runs().get(segment.run):  # it is whole, and about to be sealed
        known.add(key(segment.end))
    lines = [line for line in segment.lines if key(line) in known]
    if lines:
        fresh.absorb(segment.run, lines)
    uncommitted = len(segment.lines) - len(lines)
    found.notes.append(
        f"{segment.path.name}: a run is at work, or was killed and is put in order by the next one; "
        f"{uncommitted} of {len(segment.lines)} lines are not in archive.db yet"
    )
    found.notes += [f"{segment.path.name}: {fault}" for fault in segment.faults]


def _look_at_warc(warc: warcs.Warc, size_bytes: int, fresh: Database, found: Findings) -> None:
    found.files += [f"{warc.name}: {fault}" for fault in warc.faults]
    fresh.put_captures(warc.captures)
    fresh.put_warc(warc.name, size_bytes)


def _look_at_open_warc(
    warc: warcs.Warc, size_bytes: int, rows: Reader | None, fresh: Database, found: Findings
) -> None:
    """Take in what the rows know too; the rest is what a run had no time to commit."""
    known = rows.offsets(warc.name) if rows else set()
    captures = [capture for capture in warc.captures if capture.offset in known]
    fresh.put_captures(captures)
    if rows and warc.name in rows.warcs():  # it is whole, and about to be sealed
        fresh.put_warc(warc.name, size_bytes)
    found.notes.append(
        f"{warc.name}.open: a run is at work, or was killed and is put in order by the next one; "
        f"{len(warc.captures) - len(captures)} of {len(warc.captures)} captures are not in archive.db yet"
    )
    found.notes += [f"{warc.name}.open: {fault}" for fault in warc.faults]


def _lost_captures(fresh: Reader) -> Iterator[str]:
    for target, snapshot in fresh.lost_snapshots():
        yield f"the snapshot of {target} of {snapshot.captured_at:%Y-%m-%d} is gone: {snapshot.warc} does not hold it"
    revisits, url = fresh.lost_originals()
    if revisits:
        yield f"{revisits} revisits refer to records that no WARC holds, such as one of {url}"


def _index_faults(folder: Path, fresh: Reader) -> Iterator[str]:
    """Hold index.cdxj against the WARCs, line by line."""
    path = folder / cdxj.NAME
    if not path.exists():
        if fresh.warcs():
            yield f"{cdxj.NAME} is missing"
        return
    with path.open("rb") as index:
        for number, (line, promised) in enumerate(zip_longest(index, cdxj.lines(fresh.index())), 1):
            if line != promised:
                yield f"{cdxj.NAME} is not what the WARCs hold, from line {number} on"
                return


def _rows(folder: Path, workshop: Path, found: Findings) -> Reader | None:
    """Open a copy of the database, or tell why there is none to open."""
    if not (folder / NAME).exists():
        found.rows.append(f"{NAME} is missing")
        return None
    try:
        with translated(folder / NAME):
            reader = Reader.open(_copied(folder, workshop))
            reader.check()
    except ArchiveError as error:
        found.rows.append(str(error).replace(str(workshop), str(folder)))
        return None
    return reader


def _copied(folder: Path, workshop: Path) -> Path:
    """Copy the database as a reader would see it: with its log, and with no checkpoint meanwhile."""
    source, copy = folder / NAME, workshop / NAME
    log, log_copy = (path.with_name(f"{NAME}-wal") for path in (source, copy))
    for _ in range(TRIES):
        before = source.stat()
        shutil.copyfile(source, copy)
        log_copy.unlink(missing_ok=True)
        if log.exists():
            shutil.copyfile(log, log_copy)
        after = source.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            return copy
    raise ArchiveError(f"{source} changes all the time: verify when the runs that write it are over")
