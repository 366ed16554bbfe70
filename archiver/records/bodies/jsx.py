"""The tags, expressions and module lines of MDX; a scanner of JavaScript that knows strings, comments and brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archiver.records.addresses import Written, decode_references
from archiver.records.bodies.html import Attribute, held_by

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = re.compile(r"(?:import|export)(?=[\s{*\"'])")
"""What a line begins with that is JavaScript, not text."""

_MAX_PATIENCE = 2_000_000
_TOKEN = re.compile(
    r"""(?P<other>"(?>(?:[^"\\\n]|\\.)*)"|'(?>(?:[^'\\\n]|\\.)*)'|`(?>(?:[^`\\]|\\.)*)`|//[^\n]*+|/\*(?>(?:[^*]|\*(?!/))*)\*/)"""
    r"|(?P<open>[{(\[])|(?P<close>[})\]])|(?P<line>\n)",
    re.DOTALL,
)
_OPENING = re.compile(r"</?([A-Za-z_$][\w$.:-]*+)?")
_PART = re.compile(
    r"""\s*+(?:(?P<end>/?>)|(?P<spread>\{)|(?P<name>[^\s=>/{}"'<]+)"""
    r"""(?>(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<brace>\{)))?))"""
)
_LITERAL = re.compile(r"""\{\s*(["'`])(?P<value>(?>(?:(?!\1)[^\\$\n])*))\1\s*\}""")
_WEB = re.compile(r"(?:https?:)?//", re.IGNORECASE)


class Scanner:
    """Finds where tags and expressions end; it gives up on a text made to be searched again and again."""

    def __init__(self) -> None:
        self._patience = _MAX_PATIENCE
        self._last_comment_end: int | None = None
        self.gave_up = False

    def expression_end(self, text: str, start: int, end: int) -> int | None:
        """Give the offset after the `}` that closes the `{` at `start`."""
        if self.gave_up:
            return None
        depth = 0
        for token in _TOKEN.finditer(text, start, end):
            if token.lastgroup == "open":
                depth += 1
            elif token.lastgroup == "close":
                depth -= 1
                if depth == 0:
                    return token.end() if self._may_take(token.end() - start) else None
        self._may_take(end - start)
        return None

    def comment_end(self, text: str, start: int) -> int | None:
        """Give the offset after the comment that begins at `start`."""
        if self._last_comment_end is None:
            self._last_comment_end = text.rfind("-->")
        return text.index("-->", start) + len("-->") if start <= self._last_comment_end else None

    def module_end(self, text: str, start: int) -> int:
        """Give where the import or export at `start` ends: before a blank line where all brackets are closed."""
        depth = 0
        for token in _TOKEN.finditer(text, start):
            if token.lastgroup == "open":
                depth += 1
            elif token.lastgroup == "close":
                depth -= 1
            elif token.lastgroup == "line" and depth <= 0 and _is_blank_after(text, token.end()):
                return token.start()
        return len(text)

    def tag(self, text: str, start: int, end: int) -> tuple[list[Written], int] | None:
        """Give a tag's addresses and the offset after it; None where there is none at `start`."""
        opening = _OPENING.match(text, start, end)
        if opening is None or self.gave_up:
            return None
        attributes: list[Attribute] = []
        position = opening.end()
        while part := _PART.match(text, position, end):
            position = part.end()
            if part["end"]:
                self._may_take(position - start)
                return list(_held(opening[1] or "", attributes)), position
            if part["spread"] or part["brace"]:
                position = self.expression_end(text, position - 1, end) or 0
                if not position:
                    return None
            attributes += _attribute(part, text)
        self._may_take(position - start)
        return None

    def _may_take(self, characters: int) -> bool:
        self._patience -= characters
        self.gave_up = self._patience < 0
        return not self.gave_up


def _attribute(part: re.Match[str], text: str) -> Iterator[Attribute]:
    """Give an attribute with a plain value: in quotes, or as the one string of an expression."""
    if part["brace"]:
        literal = _LITERAL.match(text, part.start("brace"))
        if literal:
            yield Attribute(part["name"], literal["value"], literal.start("value"))
    elif kind := next((kind for kind in ("double", "single") if part[kind]), None):
        yield Attribute(part["name"], part[kind], part.start(kind))


def _held(name: str, attributes: list[Attribute]) -> Iterator[Written]:
    """Give the addresses of a tag: of an element what HTML holds to be some, of a component any of the web."""
    if name[:1].islower() and "." not in name:
        yield from held_by(name, attributes)
        return
    for attribute in attributes:
        address = attribute.value.strip()
        if attribute.name in ("href", "src", "srcSet", "srcset", "poster"):
            yield from held_by("", [attribute])
        elif _WEB.match(address) and not any(map(str.isspace, address)):
            yield Written(decode_references(address), attribute.offset + attribute.value.index(address))


def _is_blank_after(text: str, position: int) -> bool:
    """Tell whether the line that begins at `position` is blank, or the text is over."""
    end = text.find("\n", position)
    return not text[position : end if end >= 0 else len(text)].strip()
