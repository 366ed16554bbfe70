"""How a run behaves."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one exchange."""

    connect_timeout_s: float = 5.0  # name, TCP and TLS together
    first_byte_timeout_s: float = 20.0
    idle_timeout_s: float = 10.0  # between two arrivals of a body
    total_timeout_s: float = 120.0
    max_page_bytes: int = 10_000_000
    max_image_bytes: int = 25_000_000


class Pacing(msgspec.Struct, frozen=True, kw_only=True):
    """How politely a host is asked."""

    delay_s: float = 0.5  # between the starts of two requests
    at_once: int = 2  # requests in flight

    def slots(self, requests: int) -> int:
        """Give how many of so many requests may keep a run busy at a time: where there is a delay, mostly one."""
        return 1 if self.delay_s else max(1, min(self.at_once, requests))

    def work_s(self, requests: int) -> float:
        """Give how long so many requests take at the least, never nothing: hosts are ordered by it."""
        return requests * max(self.delay_s, 0.001)


class RotRules(msgspec.Struct, frozen=True, kw_only=True):
    """How much evidence makes a link dead (docs/verdicts.md)."""

    strikes: int = 3
    definite_strikes: int = 2  # when all are 410 or an unknown name
    spacing_s: float = 3 * 86_400.0
    slow_days: int = 5
    slow_span_days: int = 14
