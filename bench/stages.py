"""Where a target's time goes: a run over loopback, looked at each tick of its processor time."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

from bench.article import article
from bench.compare import table
from bench.loopback import IMPOLITE, PAGE_BYTES
from bench.machine import surroundings
from bench.material import write_feed
from bench.measure import Command, measure
from bench.nginx import addresses, serving

if TYPE_CHECKING:
    from bench.task import Task

URLS = 10_000
MOST_PLACES = 15


def bench(task: Task) -> str:
    """Give the section."""
    count = task.number(URLS)
    samples = task.folder / "samples.json"
    with serving(task.sub("nginx"), article(PAGE_BYTES)) as port:
        records = write_feed(task.folder / "feed.json", addresses(count, port))
        archive, output = task.folder / "archive", task.folder / "out.jsonl"
        shutil.rmtree(archive, ignore_errors=True)
        words: Command = ["check", records, "--archive", archive, "--output", output, "--no-record-cache", *IMPOLITE]
        sampled = [sys.executable, "-m", "bench.sampled", samples, *words, "--workers", "1"]
        cost = measure(sampled, folder=task.folder)
    found = json.loads(samples.read_text())
    stages, places = (sorted(found[key].items(), key=lambda row: -row[1]) for key in ("stages", "places"))
    seen = sum(found["stages"].values())
    each_us = found["cpu_s"] / count * 1e6

    def row(name: str, number: int) -> list[str]:
        return [name, f"{100 * number / seen:.1f}", f"{each_us * number / seen:.0f}"]

    told = (
        f"{count:,} URLs of a page of {PAGE_BYTES // 1000} KB in a feed, as in `loopback`, by one worker: "
        f"{cost.wall_s:.2f} s, {each_us:.0f} µs of the main process's time a target; another one reads the feed. "
        "A moment belongs to the innermost function of archiver that is under way on the main thread."
    )
    by_stage = table(["stage", "%", "µs a target"], (row(*each) for each in stages))
    by_place = table(["function", "%", "µs a target"], (row(*each) for each in places[:MOST_PLACES]))
    return f"{told}\n\n{by_stage}\n\n{by_place}\n\n{surroundings()}"
