"""Text for people: what was found, the most serious first, then how much could be judged and what to do next."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from archiver.model import RotRules
from archiver.report.findings import Findings, problem_lines
from archiver.report.places import address, where
from archiver.report.screen import PLAIN, Screen, Style, cells, padded
from archiver.report.summary import count, summary, told_records
from archiver.report.warnings import warning_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archiver.model import Link, RunReport


def run_text(
    report: RunReport, screen: Screen = PLAIN, *, everything: bool = False, rot: RotRules | None = None
) -> Iterator[str]:
    """Give the lines of a run: findings by their causes, then the summary; with `everything` what is alive, too."""
    told = Findings(screen, rot or RotRules(), everything=everything)
    yield from told.lines(report.links, report.problems)
    yield from summary(report, screen, rot or RotRules(), is_cut=told.are_cut)


def link_text(report: RunReport, screen: Screen = PLAIN) -> Iterator[str]:
    """Give the lines of a mere listing: every link by record and line."""
    for record, group in groupby(report.links, key=lambda row: row.link.record):
        yield screen.whole(record, style=Style.STRONG)
        yield from _listed([row.link for row in group], screen)
    for problem in report.problems:
        yield from problem_lines(problem, screen, indent=0)
    yield ""
    for line in warning_lines(report.links):
        yield from screen.flow(line, style=Style.POOR)
    counts = f"{count(len(report.links), 'link')}, {count(report.targets, 'target')}, {told_records(report)}"
    yield from screen.flow(counts)


def _listed(links: Sequence[Link], screen: Screen) -> Iterator[str]:
    """Align the links of a record; each that is too wide for its line takes two."""
    heads = [(f"{link.line}:{link.column}", where(link), link.role.value) for link in links]
    widths = [max(cells(head[column]) for head in heads) for column in range(3)]
    for head, link in zip(heads, links, strict=True):
        line = "  ".join(padded(cell, width) for cell, width in zip(head, widths, strict=True)).rstrip()
        if screen.holds(f"{line}  {address(link.url)}", 2):
            filled = "  ".join(padded(cell, width) for cell, width in zip(head, widths, strict=True))
            yield screen.whole(f"{filled}  {address(link.url)}", 2)
        else:
            yield from screen.row((line,) if screen.holds(line, 2) else head, 2)
            yield screen.whole(address(link.url), 4)
