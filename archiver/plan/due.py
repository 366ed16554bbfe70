"""Which targets need a visit now: by their state (`--due`), or by the age of their last check (`--max-age`). Pure."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from archiver.model import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from archiver.model import Standing

DAYS_BETWEEN = {
    State.UNKNOWN: 7,
    State.ALIVE: 7,
    State.SUSPECT: 3,
    State.DEAD: 30,
    State.DRIFTED: 7,
    State.RETIRED: 30,
}
DAYS_WHILE_BLOCKED = 14
JITTER = 0.1
"""Visits of links that were added together drift apart, by up to a tenth of their time."""

_CLOCKS_DIFFER = timedelta(minutes=5)
_WITHOUT_WORD = frozenset({Outcome.SKIPPED, Outcome.UNKNOWN})


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Who is visited now."""

    only_due: bool = False
    max_age: timedelta | None = None  # a younger check is repeated, not made anew

    @property
    def leaves_some(self) -> bool:
        """Whether what is known of a target may spare it a visit."""
        return self.only_due or self.max_age is not None


class Sifted(msgspec.Struct, frozen=True, kw_only=True):
    """Targets by what is done about them."""

    to_visit: tuple[str, ...]
    cached: frozenset[str]  # their last check is young enough to be told again
    not_due: tuple[str, ...]


def sift(targets: Iterable[str], standings: Mapping[str, Standing], timing: Timing, now: datetime) -> Sifted:
    """Part `targets`, in their order, into those to visit now and those to leave alone.

    A check that a wrong clock dated into the future leaves nothing alone.
    """
    if not timing.leaves_some:
        return Sifted(to_visit=tuple(targets), cached=frozenset(), not_due=())
    to_visit, cached, not_due = [], [], []
    for target in targets:
        before = standings.get(target)
        if before and before.track.last_checked_at > now + _CLOCKS_DIFFER:
            before = None
        if before and timing.max_age is not None and _is_young(before, now - timing.max_age):
            cached.append(target)
        elif before and timing.only_due and now < due_at(target, before):
            not_due.append(target)
        else:
            to_visit.append(target)
    return Sifted(to_visit=tuple(to_visit), cached=frozenset(cached), not_due=tuple(not_due))


def due_at(target: str, standing: Standing) -> datetime:
    """Say when `target` is due: the time its state gives it, a little more or less for each target."""
    track = standing.track
    if standing.is_inconclusive:
        return track.last_checked_at  # it counts for nothing
    is_blocked = standing.outcome is Outcome.BLOCKED and track.state in (State.UNKNOWN, State.ALIVE)
    days = DAYS_WHILE_BLOCKED if is_blocked else DAYS_BETWEEN[track.state]
    chance = zlib.crc32(target.encode(errors="replace")) / 2**32  # from 0 to 1, the same on every day
    sooner = 0 if track.state is State.SUSPECT else JITTER  # a strike too soon after the last does not count
    return track.last_checked_at + timedelta(days=days * (1 - sooner + (JITTER + sooner) * chance))


def _is_young(standing: Standing, since: datetime) -> bool:
    """Tell whether the last check was made since, and says something."""
    says_something = standing.outcome not in _WITHOUT_WORD and not standing.is_inconclusive
    return says_something and standing.track.last_checked_at >= since
