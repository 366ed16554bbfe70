"""A record's values with their places: one small tree for all formats."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from archiver.model import RecordError

if TYPE_CHECKING:
    from datetime import date

MAX_DEPTH = 100
"""Mappings and lists within one another: a record that goes deeper is hostile."""

TOO_DEEP = f"the record is nested more than {MAX_DEPTH} deep"

_BYTE_ORDER_MARK = "\ufeff"
_LINE_BREAK = re.compile(r"\r\n?|\n")


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A value and its span in the file's text: from its opening quote or indicator, else its first character."""

    value: str | float | date | None  # an int is a float, a bool an int, a datetime a date
    start: int
    end: int


Mapping: TypeAlias = "dict[str, Node]"
Node: TypeAlias = "Mapping | list[Node] | Scalar"


class Source:
    """One file's text: tells lines and columns, and gathers what is wrong with parts of it."""

    def __init__(self, name: str, text: str, *, kind: str | None = None) -> None:
        self.name = name
        self.text = text
        self.kind = kind or PurePath(name).suffix.lower()
        self.start = len(text) - len(text.lstrip(_BYTE_ORDER_MARK))
        self.is_reordered = False  # whether its tree has another order than its text
        self.problems: list[RecordError] = []

    def position(self, offset: int) -> tuple[int, int]:
        """Give line and column of an offset, both from 1; a byte order mark takes no column."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line_start(self, line: int) -> int:
        """Give the offset at which a line begins; the last one's for a line beyond."""
        return self._line_starts[min(line, len(self._line_starts)) - 1]

    def error(self, message: str, offset: int) -> RecordError:
        """Give the error that says what is wrong at an offset."""
        return RecordError(message, record=self.name, line=self.position(offset)[0])

    def report_twice(self, key: str, offset: int) -> None:
        """Note that `key` stands in its mapping a second time."""
        self.problems.append(self.error(f"the key {key[:80]!r} stands here again: the last value holds", offset))

    @cached_property
    def _line_starts(self) -> list[int]:
        if "\r" in self.text:
            return [self.start, *(line_break.end() for line_break in _LINE_BREAK.finditer(self.text))]
        ends = accumulate(len(line) + 1 for line in self.text.split("\n"))
        return [self.start, *ends][:-1]


def nothing(source: Source) -> Scalar:
    """Give what a file says that says nothing."""
    return Scalar(None, source.start, source.start)
