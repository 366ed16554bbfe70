"""The addresses in HTML, found by its tags: no parser of ours to choose from tells where an attribute stands."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from archiver.records.addresses import Written, decode_references
from archiver.records.bodies.templates import mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.records.tree import Source


class HolderRule(NamedTuple):
    """An attribute that holds an address, and the elements where it is meant for a reader."""

    attribute: str
    only: frozenset[str] = frozenset()  # empty: on every element
    never: frozenset[str] = frozenset()


HOLDER_RULES = (
    HolderRule("href", never=frozenset({"base", "link"})),
    HolderRule("src", never=frozenset({"script"})),
    HolderRule("srcset"),
    HolderRule("poster"),
    HolderRule("data-src"),
    HolderRule("data", only=frozenset({"object"})),
    HolderRule("cite", only=frozenset({"blockquote", "q", "ins", "del"})),
)

_RULES = {rule.attribute: rule for rule in HOLDER_RULES}
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
_OPENING = re.compile(r"<([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?>(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<plain>[^\s"'>][^\s>]*+)))?)"""
)
_END = re.compile(r"[\s/]*+>")
_CLOSING = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in _RAW}
_FIRST_CANDIDATE = re.compile(r"[\s,]*+(\S+)")


class Attribute(NamedTuple):
    """A tag's attribute, its value as written, and where that begins."""

    name: str
    value: str
    offset: int


def page_addresses(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:  # noqa: ARG001
    """Give the addresses of the HTML from an offset on."""
    masked = mask(source.text[start:])
    hidden: list[tuple[int, int]] = []
    found = list(addresses(masked.text, 0, len(masked.text), hidden))
    quoted = dict.fromkeys(shown(((written.offset, written.offset) for written in masked.quoted), hidden))
    asked = (written for written in masked.quoted if (written.offset, written.offset) in quoted)
    for text, offset in sorted(chain(found, asked), key=lambda written: written.offset):
        yield Written(text, start + offset)


def shown(spans: Iterable[tuple[int, int]], hidden: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Give those of `spans` that begin in none of the `hidden` ones; both are in order."""
    left = iter(hidden)
    current = next(left, None)
    for span in spans:
        while current and current[1] <= span[0]:
            current = next(left, None)
        if current is None or span[0] < current[0]:
            yield span


def addresses(text: str, start: int, end: int, hidden: list[tuple[int, int]] | None = None) -> Iterator[Written]:
    """Give the addresses of the tags between two offsets; comments and raw text are added to `hidden`."""
    hidden = [] if hidden is None else hidden
    position = text.find("<", start, end)
    while position >= 0:
        after = position + 1
        if text.startswith("<!--", position):
            after = _past(text.find("-->", position + 4, end), 3, end)
            hidden.append((position, after))
        elif opening := _OPENING.match(text, position, end):
            attributes, after = _tag(text, opening.end(), end)
            name = opening[1].lower()
            yield from held_by(name, attributes)
            if name in _CLOSING:
                closing = _CLOSING[name].search(text, after, end)
                hidden.append((after, closing.start() if closing else end))
                after = hidden[-1][1]
        position = text.find("<", after, end)


def held_by(element: str, attributes: list[Attribute]) -> Iterator[Written]:
    """Give the addresses that an element's attributes hold; `element` is in lower case."""
    seen: set[str] = set()
    for name, value, offset in attributes:
        attribute = name.lower()
        if attribute in seen:  # the first one counts
            continue
        seen.add(attribute)
        rule = _RULES.get(attribute)
        if rule and element not in rule.never and (not rule.only or element in rule.only):
            yield from _written(value, offset, is_set=attribute == "srcset")


def _written(value: str, offset: int, *, is_set: bool) -> Iterator[Written]:
    """Give the address in an attribute's value, or of a `srcset`, by the HTML standard, its first candidate."""
    if is_set:
        candidate = _FIRST_CANDIDATE.match(value)
        if candidate is None:
            return
        value, offset = candidate[1].rstrip(","), offset + candidate.start(1)
    text = value.strip()
    if text:
        yield Written(decode_references(text), offset + value.index(text[0]))


def _tag(text: str, position: int, end: int) -> tuple[list[Attribute], int]:
    """Give a tag's attributes, none where it does not end, and the offset after it."""
    attributes: list[Attribute] = []
    while not (closing := _END.match(text, position, end)):
        found = _ATTRIBUTE.match(text, position, end)
        if found is None:
            return [], end
        if kind := found.lastgroup if found.lastgroup != "name" else None:
            attributes.append(Attribute(found["name"], found[kind], found.start(kind)))
        position = found.end()
    return attributes, closing.end()


def _past(found: int, size: int, end: int) -> int:
    return found + size if found >= 0 else end
