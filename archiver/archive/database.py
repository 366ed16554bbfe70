"""archive.db: what the segments tell, in rows (SQLite). It is derived: it takes in the very lines that were written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from archiver.archive.cached import next_cached
from archiver.archive.cdxj import Entry
from archiver.archive.errors import REPAIR
from archiver.archive.lines import (
    CheckLine,
    EndLine,
    Line,
    LinkLine,
    ProbeLine,
    RunLine,
    check_line,
    plain,
    read_check,
    read_link,
    read_probe,
)
from archiver.archive.queries import QUERIES
from archiver.archive.rows import (
    cached_row,
    capture_row,
    check_row,
    image_row,
    link_row,
    probe_row,
    stored_cached,
    stored_capture,
    stored_check,
    stored_image,
    stored_link,
    stored_probe,
    stored_snapshot,
    stored_standing,
    stored_track,
    thumbnail_rows,
    track_row,
)
from archiver.model import (
    ArchiveError,
    CachedImage,
    Capture,
    Check,
    Cut,
    Known,
    Link,
    Original,
    ProbeAnswer,
    ProbeKey,
    SeenImage,
    Snapshot,
    Standing,
    Track,
    read_stamp,
    stamp,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from typing import Self

Advance: TypeAlias = Callable[[Track | None, Check], Track]
"""Folds one more check into a target's history."""

NAME = "archive.db"
VERSION = 3
TABLES = frozenset(
    {"runs", "targets", "links", "checks", "probes", "captures", "warcs", "images", "thumbnails", "cached"}
)
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
BUSY_TIMEOUT_S = 30.0

AT_ONCE = 10_000
"""Of so many targets is asked at once: SQLite holds the list in memory, thrice."""

_target = attrgetter("target")


