"""10,000 different pages like a newspaper's of 27 KB kept in WARCs, politeness off, beside wget."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from bench.article import article
from bench.compare import cost_table, in_turn, table
from bench.loopback import IMPOLITE, PAGE_BYTES
from bench.machine import ARCHIVER, surroundings, tool, version_of
from bench.material import write_feed
from bench.measure import BenchError, Command, Cost, measure
from bench.nginx import addresses, serving
from bench.outcomes import lines, require

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.compare import Result
    from bench.task import Task

URLS = 10_000
PEER = "wget"
WGET = ("-q", "-O", "/dev/null", "--no-warc-keep-log", "--warc-file=pages")


def bench(task: Task) -> str:
    """Give the section."""
    count = task.number(URLS)
    pages = ((f"/story/{number}", article(PAGE_BYTES, number)) for number in range(count))
    with serving(task.sub("nginx"), article(PAGE_BYTES), pages) as port:
        urls = addresses(count, port)
        feed = write_feed(task.folder / "feed.json", urls)
        contenders: dict[str, Callable[[], Cost]] = {
            "archiver": partial(_keep, task.folder, feed, count),
            "archiver, 1 worker": partial(_keep, task.folder, feed, count, "--workers", "1"),
        }
        program = tool("wget")
        if program:
            contenders[PEER] = partial(_wget, program, task.sub("wget"), urls)
        results = in_turn(contenders, task.runs)
    size = f"{PAGE_BYTES // 1000} KB"
    told = f"{count:,} pages of {size} like a newspaper's, 64 loopback addresses, plain HTTP, politeness off."
    ours = "archiver judges, keeps history and an index (in a fresh archive) meanwhile."
    version = version_of(program, "--version") if program else "wget not installed"
    return f"{told} {ours}\n\n{cost_table(results, PEER)}\n\n{_rates(results, count)}\n\n{surroundings(version)}"


def _keep(folder: Path, records: Path, count: int, *more: str) -> Cost:
    """Keep all in a fresh archive, and see that every link has its snapshot."""
    archive, output = folder / "archive", folder / "out.jsonl"
    shutil.rmtree(archive, ignore_errors=True)
    command: Command = [*ARCHIVER, "run", records, "--archive", archive, "--output", output, "--snapshot", "page"]
    cost = measure([*command, "--no-record-cache", *IMPOLITE, *more], folder=folder)
    require(output, {"alive": count})
    kept = sum(1 for line in lines(output) if line.get("snapshot"))
    if kept != count:
        raise BenchError(f"archiver kept {kept:,} of {count:,} pages")
    return cost


def _wget(program: str, folder: Path, urls: Sequence[str]) -> Cost:
    """Keep all in one WARC."""
    addresses_file, warc = folder / "urls.txt", folder / "pages.warc.gz"
    addresses_file.write_text("".join(f"{url}\n" for url in urls))
    warc.unlink(missing_ok=True)
    cost = measure([program, *WGET, "-i", addresses_file], folder=folder)
    if not warc.exists():
        raise BenchError("wget wrote no WARC")
    return cost


def _rates(results: Sequence[Result], count: int) -> str:
    """Tell how many pages each keeps in a second."""
    rates = {result.name: count / result.median.wall_s for result in results}
    base = rates.get(PEER)
    rows = ([name, f"{rate:,.0f}", f"{rate / base:.1f}" if base else "-"] for name, rate in rates.items())
    return table(["", "pages a second", f"of {PEER}'s"], rows)
