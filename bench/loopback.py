"""10,000 URLs of one 27 KB page on loopback, politeness off, beside lychee: what archiver itself costs."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING

from archiver.options import BY_KEY
from bench.article import article
from bench.compare import cost_table, in_turn
from bench.machine import ARCHIVER, surroundings, tool, version_of
from bench.material import write_feed, write_markdown
from bench.measure import BenchError, Command, Cost, measure
from bench.nginx import addresses, serving
from bench.outcomes import require

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.task import Task

URLS = 10_000
PAGE_BYTES = 27_000
IMPOLITE = (
    *("--host-delay", "0ms", "--per-host", "256", "--concurrency", "256", "--retries", "0"),
    *("--robots", "ignore", "--allow-net", "127.0.0.0/8", "--no-progress", "--format", "jsonl"),
)
LYCHEE = (
    *("-v", "--no-progress", "--format", "json", "--max-concurrency", "256", "--host-concurrency", "256"),
    *("--host-request-interval", "0s", "--max-retries", "0", "--timeout", "20"),
)
PEER = "lychee"


def bench(task: Task) -> str:
    """Give the section."""
    count = task.number(URLS)
    with serving(task.sub("nginx"), article(PAGE_BYTES)) as port:
        urls = addresses(count, port)
        feed = write_feed(task.folder / "feed.json", urls)
        contenders: dict[str, Callable[[], Cost]] = dict(_own(task, feed, count))
        program = tool("lychee")
        if program:
            markdown = write_markdown(task.folder / "urls.md", urls)
            contenders[PEER] = partial(_lychee, program, task.folder / "lychee.json", markdown, count)
        results = in_turn(contenders, task.runs)
    versions = (version_of(program, "--version") if program else "lychee not installed", _nginx_version())
    size = f"{PAGE_BYTES // 1000} KB"
    told = f"{count:,} URLs of one page of {size} like a newspaper's, 64 addresses, plain HTTP, politeness off."
    ours = "archiver judges, keeps history (in a fresh archive) and writes JSON Lines meanwhile; lychee writes JSON."
    return f"{told} {ours}\n\n{cost_table(results, PEER)}\n\n{surroundings(*versions)}"


def _own(task: Task, feed: Path, count: int) -> list[tuple[str, Callable[[], Cost]]]:
    """Give archiver's contenders: with one worker and with as many as it likes, once there are workers."""
    if "workers" not in BY_KEY:
        return [("archiver", partial(check, task.folder, feed, count))]
    one = partial(check, task.folder, feed, count, "--workers", "1")
    return [("archiver", partial(check, task.folder, feed, count)), ("archiver, 1 worker", one)]


def check(folder: Path, records: Path, count: int, *more: str) -> Cost:
    """Check all into a fresh archive, and see that all is alive."""
    archive, output = folder / "archive", folder / "out.jsonl"
    shutil.rmtree(archive, ignore_errors=True)
    command: Command = [
        *ARCHIVER,
        "check",
        records,
        "--archive",
        archive,
        "--output",
        output,
        "--no-record-cache",
        *IMPOLITE,
    ]
    cost = measure([*command, *more], folder=folder)
    require(output, {"alive": count})
    return cost


def _lychee(program: str, output: Path, urls: Path, count: int) -> Cost:
    cost = measure([program, *LYCHEE, "-o", output, urls], folder=output.parent)
    found = json.loads(output.read_text())
    if found["successful"] != count:
        raise BenchError(f"lychee found {found['successful']:,} of {count:,} links well")
    return cost


def _nginx_version() -> str:
    program = tool("nginx")
    return version_of(program, "-v") if program else ""
