"""YAML as trees, built from libyaml's events: its own composer crashes on deep nesting, and expands any alias."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from archiver.records.tree import MAX_DEPTH, TOO_DEEP, Mapping, Node, Scalar, Source, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from archiver.model import RecordError

MAX_REPEATED = 100_000
"""Values that all aliases of a file repeat: more is a bomb."""

_MAX_TYPED_CHARS = 100
"""A longer plain scalar is text: to read it as a number costs time that grows with its square."""

_PROPERTIES = re.compile(r"(?:[&!]\S*|#[^\r\n]*|\s+)+")
_QUOTES = ('"', "'")
_TYPES = yaml.SafeLoader("")
_TYPED_STARTS = frozenset(_TYPES.yaml_implicit_resolvers)
"""What plain scalars begin with that may be more than text; an empty text is a beginning of its own."""
_TYPED = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "timestamp")}


def parse(source: Source, start: int, end: int) -> list[Node]:
    """Give the tree of each document in the YAML between two offsets. Raises RecordError."""
    try:
        return list(_Builder(source, start, end).documents())
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, source, start) from None
    except yaml.reader.ReaderError as error:
        offset = source.text.index(chr(error.character), start)
        raise source.error(f"the character U+{error.character:04X} may not stand in YAML", offset) from None


def parse_one(source: Source, start: int, end: int) -> Node:
    """Give the one document between two offsets, or the list of several; empty ones do not count."""
    documents = [node for node in parse(source, start, end) if not (isinstance(node, Scalar) and node.value is None)]
    if len(documents) > 1:
        return documents
    return documents[0] if documents else nothing(source)


def _syntax_error(error: yaml.MarkedYAMLError, source: Source, base: int) -> RecordError:
    """Say what libyaml stumbled over, and where; what never ends is blamed on where it begins."""
    begins, stumbles = (base + mark.index if mark else base for mark in (error.context_mark, error.problem_mark))
    if error.problem == "found unexpected end of stream":
        stumbles = begins
    if source.text.startswith("\t", stumbles):
        return source.error("a tab stands where YAML wants spaces", stumbles)
    message = " ".join(filter(None, ("this is not YAML:", error.problem, error.context)))
    if error.context_mark and source.position(begins)[0] != source.position(stumbles)[0]:
        message += f" that begins in line {source.position(begins)[0]}"
    return source.error(message, stumbles)


class _Builder:
    """Makes nodes of events."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._text = source.text
        self._base = start
        self._next: Callable[[], Any] = yaml.CSafeLoader(source.text[start:end]).get_event
        self._anchored: dict[str, Node] = {}
        self._repeated = 0

    def documents(self) -> Iterator[Node]:
        for event in self._until(yaml.StreamEndEvent):
            if type(event) is yaml.DocumentStartEvent:
                self._anchored.clear()
                yield self._node(self._next(), 1)

    def _node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(event, depth)
        node = self._scalar(event) if kind is yaml.ScalarEvent else self._collection(event, depth)
        if event.anchor is not None:
            self._anchored[event.anchor] = node
        return node

    def _collection(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._error(TOO_DEEP, event)
        if type(event) is yaml.SequenceStartEvent:
            return [self._node(child, depth + 1) for child in self._until(yaml.SequenceEndEvent)]
        return self._mapping(depth)

    def _mapping(self, depth: int) -> Mapping:
        mapping: Mapping = {}
        inherited: Mapping = {}
        for event in self._until(yaml.MappingEndEvent):
            name, is_merge = (event.value, False) if _is_mere_text(event) else self._key(event, depth)
            child = self._node(self._next(), depth + 1)
            if is_merge:
                inherited = _merged(child) | inherited
                continue
            if name in mapping:
                del mapping[name]  # it moves to where it stands again
                self._source.report_twice(name, self._span(event)[0])
            mapping[name] = child
        if not inherited:
            return mapping
        return {key: child for key, child in inherited.items() if key not in mapping} | mapping

    def _key(self, event: Any, depth: int) -> tuple[str, bool]:
        """Give a key as text, as written where YAML takes it for something else, and whether it is the merge key."""
        node = self._node(event, depth + 1)
        if not isinstance(node, Scalar):
            raise self._error("a mapping or a list cannot be a key", event)
        written = self._text[node.start : node.end]
        return node.value if isinstance(node.value, str) else written, written == "<<"

    def _scalar(self, event: Any) -> Scalar:
        start, end = self._span(event)
        return Scalar(event.value if _is_mere_text(event) else _typed(event), start, end)

    def _span(self, event: Any) -> tuple[int, int]:
        """Give where a scalar begins, after its anchor and tag, and where it ends."""
        start: int = self._base + event.start_mark.index
        end: int = self._base + event.end_mark.index
        first = self._text[start : start + 1]  # none where an empty value ends the text
        if first not in _QUOTES and not first.isalnum() and (properties := _PROPERTIES.match(self._text, start, end)):
            start = properties.end()
        return start, end

    def _alias(self, event: Any, depth: int) -> Node:
        if event.anchor not in self._anchored:
            raise self._error(f"the alias {event.anchor[:80]!r} has no anchor before it", event)
        node = self._anchored[event.anchor]
        size, height = _extent(node)
        self._repeated += size
        if self._repeated > MAX_REPEATED:
            raise self._error(f"aliases repeat more than {MAX_REPEATED:,} values", event)
        if depth - 1 + height > MAX_DEPTH:
            raise self._error(TOO_DEEP, event)
        return node

    def _until(self, end: type[yaml.Event]) -> Iterator[Any]:
        """Give the events before one of the type `end`, which is taken too."""
        following = self._next
        while type(event := following()) is not end:
            yield event

    def _error(self, message: str, event: yaml.Event) -> RecordError:
        return self._source.error(message, self._offset(event.start_mark))

    def _offset(self, mark: Any) -> int:
        """Give a mark's place in the whole file."""
        offset: int = self._base + mark.index
        return offset


def _merged(node: Node) -> Mapping:
    """Give what a merge key brings: of a list, the first mapping to have a key wins."""
    merged: Mapping = {}
    for parent in node if isinstance(node, list) else [node]:
        if isinstance(parent, dict):
            merged = parent | merged
    return merged


def _extent(node: Node) -> tuple[int, int]:
    """Count a node's values, and how deep its collections go."""
    if isinstance(node, Scalar):
        return 1, 0
    extents = [_extent(child) for child in (node.values() if isinstance(node, dict) else node)]
    return 1 + sum(size for size, _ in extents), 1 + max((height for _, height in extents), default=0)


def _is_mere_text(event: Any) -> bool:
    """Tell whether an event is a scalar that plainly means its text, without anchor and tag."""
    return (
        type(event) is yaml.ScalarEvent
        and event.tag is None
        and event.anchor is None
        and not (event.implicit[0] and event.value[:1] in _TYPED_STARTS)
    )


def _typed(event: Any) -> str | float | date | None:
    """Give what a scalar means in YAML 1.1, by PyYAML's tables; its text where it means nothing possible."""
    text: str = event.value
    if (event.tag is None and not event.implicit[0]) or len(text) > _MAX_TYPED_CHARS:
        return text
    tag = event.tag or _TYPES.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if tag not in _TYPED:
        return text
    try:
        value: str | float | date | None = _TYPES.yaml_constructors[tag](_TYPES, yaml.ScalarNode(tag, text))
    except (ValueError, OverflowError, LookupError, AttributeError):
        return text
    return value
