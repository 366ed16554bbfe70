"""Bringing files and rows in line: after a kill, a merge of two archives, a lost or damaged file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.archive import cdxj
from archiver.archive.errors import REPAIR
from archiver.archive.images import left_torn
from archiver.archive.lines import CheckLine, EndLine, LinkLine, ProbeLine, RunLine
from archiver.archive.manifest import write_manifest
from archiver.archive.reader import NAME
from archiver.archive.segments import (
    SEALED,
    TEMPORARY,
    Segment,
    end_line,
    left_open,
    members,
    pack,
    path_of,
    read,
    run_of,
    sealed,
    sync,
    sync_folder,
    write,
)
from archiver.archive.warc import reading as warcs
from archiver.model import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archiver.archive.database import Database
    from archiver.archive.lines import Line
    from archiver.archive.reader import Reader


def recover(folder: Path, database: Database) -> list[str]:
    """Seal what killed runs left, and bring the rows in line with the segments; give what was done, in sentences.

    Only the sets of runs are compared, so a start is quick: `integrity` compares the rest.
    """
    done = [*salvage_warcs(folder), *salvage(folder), *restore_vanished(folder, database)]
    done += _follow_warcs(folder, database)
    runs = database.runs()
    unknown = [path for path in sealed(folder) if runs.get(run_of(path)) is None]
    with database.transaction():
        for path in unknown:
            segment = read(path)
            database.absorb(segment.run, segment.lines)
    if unknown:
        done.append(f"archive.db has taken in {len(unknown)} segments, such as {unknown[0].name}")
    if done:
        write_manifest(folder, database)
    return done


def _follow_warcs(folder: Path, database: Database) -> Iterator[str]:
    """Take in the WARCs that no row knows, and forget those that are gone: nothing may refer to what they held."""
    there = {warcs.name_of(folder, path): path for path in warcs.sealed(folder)}
    known = database.warcs()
    new, gone = sorted(there.keys() - known), sorted(known - there.keys())
    if not new and not gone:
        return
    with database.transaction():
        for name in new:
            take_in(folder, there[name], database)
        for name in gone:
            database.forget_warc(name)
        write_index(folder, database)
    if new:
        yield f"archive.db has taken in {len(new)} WARCs, such as {new[0]}"
    if gone:
        yield f"archive.db has forgotten {len(gone)} WARCs that are gone, such as {gone[0]}"


def require_database(folder: Path) -> None:
    """Raise ArchiveError where there are no rows to read, and say what helps."""
    if not (folder / NAME).exists():
        has_files = any(sealed(folder)) or any(left_open(folder)) or any(warcs.sealed(folder))
        raise ArchiveError(f"{folder / NAME} is missing: {REPAIR}" if has_files else f"there is no archive in {folder}")


def rebuild(folder: Path, database: Database) -> None:
    """Make all rows anew; whoever reads meanwhile sees the old ones."""
    with database.transaction():
        database.clear()
        for path in sealed(folder):
            segment = read(path)
            database.absorb(segment.run, segment.lines)
        for path in warcs.sealed(folder):
            take_in(folder, path, database)
        write_index(folder, database)
        write_manifest(folder, database)


def take_in(folder: Path, path: Path, database: Database) -> None:
    """Make rows of all captures of a WARC."""
    warc = warcs.read(folder, path)
    database.put_captures(warc.captures)
    database.put_warc(warc.name, path.stat().st_size)


def write_index(folder: Path, reader: Reader) -> None:
    """Make index.cdxj anew of the rows: before they are committed, so that whoever finds them finds the index too."""
    write(folder / cdxj.NAME, cdxj.lines(reader.index()))


# --- after a kill ---------------------------------------------------------------------------------------------


def salvage_warcs(folder: Path) -> Iterator[str]:
    """Seal the WARCs that killed runs left, without their torn tails; yield what was done."""
    for path in warcs.left_open(folder):
        warc = warcs.read(folder, path)
        if warc.captures:
            torn_bytes = path.stat().st_size - warc.whole_bytes
            with path.open("r+b") as file:
                file.truncate(warc.whole_bytes)
                sync(file.fileno())
            path.rename(folder / warc.name)
            cut = f", {torn_bytes} torn bytes are cut off" if torn_bytes else ""
            yield f"{path.name}, left by a run that was killed, is sealed: {len(warc.captures)} captures{cut}"
        else:
            path.unlink()
            yield f"{path.name} held nothing and is removed"
        sync_folder(path.parent)


def salvage(folder: Path) -> Iterator[str]:
    """Seal the segments that killed runs left, without their torn tails; yield what was done."""
    for path in [*folder.glob(f"checks/*/*/*{TEMPORARY}"), *left_torn(folder)]:
        path.unlink()
    for path in left_open(folder):
        segment = read(path)
        goal = path_of(folder, segment.run, SEALED)
        if not any(isinstance(line, LinkLine | CheckLine) for line in segment.lines):
            yield f"{path.name} held nothing and is removed"
        elif not (goal.exists() and read(goal).end):
            _seal(segment, goal)
            yield f"{path.name}, left by a run that was killed, is sealed: {_told(segment.lines)}"
        path.unlink()


def _seal(segment: Segment, goal: Path) -> None:
    raw = segment.path.read_bytes()
    whole = [raw[member.start : member.end] for member in members(raw) if member.text is not None]
    end = b"" if segment.end else pack([end_line(segment.lines, "cut short")])
    write(goal, [*whole, end])


# --- after a loss ---------------------------------------------------------------------------------------------


def restore_vanished(folder: Path, database: Database) -> Iterator[str]:
    """Write back, from the rows, the segments that are gone: the rows are the only copy. Yield what was done."""
    there = {run_of(path) for path in sealed(folder)}
    for run in database.runs():
        if run not in there:
            yield from restore(folder, database, run, [])
            with database.transaction():
                database.absorb(run, [EndLine("restored", links=0, checks=0)])


def restore(folder: Path, reader: Reader, run: str, kept: Iterable[Line]) -> Iterator[str]:
    """Write a segment of what the rows know of `run` beyond `kept`, which its files still tell. Yield what was done."""
    keys = {key(line) for line in kept}
    start, lost = [], []
    for line in reader.lines_of(run):
        if isinstance(line, RunLine):
            start.append(line)  # which every file of the run begins with
        elif key(line) not in keys:
            lost.append(line)
    if lost:
        files = sum(run_of(path) == run for path in sealed(folder))
        goal = path_of(folder, run, f".restored-{files}{SEALED}" if files else SEALED)
        write(goal, [pack([*start, *lost]), pack([end_line(lost, "restored")])])
        yield f"{goal.name} is written from archive.db, the only copy left: {_told(lost)}"


def key(line: Line) -> tuple[str, ...]:
    """Give what makes a line the one it is, among those of its run."""
    match line:
        case LinkLine():
            return (line.record, line.item, line.field, line.target)
        case CheckLine():
            return (line.target, line.checked_at)
        case ProbeLine():
            return (line.folder, line.extension, line.probed_at)
        case RunLine() | EndLine():
            return (type(line).__name__,)


def _told(lines: Iterable[Line]) -> str:
    end = end_line(lines, "")
    return f"{end.checks} checks, {end.links} links"
