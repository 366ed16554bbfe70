"""Reading records, and starting at all: 10,000 files cold and warm, a feed of 10,000 records, the shortest commands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bench.compare import cost_table, in_turn
from bench.machine import ARCHIVER, surroundings
from bench.material import SEED, write_seed_feed, write_seeds
from bench.measure import Command, Cost, measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.task import Task

RECORDS = 10_000


def bench(task: Task) -> str:
    """Give the section."""
    count = task.number(RECORDS)
    folder, feed = write_seeds(task.folder / "records", count), write_seed_feed(task.folder / "feed.json", count)
    cache, output = task.folder / "cache", task.folder / "out"

    def run(command: str, records: Path, *more: str, is_cold: bool = False) -> Cost:
        if is_cold:
            shutil.rmtree(cache, ignore_errors=True)
        words: Command = [*ARCHIVER, command, records, "--output", output, *more]
        return measure(words, folder=task.folder, environment={"XDG_CACHE_HOME": str(cache)})

    contenders: dict[str, Callable[[], Cost]] = {
        "`--help`": lambda: measure([*ARCHIVER, "--help"]),
        "`links` of the example": lambda: run("links", SEED),
        "files, planned, cold": lambda: run("plan", folder, is_cold=True),
        "files, planned, warm": lambda: run("plan", folder),
        "files, listed, warm": lambda: run("links", folder, "--format", "jsonl"),
        "feed, planned, cold": lambda: run("plan", feed, is_cold=True),
        "feed, planned, warm": lambda: run("plan", feed),
        "feed, listed, warm": lambda: run("links", feed, "--format", "jsonl"),
    }
    results = in_turn(contenders, task.runs)
    told = (
        f"{count:,} files like the example (15 links each), and a JSON feed of {count:,} records with 5 links each. "
        "Cold is without a record cache; the files themselves are in the system's. Whole commands, from start to exit."
    )
    return f"{told}\n\n{cost_table(results)}\n\n{surroundings()}"
