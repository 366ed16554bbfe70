"""The addresses that a stylesheet names, found in one pass by its tokens (CSS Syntax Module Level 3). Pure.

Why not tinycss2: it makes an object of every token, which took 0.45 s for 500 KB (and 4 s for 1 MB of `{`) where this
took 0.03 s. Every pattern here is possessive and stops at what the next match begins with: time grows with the text
alone. A function's name that is itself written with escapes is not read.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from archiver.plan.candidates import ENOUGH, Candidate, best, is_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Kind(StrEnum):
    """What a page needs something for."""

    STYLESHEET = "stylesheet"
    IMAGE = "image"
    FONT = "font"
    ICON = "icon"
    SCRIPT = "script"


class Mention(NamedTuple):
    """An address as it is written, its references and escapes undone."""

    address: str
    kind: Kind


NOT_TAKEN_FORMATS = frozenset({"embedded-opentype", "svg"})
NOT_TAKEN_ENDINGS = (".eot", ".svg")
"""The font formats that browsers leave out (CSS Fonts Module Level 4, `format()`), and how their names end."""

_ESCAPE = r"\\(?:\r\n|[\s\S])"
_SPACE = r"[ \t\n\f\r]"
_COMMENT = r"/\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)(?:\*/|\Z)"
_STRING = rf"""["'](?:(?<=")(?>(?:[^"\\\n\r\f]|{_ESCAPE})*)"?|(?<=')(?>(?:[^'\\\n\r\f]|{_ESCAPE})*)'?)"""
_SKIPPED = rf"{_COMMENT}|{_STRING}|{_ESCAPE}"


def _letters(word: str) -> str:
    """Give a pattern for a word in any case: the engine looks fast for a set of first characters, not past a flag."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else re.escape(letter) for letter in word)


def _quoted(name: str) -> str:
    return (
        rf""""(?P<{name}_double>(?>(?:[^"\\\n\r\f]|{_ESCAPE})*))(?:"|\Z)"""
        rf"""|'(?P<{name}_single>(?>(?:[^'\\\n\r\f]|{_ESCAPE})*))(?:'|\Z)"""
    )


def _function(name: str) -> str:
    """Give a pattern for `name(` where it is a whole name."""
    first, rest = name[0], name[1:]
    return rf"{_letters(first)}(?<![-\w\\].){_letters(rest)}\("


def _url(name: str) -> str:
    plain = rf"(?P<{name}_plain>(?>(?:[^\"'()\\ \t\n\f\r]|{_ESCAPE})*)){_SPACE}*+(?:\)|\Z)"
    return rf"{_function('url')}{_SPACE}*+(?:{_quoted(name)}|{plain})"


_FILLER = rf"(?>(?:{_SPACE}|{_COMMENT})*)"
_TOKEN = re.compile(
    rf"@{_letters('import')}{_FILLER}(?:{_url('import_url')}|{_quoted('import')})"
    rf"|@(?P<face>{_letters('font-face')}){_FILLER}\{{"
    rf"|@(?:{_letters('namespace')}|(?:-moz-)?{_letters('document')})\b[^;{{]*+"  # names, nothing to fetch
    rf"|(?:-webkit-)?{_letters('i')}(?<![\w\\].)(?P<set>{_letters('mage-set')})\("
    rf"|{_url('url')}|{_SKIPPED}"
)
_FACE_TOKEN = re.compile(
    rf"(?P<end>[;}}])|{_letters('s')}(?<![-\w\\].)(?P<src>{_letters('rc')}){_FILLER}:"
    rf"|{_function('format')}{_SPACE}*+[\"']?(?P<format>[-\w]++)[\"']?|{_url('url')}|{_SKIPPED}"
)
_SET_TOKEN = re.compile(
    rf"(?P<mark>[(),])|{_function('type')}{_SPACE}*+(?:{_quoted('type')}){_SPACE}*+\)"
    rf"|(?<![-\w.])(?P<size>(?:[0-9]*+\.)?[0-9]++)(?P<unit>dpcm|dppx|dpi|x)\b"
    rf"|{_url('url')}|{_quoted('bare')}|{_SKIPPED}"
)
_DENSITIES = {"x": 1.0, "dppx": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
_ESCAPED = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\n\f\r])?|(\r\n|[\n\r\f])|([\s\S])|\Z)")


