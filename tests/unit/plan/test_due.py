from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Caution, Check, Known, Outcome, Standing, State, Track
from archiver.plan.due import JITTER, Timing, due_at, sift

NOW = datetime(2026, 1, 31, tzinfo=UTC)
URL = "https://example.com/a"


def known(state: State, outcome: Outcome, days_ago: float, *warnings: Caution) -> Standing:
    at = NOW - timedelta(days=days_ago)
    track = Track(state=state, first_seen_at=at, last_checked_at=at)
    last = Check(target=URL, checked_at=at, outcome=outcome, reason="ok", warnings=warnings)
    return Known(track=track, last=last).standing


@pytest.mark.parametrize(
    ("state", "outcome", "days"),
    [
        (State.ALIVE, Outcome.ALIVE, 7),
        (State.SUSPECT, Outcome.GONE, 3),
        (State.SUSPECT, Outcome.BLOCKED, 3),
        (State.DEAD, Outcome.GONE, 30),
        (State.UNKNOWN, Outcome.BLOCKED, 14),
        (State.ALIVE, Outcome.BLOCKED, 14),
        (State.DEAD, Outcome.BLOCKED, 30),
        (State.UNKNOWN, Outcome.UNKNOWN, 7),
    ],
)
def test_each_state_is_due_in_its_time(state: State, outcome: Outcome, days: int) -> None:
    """A tenth more or less, so that not all come on one day; for suspects only more, since strikes need their days."""
    early, late = days * (1 - (0 if state is State.SUSPECT else JITTER)), days * (1 + JITTER)
    timing = Timing(only_due=True)
    assert sift([URL], {URL: known(state, outcome, early - 0.01)}, timing, NOW).not_due == (URL,)
    assert sift([URL], {URL: known(state, outcome, late + 0.01)}, timing, NOW).to_visit == (URL,)


@pytest.mark.parametrize("timing", [Timing(only_due=True), Timing(max_age=timedelta(days=9))])
def test_a_check_that_is_dated_into_the_future_leaves_nothing_alone(timing: Timing) -> None:
    """A clock that was wrong once must not keep links from being visited for years."""
    assert sift([URL], {URL: known(State.ALIVE, Outcome.ALIVE, -300)}, timing, NOW).to_visit == (URL,)


def test_what_was_never_seen_is_due() -> None:
    assert sift([URL], {}, Timing(only_due=True, max_age=timedelta(days=9)), NOW).to_visit == (URL,)


def test_everything_is_visited_where_nobody_asks_for_less() -> None:
    assert sift([URL], {URL: known(State.ALIVE, Outcome.ALIVE, 0.01)}, Timing(), NOW).to_visit == (URL,)


@pytest.mark.parametrize(
    ("last", "is_repeated"),
    [
        (known(State.ALIVE, Outcome.ALIVE, 0.9), True),
        (known(State.SUSPECT, Outcome.GONE, 0.9), True),
        (known(State.ALIVE, Outcome.ALIVE, 1.1), False),
        (known(State.ALIVE, Outcome.SKIPPED, 0.9), False),
        (known(State.ALIVE, Outcome.UNKNOWN, 0.9), False),
        (known(State.ALIVE, Outcome.UNREACHABLE, 0.9, Caution.INCONCLUSIVE), False),
    ],
)
def test_a_young_check_is_repeated(last: Standing, *, is_repeated: bool) -> None:
    sifted = sift([URL], {URL: last}, Timing(max_age=timedelta(days=1)), NOW)
    assert sifted.cached == ({URL} if is_repeated else set())


@given(st.text(max_size=50))
def test_law_jitter_is_bounded_and_the_same_every_day(target: str) -> None:
    before = known(State.ALIVE, Outcome.ALIVE, 0)
    days = (due_at(target, before) - NOW) / timedelta(days=1)
    assert 7 * (1 - JITTER) <= days <= 7 * (1 + JITTER)
    assert due_at(target, before) == due_at(target, before)
