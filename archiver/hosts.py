"""What holds for single hosts: rows of `[[host]]`. The first row that fits and says something about a matter holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from archiver.urls import AMP_CACHES, host_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archiver.model import HostKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRule:
    """One row; None where it says nothing."""

    match: str  # a host, as host keys are written; `*` stands for anything
    delay_s: float | None = None
    at_once: int | None = None
    headers: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)  # secrets
    accept: frozenset[int] | None = None  # statuses that are fine
    obeys_robots: bool | None = None

    def fits(self, names: Sequence[str]) -> bool:
        """Tell whether the row is meant for a host of one of these `names`."""
        glob = _glob(self.match)
        return any(map(glob.fullmatch, names))


SHIPPED_RULES = tuple(HostRule(match=cache_name, delay_s=0.125, at_once=8) for cache_name in AMP_CACHES)
"""The AMP caches are large: each is asked 8 times a second."""


def names_of_host(host: HostKey) -> tuple[str, ...]:
    """Give the names that a row may call a host by; an AMP cache is one host, whatever the subdomain."""
    return (host, f"*.{host}") if host in AMP_CACHES else (host,)


def names_of_url(url: str) -> tuple[str, ...]:
    """Give the names that a row may call the host of `url`, a target, by."""
    key, authority = host_key(url), url.split("/", 3)[2]
    return (key,) if key == authority else (key, authority)


def first(
    rules: Sequence[HostRule], names: Callable[[], Sequence[str]], told: Callable[[HostRule], T | None]
) -> T | None:
    """Give what the first row says that fits and that says it; `names` is asked where one says anything."""
    for rule in rules:
        value = told(rule)
        if value is not None and rule.fits(names()):
            return value
    return None


@cache
def _glob(match: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, match.split("*"))))
