"""5,000 URLs over 300 hosts, slow, silent, refusing and limiting ones among them, beside lychee at equal limits."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from bench.cast import RIGHT, Manner, Pace, cast, floor_s
from bench.compare import cost_table, in_turn
from bench.loopback import PEER
from bench.machine import ARCHIVER, surroundings, tool, version_of
from bench.material import write_feed, write_markdown
from bench.measure import BenchError, Cost, measure
from bench.nginx import free_port
from bench.outcomes import lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.cast import Part
    from bench.task import Task

URLS = 5_000
HOSTS = 300
PACE = Pace()
CONCURRENCY = 256


def bench(task: Task) -> str:
    """Give the section; lychee runs once, since it takes minutes, and not at all where it is to be quick."""
    urls, hosts = task.number(URLS), task.number(HOSTS)
    parts, port = cast(urls, hosts), free_port()
    wanted = {address: part.manner for part in parts for address in _addresses(part, port)}
    program = None if task.is_quick else tool("lychee")
    with serving(port, urls, hosts):
        feed = write_feed(task.folder / "feed.json", list(wanted))
        output = task.folder / "out.jsonl"
        control = next(part.host for part in parts if part.manner is Manner.PLAIN)
        ours = partial(_check, task.folder, feed, output, f"http://{control}:{port}/control")
        results = in_turn({"archiver": ours}, task.runs)
        verdicts = _verdicts(output, wanted)
        if program:
            markdown = write_markdown(task.folder / "urls.md", list(wanted))
            results += in_turn({PEER: partial(_lychee, program, task.folder / "lychee.json", markdown)}, 1)
    floor = floor_s(parts, PACE)
    told = (
        f"{urls:,} URLs spread unevenly over {hosts} hosts, {_most(parts)} at most: {_cast(parts)}. "
        "Latency lognormal, median 120 ms, 99th percentile 3 s. "
        f"Both ask {PACE.at_once} at once and every {PACE.delay_s * 1000:.0f} ms, wait {PACE.timeout_s:.0f} s, try "
        f"again {PACE.retries} times, {CONCURRENCY} requests in all."
    )
    ratio = results[0].median.wall_s / floor
    politeness = f"The floor that politeness sets is {floor:.1f} s; archiver took {ratio:.2f} times that."
    versions = (version_of(program, "--version"),) if program else ()
    table = cost_table(results, PEER if program else None)
    return f"{told}\n\n{table}\n\n{politeness} {verdicts}\n\n{surroundings(*versions)}"


def _addresses(part: Part, port: int) -> list[str]:
    return [f"http://{part.host}:{port}/story/{number}" for number in range(len(part.latencies_s))]


@contextlib.contextmanager
def serving(port: int, urls: int, hosts: int) -> Iterator[None]:
    """Have the stand-in web of that size serve."""
    command = [sys.executable, "-m", "bench.standin_web", str(port), str(urls), str(hosts)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        with server.stdout as said:
            if said.readline() != b"ready\n":
                raise BenchError("the stand-in web did not start")
            yield
    finally:
        server.terminate()
        server.wait()


def _check(folder: Path, feed: Path, output: Path, control: str) -> Cost:
    archive = folder / "archive"
    shutil.rmtree(archive, ignore_errors=True)
    limits = (
        *("--host-delay", f"{PACE.delay_s * 1000:.0f}ms", "--per-host", str(PACE.at_once)),
        *("--timeout", f"{PACE.timeout_s:.0f}s", "--connect-timeout", f"{PACE.timeout_s:.0f}s"),
        *("--retries", str(PACE.retries), "--concurrency", str(CONCURRENCY), "--allow-net", "127.0.0.0/8"),
        *("--no-progress", "--no-record-cache", "--format", "jsonl", "--fail-on", "never", "--control", control),
    )
    return measure([*ARCHIVER, "check", feed, "--archive", archive, "--output", output, *limits], folder=folder)


def _lychee(program: str, output: Path, urls: Path) -> Cost:
    limits = (
        *("-v", "--no-progress", "--format", "json", "--max-concurrency", str(CONCURRENCY)),
        *("--host-concurrency", str(PACE.at_once), "--host-request-interval", f"{PACE.delay_s * 1000:.0f}ms"),
        *("--max-retries", str(PACE.retries), "--timeout", f"{PACE.timeout_s:.0f}"),
    )
    cost = measure([program, *limits, "-o", output, urls], codes=(0, 2), folder=output.parent)
    if not json.loads(output.read_text())["total"]:
        raise BenchError("lychee checked nothing")
    return cost


def _verdicts(output: Path, wanted: dict[str, Manner]) -> str:
    """Hold each verdict against what the server was told to be."""
    wrong: Counter[str] = Counter()
    for link in lines(output):
        if link["type"] == "link":
            manner = wanted[link["target"]]
            if (link["verdict"], link["reason"]) not in RIGHT[manner]:
                wrong[f"{manner}: {link['verdict']} {link['reason']}"] += 1
    if not wrong:
        return f"All {len(wanted):,} verdicts were right."
    found = ", ".join(f"{number:,} {what}" for what, number in wrong.most_common())
    return f"**Wrong verdicts: {wrong.total():,} of {len(wanted):,}** ({found})."


def _most(parts: list[Part]) -> int:
    return max(len(part.latencies_s) for part in parts)


def _cast(parts: list[Part]) -> str:
    manners = Counter(part.manner.value for part in parts)
    return ", ".join(f"{number} {manner}" for manner, number in manners.most_common())
