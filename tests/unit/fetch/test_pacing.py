"""Politeness: gates, holds, silence, and what a host asks for."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.pacing import Gate, Latency, Silence, asked_wait_s, asks_for_a_pause, next_penalty_s
from archiver.model import Pacing
from tests.builders import NOW

# --- the gate -------------------------------------------------------------------------------------------------


def test_a_gate_lets_in_as_many_at_once_as_allowed() -> None:
    gate = Gate(Pacing(at_once=2))
    for now in (0.0, 0.5):
        assert gate.has_room
        gate.enter(now)
    assert not gate.has_room
    gate.leave()
    assert gate.has_room


def test_requests_start_a_delay_apart() -> None:
    gate = Gate(Pacing(delay_s=0.5))
    gate.enter(10.0)
    assert gate.opens_at == 10.5
    gate.leave()
    assert gate.opens_at == 10.5


@pytest.mark.parametrize(("until", "opens_at"), [(30.0, 30.0), (10.0, 20.0)], ids=["longer", "shorter"])
def test_a_hold_only_ever_lengthens_the_wait(until: float, opens_at: float) -> None:
    gate = Gate(Pacing(), opens_at=20.0)
    gate.hold(until)
    assert gate.opens_at == opens_at


def test_a_hold_outlives_the_next_request() -> None:
    gate = Gate(Pacing(delay_s=0.5))
    gate.hold(30.0)
    gate.enter(10.0)
    assert gate.opens_at == 30.0


def test_a_host_in_trouble_is_asked_half_as_often_each_time_and_a_well_one_as_often_as_before() -> None:
    gate = Gate(Pacing(delay_s=0.5))
    delays_s = []
    for is_troubled in [True] * 5 + [False] * 5:
        gate.adapt(is_troubled=is_troubled)
        delays_s.append(gate.delay_s)
    assert delays_s == [1.0, 2.0, 4.0, 4.0, 4.0, 2.0, 1.0, 0.5, 0.5, 0.5]
    gate.adapt(is_troubled=True)
    gate.enter(10.0)
    assert gate.opens_at == 11.0


@given(st.floats(0, 60), st.lists(st.booleans(), max_size=30))
def test_law_no_delay_is_shorter_than_the_setting(delay_s: float, troubles: list[bool]) -> None:
    gate = Gate(Pacing(delay_s=delay_s))
    for is_troubled in troubles:
        gate.adapt(is_troubled=is_troubled)
        assert delay_s <= gate.delay_s <= max(4.0, delay_s)


def test_a_host_in_trouble_stays_slow_with_its_next_lease() -> None:
    assert Gate(Pacing(delay_s=0.5), delay_s=2.0).delay_s == 2.0
    assert Gate(Pacing(delay_s=3.0), delay_s=2.0).delay_s == 3.0


@pytest.mark.parametrize(
    ("answers_s", "slow"),
    [
        ([0.1], [False]),
        ([5.0], [False]),
        ([0.1, 0.9], [False, False]),
        ([0.1, 1.1], [False, True]),
        ([2.0, 7.0], [False, False]),
        ([2.0, 9.0], [False, True]),
        ([0.1, 3.0, 3.0, 3.0], [False, True, True, False]),
    ],
    ids=["first", "slow-from-the-first", "under-a-second", "slower", "not-four-times", "four-times", "used-to-it"],
)
def test_slow_is_what_is_slow_for_the_host(answers_s: list[float], slow: list[bool]) -> None:
    latency = Latency()
    assert [latency.is_slow(answer_s) for answer_s in answers_s] == slow


@given(st.floats(0, 10), st.lists(st.floats(0, 10), max_size=30))
def test_law_no_two_requests_start_within_the_delay(delay_s: float, waits_s: list[float]) -> None:
    gate, starts, now = Gate(Pacing(delay_s=delay_s)), [], 0.0
    for wait_s in waits_s:
        now = max(now + wait_s, gate.opens_at)
        gate.enter(now)
        starts.append(now)
    assert all(later >= earlier + delay_s for earlier, later in pairwise(starts))


# --- silence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("news", "is_down"),
    [
        ("", False),
        ("ab", False),
        ("abc", True),
        ("aaaa", False),
        ("ab+c", False),
        ("ab+cde", True),
    ],
    ids=["nothing-yet", "two", "three", "one-url-again-and-again", "heard-between", "three-after-heard"],
)
def test_three_urls_in_a_row_without_a_first_byte(news: str, is_down: bool) -> None:  # noqa: FBT001
    silence = Silence()
    for each in news:
        if each == "+":
            silence.heard()
        else:
            silence.unheard(each)
    assert silence.is_down is is_down


def test_silence_goes_on_from_one_lease_to_the_next() -> None:
    learnt = frozenset({"a", "b"})
    silence = Silence(learnt)
    silence.unheard("c")
    assert silence.is_down
    assert learnt == {"a", "b"}


# --- 429 ------------------------------------------------------------------------------------------------------


def test_penalties_double_up_to_half_a_minute() -> None:
    penalties = [0.0]
    for _ in range(7):
        penalties.append(next_penalty_s(penalties[-1]))
    assert penalties[1:] == [1, 2, 4, 8, 16, 30, 30]


def test_only_429_asks_for_a_pause_without_naming_a_time() -> None:
    assert [status for status in (*range(100, 600), 999) if asks_for_a_pause(status)] == [429]


def date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("0", 0.0),
        (" 30 ", 30.0),
        ("99999999999999999999", 999_999_999_999.0),
        (date(30.322), 30.322),
        (date(-3600), 0.0),
        ("Fri, 02 Jan 2026 03:04:35 -0000", 29.322),
        ("Friday, 02-Jan-26 03:04:35 GMT", 29.322),
        ("Fri Jan  2 03:04:35 2026", 29.322),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Fri, 99 Jan 2026 03:04:35 GMT", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_seconds_or_a_date(status: int, value: str, wait_s: float | None) -> None:
    asked_s = asked_wait_s(status, {"retry-after": value}, lambda: NOW)
    assert asked_s == (None if wait_s is None else pytest.approx(wait_s))


@pytest.mark.parametrize(
    "value",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Fri, 02 Jan 2026 03:04:35 +99999999999999"],
    ids=["year", "zone"],
)
def test_a_date_beyond_all_calendars_is_unreadable(value: str) -> None:
    """What a server writes never raises: it is not our failure."""
    assert asked_wait_s(429, {"retry-after": value}, lambda: NOW) is None


@pytest.mark.parametrize("status", [200, 301, 403, 404, 500])
def test_retry_after_counts_for_429_and_503_alone(status: int) -> None:
    assert asked_wait_s(status, {"retry-after": "30"}, lambda: NOW) is None


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"}, 7.0),
        ({"x-ratelimit-remaining": " 0 ", "x-ratelimit-reset": " 7 "}, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() + 9:.0f}"}, 9.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() - 9:.0f}"}, 0.0),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "7"}, None),
        ({"x-ratelimit-reset": "7"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "tomorrow"}, None),
        ({}, None),
    ],
    ids=["draft", "x", "any-case", "at-a-time", "in-the-past", "one-left", "no-count", "no-reset", "garbage", "none"],
)
@pytest.mark.parametrize("status", [200, 404, 429])
def test_a_used_up_limit_holds_the_host(status: int, headers: dict[str, str], wait_s: float | None) -> None:
    asked_s = asked_wait_s(status, httpx.Headers(headers), lambda: NOW)
    assert asked_s == (None if wait_s is None else pytest.approx(wait_s, abs=1))


def test_retry_after_goes_before_a_used_up_limit() -> None:
    headers = {"retry-after": "3", "ratelimit-remaining": "0", "ratelimit-reset": "7"}
    assert asked_wait_s(429, headers, lambda: NOW) == 3.0


NAMES = ["retry-after", "ratelimit-remaining", "ratelimit-reset", "x-ratelimit-remaining", "x-ratelimit-reset"]
VALUES = st.text(max_size=20) | st.integers().map(str) | st.datetimes().map(format_datetime) | st.just("0")


@given(st.sampled_from([200, 429, 503]), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_law_a_wait_is_never_negative(status: int, headers: dict[str, str]) -> None:
    wait_s = asked_wait_s(status, headers, lambda: NOW)
    assert wait_s is None or wait_s >= 0
