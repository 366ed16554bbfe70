"""Findings, told by their causes in sections, the most serious first; bounded where not everything is asked for."""

from __future__ import annotations

from itertools import chain, groupby, islice
from typing import TYPE_CHECKING

from archiver.model import Outcome, State
from archiver.report.causes import COUNTED_ONLY, Cause, Section, amount, causes
from archiver.report.places import address, goal, place, remarks, where
from archiver.report.screen import Style
from archiver.report.sentences import sentence
from archiver.report.standing import shared_facts
from archiver.report.summary import count
from archiver.report.times import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archiver.model import LinkReport, RecordError, RotRules
    from archiver.report.screen import Screen

_LOST = frozenset(Outcome) - {Outcome.ALIVE, Outcome.MOVED, Outcome.SKIPPED}

MOST_LINES = 120
"""Findings take about so many at the most, where not everything is asked for."""

FEWEST_LINES = 9
"""Each section may have so many, however much the ones before it have to tell."""

MOST_NAMED = 3
"""In so many lines causes that find no room are still named."""

MOST_TARGETS = 2
"""So many of a cause's addresses are shown."""

MOST_PLACES = 2
"""And so many of the places of each."""


class Findings:
    """Tells findings in sections of blocks: one block a cause."""

    def __init__(self, screen: Screen, rot: RotRules, *, everything: bool) -> None:
        self.are_cut = False  # something was left out
        self._screen = screen
        self._rot = rot
        self._everything = everything

    def lines(self, rows: Iterable[LinkReport], problems: Sequence[RecordError]) -> Iterator[str]:
        """Give the lines of all sections; long ones are cut, so that the ones after them are seen."""
        found: dict[Section, Sequence[Cause | RecordError]] = {
            **causes(row for row in rows if self._everything or _is_finding(row))
        }
        if problems:
            found[Section.UNREAD] = problems
        sections = [section for section in Section if section in found]
        if self._everything:
            shares: list[int | None] = [None] * len(sections)
        else:
            shares = [*_shares([self._need(found[section]) for section in sections])]
        for section, share in zip(sections, shares, strict=True):
            yield from self._section(section, found[section], share)
            yield ""

    def _need(self, things: Sequence[Cause | RecordError]) -> int:
        """Give how many lines `things` would take, counted no further than to what there is."""
        return 2 + sum(1 for _ in islice(chain.from_iterable(map(self._block, things)), MOST_LINES))

    def _section(self, section: Section, things: Sequence[Cause | RecordError], share: int | None) -> Iterator[str]:
        yield from self._screen.flow(f"{section.title}: {_amount(things)}", style=section.style)
        used, told = 2, 0
        for thing in things:
            block = list(self._block(thing))
            if share is not None and told and used + len(block) > share:
                break
            yield from block
            used, told = used + len(block), told + 1
        if share is not None and told < len(things):
            self.are_cut = True
            named = list(self._named(things[told:]))
            yield from chain.from_iterable(named)
            yield from self._rest(things[told + len(named) :])

    def _named(self, things: Sequence[Cause | RecordError]) -> Iterator[list[str]]:
        """Name the first of `things`, in a few lines."""
        room = MOST_NAMED
        for thing in things:
            if room <= 0 or not isinstance(thing, Cause):
                return
            said = sentence(thing.outcome, thing.reason, thing.thing)
            lines = list(self._screen.flow(f"{thing.host}: {thing.amount} ({said})".removeprefix(": "), 2, hang=2))
            room -= len(lines)
            yield lines

    def _rest(self, things: Sequence[Cause | RecordError]) -> Iterator[str]:
        if things:
            hosts = len({thing.host for thing in things if isinstance(thing, Cause) and thing.host})
            at = f" at {count(hosts, 'host')}" if hosts else ""
            yield from self._screen.flow(f"... and {_amount(things, 'more')}{at}", 2, Style.FAINT)

    def _block(self, thing: Cause | RecordError) -> Iterator[str]:
        if not isinstance(thing, Cause):
            yield from problem_lines(thing, self._screen, indent=2)
            return
        by_target = thing.by_target
        if len(by_target) == 1:
            (rows,) = by_target.values()
            yield self._screen.whole(address(rows[0].link.url), 2, Style.STRONG)
            yield from self._screen.flow(self._sentence(thing), 4)
            yield from self._goal(rows[0], 4)
            yield from self._copy(rows[0], 4)
            yield from self._places(rows, 4)
            return
        records = f" in {count(thing.records, 'record')}" if thing.records > 1 else ""
        headline = f"{thing.host}: {thing.amount}{records}, one cause" if thing.host else f"{thing.amount}{records}"
        yield from self._screen.flow(headline, 2, Style.STRONG)
        yield from self._screen.flow(self._sentence(thing), 4)
        told = list(by_target.values())
        shown = self._few(len(told), MOST_TARGETS)
        for rows in told[:shown]:
            yield self._screen.whole(address(rows[0].link.url), 4)
            yield from self._goal(rows[0], 6)
            yield from self._copy(rows[0], 6)
            yield from self._places(rows, 6)
        if left := list(chain.from_iterable(told[shown:])):
            self.are_cut = True
            yield from self._screen.flow(f"... and {amount(left, 'more')}", 4, Style.FAINT)

    def _sentence(self, cause: Cause) -> str:
        said = {*map(tuple, (remarks(row.check) for row in cause.rows if row.check))}
        shared = next(iter(said)) if len(said) == 1 else ()
        facts = [*shared, *shared_facts(cause.rows, self._rot)]
        return sentence(cause.outcome, cause.reason, cause.thing, facts)

    def _goal(self, row: LinkReport, indent: int) -> Iterator[str]:
        if row.check and (leads := goal(row.check)):
            yield self._screen.whole(leads, indent)

    def _copy(self, row: LinkReport, indent: int) -> Iterator[str]:
        """Say that an image which is not to be had any more is still held."""
        if row.image and row.check and row.check.outcome in _LOST:
            image = row.image
            seen_at = image.latest_at if image.latest.digest == image.current.digest else image.since
            yield from self._screen.flow(f"the last good copy, of {day(seen_at)}, stays the cached one", indent)

    def _places(self, rows: Sequence[LinkReport], indent: int) -> Iterator[str]:
        shown = self._few(len(rows), MOST_PLACES)
        for _, group in groupby((row.link for row in rows[:shown]), key=lambda link: link.record):
            first, *others = group
            further = (f"and {link.line}:{link.column} {where(link)}" for link in others)
            yield from self._screen.row((place(first), where(first), *further), indent, Style.FAINT)
        if left := len(rows) - shown:
            self.are_cut = True
            yield from self._screen.flow(f"... and {left:,} more places", indent, Style.FAINT)

    def _few(self, number: int, most: int) -> int:
        """Say how many of `number` things to show: all, or `most` where more than one would be left out."""
        return number if self._everything or number <= most + 1 else most


