"""Where a link stands: what its history says, and what would change it. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archiver.model import LIVING, Outcome, State
from archiver.report.causes import is_doubtful
from archiver.report.times import date, day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from archiver.model import History, LinkReport, RotRules, Track

DAY_S = 86_400


def facts(row: LinkReport, rot: RotRules) -> list[str]:
    """Say what the history of a link adds to its verdict."""
    if row.check is None or row.check.outcome is Outcome.INVALID:
        return []
    said = [f"seen {date(row.check.checked_at)}, not asked again"] if row.cached else []
    said += ["counts for nothing"] if is_doubtful(row.check) else []
    return said + ([] if row.track is None or row.check.outcome in LIVING else list(_of_track(row.track, rot)))


def shared_facts(rows: Iterable[LinkReport], rot: RotRules) -> list[str]:
    """Give the facts that hold for all of `rows`."""
    first, *others = (facts(row, rot) for row in rows)
    return [fact for fact in first if all(fact in other for other in others)]


def _of_track(track: Track, rot: RotRules) -> Iterator[str]:
    match track.state:
        case State.DEAD:
            yield _strikes(track.strikes) if track.strikes else f"failing since {date(_first_failed(track))}"
            yield f"dead since {date(track.dead_since or track.last_checked_at)}"
        case State.SUSPECT if track.strikes:
            yield f"{ordinal(track.strikes)} strike; dead after {_needed(track, rot)}"
        case State.SUSPECT:
            yield f"failing on {days(track.failing_days)}; dead after {rot.slow_days}, over {days(rot.slow_span_days)}"
        case State.UNKNOWN | State.ALIVE | State.DRIFTED | State.RETIRED:
            pass
    if track.last_ok_at:
        yield f"last well {date(track.last_ok_at)}"


def summed(history: History) -> str:
    """Say in a line where a target stands."""
    track = history.track
    said = [track.state.value, f"first seen {day(track.first_seen_at)}"]
    said += [f"last well {day(track.last_ok_at)}"] if track.last_ok_at else []
    said += [f"failing since {day(track.first_failed_at)}"] if track.first_failed_at else []
    said += [_strikes(track.strikes)] if track.strikes else []
    said += [f"dead since {day(track.dead_since)}"] if track.dead_since else []
    return ", ".join(said)


def prospect(history: History, rot: RotRules) -> Iterator[str]:
    """Say what would make a target dead or alive next, a sentence each."""
    track = history.track
    if history.checks and history.checks[-1].outcome is Outcome.INVALID:
        yield "No visit will change this: the address has to be corrected in the record."
        return
    match track.state:
        case State.DEAD:
            yield "One good answer makes it alive again; until then it stays dead."
        case State.SUSPECT:
            yield from _threats(track, rot)
            yield "One good answer makes it alive."
        case State.ALIVE:
            yield "A bad answer makes it suspect; no single one makes it dead."
        case State.DRIFTED | State.RETIRED:
            yield f"It is {track.state}, neither alive nor dead; a page as linked makes it alive."
        case State.UNKNOWN:
            yield "Nothing seen so far says whether it lives; one good answer makes it alive."


def _threats(track: Track, rot: RotRules) -> Iterator[str]:
    left = _needed(track, rot) - track.strikes
    if track.last_strike_at:
        again = day(track.last_strike_at + timedelta(seconds=rot.spacing_s))
        yield f"Dead after {_more(left)}; the next counts from {again} on."
    else:
        yield f"Dead after {_more(left)} (such as a 404), at least {span(rot.spacing_s)} apart."
    first = _first_failed(track)
    soonest = date(first + timedelta(days=rot.slow_span_days))
    yield (
        f"Dead also after failing, in whatever way, on {days(rot.slow_days)} ({track.failing_days} so far), "
        f"the last of them on {soonest} or later."
    )


def span(seconds: float) -> str:
    """Say how long, in days where it is some."""
    return days(round(seconds / DAY_S)) if seconds >= DAY_S else f"{seconds / 3600:.0f} h"


def days(number: int) -> str:
    """Say how many days."""
    return f"{number} day{'' if number == 1 else 's'}"


def ordinal(number: int) -> str:
    """Say which in a row: 1st, 2nd, 3rd, 11th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(0 if number % 100 in (11, 12, 13) else number % 10, "th")
    return f"{number}{ending}"


def _needed(track: Track, rot: RotRules) -> int:
    return rot.definite_strikes if track.all_definite and track.strikes else rot.strikes


def _first_failed(track: Track) -> datetime:
    return track.first_failed_at or track.last_checked_at


def _strikes(number: int) -> str:
    return f"{number} strike{'' if number == 1 else 's'}"


def _more(number: int) -> str:
    return f"{number} more strike{'' if number == 1 else 's'}"
