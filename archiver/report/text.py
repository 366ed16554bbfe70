"""Text for people: findings by record and line, then a summary."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from archiver.model import Outcome, State
from archiver.report.times import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archiver.model import Check, History, Link, LinkReport, RecordError, RunReport, Track

_FINE = frozenset({Outcome.ALIVE})


def run_text(report: RunReport, *, everything: bool = False) -> Iterator[str]:
    """Give the lines of a run: what is not alive (or `everything`) by record, then the summary."""
    rows = [row for row in report.links if everything or row.check is None or row.check.outcome not in _FINE]
    yield from _by_record(rows)
    yield from map(_problem, report.problems)
    if rows or report.problems:
        yield ""
    yield from _summary(report)


def link_text(report: RunReport) -> Iterator[str]:
    """Give the lines of a mere listing."""
    yield from _by_record(report.links)
    yield from map(_problem, report.problems)
    yield ""
    yield f"{_count(len(report.links), 'link')}, {_count(report.targets, 'target')}, {_records(report)}"


def history_text(history: History) -> Iterator[str]:
    """Give the lines of a target's history, the oldest check first."""
    yield _shown(history.target)
    yield f"  {_state(history.track)}"
    places = (f"{link.record}:{link.line}:{link.column} {_where(link)}" for link in history.links)
    yield from (f"  in {_shown(place)}" for place in places)
    yield ""
    yield from _table([(day(check.checked_at), *_verdict(check)) for check in history.checks])


def _by_record(rows: Iterable[LinkReport]) -> Iterator[str]:
    for record, group in groupby(rows, key=lambda row: row.link.record):
        yield _shown(record)
        yield from _table([_row(row) for row in group])


def _row(row: LinkReport) -> tuple[str, ...]:
    place = (f"{row.link.line}:{row.link.column}", _where(row.link))
    if row.check is None:
        return (*place, row.link.role, row.link.url)
    return (*place, *_verdict(row.check), _suspicion(row.track), row.link.url)


def _verdict(check: Check) -> tuple[str, ...]:
    mend = f"now {check.mend}" if check.outcome is Outcome.MOVED and check.mend else ""
    note = check.note or mend
    return (check.outcome, check.reason, note) if note else (check.outcome, check.reason, "")


def _suspicion(track: Track | None) -> str:
    return track.state if track and track.state in (State.SUSPECT, State.DEAD) else ""


def _state(track: Track) -> str:
    facts = [track.state.value, f"first seen {day(track.first_seen_at)}"]
    facts += [f"last well {day(track.last_ok_at)}"] if track.last_ok_at else []
    facts += [f"failing since {day(track.first_failed_at)}"] if track.first_failed_at else []
    facts += [_count(track.strikes, "strike")] if track.strikes else []
    facts += [f"dead since {day(track.dead_since)}"] if track.dead_since else []
    return ", ".join(facts)


def _summary(report: RunReport) -> Iterator[str]:
    outcomes = Counter(row.check.outcome for row in report.links if row.check)
    tally = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common())
    yield f"{_count(len(report.links), 'link')} in {_records(report)}: {tally or 'none'}"
    states = Counter(row.track.state for row in report.links if row.track)
    if known := ", ".join(f"{states[state]} {state}" for state in State if states[state]):
        yield f"By all that was seen so far: {known}"
    if report.interrupted:
        yield "Interrupted: what was checked is kept"


def _records(report: RunReport) -> str:
    left_out = f" ({report.unpublished} unpublished left out)" if report.unpublished else ""
    unread = f", {_count(len(report.problems), 'problem')} in reading" if report.problems else ""
    return f"{_count(report.records, 'record')}{left_out}{unread}"


def _problem(problem: RecordError) -> str:
    line = f":{problem.line}" if problem.line else ""
    return _shown(f"{problem.record}{line}: {problem.message}")


def _where(link: Link) -> str:
    return link.field if link.item == "article" else f"{link.item} {link.field}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _shown(text: str) -> str:
    """Write what a terminal would obey as escapes: records and servers say what they like."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Align columns; the last one is as long as it is, so that an address can be copied."""
    if not rows:
        return
    rows = [tuple(map(_shown, row)) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False) if width]
        yield "  " + "  ".join([*cells, row[-1]]).rstrip()
