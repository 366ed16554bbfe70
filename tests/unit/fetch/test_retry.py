"""What is asked again, how often and when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.retry import may_try_again, wait_s
from archiver.model import Cut, NoAnswer, Reason, Reply
from tests.builders import reply

STATUSES = [*range(100, 600), 999]
PASSING_STATUSES = {408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527}
PASSING_REASONS = {Reason.REFUSED, Reason.RESET, Reason.EMPTY_REPLY, Reason.NO_ROUTE, Reason.DNS_FAILURE}
PASSING_ONCE = {Reason.TIMEOUT, Reason.CONNECT_TIMEOUT}


def requests(answer: Reply | NoAnswer, retries: int = 2) -> int:
    """How many requests are made where each gets `answer`."""
    return next(made for made in range(1, 99) if not may_try_again(answer, attempts=made, retries=retries))


def test_statuses_that_may_pass_are_tried_again() -> None:
    found = {status: requests(reply(status)) for status in STATUSES}
    assert found == {status: 3 if status in PASSING_STATUSES else 1 for status in STATUSES}


def test_failures_that_may_pass_are_tried_again() -> None:
    found = {reason: requests(NoAnswer(reason=reason)) for reason in Reason}
    assert found == {
        reason: 3 if reason in PASSING_REASONS else 2 if reason in PASSING_ONCE else 1 for reason in Reason
    }


@pytest.mark.parametrize(
    ("status", "expected"), [(200, 2), (203, 2), (206, 2), (204, 1), (302, 1), (404, 1), (403, 1), (503, 3)]
)
def test_a_body_that_ended_early_is_fetched_once_more(status: int, expected: int) -> None:
    assert requests(reply(status, cut=Cut.DISCONNECT)) == expected


def test_a_body_over_our_limit_is_enough() -> None:
    assert requests(reply(cut=Cut.LENGTH)) == 1


@pytest.mark.parametrize(
    "answer", [reply(503), NoAnswer(reason=Reason.RESET), NoAnswer(reason=Reason.TIMEOUT), reply(cut=Cut.DISCONNECT)]
)
@pytest.mark.parametrize("retries", [0, 1, 5])
def test_never_more_often_than_allowed(answer: Reply | NoAnswer, retries: int) -> None:
    once = answer not in (reply(503), NoAnswer(reason=Reason.RESET))
    assert requests(answer, retries) == 1 + (min(retries, 1) if once else retries)


@given(st.integers(1, 100))
def test_law_waits_double_within_bounds(attempts: int) -> None:
    """A quarter of a second, doubling up to 8 s, with up to a quarter of jitter."""
    least_s = min(0.25 * 2.0 ** (attempts - 1), 8.0)
    assert least_s <= wait_s(attempts) <= least_s + 0.25
