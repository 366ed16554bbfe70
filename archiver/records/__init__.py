"""Records: where they lie, what they say, and every link in them with its place."""

from __future__ import annotations

import gc
import hashlib
from contextlib import closing, contextmanager, suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from archiver.model import Link, RecordError, Role
from archiver.records.addresses import target_of
from archiver.records.files import STANDARD_INPUT, Argument, File, content_of, find, name_of, stamp_of
from archiver.records.formats import KINDS, kind_of
from archiver.records.many import processes_for, share_out
from archiver.records.packing import pack, unpack
from archiver.records.parsing import Parser
from archiver.records.reading import Reading
from archiver.records.rules import DEFAULT_RULES, ReadingRules
from archiver.records.tree import Source
from archiver.urls import mask_user_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archiver.records.cache import Cache, Kept
    from archiver.records.files import Found

__all__ = ["Reading", "ReadingRules", "read", "read_source"]

ARGUMENTS = "(arguments)"
"""The record of the addresses that stand in the place of paths."""

_AT_ONCE = 500  # files that the cache is asked for together: each by itself would take six times as long


def read(
    paths: Sequence[str],
    rules: ReadingRules = DEFAULT_RULES,
    cache: Cache | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Reading:
    """Give the links of every record in `paths`: files, folders, globs, `-`, and addresses, which are links themselves.

    What cannot be read is a problem. A `cache` for the same rules spares parsing what it has, and keeps what is new.
    Where other processes are worth it, `meanwhile` is called while they read.
    """
    reader = _Reader(rules, cache, meanwhile)
    with _collector_paused():
        readings = reader.read(find(paths, KINDS))
    return Reading(
        links=tuple(chain.from_iterable(reading.links for reading in readings)),
        problems=tuple(chain.from_iterable(reading.problems for reading in readings)),
        records=sum(reading.records for reading in readings),
        unpublished=sum(reading.unpublished for reading in readings),
    )


def read_source(source: Source, rules: ReadingRules = DEFAULT_RULES) -> Reading:
    """Give the links of every record in one file's text."""
    return Parser(rules).read_source(source)


class _Reader:
    """Reads what was found, by one set of rules: what the cache has at once, the other files together."""

    def __init__(self, rules: ReadingRules, cache: Cache | None, meanwhile: Callable[[], object] | None) -> None:
        self._rules = rules
        self._cache = cache
        self._meanwhile = meanwhile
        self._parser = Parser(rules)
        self._stamps: dict[str, str | None] = {}  # of files still to be parsed, by when they were looked at
        self._sizes_bytes: list[int] = []  # of the same

    def read(self, everything: Iterable[Found]) -> list[Reading]:
        """Read all that was found, in its order."""
        following = iter(everything)
        readings: list[Reading | None] = []
        while some := list(islice(following, _AT_ONCE)):
            kept = self._kept(some)
            readings += [self._at_once(found, kept) for found in some]
        late = iter([*self._late(list(self._stamps))])
        return [reading or next(late) for reading in readings]

    def _kept(self, everything: Iterable[Found]) -> dict[str, Kept]:
        files = [found.path for found in everything if isinstance(found, File)]
        return self._cache.find(files) if self._cache else {}

    def _late(self, paths: Sequence[str]) -> Iterator[Reading]:
        """Parse files, in their order; where there is much in them, by other processes."""
        processes = processes_for(self._sizes_bytes, is_busy=self._meanwhile is not None)
        if not processes:
            yield from map(self._parsed, paths)
            return
        with closing(share_out(paths, self._parser.send, processes, self._meanwhile)) as shared_out:
            for path, sent in zip(paths, shared_out, strict=True):
                if sent and sent.digest:
                    self._keep(path, sent.digest, sent.packed)
                yield unpack(sent.packed, name_of(path)) if sent else self._parsed(path)

    def _at_once(self, found: Found, kept: dict[str, Kept]) -> Reading | None:
        """Give what needs no parsing, or cannot wait; None for a file that is to be parsed."""
        if isinstance(found, RecordError):
            return Reading(problems=(found,))
        if isinstance(found, Argument):
            return Reading(links=(_argument(found),), records=int(found.number == 0))
        try:
            return self._standard_input() if found is STANDARD_INPUT else self._recalled(found, kept.get(found.path))
        except RecordError as error:
            return Reading(problems=(error,))

    def _recalled(self, file: File, kept: Kept | None) -> Reading | None:
        """Give what was read of a file before, where nobody wrote to it since, or its bytes are the same."""
        stamped = stamp_of(file.status, self._cache.now_ns()) if self._cache else None
        if self._cache and kept and (reading := kept.reading(name_of(file.path))):
            if kept.stamp and kept.stamp == stamped:
                return reading
            if hashlib.sha256(content_of(file.path)).digest() == kept.digest:
                self._cache.keep(file.path, stamped, kept.digest, kept.packed)
                return reading
        self._stamps[file.path] = stamped
        self._sizes_bytes.append(file.status.st_size if file.status else 0)
        return None

    def _parsed(self, path: str) -> Reading:
        """Parse a file here, and keep what it says."""
        reading, digest = self._parser.parse(path)
        if self._cache and digest:
            with suppress(ValueError, OverflowError):  # what bytes cannot hold is not kept
                self._keep(path, digest, pack(reading))
        return reading

    def _keep(self, path: str, digest: bytes, packed: bytes) -> None:
        if self._cache:
            self._cache.keep(path, self._stamps[path], digest, packed)

    def _standard_input(self) -> Reading:
        text = self._rules.stdin
        if text is None:
            raise RecordError("there is no standard input", record=STANDARD_INPUT.path)
        return self._parser.read_source(Source(STANDARD_INPUT.path, text, kind=kind_of(text)))


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