def _is_finding(row: LinkReport) -> bool:
    """Tell whether a link is listed: all but what is well, and what was left alone for now without being suspect."""
    if row.check is None:
        return True
    if row.check.reason in COUNTED_ONLY:
        return row.track is not None and row.track.state in (State.SUSPECT, State.DEAD)
    return row.check.outcome is not Outcome.ALIVE


def _shares(needs: Sequence[int]) -> Iterator[int]:
    """Part the lines there are among sections: a few for each, what is left to the most serious ones."""
    least = [min(need, FEWEST_LINES) for need in needs]
    left = max(0, MOST_LINES - sum(least))
    for need, few in zip(needs, least, strict=True):
        more = min(need - few, left)
        left -= more
        yield few + more


def _amount(things: Sequence[Cause | RecordError], more: str = "") -> str:
    rows = [row for thing in things if isinstance(thing, Cause) for row in thing.rows]
    return amount(rows, more) if rows else count(len(things), f"{more} problem".strip())


def problem_lines(problem: RecordError, screen: Screen, *, indent: int) -> Iterator[str]:
    """Give the lines of what could not be read."""
    file = f"{problem.record}:{problem.line}:" if problem.line else f"{problem.record}:"
    if screen.holds(f"{file} {problem.message}", indent):
        yield screen.whole(f"{file} {problem.message}", indent)
    else:
        yield screen.whole(file, indent)
        yield from screen.flow(problem.message, indent + 2)
