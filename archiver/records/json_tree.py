"""JSON and JSON Lines as trees: values by the standard library, places by one regular expression."""

from __future__ import annotations

import json
import re
from typing import Any

from archiver.model import RecordError
from archiver.records.tree import MAX_DEPTH, TOO_DEEP, Mapping, Node, Scalar, Source

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+')
"""In valid JSON: each key and each scalar, in document order, and nothing else."""

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
        self._tokens = _TOKEN.finditer(source.text, start, end)

    def node(self, value: Any, depth: int) -> Node:
        if isinstance(value, str):
            return Scalar(_sound(value), *next(self._tokens).span())
        if isinstance(value, tuple):
            return self._mapping(value, self._deeper(depth))
        if isinstance(value, list):
            below = self._deeper(depth)
            return [self.node(child, below) for child in value]
        return Scalar(value, *next(self._tokens).span())

    def _mapping(self, pairs: tuple[tuple[str, Any], ...], depth: int) -> Mapping:
        mapping: Mapping = {}
        for written, child in pairs:
            key = _sound(written)
            start = next(self._tokens).start()
            if mapping.pop(key, None) is not None:
                self._source.report_twice(key, start)
            mapping[key] = self.node(child, depth)
        return mapping

    def _deeper(self, depth: int) -> int:
        if depth == MAX_DEPTH:
            raise self._source.error(TOO_DEEP, self._start)
        return depth + 1


def _sound(text: str) -> str:
    """Replace what JSON can write but no text can hold: half of a surrogate pair."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)
