"""Times for people."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def day(at: datetime) -> str:
    """Write a time as people read it, in UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
