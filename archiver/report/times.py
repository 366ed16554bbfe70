"""Times for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def day(at: datetime) -> str:
    """Write a time as people read it, in UTC, to the minute."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec="minutes")


def date(at: datetime) -> str:
    """Write the day of a time, in UTC."""
    return at.astimezone(UTC).date().isoformat()


def duration(seconds: float) -> str:
    """Say how long, as roughly as people care."""
    whole = round(seconds)
    if whole < 120:  # noqa: PLR2004 (people count seconds so far)
        return f"{whole} s"
    minutes, hours = round(whole / 60), round(whole / 3600, 1)
    return f"{minutes} min" if minutes < 120 else f"{hours:g} h"  # noqa: PLR2004
