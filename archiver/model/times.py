"""Times as text, for people and other tools."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1024)  # most of a target's times are one and the same
def stamp(at: datetime) -> str:
    """Write a time for people and other tools: `2026-01-02T03:04:05.678Z`. Stamps sort as their times do."""
    universal = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{universal.isoformat('T', 'milliseconds')[:_BEFORE_ZONE]}Z"


@lru_cache(maxsize=1024)
def read_stamp(text: str) -> datetime:
    """Give the time that `stamp` wrote. Raises ValueError."""
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is not a time such as 2026-01-02T03:04:05.678Z")
    return datetime.fromisoformat(text)


_BEFORE_ZONE = len("2026-01-02T03:04:05.678")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
