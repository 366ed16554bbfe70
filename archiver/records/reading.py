"""What was read of files: links, and what could not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.model import Link, RecordError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read, and what could not be."""

    links: tuple[Link, ...] = ()  # in record order, within a record in document order
    problems: tuple[RecordError, ...] = ()
    records: int = 0  # those whose links are given; each record of a feed counts
    unpublished: int = 0  # those left out
