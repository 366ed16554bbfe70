"""Whether and when a hop is asked again: one opinion over tenacity, which gives wait and stop, not the loop."""

from __future__ import annotations

from typing import Any, cast

import tenacity

from archiver.model import SHOWS_CONTENT, Cut, NoAnswer, Reason, Reply

_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})
_PASSING_REASONS = frozenset({Reason.REFUSED, Reason.RESET, Reason.EMPTY_REPLY, Reason.NO_ROUTE, Reason.DNS_FAILURE})
_PASSING_ONCE = frozenset({Reason.TIMEOUT, Reason.CONNECT_TIMEOUT})

_WAIT = tenacity.wait_exponential(multiplier=0.25, max=8.0) + tenacity.wait_random(0, 0.25)


def may_try_again(answer: Reply | NoAnswer, *, attempts: int, retries: int) -> bool:
    """Tell whether the trouble may pass: after `attempts` requests, with `retries` allowed."""
    if not is_passing(answer):
        return False
    allowed = min(retries, 1) if _passes_once(answer) else retries
    return not tenacity.stop_after_attempt(allowed + 1)(_after(attempts))


def is_passing(answer: Reply | NoAnswer) -> bool:
    """Tell whether the trouble is of the kind that may pass."""
    if isinstance(answer, Reply):
        return answer.status in _PASSING_STATUSES or _passes_once(answer)
    return answer.reason in _PASSING_REASONS or _passes_once(answer)


def _passes_once(answer: Reply | NoAnswer) -> bool:
    """Tell whether the trouble is worth no more than one other try."""
    if isinstance(answer, Reply):
        return answer.cut is Cut.DISCONNECT and answer.status in SHOWS_CONTENT
    return answer.reason in _PASSING_ONCE


def wait_s(attempts: int) -> float:
    """Give how long to wait after `attempts` requests: a quarter of a second, doubling, with jitter."""
    return _WAIT(_after(attempts))


def _after(attempts: int) -> tenacity.RetryCallState:
    state = tenacity.RetryCallState(cast("Any", None), None, (), {})
    state.attempt_number = attempts
    return state