def mentions(text: str) -> Iterator[Mention]:
    """Give what a stylesheet, or a `style` attribute, names: of a font and an image-set the one that is taken."""
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        group = token.lastgroup or ""
        if group == "face":
            address, position = _font(text, position)
            yield from _mention(address, Kind.FONT)
        elif group == "set":
            address, position = _image_of_set(text, position)
            yield from _mention(address, Kind.IMAGE)
        elif group:
            yield from _mention(_plain(token[group]), Kind.STYLESHEET if group.startswith("import") else Kind.IMAGE)


def _mention(address: str | None, kind: Kind) -> Iterator[Mention]:
    if address:
        yield Mention(address, kind)


def _plain(written: str) -> str:
    """Undo the escapes of a string or a URL (section 4.3.7)."""
    return _ESCAPED.sub(_unescaped, written) if "\\" in written else written


def _unescaped(escape: re.Match[str]) -> str:
    digits, _line_end, character = escape.groups()
    if digits:
        code = int(digits, 16)
        usable = 0 < code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 (surrogates)
        return chr(code) if usable else "\N{REPLACEMENT CHARACTER}"
    return character or ""


# --- fonts ----------------------------------------------------------------------------------------------------


class _Source(NamedTuple):
    address: str
    format: str | None = None


def _font(text: str, position: int) -> tuple[str | None, int]:
    """Give the font that a browser takes of an `@font-face` whose block begins here, and where the block ends.

    That is the first of a list whose format it knows, in the list's own order, not the smallest: it is what a
    browser will ask for when the page is replayed. Of several lists the last one that helps counts.
    """
    taken: str | None = None
    sources: list[_Source] = []
    for token in _FACE_TOKEN.finditer(text, position):
        position = token.end()
        group = token.lastgroup or ""
        if group in ("end", "src"):
            taken = _taken(sources) or taken
            sources = []
            if token[0] == "}":
                return taken, position
        elif group == "format" and sources:
            sources[-1] = sources[-1]._replace(format=token["format"].lower())
        elif group.startswith("url"):
            sources.append(_Source(_plain(token[group])))
    return _taken(sources) or taken, len(text)


def _taken(sources: Sequence[_Source]) -> str | None:
    return next((source.address for source in sources if _is_taken(source)), None)


def _is_taken(source: _Source) -> bool:
    if source.format:
        return source.format not in NOT_TAKEN_FORMATS
    return not source.address.partition("?")[0].partition("#")[0].lower().endswith(NOT_TAKEN_ENDINGS)


# --- images in many sizes -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Option:
    """One option of an `image-set()`, as far as it was read."""

    address: str | None = None
    density: float = 1.0
    type: str | None = None

    def candidates(self) -> Iterator[Candidate]:
        if self.address and is_shown(self.type, None):
            yield Candidate(self.address, self.density / ENOUGH["x"])


def _image_of_set(text: str, position: int) -> tuple[str | None, int]:
    """Give the image to keep of an `image-set()` whose options begin here, and where it ends."""
    depth, option, found = 1, _Option(), list[Candidate]()
    for token in _SET_TOKEN.finditer(text, position):
        position = token.end()
        group = token.lastgroup or ""
        if group == "mark":
            depth += {"(": 1, ")": -1}.get(token[0], 0)
            if depth == 0 or (depth == 1 and token[0] == ","):
                found += option.candidates()
                option = _Option()
            if depth == 0:
                return best(found), position
        elif group == "unit":
            option.density = float(token["size"]) * _DENSITIES[token["unit"]]
        elif group.startswith("type"):
            option.type = _plain(token[group])
        elif group:
            option.address = option.address or _plain(token[group])
    return best([*found, *option.candidates()]), len(text)
