"""TOML as trees: values by the standard library, places by a walk over the text's own keys and values."""

from __future__ import annotations

import re
import tomllib
from datetime import time
from typing import TYPE_CHECKING, Any, TypeAlias

from archiver.records.tree import MAX_DEPTH, TOO_DEEP, Node, Scalar, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.model import RecordError

_Path: TypeAlias = "tuple[str | int, ...]"
_Span: TypeAlias = tuple[int, int]

_STRING = (
    r'"""(?>(?:[^"\\]|\\.|"(?!""))*)"{3,5}'
    r"|'''(?>(?:[^']|'(?!''))*)'{3,5}"
    r'|"(?>(?:[^"\\\n]|\\.)*)"'
    r"|'[^'\n]*+'"
)
_FREE = re.compile(r"(?>(?:[ \t\r\n]++|#[^\n]*+)*)")
_SPACE = re.compile(r"[ \t]*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?>(?:[^"\\\n]|\\.)*)"|'[^'\n]*+'""")
_SCALAR = re.compile(rf"(?:{_STRING})|[-+\w.:]++(?: \d\d:[\d:.]++(?:Z|z|[-+]\d\d:\d\d)?)?", re.DOTALL)
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def parse(source: Source, start: int, end: int) -> Node:
    """Give the tree of the TOML between two offsets. Raises RecordError."""
    walk = _Walk(source, start, end)
    spans = dict(walk.spans())  # before anything is built: deep keys would take for ever
    try:
        tree = tomllib.loads(source.text[start:end])
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), source, start, walk.position) from None
    except RecursionError:
        raise source.error(TOO_DEEP, start) from None
    except ValueError:
        raise source.error("a number or a date cannot be", walk.position) from None
    source.is_reordered = True  # a table may be opened, left, and added to
    return _placed(tree, (), spans, (start, start))


def _syntax_error(message: str, source: Source, start: int, stopped: int) -> RecordError:
    """Say what tomllib stumbled over, and where; what never ends is blamed on where it begins."""
    where = _WHERE.search(message)
    line = source.position(start)[0] + int(where[1]) - 1 if where and where[1] else source.position(stopped)[0]
    what = _WHERE.sub("", message)
    return source.error(f"this is not TOML: {what[:1].lower()}{what[1:]}", source.line_start(line))


def _placed(value: Any, path: _Path, spans: dict[_Path, _Span], around: _Span) -> Node:
    span = spans.get(path, around)
    if isinstance(value, dict):
        return {key: _placed(child, (*path, key), spans, span) for key, child in value.items()}
    if isinstance(value, list):
        return [_placed(child, (*path, index), spans, span) for index, child in enumerate(value)]
    return Scalar(value.isoformat() if isinstance(value, time) else value, *span)


class _Walk:
    """Tells the path and the span of each value; it ends where the text is not TOML, for tomllib to say so."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._text = source.text
        self._end = end
        self._start = start
        self.position = start
        self._counts: dict[_Path, int] = {}  # of the tables in each array of tables

    def spans(self) -> Iterator[tuple[_Path, _Span]]:
        """Give each value's path and span, in document order."""
        table: _Path | None = ()
        while table is not None and self._skip(_FREE) < self._end:
            if self._take("["):
                table = self._header(is_array=self._take("["))
            elif (key := self._key()) and self._take_equals():
                before = self.position
                yield from self._value(self._deepened(table, key))
                if self.position == before:
                    return
            else:
                return

    def _header(self, *, is_array: bool) -> _Path | None:
        """Give the path of the table that a header opens, None where it is no header."""
        key = self._key()
        if not key or not self._take("]") or (is_array and not self._take("]")):
            return None
        path: _Path = ()
        for part in key[:-1]:
            path = self._latest((*path, part))
        path = (*path, key[-1])
        if is_array:
            self._counts[path] = self._counts.get(path, 0) + 1
        self._check_depth(path)
        return self._latest(path)

    def _latest(self, path: _Path) -> _Path:
        """Give a table's path; of an array of tables, its last one's."""
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _key(self) -> tuple[str, ...]:
        """Give a key's parts; none where there is none."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            part = _KEY.match(self._text, self.position, self._end)
            if part is None:
                return ()
            parts.append(_plain(part[0]))
            self.position = part.end()
            self._skip(_SPACE)
            if len(parts) > MAX_DEPTH:
                raise self._source.error(TOO_DEEP, self._start)
            if not self._take("."):
                return tuple(parts)

    def _value(self, path: _Path) -> Iterator[tuple[_Path, _Span]]:
        if self._take("["):
            yield from self._array(path)
        elif self._take("{"):
            yield from self._inline_table(path)
        elif scalar := _SCALAR.match(self._text, self.position, self._end):
            self.position = scalar.end()
            yield path, scalar.span()

    def _array(self, path: _Path) -> Iterator[tuple[_Path, _Span]]:
        index = 0
        self._skip(_FREE)
        while not self._take("]"):
            before = self.position
            yield from self._value(self._deepened(path, (index,)))
            index += 1
            self._skip(_FREE)
            self._take(",")
            self._skip(_FREE)
            if self.position == before:
                return

    def _inline_table(self, path: _Path) -> Iterator[tuple[_Path, _Span]]:
        self._skip(_FREE)
        while not self._take("}"):
            key = self._key()
            if not key or not self._take_equals():
                return
            yield from self._value(self._deepened(path, key))
            self._skip(_FREE)
            self._take(",")
            self._skip(_FREE)

    def _deepened(self, path: _Path, parts: tuple[str | int, ...]) -> _Path:
        below = (*path, *parts)
        self._check_depth(below)
        return below

    def _check_depth(self, path: _Path) -> None:
        if len(path) > MAX_DEPTH:
            raise self._source.error(TOO_DEEP, self.position)

    def _take_equals(self) -> bool:
        self._skip(_SPACE)
        taken = self._take("=")
        self._skip(_SPACE)
        return taken

    def _take(self, character: str) -> bool:
        if not self._text.startswith(character, self.position, self._end):
            return False
        self.position += 1
        return True

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self.position, self._end)
        self.position = found.end() if found else self.position
        return self.position


def _plain(key: str) -> str:
    """Give a key's part as it is meant."""
    if key.startswith("'") or (key.startswith('"') and "\\" not in key):
        return key[1:-1]
    if not key.startswith('"'):
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:
        return key
