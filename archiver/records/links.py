"""The links of a record: which role a field has, which addresses it holds, and where each of them stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from archiver.model import IMAGE_ROLES, DeclaredImage, Expectation, Link, Role
from archiver.records.addresses import Written, is_body_link, target_of
from archiver.records.items import Item, read_item
from archiver.records.roles import is_described
from archiver.records.tree import Mapping, Node, Scalar, Source
from archiver.urls import mask_user_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.records.roles import RoleRule, RuleFinder

MAX_EMBED_CHARS = 100_000
"""Longer embedded HTML is not looked into: parsing deep nesting costs time that grows with its square."""


_OPAQUE = "secured"
_HELD_AGAINST = frozenset({Role.ORIGINAL, Role.WEB, Role.AMP, Role.CDN_AMP})
_NOTHING_EXPECTED = Expectation()
_NOTHING_DECLARED = DeclaredImage()
_WHOLE_NUMBER = re.compile(r"[0-9]{1,7}")
_MOST_PIXELS = 10**7
_ABSOLUTE = re.compile(r"https?://\S+", re.IGNORECASE)
_EMBEDDED = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_EMBEDDING = "iframe, img, video, source"
_BLOCK_INDICATORS = ("|", ">")


class _Place(NamedTuple):
    """A value that may hold addresses, where it stands, and the rule for its field."""

    node: Node
    field: str
    rule: RoleRule | None
    item: Item
    beside: Mapping | None = None  # the mapping it is a value of


class _Address(NamedTuple):
    """An address as written, before anything is known of it."""

    role: Role
    text: str
    offset: int
    is_text: bool = True  # else a number, or what the like of it stands in an address's place


class LinkRules(NamedTuple):
    """What makes links of a record's values."""

    rule_at: RuleFinder
    base_url: str | None = None


def read_links(record: Mapping, name: str, source: Source, rules: LinkRules) -> Iterator[Link]:
    """Give the links of a record and of its related items, in document order; `name` is the record's item."""
    places: list[_Place] = []
    _Finder(source, rules.rule_at, places).look_into(record, "", "", read_item(name, record, source))
    for place in places:
        for address in _addresses(place.node, place.rule, source, rules.base_url):
            link = _link(address, place.field, place.item, source, rules.base_url)
            is_image = address.role in IMAGE_ROLES and place.beside and is_described(place.field)
            yield _declared(link, place.beside) if is_image and place.beside else link


def body_links(record: Mapping, addresses: Iterable[Written], source: Source, base_url: str | None) -> Iterator[Link]:
    """Give the links among the addresses of a record's body; they say nothing of what they lead to."""
    item = read_item("article", record, source)
    for written in addresses:
        if is_body_link(written.text, base_url):
            yield _link(_Address(Role.BODY, *written), "body", item, source, base_url)


# --- where -----------------------------------------------------------------------------------------------------


class _Finder:
    """Adds to `places`, in document order, all that may hold an address."""

    def __init__(self, source: Source, rule_at: RuleFinder, places: list[_Place]) -> None:
        self._source = source
        self._rule_at = rule_at
        self._places = places

    def look_into(self, node: Mapping | list[Node], field: str, pattern: str, item: Item) -> None:
        """Add what is within a mapping or a list; `pattern` is `field` without its indexes."""
        if isinstance(node, dict):
            dot = "." if field else ""
            for key, child in node.items():
                if key != _OPAQUE:
                    name = f"{field}{dot}{key}"
                    self._look_at(child, name, name if field == pattern else f"{pattern}{dot}{key}", item, node)
            return
        for index, child in enumerate(node):
            if pattern == "related" and isinstance(child, dict):
                self._look_at(child, "", "", _related(child, index, item, self._source))
            else:
                self._look_at(child, f"{field}[{index}]", f"{pattern}[]", item)

    def _look_at(self, node: Node, field: str, pattern: str, item: Item, beside: Mapping | None = None) -> None:
        rule = self._rule_at(pattern)
        if rule or (isinstance(node, Scalar) and isinstance(node.value, str) and "://" in node.value):
            self._places.append(_Place(node, field, rule, item, beside))
        if not isinstance(node, Scalar):
            self.look_into(node, field, pattern, item)


