"""YAML as trees, built from libyaml's events: its own composer crashes on deep nesting, and expands any alias."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from archiver.records.tree import MAX_DEPTH, TOO_DEEP, Mapping, Node, Scalar, Source, nothing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from archiver.model import RecordError

MAX_REPEATED = 100_000
"""Values that all aliases of a file repeat: more is a bomb."""

_MAX_TYPED_CHARS = 100
"""A longer plain scalar is text: to read it as a number costs time that grows with its square."""

_PROPERTIES = re.compile(r"(?:[&!]\S*|#[^\r\n]*|\s+)+")
_TYPES = yaml.SafeLoader("")
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
        self._base = start
        self._events = yaml.parse(source.text[start:end], Loader=yaml.CSafeLoader)
        self._anchored: dict[str, Node] = {}
        self._repeated = 0

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchored.clear()
                yield self._node(next(self._events), 1)

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        node = self._scalar(event) if isinstance(event, yaml.ScalarEvent) else self._collection(event, depth)
        if event.anchor is not None:
            self._anchored[event.anchor] = node
        return node

    def _collection(self, event: Any, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._error(TOO_DEEP, event)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._node(child, depth + 1) for child in self._until(yaml.SequenceEndEvent)]
        return self._mapping(depth)

    def _mapping(self, depth: int) -> Mapping:
        mapping: Mapping = {}
        inherited: Mapping = {}
        for event in self._until(yaml.MappingEndEvent):
            name, key = self._key(event, depth)
            child = self._node(next(self._events), depth + 1)
            if self._source.text[key.start : key.end] == "<<":
                inherited = _merged(child) | inherited
            else:
                if mapping.pop(name, None) is not None:
                    self._source.report_twice(name, key.start)
                mapping[name] = child
        return {key: child for key, child in inherited.items() if key not in mapping} | mapping

    def _key(self, event: Any, depth: int) -> tuple[str, Scalar]:
        """Give a key as text, as written where YAML takes it for something else, and its place."""
        node = self._node(event, depth + 1)
        if not isinstance(node, Scalar):
            raise self._error("a mapping or a list cannot be a key", event)
        return node.value if isinstance(node.value, str) else self._source.text[node.start : node.end], node

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = self._offset(event.start_mark), self._offset(event.end_mark)
        if properties := _PROPERTIES.match(self._source.text, start, end):
            start = properties.end()
        return Scalar(_typed(event), start, end)

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

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self._events:
            if isinstance(event, end):
                return
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
