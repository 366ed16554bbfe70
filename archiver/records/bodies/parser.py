"""A Markdown parser that remembers where each address begins: markdown-it-py, with some of its rules wrapped."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import autolink, html_inline

from archiver.records.addresses import TEMPLATED
from archiver.records.bodies import html, jsx
from archiver.records.bodies.templates import CLOSER

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from archiver.records.addresses import Written

_NOT_IN_BARE = r"\s<>\"`()\[\]。，、；：！？（）【】《》「」『』“”" + CLOSER  # noqa: RUF001 (they end an address)
_BARE = re.compile(
    rf"://(?=[\w\[])(?>(?:[^{_NOT_IN_BARE}]|\([^{_NOT_IN_BARE}]*+\)|\[[^{_NOT_IN_BARE}]*+\])+)",
)
_BARE_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?$", re.IGNORECASE)
_TRAILING = re.compile(r"(?:&[A-Za-z0-9]{1,31};|[?!.,:;*_~'…\u2019]|\\)+$")
_CODE = re.compile(r"<(/?)(?:code|pre|script|style|kbd|samp)\b", re.IGNORECASE)
_LONGEST_SCHEME = 8  # with the character before it
FILLERS = re.compile(rf"[{TEMPLATED}{CLOSER}\n]+")


class Placed(str):
    """An address that knows its place: `at` in `content`."""

    __slots__ = ("at", "content")
    content: str
    at: int


class Held(NamedTuple):
    """The addresses of a tag, by their offsets in the block that holds it."""

    content: str
    written: list[Written]


class _Parser(MarkdownIt):
    """Leaves addresses as they are written: normalising is for later, and no scheme is unwelcome."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


@cache
def markdown_parser() -> MarkdownIt:
    """Give the parser of Markdown: CommonMark, with tables and bare addresses."""
    parser = _Parser("commonmark").enable(["table", "strikethrough", "linkify"])
    helpers: Any = SimpleNamespace(
        parseLinkDestination=_destination, parseLinkLabel=parseLinkLabel, parseLinkTitle=parseLinkTitle
    )
    parser.helpers = helpers
    parser.inline.ruler.at("linkify", _bare)
    parser.inline.ruler.at("autolink", _autolink)
    parser.inline.ruler.at("html_inline", _tag)
    parser.inline.ruler.before("text", "fillers", _fillers)
    for filler in (TEMPLATED, CLOSER):
        parser.inline.add_terminator_char(filler)
    return parser


@cache
def mdx_parser() -> MarkdownIt:
    """Give the parser of MDX: tags, expressions and module lines in the place of HTML and indented code."""
    parser = markdown_parser.__wrapped__()
    parser.disable(["code", "html_block"])
    parser.inline.ruler.at("html_inline", _jsx)
    parser.inline.ruler.before("text", "expression", _expression)
    parser.block.ruler.before("paragraph", "module", _module)
    parser.block.ruler.before("table", "jsx", _jsx_block, {"alt": ["paragraph", "reference", "blockquote"]})
    return parser


def _destination(string: str, position: int, maximum: int) -> object:
    """Parse a link's destination, as the parser's own function does, and note its place."""
    result = parseLinkDestination(string, position, maximum)
    if result.ok:
        result.str = _at(result.str, string, position + string.startswith("<", position))
    return result


def _at(address: str, content: str, place: int) -> Placed:
    placed = Placed(address)
    placed.content = content
    placed.at = place
    return placed


def _autolink(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (the parser's signature)
    place = state.pos + 1
    if not autolink(state, silent):
        return False
    if not silent:
        address = str(state.tokens[-3].attrs["href"])
        state.tokens[-3].attrs["href"] = _at(address, state.src, place)
    return True


def _bare(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read an address that stands in the text by itself, by the rules of GitHub's Markdown; at its colon."""
    if state.linkLevel > 0 or state.src[state.pos] != ":":
        return False
    scheme = _BARE_SCHEME.search(state.src[max(0, state.pos - _LONGEST_SCHEME) : state.pos])
    found = _BARE.match(state.src, state.pos, state.posMax) if scheme else None
    if scheme is None or found is None:
        return False
    rest = _TRAILING.sub("", found[0])
    if len(rest) <= len("://") or not (silent or state.pending.endswith(scheme[0])):
        return False
    if not silent:
        token = state.push("link_open", "a", 1)
        place = state.pos - len(scheme[0])
        token.attrs = {"href": _at(unescapeAll(scheme[0] + rest), state.src, place)}
    state.pos += len(rest)
    return True


def _tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read a tag or a comment; within code, nothing is an address."""
    start = state.pos
    if not html_inline(state, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        token.meta["held"] = Held(state.src, list(html.addresses(state.src, start, state.pos)))
        if code := _CODE.match(token.content):
            state.linkLevel += -1 if code[1] else 1
    return True


def _fillers(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read what stood in the place of template expressions."""
    if state.src[state.pos] not in (TEMPLATED, CLOSER):
        return False
    run = FILLERS.match(state.src, state.pos, state.posMax)
    assert run is not None
    if not silent:
        state.push("fillers", "", 0).meta["fillers"] = run.span()
    state.pos = run.end()
    return True


def _jsx(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    if state.src[state.pos] != "<":
        return False
    if state.src.startswith("<!--", state.pos):
        return html_inline(state, silent)
    scanner: jsx.Scanner = state.env["scanner"]
    found = scanner.tag(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        tag = state.src[state.pos : found[1]]
        state.push("jsx", "", 0).meta["held"] = Held(state.src, found[0])
        if (code := _CODE.match(tag)) and not tag.endswith("/>"):
            state.linkLevel += -1 if code[1] else 1
    state.pos = found[1]
    return True


def _expression(state: StateInline, silent: bool) -> bool:  # noqa: ARG001, FBT001
    if state.src[state.pos] != "{":
        return False
    scanner: jsx.Scanner = state.env["scanner"]
    end = scanner.expression_end(state.src, state.pos, state.posMax)
    if end is None:
        return False
    state.pos = end
    return True


def _module(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read an import or export: JavaScript up to a blank line."""
    if silent or state.level or state.tShift[line] or not jsx.MODULE.match(state.src, state.bMarks[line]):
        return False
    scanner: jsx.Scanner = state.env["scanner"]
    end = scanner.module_end(state.src, state.bMarks[line])
    state.line = _line_after(state, line, end_line, end)
    return True


def _jsx_block(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read a comment, a tag or an expression of several lines; what follows it in its last line is blank."""
    start = state.bMarks[line] + state.tShift[line]
    if not state.src.startswith(("<", "{"), start):
        return False
    scanner: jsx.Scanner = state.env["scanner"]
    written: list[Written] = []
    end: int | None
    if state.src.startswith("<!--", start):
        end = scanner.comment_end(state.src, start)
    elif state.src[start] == "{":
        end = scanner.expression_end(state.src, start, len(state.src))
    else:
        written, end = scanner.tag(state.src, start, len(state.src)) or ([], None)
    if end is None or end <= state.eMarks[line]:
        return False
    after = _line_after(state, line, end_line, end)
    if after > end_line or state.src[end : state.eMarks[after - 1]].strip():
        return False
    if not silent:
        token = state.push("jsx_block", "", 0)
        token.meta["written"] = written
        state.line = after
    return True


def _line_after(state: StateBlock, line: int, end_line: int, end: int) -> int:
    """Give the first line that begins after an offset."""
    while line < end_line and state.bMarks[line] < end:
        line += 1
    return line