def _related(mapping: Mapping, index: int, item: Item, source: Source) -> Item:
    name = f"related[{index}]" if item.name == "article" else f"{item.name}.related[{index}]"
    return read_item(name, mapping, source, heat=item.rank[0])


# --- which -----------------------------------------------------------------------------------------------------


def _addresses(node: Node, rule: RoleRule | None, source: Source, base_url: str | None) -> Iterable[_Address]:
    """Give what a value holds in the way of addresses; under a rule, also what is none but should be."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return _misplaced(node, rule, source) if rule else ()
    text = node.value.strip()
    if rule and rule.role is Role.EMBED and not _EMBEDDED.match(text):
        return _embedded(text, node, source, base_url)
    if (rule and text) or _ABSOLUTE.fullmatch(text):
        return [_Address(rule.role if rule else Role.OTHER, text, _offset(text, node, source))]
    return ()


def _misplaced(node: Node, rule: RoleRule, source: Source) -> Iterator[_Address]:
    """Give what stands in an address's place and is no text; null and empty ones are nothing."""
    if isinstance(node, Scalar):
        if node.value is not None and rule.role is not Role.EMBED:
            yield _Address(rule.role, source.text[node.start : node.end], node.start, is_text=False)
    elif not rule.may_nest and (first := _first_scalar(node)):
        yield _Address(rule.role, "{…}" if isinstance(node, dict) else "[…]", first.start, is_text=False)


def _embedded(html: str, scalar: Scalar, source: Source, base_url: str | None) -> Iterator[_Address]:
    """Give the web addresses that a piece of HTML shows; as in any body, others are no links."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 (few records embed anything)

    if len(html) > MAX_EMBED_CHARS:
        message = f"the embedded HTML is over {MAX_EMBED_CHARS:,} characters: its addresses are not read"
        source.problems.append(source.error(message, scalar.start))
        return
    for element in LexborHTMLParser(html).css(_EMBEDDING):
        address = (element.attributes.get("src") or "").strip()
        if is_body_link(address, base_url):
            yield _Address(Role.EMBED, address, scalar.start)


def _offset(text: str, scalar: Scalar, source: Source) -> int:
    """Find an address within its scalar; the scalar's start where it is folded, escaped or in a block."""
    if source.text.startswith(_BLOCK_INDICATORS, scalar.start):
        return scalar.start
    return max(scalar.start, source.text.find(text, scalar.start, scalar.end))


def _first_scalar(node: Node) -> Scalar | None:
    if isinstance(node, Scalar):
        return node
    children = node.values() if isinstance(node, dict) else node
    return next(filter(None, map(_first_scalar, children)), None)


# --- what images are said to be ---------------------------------------------------------------------------------


def _declared(link: Link, beside: Mapping) -> Link:
    """Give an image's link with what its record says of the image."""
    sizes = [beside.get("width"), beside.get("height")]
    is_cached = beside.get("isCached")
    declared = DeclaredImage(
        width=_pixels(sizes[0]),
        height=_pixels(sizes[1]),
        says_size=any(size is not None and not _is_null(size) for size in sizes),
        is_cached=is_cached.value if isinstance(is_cached, Scalar) and isinstance(is_cached.value, bool) else None,
    )
    return link if declared == _NOTHING_DECLARED else replace(link, declared=declared)


def _pixels(node: Node | None) -> int | None:
    """Give a side as a number, also where it is written as text; None where it is none."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_PIXELS else None


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


# --- what ------------------------------------------------------------------------------------------------------


def _link(address: _Address, field: str, item: Item, source: Source, base_url: str | None) -> Link:
    line, column = source.position(address.offset)
    target, fault = target_of(address.text, base_url if address.is_text else None)
    return Link(
        record=source.name,
        item=item.name,
        field=field,
        role=address.role,
        line=line,
        column=column,
        url=mask_user_info(address.text),
        target=target,
        fault=fault,
        expected=item.expected if address.role in _HELD_AGAINST else _NOTHING_EXPECTED,
        rank=item.rank,
    )
