"""The stand-in web is the same every time, and what is right for it is known beforehand."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from bench.cast import LONGEST_S, RIGHT, Manner, Pace, Part, cast, floor_s

PACE = Pace(at_once=4, delay_s=0.05, timeout_s=10.0)


def test_the_web_is_as_large_as_it_is_to_be() -> None:
    parts = cast(5_000, 300)
    latencies = [latency for part in parts for latency in part.latencies_s]
    assert (len({part.host for part in parts}), len(latencies)) == (300, 5_000)
    assert Counter(part.manner for part in parts) == {
        Manner.PLAIN: 255,
        Manner.SILENT: 15,
        Manner.LIMITING: 15,
        Manner.REFUSING: 9,
        Manner.DRIPPING: 6,
    }
    assert 0.11 < median(latencies) < 0.13
    assert 2.5 < sorted(latencies)[4_950] < 3.5
    assert max(latencies) <= LONGEST_S < PACE.timeout_s


def test_a_few_hosts_have_most_of_the_addresses() -> None:
    loads = sorted((len(part.latencies_s) for part in cast(5_000, 300)), reverse=True)
    assert sum(loads[:75]) > 2_500
    assert loads[0] < 500  # and yet it is one of many


def test_the_web_is_the_same_every_time() -> None:
    assert cast(100, 10) == cast(100, 10)


def test_every_manner_has_a_right_verdict() -> None:
    assert set(RIGHT) == set(Manner)


def part(*latencies_s: float, manner: Manner = Manner.PLAIN) -> Part:
    return Part(host="127.1.0.1", manner=manner, latencies_s=latencies_s)


FLOORS = [
    ([part(*[1.0] * 8)], 2.0),  # four at once
    ([part(*[0.01] * 100)], 5.0),  # the delay
    ([part(0.1, 3.0)], 3.0),  # one slow answer
    ([part(0.1), part(1.0)], 1.0),  # the busiest host
    ([part(1.0, manner=Manner.SILENT)], 20.0),  # robots.txt and its retry
    ([part(9.0, manner=Manner.REFUSING)], 0.0),
    ([part(manner=Manner.SILENT)], 0.0),  # nobody asks it
]


@pytest.mark.parametrize(("parts", "floor"), FLOORS, ids=str)
def test_the_floor(parts: list[Part], floor: float) -> None:
    assert floor_s(parts, PACE) == pytest.approx(floor)
