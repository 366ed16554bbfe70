"""`python -m bench [NAME …]`: run benches, all of them by default, and write their sections of bench/RESULTS.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import loopback, records, scale, snapshots, stages, standin, thumbnails, verdicts
from bench.measure import BenchError
from bench.results import with_section
from bench.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BENCHES: dict[str, Callable[[Task], str]] = {
    "loopback": loopback.bench,
    "standin": standin.bench,
    "snapshots": snapshots.bench,
    "scale": scale.bench,
    "records": records.bench,
    "profile": stages.bench,
    "verdicts": verdicts.bench,
    "thumbnails": lambda task: thumbnails.bench(task.sub("files"), runs=task.runs, files=task.number(500)),
}
"""A bench takes a task and gives the Markdown of its section: add a row."""

RESULTS = Path(__file__).with_name("RESULTS.md")


def main(words: Sequence[str] | None = None) -> int:
    """Run the benches that were named; give the exit code."""
    told = _parser().parse_args(words)
    failed = False
    for name in told.names or BENCHES:
        with tempfile.TemporaryDirectory(prefix=f"archiver-bench-{name}-") as folder:
            task = Task(folder=Path(folder), runs=told.runs, size=told.size, is_quick=told.quick)
            try:
                body = BENCHES[name](task)
            except BenchError as error:
                sys.stderr.write(f"{name}: {error}\n")
                failed = True
                continue
        sys.stdout.write(f"## {name}\n{body}\n\n")
        sys.stdout.flush()
        page = told.output.read_text() if told.output.exists() else ""
        told.output.write_text(with_section(page, name, body, list(BENCHES)))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=" ".join(BENCHES))
    parser.add_argument("--runs", type=int, default=5, help="how often each contender runs (default: 5)")
    parser.add_argument("--size", type=float, default=1.0, help="a share of the full numbers, to try a bench out")
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes: lychee on the stand-in web")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the page of results (default: bench/RESULTS.md)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
