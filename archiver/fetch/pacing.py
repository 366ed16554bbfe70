"""How politely a host is asked: pure, the time is passed in (seconds of time.monotonic())."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archiver.model import Pacing

MOST_WAIT_S = 60.0
"""A host that asks for a longer wait is not asked again in this run."""
MOST_HELD_S = 120.0
"""Nor is one that asks for pauses again and again, for so long together, and shows nothing between them."""
_MOST_SLOWED_S = 4.0
"""The longest delay of a host that has trouble, where the setting is not longer."""
_SLOW_FACTOR = 4.0
_SLOW_FROM_S = 1.0
"""An answer is slow that takes so many times as long as the host's answers do, and a second at the least."""
_WEIGHT_OF_NEWS = 0.2
_FIRST_PENALTY_S = 1.0
_MOST_PENALTY_S = 30.0
_MOST_SILENT = 3
_TOO_MANY_REQUESTS = 429
_MAY_NAME_A_TIME = frozenset({_TOO_MANY_REQUESTS, 503})
_RATE_LIMITS = (("ratelimit-remaining", "ratelimit-reset"), ("x-ratelimit-remaining", "x-ratelimit-reset"))
_EPOCH_FROM = 1_000_000_000  # a greater X-RateLimit-Reset is a point in time, not a wait


class Gate:
    """Opens for one request after the other of a host; later where the host has trouble."""

    def __init__(self, pacing: Pacing, opens_at: float = 0.0, delay_s: float = 0.0) -> None:
        self.pacing = pacing
        self.in_flight = 0
        self.opens_at = opens_at
        self.delay_s = max(pacing.delay_s, delay_s)  # between the starts of two requests, now

    @property
    def has_room(self) -> bool:
        """Whether the host may have one more request in flight."""
        return self.in_flight < self.pacing.at_once

    def enter(self, now: float) -> None:
        """Start a request."""
        self.in_flight += 1
        self.opens_at = max(self.opens_at, now + self.delay_s)

    def leave(self) -> None:
        """End a request."""
        self.in_flight -= 1

    def adapt(self, *, is_troubled: bool) -> None:
        """Ask half as often where the host errs or slows, and twice as often, up to the setting, where it does well.

        Where the setting is no delay at all, none is made.
        """
        longer_s = min(2 * self.delay_s, max(_MOST_SLOWED_S, self.pacing.delay_s))
        self.delay_s = longer_s if is_troubled else max(self.pacing.delay_s, self.delay_s / 2)

    def hold(self, until: float) -> None:
        """Let nobody in before `until`."""
        self.opens_at = max(self.opens_at, until)


class Latency:
    """How long a host's answers take, smoothed."""

    def __init__(self, usual_s: float = 0.0) -> None:
        self.usual_s = usual_s  # 0 where none came yet

    def is_slow(self, answer_s: float) -> bool:
        """Tell whether an answer that took so long was slow for this host, and learn from it."""
        usual_s = self.usual_s
        self.usual_s = usual_s + _WEIGHT_OF_NEWS * (answer_s - usual_s) if usual_s else answer_s
        return bool(usual_s) and answer_s > max(_SLOW_FROM_S, _SLOW_FACTOR * usual_s)


class Silence:
    """Counts URLs of a host that failed in a row to give a first byte; three of them and the host is down."""

    def __init__(self, urls: frozenset[str] = frozenset()) -> None:
        self.urls = set(urls)

    @property
    def is_down(self) -> bool:
        """Whether the host is not to be asked again."""
        return len(self.urls) >= _MOST_SILENT

    def heard(self) -> None:
        """Note that a first byte came."""
        self.urls.clear()

    def unheard(self, url: str) -> None:
        """Note that no first byte came from `url`."""
        self.urls.add(url)


def next_penalty_s(last_s: float) -> float:
    """Give the hold for a 429 that names no time: 1 s, then doubling."""
    return min(last_s * 2, _MOST_PENALTY_S) if last_s else _FIRST_PENALTY_S


def asks_for_a_pause(status: int) -> bool:
    """Tell whether `status` holds the host even where it names no time."""
    return status == _TOO_MANY_REQUESTS


def asked_wait_s(status: int, headers: Mapping[str, str], clock: Callable[[], datetime]) -> float | None:
    """Give how long the answer asks the whole host to be left alone; None where it says nothing readable.

    `Retry-After` (RFC 9110, section 10.2.3) of a 429 or 503; `RateLimit-Reset` and `X-RateLimit-Reset` of any
    answer whose remaining count is 0.
    """
    if status in _MAY_NAME_A_TIME:
        wait_s = _retry_after_s(headers.get("retry-after", ""), clock())
        if wait_s is not None:
            return wait_s
    for remaining, reset in _RATE_LIMITS:
        if headers.get(remaining, "").strip() == "0":
            return _reset_s(headers.get(reset, ""), clock())
    return None


def _retry_after_s(text: str, now: datetime) -> float | None:
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = email.utils.parsedate_to_datetime(text)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (date - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _reset_s(text: str, now: datetime) -> float | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    number = float(text[:12])
    return max(0.0, number - now.timestamp()) if number > _EPOCH_FROM else number
