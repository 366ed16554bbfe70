"""What was read of files: links, and what could not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from archiver.model import Link, RecordError


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read, and what could not be."""

    links: tuple[Link, ...] = ()  # in record order, within a record in document order
    problems: tuple[RecordError, ...] = ()
    records: int = 0  # those whose links are given; each record of a feed counts
    unpublished: int = 0  # those left out
