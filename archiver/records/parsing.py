"""One file at a time: from its text to its links."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from archiver.model import RecordError
from archiver.records.files import content_of, decoded
from archiver.records.formats import BODIES, Entry, read_records
from archiver.records.items import is_published
from archiver.records.links import LinkRules, body_links, read_links
from archiver.records.many import Sent
from archiver.records.packing import pack
from archiver.records.reading import Reading
from archiver.records.roles import rule_finder

if TYPE_CHECKING:
    from archiver.model import Link
    from archiver.records.rules import ReadingRules
    from archiver.records.tree import Source


class Parser:
    """Parses files by one set of rules. It may be sent to another process."""

    def __init__(self, rules: ReadingRules) -> None:
        self._unpublished = rules.unpublished
        self._link_rules = LinkRules(rule_finder(rules.roles_by_field), rules.base_url)

    def parse(self, path: str) -> tuple[Reading, bytes | None]:
        """Give what a file says, and the SHA-256 of its bytes; None where they cannot be read."""
        try:
            content = content_of(path)
            return self.read_source(decoded(path, content)), hashlib.sha256(content).digest()
        except RecordError as error:
            return Reading(problems=(error,)), None

    def send(self, path: str) -> Sent | None:
        """Give the same as bytes; None where bytes cannot hold it."""
        reading, digest = self.parse(path)
        try:
            return Sent(pack(reading), digest)
        except (ValueError, OverflowError):
            return None

    def read_source(self, source: Source) -> Reading:
        """Read one file's text."""
        entries = list(read_records(source))
        wanted = [entry for entry in entries if self._unpublished or is_published(entry.mapping)]
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
            base_url = self._link_rules.base_url
            addresses = BODIES[source.kind](source, entry.body, with_relative=base_url is not None)
            links += body_links(entry.mapping, addresses, source, base_url)
        return links
