"""Expressions of Hugo, Liquid and Nunjucks in a body: their text is no link, but a shortcode's quoted address is."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from archiver.records.addresses import TEMPLATED, Written, decode_references

CLOSER = "\ufdd1"
"""Stands for each character of a tag that closes another: an address ends before it."""

_OPENER = re.compile(r"\{\{[<%]?|\{%|\{#(?=[\s-])")
_CLOSERS = {
    opener: re.compile(closer)
    for opener, closer in {"{{": "}}", "{{<": ">}}", "{{%": "%}}", "{%": "%}", "{#": "#}"}.items()
}
_SHORTCODES = ("{{<", "{{%", "{%")
_QUOTED = re.compile(r"""(["'])\s*(https?://[^"'\s<>{}]+)\s*\1""", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*(?=\n)")
_NOT_BREAK = re.compile(r"[^\r\n]")
_CLOSES = re.compile(r"\{(?:\{[<%]|%)-?\s*(?:/|end)")
_HIDES = re.compile(r"\{(?:\{[<%]|%)-?\s*(highlight|comment)\b")
_BLOCK_ENDS = {
    name: re.compile(rf"\{{(?:\{{[<%]|%)-?\s*(?:/|end)\s*{name}\s*-?[%>]\}}{{1,2}}")
    for name in ("highlight", "comment")
}


class Masked(NamedTuple):
    """A text of the same length and lines, without its expressions; and what addresses these quote, in order."""

    text: str
    quoted: tuple[Written, ...] = ()

    def between(self, start: int, end: int) -> tuple[Written, ...]:
        """Give the quoted addresses between two offsets."""
        first = bisect_left(self.quoted, start, key=_offset)
        return self.quoted[first : bisect_left(self.quoted, end, key=_offset)]


def mask(text: str) -> Masked:
    """Put a filler in the place of each template expression, and of all that `highlight` and `comment` enclose."""
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return Masked(text)
    pieces: list[str] = []
    quoted: list[Written] = []
    done = 0
    nexts = _Nexts(text)
    opener = _OPENER.search(text)
    while opener:
        start = opener.start()
        end = nexts.expression_end(opener[0], start)
        if end is None:
            opener = _OPENER.search(text, start + 1)
            continue
        expression = text[start:end]
        hiding = _HIDES.match(expression)
        if hiding:
            end = nexts.block_end(hiding[1], end)
        elif opener[0] in _SHORTCODES and not expression.startswith(("{{</*", "{{%/*")):
            quoted += (
                Written(decode_references(found[2]), start + found.start(2)) for found in _QUOTED.finditer(expression)
            )
        filler = CLOSER if _CLOSES.match(expression) else TEMPLATED
        pieces += (text[done:start], _NOT_BREAK.sub(filler, text[start:end]))
        done = end
        opener = _OPENER.search(text, end)
    return Masked("".join((*pieces, text[done:])), tuple(quoted))


def _offset(written: Written) -> int:
    return written.offset


class _Nexts:
    """What comes next in a text; each kind is searched for once, however many ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[re.Pattern[str], int] = {}

    def expression_end(self, opener: str, start: int) -> int | None:
        """Give where an expression ends; None where it does not, or only after a blank line."""
        closer = _CLOSERS[opener]
        at = self._next(closer, start + len(opener))
        return at + len(closer.pattern) if at < self._next(_BLANK_LINE, start) else None

    def block_end(self, name: str, start: int) -> int:
        """Give where the block `name` ends: with its closing tag, else where it begins."""
        closing = self._next(_BLOCK_ENDS[name], start)
        closed = _BLOCK_ENDS[name].match(self._text, closing)
        return closed.end() if closed else start

    def _next(self, sought: re.Pattern[str], start: int) -> int:
        """Give the offset of the next `sought`, the text's length where there is none."""
        if self._found.get(sought, -1) < start:
            found = sought.search(self._text, start)
            self._found[sought] = found.start() if found else len(self._text)
        return self._found[sought]
