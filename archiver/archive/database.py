"""archive.db: what the segments tell, in rows (SQLite). It is derived: it takes in the very lines that were written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from archiver.archive.cached import next_cached
from archiver.archive.lines import (
    CheckLine,
    EndLine,
    Line,
    LinkLine,
    ProbeLine,
    RunLine,
    read_check,
)
from archiver.archive.queries import QUERIES
from archiver.archive.reader import VERSION, Reader, connect
from archiver.archive.rows import (
    cached_row,
    capture_row,
    check_row,
    image_row,
    link_row,
    probe_row,
    thumbnail_rows,
    track_row,
)
from archiver.model import (
    CachedImage,
    Capture,
    Check,
    Track,
    stamp,
)

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

S = TypeVar("S")

Advance: TypeAlias = Callable[[Track | None, Check], Track]
"""Folds one more check into a target's history."""

PRAGMAS = (
    "page_size = 8192",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "cache_size = -32768",
    "wal_autocheckpoint = 5000",
)
"""Readers see the last commit while one writes; 32 MB of pages in memory; 40 MB of log before it is folded in.

Rows are wide: on pages of twice the usual size they are found, and put in, in fewer steps.
"""

_target = attrgetter("target")
_checked_at = attrgetter("checked_at")


class Database(Reader):
    """The rows, for the one who writes."""

    def __init__(self, connection: sqlite3.Connection, advance: Advance) -> None:
        super().__init__(connection)
        self._advance = advance

    @classmethod
    def open_or_make(cls, path: Path, advance: Advance, *, thoroughly: bool = False) -> Self:
        """Open a database, or make an empty one: its rows can be had again.

        One of another version is emptied; a damaged one, found by reading all of it where `thoroughly`, is put aside
        as `archive.db.damaged`.
        """
        try:
            return cls._opened(path, advance, thoroughly=thoroughly)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
            for suffix in ("-wal", ""):
                if (part := path.with_name(path.name + suffix)).exists():
                    part.replace(path.with_name(f"{path.name}.damaged{suffix}"))
            return cls._opened(path, advance)

    @classmethod
    def _opened(cls, path: Path, advance: Advance, *, thoroughly: bool = False) -> Self:
        database = cls(connect(str(path)), advance)
        try:
            for pragma in PRAGMAS:
                database._connection.execute(f"PRAGMA {pragma}")
            if thoroughly:
                database.check()
            if not database.fits:
                with database.transaction():
                    database.clear()
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all that is done within, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def clear(self) -> None:
        """Drop all rows, and make the tables anew."""
        for table in self._tables():
            self._connection.execute(f'DROP TABLE "{table}"')
        for name, query in QUERIES.items():
            if name.startswith("create_"):
                self._connection.execute(query)
        self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def absorb(self, run: str, lines: Sequence[Line]) -> dict[str, Track]:
        """Take in lines of a run's segment, and give the new history of each target that they check.

        Lines that are known already change nothing, and runs may come in any order.
        """
        self._put_run(run, lines)
        links = (link_row(line, run) for line in lines if isinstance(line, LinkLine))
        self._connection.executemany(QUERIES["put_link"], links)
        checks = [line for line in lines if isinstance(line, CheckLine)]
        checks.sort(key=_target)  # as the tables have them: each page is written to once
        self._connection.executemany(QUERIES["put_check"], (check_row(line, run) for line in checks))
        probes = (probe_row(line, run) for line in lines if isinstance(line, ProbeLine))
        self._connection.executemany(QUERIES["put_probe"], probes)
        seen = sorted(map(read_check, checks), key=_checked_at)
        tracks = self.tracks({check.target for check in seen})
        late = {
            check.target
            for check in seen
            if (track := tracks.get(check.target)) and check.checked_at <= track.last_checked_at
        }
        self._put_images([line for line in checks if line.image], late)
        self._fold(seen, tracks, self._advance, late)
        last_runs = {target: self._run_of_last(target, tracks[target]) for target in late}
        rows = (track_row(target, tracks[target], last_runs.get(target, run)) for target in sorted(tracks))
        self._connection.executemany(QUERIES["put_track"], rows)
        return tracks

    def _put_images(self, lines: Sequence[CheckLine], late: set[str]) -> None:
        """Take in what checks saw of images."""
        if not lines:
            return
        self._connection.executemany(QUERIES["put_image"], map(image_row, lines))
        self._connection.executemany(QUERIES["put_thumbnail"], chain.from_iterable(map(thumbnail_rows, lines)))
        checks = sorted(map(read_check, lines), key=_checked_at)
        cached: dict[str, CachedImage | None] = {**self.cached({check.target for check in checks})}
        self._fold(checks, cached, next_cached, late & {check.target for check in checks})
        rows = (cached_row(target, image) for target, image in cached.items() if image)
        self._connection.executemany(QUERIES["put_cached"], rows)
        dropped = ({"target": target} for target, image in cached.items() if image is None)
        self._connection.executemany(QUERIES["drop_cached"], dropped)

    def put_captures(self, captures: Iterable[Capture]) -> None:
        """Take in captures; those that are known already change nothing."""
        self._connection.executemany(QUERIES["put_capture"], map(capture_row, captures))

    def put_warc(self, name: str, size_bytes: int) -> None:
        """Note that a WARC is sealed, and that all its captures are rows."""
        self._connection.execute(QUERIES["put_warc"], {"warc": name, "bytes": size_bytes})

    def forget_warc(self, name: str) -> None:
        """Drop all rows of a WARC that is gone."""
        for query in ("drop_captures_of_warc", "drop_warc"):
            self._connection.execute(QUERIES[query], {"warc": name})

    def _put_run(self, run: str, lines: Sequence[Line]) -> None:
        known = {"run": run, "version": None, "command": None, "started_at": None, "ended": None}
        for line in lines:
            if isinstance(line, RunLine):
                known |= {"version": line.version, "command": line.command, "started_at": line.started_at}
            elif isinstance(line, EndLine):
                known["ended"] = line.ended
        self._connection.execute(QUERIES["put_run"], known)

    def _fold(
        self,
        checks: Iterable[Check],
        known: dict[str, S],
        step: Callable[[S | None, Check], S],
        late: Iterable[str],
    ) -> None:
        """Fold checks, the oldest first, into what is `known` of their targets; of a `late` one all checks anew."""
        anew = dict.fromkeys(late)
        for check in checks:
            if check.target not in anew:
                known[check.target] = step(known.get(check.target), check)
        for target in anew:
            known.pop(target, None)
            for check in self.checks_of(target):
                known[target] = step(known.get(target), check)

    def _run_of_last(self, target: str, track: Track) -> str:
        [row] = self._rows("run_of_check", target=target, checked_at=stamp(track.last_checked_at))
        run: str = row["run"]
        return run
