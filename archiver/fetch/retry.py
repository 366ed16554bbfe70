"""Whether and when a hop is asked again: one opinion over tenacity, which gives wait and stop, not the loop."""

from __future__ import annotations

from typing import Any, cast

import tenacity

from archiver.model import Cut, NoAnswer, Reason, Reply

_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})
_PASSING_REASONS = frozenset({Reason.REFUSED, Reason.RESET, Reason.EMPTY_REPLY, Reason.NO_ROUTE, Reason.DNS_FAILURE})
_PASSING_ONCE = frozenset({Reason.TIMEOUT, Reason.CONNECT_TIMEOUT})

_WAIT = tenacity.wait_exponential(multiplier=0.25, max=8.0) + tenacity.wait_random(0, 0.25)


def may_try_again(answer: Reply | NoAnswer, *, attempts: int, retries: int) -> bool:
    """Tell whether the trouble may pass: after `attempts` requests, with `retries` allowed."""
    match answer:
        case Reply(cut=Cut.DISCONNECT, status=200 | 203 | 206):
            allowed = min(retries, 1)
        case Reply(status=status) if status in _PASSING_STATUSES:
            allowed = retries
        case NoAnswer(reason=reason) if reason in _PASSING_REASONS:
            allowed = retries
        case NoAnswer(reason=reason) if reason in _PASSING_ONCE:
            allowed = min(retries, 1)
        case _:
            return False
    return not tenacity.stop_after_attempt(allowed + 1)(_after(attempts))


def is_passing(answer: Reply | NoAnswer) -> bool:
    """Tell whether the trouble is of the kind that may pass."""
    return may_try_again(answer, attempts=0, retries=1)


def wait_s(attempts: int) -> float:
    """Give how long to wait after `attempts` requests: a quarter of a second, doubling, with jitter."""
    return _WAIT(_after(attempts))


def _after(attempts: int) -> tenacity.RetryCallState:
    state = tenacity.RetryCallState(cast("Any", None), None, (), {})
    state.attempt_number = attempts
    return state
