"""Where text is shown: how wide it is, and whether it has colours. Addresses are never broken."""

from __future__ import annotations

import os
import re
import unicodedata
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

WIDEST = 100
"""Lines that are longer are hard to read, however wide the terminal."""

NARROWEST = 20
USUAL = 80


class Style(Enum):
    """How a piece of text looks on a terminal with colours (ECMA-48, SGR)."""

    PLAIN = ""
    BAD = "1;31"
    POOR = "1;33"
    CALM = "1;36"
    GOOD = "1;32"
    STRONG = "1"
    FAINT = "2"


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A terminal, or a pipe or file where `width` is None: there no line is broken."""

    width: int | None = None
    has_colours: bool = False

    def whole(self, text: str, indent: int = 0, style: Style = Style.PLAIN) -> str:
        """Give one line, however long: addresses and places are copied from it."""
        return " " * indent + self._painted(shown(text), style)

    def flow(self, text: str, indent: int = 0, style: Style = Style.PLAIN, *, hang: int = 0) -> Iterator[str]:
        """Give the lines of a sentence, all but the first `hang` deeper; what stands in backticks stays together."""
        margin = indent
        for line in _folded(shown(text), None if self.width is None else self.width - indent, hang):
            yield " " * margin + self._painted(line, style)
            margin = indent + hang

    def beside(self, head: str, text: str, indent: int = 0) -> Iterator[str]:
        """Give the lines of a sentence to the right of `head`."""
        margin = indent + cells(shown(head)) + 2
        begin = self.whole(head, indent) + "  "
        for line in _folded(shown(text), None if self.width is None else self.width - margin, 0):
            yield begin + line
            begin = " " * margin

    def row(self, parts: Sequence[str], indent: int = 0, style: Style = Style.PLAIN) -> Iterator[str]:
        """Give `parts` on one line; where they don't fit, each on its own, all but the first two deeper."""
        parts = [part for part in parts if part]
        if self.holds("  ".join(parts), indent):
            yield self.whole("  ".join(parts), indent, style)
            return
        yield self.whole(parts[0], indent, style)
        yield from (self.whole(part, indent + 2, style) for part in parts[1:])

    def holds(self, text: str, indent: int = 0) -> bool:
        """Tell whether `text` fits on a line."""
        return self.width is None or indent + cells(shown(text)) <= self.width

    def _painted(self, text: str, style: Style) -> str:
        if not self.has_colours or style is Style.PLAIN or not text:
            return text
        return f"\x1b[{style.value}m{text}\x1b[0m"


PLAIN = Screen()
"""A pipe, a file, a log."""


def screen_of(stream: TextIO, environment: Mapping[str, str]) -> Screen:
    """Give the screen behind `stream`: NO_COLOR (no-color.org), TERM=dumb and COLUMNS are heeded."""
    if not stream.isatty():
        return PLAIN
    has_colours = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return Screen(width=min(max(_columns(stream, environment), NARROWEST), WIDEST), has_colours=has_colours)


def _columns(stream: TextIO, environment: Mapping[str, str]) -> int:
    told = environment.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and 0 < len(told) <= len("9999") and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except OSError:
        return USUAL


def shown(text: str) -> str:
    """Write what a terminal would obey as escapes: records and servers say what they like."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)


def cells(text: str) -> int:
    """Give how many columns of a terminal `text` takes: wide characters (UAX 11) take two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def padded(text: str, width: int) -> str:
    """Fill `text` up to `width` columns."""
    return text + " " * (width - cells(text))


def _cells_of(mark: str) -> int:
    if unicodedata.combining(mark):
        return 0
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1


_WORDS = re.compile(r"(?:[0-9][0-9,]* )?(?:`[^`]*`|\S)+")  # a number stays with what it counts


def _folded(text: str, width: int | None, hang: int) -> Iterator[str]:
    """Break `text` between words; a word that is wider than a line stays whole."""
    if width is None or cells(text) <= width:
        yield text
        return
    line = ""
    for word in _WORDS.findall(text):
        if line and cells(line) + 1 + cells(word) > width:
            yield line
            line, width, hang = word, width - hang, 0
        else:
            line = f"{line} {word}" if line else word
    yield line
