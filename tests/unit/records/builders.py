"""Records as text, read without a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archiver.records import ReadingRules, read_source
from archiver.records.tree import Source

if TYPE_CHECKING:
    from archiver.model import Link, RecordError


def read_text(text: str, name: str = "a.yaml", **rules: Any) -> tuple[list[Link], list[RecordError]]:
    reading = read_source(Source(name, text), ReadingRules(unpublished=True, **rules))
    return list(reading.links), list(reading.problems)


def one_link(text: str, name: str = "a.yaml") -> Link:
    (link,), problems = read_text(text, name)
    assert not problems
    return link


def at(text: str, link: Link) -> str:
    """What stands at a link's line and column, to the end of the line."""
    line = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")[link.line - 1]
    return line[link.column - 1 :]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Take `«` and `»` out of a text, and give line and column of what each pair encloses."""
    places: list[tuple[int, int]] = []
    plain = ""
    for piece in re.split("(«)", text.replace("»", "")):
        if piece == "«":
            lines = re.split(r"\r\n?|\n", plain)
            places.append((len(lines), len(lines[-1]) + 1))
        else:
            plain += piece
    return plain, places


def front_matter(text: str) -> str:
    return f"---\n{text}\n---\nThe body.\n"