class Reader:
    """The rows, for reading."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.row_factory = sqlite3.Row

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a database that may be written to meanwhile. Raises ArchiveError where it is of another version."""
        try:
            return cls._opened_for_reading(path, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN:
                raise
            # On a read-only disk SQLite cannot make the files by which readers and writers meet; nobody writes there.
            return cls._opened_for_reading(path, "immutable=1")

    @classmethod
    def _opened_for_reading(cls, path: Path, mode: str) -> Self:
        reader = cls(_connect(f"{path.resolve().as_uri()}?{mode}", uri=True))
        try:
            reader.require_fit(path)
        except BaseException:
            reader.close()
            raise
        return reader

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def fits(self) -> bool:
        """Whether the tables are those of this version."""
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        return version == VERSION and self._tables() == TABLES

    def require_fit(self, path: Path) -> None:
        """Raise ArchiveError where the tables are not those of this version."""
        if not self.fits:
            raise ArchiveError(f"{path} was made by another version of archiver: {REPAIR}")

    def runs(self) -> dict[str, str | None]:
        """Give every run, and how it ended: None while it lasts."""
        return {row["run"]: row["ended"] for row in self._rows("runs")}

    def tracks(self, targets: Iterable[str]) -> dict[str, Track]:
        """Give the folded history of each target that has one."""
        return {target: stored_track(row) for target, row in self._of_targets("tracks", targets)}

    def standings(self, targets: Iterable[str]) -> dict[str, Standing]:
        """Give what decides whether each target is due, of those that were ever checked."""
        return {target: stored_standing(row) for target, row in self._of_targets("standings", targets)}

    def last_checks(self, targets: Iterable[str]) -> dict[str, Check]:
        """Give the last check of each target that has any."""
        return {target: stored_check(row) for target, row in self._of_targets("last_checks", targets)}

    def known(self, targets: Iterable[str]) -> dict[str, Known]:
        """Give history and last check of each target that has any."""
        checks = self.last_checks(targets)
        return {target: Known(track=track, last=checks[target]) for target, track in self.tracks(checks).items()}

    def checks_of(self, target: str) -> Iterator[Check]:
        """Give every check of a target, the oldest first."""
        return (stored_check(row) for row in self._rows("checks_of_target", target=plain(target)))

    def links_of(self, target: str) -> Iterator[Link]:
        """Give every place of a target."""
        return (read_link(stored_link(row)) for row in self._rows("links_of_target", target=plain(target)))

    def snapshots(self, targets: Iterable[str]) -> dict[str, Snapshot]:
        """Give the newest snapshot of each target that has one."""
        found = self._of_targets("snapshots", targets)
        return {target: stored_snapshot(row["snapshot"]) for target, row in found}

    def held(self, url: str) -> Capture | None:
        """Give the newest capture of a URL whose body is there; what a revisit does not tell is its original's."""
        return next((stored_capture(row) for row in self._rows("held", url=url)), None)

    def has_captures(self) -> bool:
        """Tell whether there is any capture."""
        return any(True for _ in self._rows("any_capture"))

    def original(self, payload_digest: str, cut: Cut | None) -> Original | None:
        """Give the record that holds a body; None for `cut` where it is whole."""
        for row in self._rows("original", payload_digest=payload_digest, cut=cut):
            at = read_stamp(row["captured_at"])
            return Original(url=row["url"], captured_at=at, record_id=row["record_id"])
        return None

    def captures(self) -> Iterator[tuple[str, Capture]]:
        """Give every capture with its key in the index, in the order of that key and of time."""
        return ((row["place"], stored_capture(row)) for row in self._rows("captures"))

    def index(self) -> Iterator[Entry]:
        """Give what the index tells of every capture, in its order."""
        return map(Entry._make, self._rows("indexed"))

    def cached(self, targets: Iterable[str]) -> dict[str, CachedImage]:
        """Give what is held of each image among `targets`."""
        return {target: stored_cached(row) for target, row in self._of_targets("cached", targets)}

    def latest_image(self, url: str) -> SeenImage | None:
        """Give the newest good image that a URL showed."""
        return next((stored_image(row["latest"]) for row in self._rows("latest_image", url=url)), None)

    def probes(self, since: datetime) -> dict[ProbeKey, ProbeAnswer]:
        """Give what sites answered since, the newest of each."""
        return dict(read_probe(stored_probe(row)) for row in self._rows("probes_since", since=stamp(since)))

    def warcs(self) -> set[str]:
        """Give the WARCs that are taken in."""
        return {row["warc"] for row in self._rows("warcs")}

    def offsets(self, warc: str) -> set[int]:
        """Give where the captures of a WARC stand, of those that rows know."""
        return {row["offset"] for row in self._rows("captures_of_warc", warc=warc)}

    def listed(self, query: str) -> Iterable[sqlite3.Row]:
        """Give the rows of a query that takes no values, by its name."""
        return self._rows(query)

    def lost_snapshots(self) -> list[tuple[str, Snapshot]]:
        """Give each target and snapshot of checks that point at no capture that is known."""
        return [(row["target"], stored_snapshot(row["snapshot"])) for row in self._rows("lost_snapshots")]

    def lost_originals(self) -> tuple[int, str | None]:
        """Give how many revisits refer to records that are not known, and the URL of one."""
        [row] = self._rows("lost_originals")
        return row["revisits"], row["url"]

    def check(self) -> None:
        """Read every page. Raises sqlite3.DatabaseError where one is damaged."""
        fault: str = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if fault != "ok":
            raise sqlite3.DatabaseError(fault)

    def counts(self) -> dict[str, int]:
        """Give how many rows each table has."""
        return {table: self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608 (names of our own)

    def ask(self, query: str, values: Sequence[str] = ()) -> list[sqlite3.Row]:
        """Give the rows of a query of one's own."""
        return self._connection.execute(query, values).fetchall()

    def lines_of(self, run: str) -> list[Line]:
        """Give the lines of a run's segment, as far as the rows know them."""
        return [
            *(RunLine(**row) for row in self._rows("start_of_run", run=run)),
            *(stored_link(row) for row in self._rows("links_of_run", run=run)),
            *(check_line(stored_check(row)) for row in self._rows("checks_of_run", run=run)),
            *(stored_probe(row) for row in self._rows("probes_of_run", run=run)),
        ]

    def _tables(self) -> set[str]:
        return {row["name"] for row in self._rows("tables")}

    def _of_targets(self, query: str, targets: Iterable[str]) -> Iterator[tuple[str, sqlite3.Row]]:
        """Give each of `targets` that a query finds, with its row."""
        asked = iter(targets)
        while some := list(islice(asked, AT_ONCE)):
            wanted = {plain(target): target for target in some}
            for row in self._rows(query, targets=msgspec.json.encode(list(wanted)).decode()):
                yield wanted[row["target"]], row

    def _rows(self, query: str, **values: str | None) -> Iterable[sqlite3.Row]:
        return self._connection.execute(QUERIES[query], values)


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
        database = cls(_connect(str(path)), advance)
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
        self._put_images([line for line in checks if line.image])
        tracks, late = self._folded(checks)
        last_runs = {target: self._run_of_last(target, tracks[target]) for target in late}
        rows = (track_row(target, tracks[target], last_runs.get(target, run)) for target in sorted(tracks))
        self._connection.executemany(QUERIES["put_track"], rows)
        return tracks

    def _put_images(self, lines: Sequence[CheckLine]) -> None:
        """Take in what checks saw of images; one that comes late has its target's copies folded anew."""
        if not lines:
            return
        self._connection.executemany(QUERIES["put_image"], map(image_row, lines))
        self._connection.executemany(QUERIES["put_thumbnail"], chain.from_iterable(map(thumbnail_rows, lines)))
        checks = sorted(map(read_check, lines), key=lambda check: check.checked_at)
        cached: dict[str, CachedImage | None] = {**self.cached({check.target for check in checks})}
        late = set()
        for check in checks:
            before = cached.get(check.target)
            if before and check.checked_at <= before.latest_at:
                late.add(check.target)
            else:
                cached[check.target] = next_cached(before, check)
        for target in late:
            cached[target] = reduce(next_cached, self.checks_of(target), None)
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

    def _folded(self, lines: Iterable[CheckLine]) -> tuple[dict[str, Track], set[str]]:
        """Fold checks into the histories of their targets; one that comes late has its target's folded anew.

        Gives the histories, and the targets of those that came late.
        """
        checks = sorted(map(read_check, lines), key=lambda check: check.checked_at)
        tracks = self.tracks({check.target for check in checks})
        late = set()
        for check in checks:
            track = tracks.get(check.target)
            if track and check.checked_at <= track.last_checked_at:
                late.add(check.target)
            else:
                tracks[check.target] = self._advance(track, check)
        return tracks | {target: self._refolded(target) for target in late}, late

    def _run_of_last(self, target: str, track: Track) -> str:
        [row] = self._rows("run_of_check", target=target, checked_at=stamp(track.last_checked_at))
        run: str = row["run"]
        return run

    def _refolded(self, target: str) -> Track:
        track = None
        for check in self.checks_of(target):
            track = self._advance(track, check)
        assert track
        return track


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a connection whose transactions are ours to begin, and which threads may use in turn."""
    return sqlite3.connect(name, uri=uri, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
