"""JSON and JSON Lines as trees: values by the standard library, places by one regular expression."""

from __future__ import annotations

import json
import re
from typing import Any

from archiver.model import RecordError
from archiver.records.tree import MAX_DEPTH, TOO_DEEP, Mapping, Node, Scalar, Source

_STRING = r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_VALUE = re.compile(rf"(?>(?:{_STRING}\s*+:\s*+)?)(?:({_STRING}|[-+.\w]++)|[{{\[])[\s,\]}}]*+")
"""In valid JSON: each value's beginning in document order, after its key if it has one; a scalar is the group."""

_LINE = re.compile(r"[^\r\n]+")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(source: Source, start: int, end: int) -> Node:
    """Give the tree of the JSON between two offsets. Raises RecordError."""
    try:
        value = json.loads(source.text[start:end], object_pairs_hook=tuple)
    except json.JSONDecodeError as error:
        problem = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        raise source.error(f"this is not JSON: {problem}", start + error.pos) from None
    except RecursionError:
        raise source.error(TOO_DEEP, start) from None
    except ValueError:
        raise source.error("a number has too many digits", start) from None
    return _Locator(source, start, end).node(value, 0)


def end_of_value(source: Source, start: int, limit: int) -> int | None:
    """Give the offset after the value that begins at `start`; None where it is not JSON, or goes beyond `limit`."""
    try:
        return start + json.JSONDecoder().raw_decode(source.text[start:limit])[1]
    except (ValueError, RecursionError):
        return None


def parse_lines(source: Source) -> list[Node]:
    """Give the value of each line that is not blank; one that cannot be read is reported, and null."""
    nodes: list[Node] = []
    for line in _LINE.finditer(source.text, source.start):
        if line[0].isspace():
            continue
        try:
            nodes.append(parse(source, *line.span()))
        except RecordError as error:
            source.problems.append(error)
            nodes.append(Scalar(None, *line.span()))
    return nodes


class _Locator:
    """Walks values and tokens side by side; an object comes as a tuple of its pairs."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._start = start
        self._tokens = _VALUE.finditer(source.text, start, end)

    def node(self, value: Any, depth: int) -> Node:
        return self._node(value, next(self._tokens), depth)

    def _node(self, value: Any, token: re.Match[str], depth: int) -> Node:
        if isinstance(value, tuple):
            return self._mapping(value, self._deeper(depth))
        if isinstance(value, list):
            below, tokens = self._deeper(depth), self._tokens
            return [self._node(child, next(tokens), below) for child in value]
        return _scalar(value, token)

    def _mapping(self, pairs: tuple[tuple[str, Any], ...], depth: int) -> Mapping:
        mapping: Mapping = {}
        tokens = self._tokens
        for written, child in pairs:
            key = written if written.isascii() else _sound(written)
            token = next(tokens)
            if key in mapping:
                del mapping[key]  # it moves to where it stands again
                self._source.report_twice(key, token.start())
            is_scalar = not isinstance(child, tuple | list)
            mapping[key] = _scalar(child, token) if is_scalar else self._node(child, token, depth)
        return mapping

    def _deeper(self, depth: int) -> int:
        if depth == MAX_DEPTH:
            raise self._source.error(TOO_DEEP, self._start)
        return depth + 1


def _scalar(value: Any, token: re.Match[str]) -> Scalar:
    if isinstance(value, str) and not value.isascii():
        value = _sound(value)
    start, end = token.span(1)
    return Scalar(value, start, end)


def _sound(text: str) -> str:
    """Replace what JSON can write but no text can hold: half of a surrogate pair."""
    return _LONE_SURROGATE.sub("\ufffd", text)
