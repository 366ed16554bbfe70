"""What all checks of a target say together."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from archiver.model.words import Caution

if TYPE_CHECKING:
    from datetime import date, datetime

    from archiver.model.images import CachedImage
    from archiver.model.links import Link
    from archiver.model.verdicts import Check
    from archiver.model.words import Outcome


class State(StrEnum):
    """What a target's whole history says."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    SUSPECT = "suspect"
    DEAD = "dead"
    DRIFTED = "drifted"
    RETIRED = "retired"


class Track(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A target's history, folded: its state and the evidence that decides the next one."""

    state: State = State.UNKNOWN
    first_seen_at: datetime
    last_checked_at: datetime
    last_ok_at: datetime | None = None
    first_failed_at: datetime | None = None  # of the failures since the last success
    dead_since: datetime | None = None
    strikes: int = 0  # counted checks with strong evidence since the last success
    last_strike_at: datetime | None = None
    all_definite: bool = True  # every strike so far was a 410 or an unknown name
    failing_days: int = 0  # UTC days with a failing check since the last success
    last_failing_day: date | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What decides whether a target is visited now: its history, and what its last check said."""

    track: Track
    outcome: Outcome
    is_inconclusive: bool


class Known(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A target's history, and its last check."""

    track: Track
    last: Check

    @property
    def standing(self) -> Standing:
        """Whether it is due hangs on this much."""
        is_inconclusive = Caution.INCONCLUSIVE in self.last.warnings
        return Standing(track=self.track, outcome=self.last.outcome, is_inconclusive=is_inconclusive)


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a target."""

    target: str
    track: Track
    checks: tuple[Check, ...]  # the oldest first
    links: tuple[Link, ...]  # where it stands, or once stood; without what the records expect of it
    image: CachedImage | None = None  # what is held of it, if it is an image
