"""The cast of the stand-in web: how hosts behave, how slow they are, and what is to be said of them. Pure."""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

SEED = 12_388_513
MEDIAN_S = 0.12
P99_S = 3.0
LONGEST_S = 8.0  # of a latency: under every time-out, or the verdict would hang on it
UNEVENNESS = 1.0
"""The standard deviation of the logarithm of a host's share of the URLs: a few sites have most of a collection's."""
_SIGMA = math.log(P99_S / MEDIAN_S) / 2.3263  # the normal distribution's 99th percentile


class Manner(StrEnum):
    """How a host behaves."""

    PLAIN = "plain"
    SILENT = "silent"  # takes connections, and never answers
    REFUSING = "refusing"  # nobody listens
    LIMITING = "limiting"  # answers 429 with Retry-After: 1 at first
    DRIPPING = "dripping"  # sends its pages in drops


SHARES = {Manner.SILENT: 0.05, Manner.REFUSING: 0.03, Manner.LIMITING: 0.05, Manner.DRIPPING: 0.02}

RIGHT = {
    Manner.PLAIN: {("alive", "ok")},
    Manner.SILENT: {("unreachable", "timeout"), ("unreachable", "host_down")},
    Manner.REFUSING: {("unreachable", "refused"), ("unreachable", "host_down")},
    Manner.LIMITING: {("alive", "ok")},
    Manner.DRIPPING: {("alive", "ok")},
}
"""The verdicts and reasons that tell of each manner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One host, and how long each of its addresses takes to answer."""

    host: str
    manner: Manner
    latencies_s: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The limits that both checkers keep."""

    at_once: int = 4
    delay_s: float = 0.05
    timeout_s: float = 10.0
    retries: int = 2


def cast(urls: int, hosts: int) -> list[Part]:
    """Give the hosts, `urls` addresses spread over them by chance and unevenly, the same at every call."""
    chance = random.Random(SEED)  # noqa: S311 (the same web every time)
    shares = [chance.lognormvariate(0, UNEVENNESS) for _ in range(hosts)]
    load = Counter(chance.choices(range(hosts), shares, k=urls))
    manners = [manner for manner, share in SHARES.items() for _ in range(round(share * hosts))]
    manners += [Manner.PLAIN] * (hosts - len(manners))
    chance.shuffle(manners)
    return [
        Part(host=_name(number), manner=manner, latencies_s=tuple(_latency_s(chance) for _ in range(load[number])))
        for number, manner in enumerate(manners)
    ]


def floor_s(parts: list[Part], pace: Pace, robots_retries: int = 1) -> float:
    """Give how long a polite checker takes at the least: its busiest host, or one chain of time-outs (robots.txt's)."""
    answering = (part for part in parts if part.manner not in (Manner.SILENT, Manner.REFUSING))
    busiest_s = max((_busy_s(part, pace) for part in answering), default=0.0)
    is_silent = any(part.manner is Manner.SILENT and part.latencies_s for part in parts)
    return max(busiest_s, pace.timeout_s * (1 + robots_retries) if is_silent else 0.0)


def _busy_s(part: Part, pace: Pace) -> float:
    """Give how long a host takes that is asked as fast as politeness lets."""
    spaced_s = pace.delay_s * len(part.latencies_s)
    return max(spaced_s, sum(part.latencies_s) / pace.at_once, max(part.latencies_s, default=0.0))


def _latency_s(chance: random.Random) -> float:
    return round(min(LONGEST_S, chance.lognormvariate(math.log(MEDIAN_S), _SIGMA)), 4)


def _name(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"
