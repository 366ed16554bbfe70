"""A target's history for people: a sentence a check, where it stands, and what would change that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import RotRules
from archiver.report.causes import is_doubtful
from archiver.report.places import goal, place, remarks, where
from archiver.report.screen import PLAIN, Style, cells, padded
from archiver.report.sentences import sentence
from archiver.report.standing import prospect, summed
from archiver.report.times import day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archiver.model import Check, History, Track
    from archiver.report.screen import Screen

SIDE_BY_SIDE = 70
"""On narrower screens the sentence stands below its check."""


def history_text(
    history: History,
    screen: Screen = PLAIN,
    *,
    rot: RotRules | None = None,
    advance: Callable[[Track | None, Check], Track] | None = None,
) -> Iterator[str]:
    """Give the lines of a target's history, the oldest check first, each with the state it left by `advance`."""
    yield screen.whole(history.target, style=Style.STRONG)
    yield from screen.flow(summed(history), 2)
    yield ""
    if history.links:
        yield "Stands in"
        for link in history.links:
            yield from screen.row((place(link), where(link)), 2)
        yield ""
    yield "Checks, in UTC"
    yield from _checks(history.checks, _states(history.checks, advance), screen)
    yield ""
    if snapshots := list(_snapshots(history.checks)):
        yield "Snapshots"
        for line in snapshots:
            yield from screen.row(line, 2)
        yield ""
    yield "Next"
    for said in prospect(history, rot or RotRules()):
        yield from screen.flow(said, 2)


def _states(checks: Sequence[Check], advance: Callable[[Track | None, Check], Track] | None) -> Iterator[str]:
    track = None
    for check in checks:
        track = advance(track, check) if advance else None
        yield track.state if track else ""


def _checks(checks: Sequence[Check], states: Iterator[str], screen: Screen) -> Iterator[str]:
    heads = [(day(check.checked_at), state, check.outcome.value) for check, state in zip(checks, states, strict=True)]
    widths = [max(cells(head[column]) for head in heads) for column in range(3)] if heads else []
    for head, check in zip(heads, checks, strict=True):
        line = "  ".join(padded(cell, width) for cell, width in zip(head, widths, strict=True) if width)
        if screen.width is None or screen.width >= SIDE_BY_SIDE:
            yield from screen.beside(line, _said(check), 2)
        else:
            yield screen.whole(line.rstrip(), 2)
            yield from screen.flow(_said(check), 4)
        if leads := goal(check):
            yield screen.whole(leads, 4)


def _snapshots(checks: Sequence[Check]) -> Iterator[tuple[str, str]]:
    """Give each capture that stood for a check, once, with the day it was made and the file that holds it."""
    made = {(check.snapshot.warc, check.snapshot.offset): check.snapshot for check in checks if check.snapshot}
    for snapshot in made.values():
        yield day(snapshot.captured_at), f"{snapshot.warc}, at byte {snapshot.offset:,}"


def _said(check: Check) -> str:
    facts = remarks(check)
    facts += ["counts for nothing: our own network was away"] if is_doubtful(check) else []
    return sentence(check.outcome, check.reason, facts=facts)
