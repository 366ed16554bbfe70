"""Records as text, read without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.records.formats import read_records
from archiver.records.links import read_links
from archiver.records.tree import Source

if TYPE_CHECKING:
    from archiver.model import Link, RecordError


def read_text(text: str, name: str = "a.yaml") -> tuple[list[Link], list[RecordError]]:
    source = Source(name, text)
    found = [link for item, record in read_records(source) for link in read_links(record, item, source)]
    return found, source.problems


def one_link(text: str, name: str = "a.yaml") -> Link:
    (link,), problems = read_text(text, name)
    assert not problems
    return link


def at(text: str, link: Link) -> str:
    """What stands at a link's line and column, to the end of the line."""
    line = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")[link.line - 1]
    return line[link.column - 1 :]


def front_matter(text: str) -> str:
    return f"---\n{text}\n---\nThe body.\n"
