"""What a run would ask, told for people and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.model import HostEstimate, RunEstimate

MOST_HOSTS = 10

_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "KB"))


def plan_text(estimate: RunEstimate, *, left_out: int) -> Iterator[str]:
    """Give the lines of a plan: in all, then the hosts that take longest; `left_out` targets need no visit."""
    hosts = len(estimate.hosts)
    yield f"{_count(estimate.requests, 'request')} to {_count(hosts, 'host')}, about {_size(estimate.size_bytes)}"
    yield f"about {_duration(estimate.duration_s)}, of which {_duration(estimate.politeness_s)} are politeness"
    if left_out:
        yield f"{_count(left_out, 'target')} left out: not due, or checked since --max-age"
    if estimate.hosts:
        yield ""
        yield "The hosts that take longest:"
        yield from map(_host, estimate.hosts[:MOST_HOSTS])
    if hosts > MOST_HOSTS:
        yield f"  and {_count(hosts - MOST_HOSTS, 'host')} more"


def plan_lines(estimate: RunEstimate, *, left_out: int) -> Iterator[bytes]:
    """Give the lines of a plan as JSON Lines: each host, the one that takes longest first, then the summary."""
    for host in estimate.hosts:
        yield _line({"type": "host", "host": host.host, **_numbers(host)})
    politeness_s = round(estimate.politeness_s, 1)
    yield _line({"type": "plan", **_numbers(estimate), "politeness_s": politeness_s, "left_out": left_out})


def _numbers(estimate: RunEstimate | HostEstimate) -> dict[str, int | float]:
    return {
        "requests": estimate.requests,
        "bytes": estimate.size_bytes,
        "duration_s": round(estimate.duration_s, 1),
    }


def _line(thing: dict[str, object]) -> bytes:
    return msgspec.json.encode(thing) + b"\n"


def _host(host: HostEstimate) -> str:
    numbers = f"{_count(host.requests, 'request'):>15}  {_size(host.size_bytes):>8}  {_duration(host.duration_s):>8}"
    return f"{numbers}  {host.host}"


def _size(size_bytes: int) -> str:
    unit, name = next((pair for pair in _UNITS if size_bytes >= pair[0]), (1, "B"))
    return f"{size_bytes / unit:.0f} {name}"


def _duration(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 (people count seconds so far)
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
