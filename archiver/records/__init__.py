"""Records: where they lie, what they say, and every link in them with its place."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from archiver.model import RecordError
from archiver.records.files import find, load
from archiver.records.formats import READERS, read_records
from archiver.records.items import is_published
from archiver.records.links import read_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archiver.model import Link

__all__ = ["Reading", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read, and what could not be."""

    links: tuple[Link, ...] = ()  # in record order, within a record in document order
    problems: tuple[RecordError, ...] = ()
    records: int = 0  # those whose links are given; each record of a feed counts
    unpublished: int = 0  # those left out


def read(paths: Sequence[str], *, unpublished: bool = False) -> Reading:
    """Give the links of every record in `paths` (files, folders, globs); what cannot be read is a problem."""
    with _collector_paused():
        readings = [
            Reading(problems=(found,)) if isinstance(found, RecordError) else _read(found, unpublished=unpublished)
            for found in find(paths, READERS)
        ]
    return Reading(
        links=tuple(chain.from_iterable(reading.links for reading in readings)),
        problems=tuple(chain.from_iterable(reading.problems for reading in readings)),
        records=sum(reading.records for reading in readings),
        unpublished=sum(reading.unpublished for reading in readings),
    )


def _read(path: Path, *, unpublished: bool) -> Reading:
    try:
        source = load(path)
    except RecordError as error:
        return Reading(problems=(error,))
    entries = list(read_records(source))
    wanted = [(item, record) for item, record in entries if unpublished or is_published(record)]
    found = tuple(link for item, record in wanted for link in read_links(record, item, source))
    return Reading(
        links=found,
        problems=tuple(source.problems),
        records=len(wanted),
        unpublished=len(entries) - len(wanted),
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Spare the search for cycles, which trees don't have: it would take two thirds of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
