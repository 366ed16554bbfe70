"""Records: where they lie, what they say, and every link in them with its place."""

from __future__ import annotations

import gc
import hashlib
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from archiver.model import Link, RecordError, Role
from archiver.records.addresses import target_of
from archiver.records.files import STANDARD_INPUT, Argument, content_of, decoded, find, load, name_of, stamp_of
from archiver.records.formats import BODIES, KINDS, Entry, kind_of, read_records
from archiver.records.items import is_published
from archiver.records.links import LinkRules, body_links, read_links
from archiver.records.reading import Reading
from archiver.records.roles import rule_finder
from archiver.records.rules import DEFAULT_RULES, ReadingRules
from archiver.records.tree import Source
from archiver.urls import mask_user_info

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archiver.records.cache import Cache

__all__ = ["Reading", "ReadingRules", "read", "read_source"]

ARGUMENTS = "(arguments)"
"""The record of the addresses that stand in the place of paths."""


def read(paths: Sequence[str], rules: ReadingRules = DEFAULT_RULES, cache: Cache | None = None) -> Reading:
    """Give the links of every record in `paths`: files, folders, globs, `-`, and addresses, which are links themselves.

    What cannot be read is a problem. A `cache` for the same rules spares parsing what it has, and keeps what is new.
    """
    reader = _Reader(rules, cache)
    with _collector_paused():
        readings = [reader.read(found) for found in find(paths, KINDS)]
    return Reading(
        links=tuple(chain.from_iterable(reading.links for reading in readings)),
        problems=tuple(chain.from_iterable(reading.problems for reading in readings)),
        records=sum(reading.records for reading in readings),
        unpublished=sum(reading.unpublished for reading in readings),
    )


def read_source(source: Source, rules: ReadingRules = DEFAULT_RULES) -> Reading:
    """Give the links of every record in one file's text."""
    return _Reader(rules).read_source(source)


class _Reader:
    """Reads what was found, by one set of rules."""

    def __init__(self, rules: ReadingRules, cache: Cache | None = None) -> None:
        self._rules = rules
        self._cache = cache
        self._link_rules = LinkRules(rule_finder(rules.roles_by_field), rules.base_url)

    def read(self, found: Path | Argument | RecordError) -> Reading:
        """Read one thing found."""
        if isinstance(found, RecordError):
            return Reading(problems=(found,))
        if isinstance(found, Argument):
            return Reading(links=(_argument(found),), records=int(found.number == 0))
        try:
            return self.read_source(self._standard_input()) if found is STANDARD_INPUT else self._read_file(found)
        except RecordError as error:
            return Reading(problems=(error,))

    def _read_file(self, path: Path) -> Reading:
        """Read a file, or give what was read of it before: nobody wrote to it since, or its bytes are the same."""
        if self._cache is None:
            return self.read_source(load(path))
        stamped, kept = stamp_of(path, self._cache.now_ns()), self._cache.find(path)
        if kept and kept.stamp and kept.stamp == stamped and (known := kept.reading(name_of(path))):
            return known
        content = content_of(path)
        digest = hashlib.sha256(content).digest()
        known = kept.reading(name_of(path)) if kept and kept.digest == digest else None
        reading = known or self.read_source(decoded(path, content))
        self._cache.keep(path, stamped, digest, reading)
        return reading

    def _standard_input(self) -> Source:
        text = self._rules.stdin
        if text is None:
            raise RecordError("there is no standard input", record=str(STANDARD_INPUT))
        return Source(str(STANDARD_INPUT), text, kind=kind_of(text))

    def read_source(self, source: Source) -> Reading:
        """Read one file's text."""
        entries = list(read_records(source))
        wanted = [entry for entry in entries if self._rules.unpublished or is_published(entry.mapping)]
        links = [self._links(entry, source) for entry in wanted]
        return Reading(
            links=tuple(chain.from_iterable(links)),
            problems=tuple(source.problems),
            records=sum(1 for entry, found in zip(wanted, links, strict=True) if found or not entry.says_nothing),
            unpublished=len(entries) - len(wanted),
        )

    def _links(self, entry: Entry, source: Source) -> list[Link]:
        links = list(read_links(entry.mapping, entry.item, source, self._link_rules))
        if source.is_reordered:
            links.sort(key=lambda link: (link.line, link.column))
        if entry.body is not None:
            base_url = self._rules.base_url
            addresses = BODIES[source.kind](source, entry.body, with_relative=base_url is not None)
            links += body_links(entry.mapping, addresses, source, base_url)
        return links


def _argument(argument: Argument) -> Link:
    target, fault = target_of(argument.address, None)
    return Link(
        record=ARGUMENTS,
        item="article",
        field=f"[{argument.number}]",
        role=Role.OTHER,
        line=1,
        column=1,
        url=mask_user_info(argument.address),
        target=target,
        fault=fault,
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
