"""archive.db, as it is read: what rows tell, as values."""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from archiver.archive.cdxj import Entry
from archiver.archive.errors import REPAIR
from archiver.archive.lines import (
    Line,
    RunLine,
    check_line,
    plain,
    read_link,
    read_probe,
)
from archiver.archive.queries import QUERIES
from archiver.archive.rows import (
    stored_cached,
    stored_capture,
    stored_check,
    stored_image,
    stored_link,
    stored_probe,
    stored_snapshot,
    stored_standing,
    stored_track,
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
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Self

NAME = "archive.db"
VERSION = 3
TABLES = frozenset(
    {"runs", "targets", "links", "checks", "probes", "captures", "warcs", "images", "thumbnails", "cached"}
)
BUSY_TIMEOUT_S = 30.0

AT_ONCE = 10_000
"""Of so many targets is asked at once: SQLite holds the list in memory, thrice."""


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
        reader = cls(connect(f"{path.resolve().as_uri()}?{mode}", uri=True))
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

    def place_of(self, record_id: str) -> tuple[str, int, int] | None:
        """Give where the record of a capture stands: its WARC, the offset there, and its length."""
        return next(((row["warc"], row["offset"], row["length"]) for row in self._rows("place", id=record_id)), None)

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
        [row] = self._rows("counts")
        return dict(row)

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
        """Give each of `targets` that a query finds, with its row; they are asked for as the tables have them."""
        asked = iter(sorted(set(targets)))
        while some := list(islice(asked, AT_ONCE)):
            wanted = {plain(target): target for target in some}
            for row in self._rows(query, targets=msgspec.json.encode(list(wanted)).decode()):
                yield wanted[row["target"]], row

    def _rows(self, query: str, **values: str | None) -> Iterable[sqlite3.Row]:
        return self._connection.execute(QUERIES[query], values)


def connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a connection whose transactions are ours to begin, and which threads may use in turn."""
    return sqlite3.connect(name, uri=uri, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
