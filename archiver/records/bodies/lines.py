"""A body as the Markdown parser wants it, and the way back from its blocks to the places in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

_BREAK = re.compile(r"\r\n?|\n")


class Body:
    """The text of a body from an offset of its file on, with plain line breaks; lines and columns are the same."""

    def __init__(self, text: str, start: int) -> None:
        self._start = start
        self._raw = text[start:]
        plain = self._raw.replace("\0", "\ufffd")
        self.text = _BREAK.sub("\n", plain) if "\r" in plain else plain
        self.parsed = self.text  # what the parser was given: of the same length

    def offset(self, position: int) -> int:
        """Give the place in the file of a place in the text."""
        if len(self._raw) == len(self.text):
            return self._start + position
        line = bisect_right(self.line_starts, position) - 1
        return self._start + self._raw_starts[line] + position - self.line_starts[line]

    def line(self, index: int) -> str:
        """Give a line as the parser saw it, without its break."""
        starts = self.line_starts
        end = starts[index + 1] - 1 if index + 1 < len(starts) else len(self.text)
        return self.parsed[starts[index] : end]

    @cached_property
    def line_starts(self) -> list[int]:
        """Give where the text's lines begin."""
        return _starts(self.text)

    @cached_property
    def _raw_starts(self) -> list[int]:
        return _starts(self._raw)


class Block:
    """What a parser made of some lines of a body: without their indent, their quote marks, their table's bars."""

    def __init__(self, body: Body, content: str, first_line: int, after: int | None = None) -> None:
        self._body = body
        self._content = content
        self._first_line = first_line
        self._after = after  # of a table's cell: the column at which what is left of it ends
        self._starts = _starts(content)
        self._shifts: dict[int, int] = {}

    def position(self, place: int) -> int:
        """Give the place in the body's text of a place in the content."""
        row = bisect_right(self._starts, place) - 1
        if row not in self._shifts:
            self._shifts[row] = self._shift(row)
        escaped = self._content.count("|", 0, place) if self._after is not None else 0
        return place + self._shifts[row] + escaped

    def _shift(self, row: int) -> int:
        start = self._starts[row]
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self._content)
        written = self._content[start:end]
        inner = written.strip()
        index = min(self._first_line + row, len(self._body.line_starts) - 1)
        line = self._body.line(index)
        at = line.rfind(inner) if self._after is None else line.find(inner.replace("|", "\\|"), self._after)
        column = max(0, at)
        return self._body.line_starts[index] + column - start - written.index(inner)


def _starts(text: str) -> list[int]:
    return [0, *(found.end() for found in _BREAK.finditer(text))]
