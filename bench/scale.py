"""1,000, 10,000 and 100,000 targets: what grows, and how."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.compare import in_turn, table
from bench.loopback import IMPOLITE
from bench.machine import ARCHIVER, surroundings, tool, version_of
from bench.material import page, write_folder
from bench.measure import Command, Cost, measure
from bench.nginx import addresses, serving
from bench.outcomes import require

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.task import Task

SIZES = (1_000, 10_000, 100_000)
PAGE_BYTES = 4_000
PER_RECORD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the commands of one size work."""

    records: Path
    archive: Path
    output: Path
    cache: Path

    def run(self, command: str, *more: str) -> Cost:
        """Run a command over the records."""
        words: Command = [
            *ARCHIVER,
            command,
            self.records,
            "--archive",
            self.archive,
            "--output",
            self.output,
            *IMPOLITE,
            *more,
        ]
        return measure(words, codes=(0, 1), folder=self.cache.parent, environment={"XDG_CACHE_HOME": str(self.cache)})

    def anew(self, command: str, *more: str) -> Cost:
        """Run it as if for the first time."""
        for folder in (self.archive, self.cache):
            shutil.rmtree(folder, ignore_errors=True)
        return self.run(command, *more)


def bench(task: Task) -> str:
    """Give the section."""
    rows, firsts = [], []
    with serving(task.sub("nginx"), page(PAGE_BYTES)) as port:
        for full in SIZES:
            count = task.number(full)
            here = task.sub(f"{full}")
            place = _Place(
                records=write_folder(here / "records", addresses(count, port), per_record=PER_RECORD),
                archive=here / "archive",
                output=here / "out.jsonl",
                cache=here / "cache",
            )
            row, first_s = _measured(place, count, task.runs)
            rows.append(row)
            firsts.append(first_s)
            shutil.rmtree(here)
    head = [
        "targets",
        "plan s",
        "check s",
        "PSS MB",
        "archive.db MB",
        "--due s",
        "report text s",
        "report JSON Lines s",
    ]
    growth = f"The last check took {firsts[-1] / firsts[-2]:.1f} times as long as the one before it."
    told = (
        f"Records with {PER_RECORD} addresses each, one page of {PAGE_BYTES // 1000} KB, politeness off. `plan` and "
        "`check` start with neither archive nor cache; `--due` is a second run with nothing to do; a report is a run "
        "with `--max-age 1d`."
    )
    nginx = tool("nginx")
    versions = (version_of(nginx, "-v"),) if nginx else ()
    return f"{told}\n\n{table(head, rows)}\n\n{growth}\n\n{surroundings(*versions)}"


def _measured(place: _Place, count: int, runs: int) -> tuple[list[str], float]:
    steps: dict[str, Callable[[], Cost]] = {
        "plan": lambda: place.anew("plan"),
        "check": lambda: place.anew("check"),
        "due": lambda: place.run("check", "--due"),
        "text": lambda: place.run("check", "--max-age", "1d", "--format", "text", "--verbose"),
        "jsonl": lambda: place.run("check", "--max-age", "1d"),
    }
    medians = {result.name: result.median for result in in_turn(steps, runs)}
    require(place.output, {"alive": count})
    row = [
        f"{count:,}",
        f"{medians['plan'].wall_s:.2f}",
        f"{medians['check'].wall_s:.2f}",
        f"{medians['check'].peak_mb:.0f}",
        f"{_database_mb(place.archive):.1f}",
        *(f"{medians[name].wall_s:.2f}" for name in ("due", "text", "jsonl")),
    ]
    return row, medians["check"].wall_s


def _database_mb(archive: Path) -> float:
    """Give the size of the database with what its log still holds."""
    file = archive / "archive.db"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file.stat().st_size / 1e6
