"""Law: a report takes no more memory for its lines the more of them there are; they are given one by one."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from archiver.model import LinkReport, RunReport
from archiver.report.jsonl import link_lines, run_lines
from archiver.report.text import link_text, run_text
from tests.builders import link
from tests.unit.report.scenes import gone, row, well

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sized

LINE_BYTES = 100
"""A report that kept its lines would take more for each link."""


def verbose(report: RunReport) -> Iterable[str]:
    return run_text(report, everything=True)


def report_of(links: int) -> RunReport:
    return RunReport(links=tuple(_row(number) for number in range(links)), records=links, targets=links)


def _row(number: int) -> LinkReport:
    url, record = f"https://h{number % 40}.example/{number}", f"r{number // 10}.md"
    return row(link(url, record=record), *gone(url)) if number % 5 == 0 else well(url, record=record)


def peak_bytes(lines: Iterable[Sized]) -> int:
    tracemalloc.start()
    for _ in lines:
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("tell", [run_lines, link_lines, run_text, verbose, link_text], ids=lambda tell: tell.__name__)
def test_lines_are_given_one_by_one(tell: Callable[[RunReport], Iterable[Sized]]) -> None:
    few, many = 500, 4500
    grown = peak_bytes(tell(report_of(many))) - peak_bytes(tell(report_of(few)))
    assert grown < LINE_BYTES * (many - few)
