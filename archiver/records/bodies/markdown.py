"""The addresses in Markdown and MDX: markdown-it-py finds them, and is made to remember where each begins."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import autolink, html_inline

from archiver.records.addresses import TEMPLATED, Written
from archiver.records.bodies import html, jsx
from archiver.records.bodies.lines import Block, Body
from archiver.records.bodies.templates import CLOSER, Masked, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from archiver.records.tree import Source

MAX_MARKS = 1_000_000
"""Characters that may mean something, in all paragraphs with addresses: each costs some 10 microseconds."""

MAX_BLOCK_MARKS = 100_000
"""The same, in one paragraph."""

_WEB = re.compile(r"//|https?:|\\/|&(?:#|sol;|colon;)|https?\\:|" + TEMPLATED, re.IGNORECASE)
_ANY = re.compile(r"//|https?:|&(?:#|sol;|colon;)|[<\[]|" + TEMPLATED, re.IGNORECASE)
_MARK = re.compile(r"[\[\]!*_<>&\\`{}~:\n]")
_NOT_IN_BARE = r"\s<>\"`()\[\]。，、；：！？（）【】《》「」『』“”" + CLOSER  # noqa: RUF001 (they end an address)
_BARE = re.compile(
    rf"://(?=[\w\[])(?:[^{_NOT_IN_BARE}]|\([^{_NOT_IN_BARE}]*+\)|\[[^{_NOT_IN_BARE}]*+\])++",
)
_BARE_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?$", re.IGNORECASE)
_TRAILING = re.compile(r"(?:&[A-Za-z0-9]{1,31};|[?!.,:;*_~'…\u2019]|\\)+$")
_CODE = re.compile(r"<(/?)(?:code|pre|script|style|kbd|samp)\b", re.IGNORECASE)
_LONGEST_SCHEME = 8  # with the character before it
_FILLERS = re.compile(rf"[{TEMPLATED}{CLOSER}\n]+")


class _Placed(str):
    """An address that knows its place: `at` in `content`."""

    __slots__ = ("at", "content")
    content: str
    at: int


class _Held(NamedTuple):
    """The addresses of a tag, by their offsets in the block that holds it."""

    content: str
    written: list[Written]


def addresses(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    """Give the addresses of the Markdown from an offset on; relative ones only on demand."""
    body = Body(source.text, start)
    masked = mask(body.text)
    return _found(source, body, masked, _markdown(), with_relative=with_relative)


def mdx_addresses(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    """Give the addresses of the MDX from an offset on; relative ones only on demand."""
    body = Body(source.text, start)
    return _found(source, body, Masked(body.text), _mdx(), with_relative=with_relative)


def _found(source: Source, body: Body, masked: Masked, parser: MarkdownIt, *, with_relative: bool) -> Iterator[Written]:
    telling = _ANY if with_relative else _WEB
    if not telling.search(masked.text):
        return iter(())
    reader = _Reader(source, body, masked, parser, telling)
    found = sorted(reader.read(), key=lambda written: written.offset)
    return (Written(written.text, body.offset(written.offset)) for written in found)


class _Reader:
    """Reads one body."""

    def __init__(
        self, source: Source, body: Body, masked: Masked, parser: MarkdownIt, telling: re.Pattern[str]
    ) -> None:
        self._source = source
        self._body = body
        self._masked = masked
        self._parser = parser
        self._telling = telling
        self._scanner = jsx.Scanner()
        self._env: dict[str, object] = {"scanner": self._scanner}
        self._marks_left = MAX_MARKS

    def read(self) -> Iterator[Written]:
        """Give each address and its place in the body's text, definitions first."""
        blocks: list[Token] = []
        self._parser.block.parse(self._masked.text, self._parser, self._env, blocks)
        yield from self._definitions()
        columns: dict[int, int] = {}  # in a table's row, what is read of it
        cell = False
        for token in blocks:
            if token.type == "inline" and token.content:
                yield from self._paragraph(token, columns if cell else None)
            elif token.type == "html_block":
                yield from self._html(token)
            elif token.type == "jsx_block":
                yield from token.meta["written"]
            cell = token.type in ("td_open", "th_open")
        if self._scanner.gave_up:
            message = "the braces of this page lead too far: not all of its tags are read"
            self._source.problems.append(self._source.error(message, self._body.offset(0)))

    def _definitions(self) -> Iterator[Written]:
        known = cast("dict[str, dict[str, object]]", self._env.get("references", {}))
        again = cast("list[dict[str, object]]", self._env.get("duplicate_refs", []))
        for definition in (*known.values(), *again):
            address = definition["href"]
            if isinstance(address, _Placed):
                first_line = cast("list[int]", definition["map"])[0]
                yield _placed(address, Block(self._body, address.content, first_line))

    def _html(self, token: Token) -> Iterator[Written]:
        if not self._telling.search(token.content):
            return
        block = Block(self._body, token.content, _first_line(token))
        hidden: list[tuple[int, int]] = []
        for written in html.addresses(token.content, 0, len(token.content), hidden):
            yield Written(written.text, block.position(written.offset))
        runs = (run.span() for run in _FILLERS.finditer(token.content))
        for start, end in html.shown(runs, hidden):
            yield from self._quoted(block, start, end)

    def _paragraph(self, token: Token, columns: dict[int, int] | None) -> Iterator[Written]:
        content = token.content
        if columns is None and not self._telling.search(content):
            return
        line = _first_line(token)
        block = Block(self._body, content, line, None if columns is None else columns.get(line, 0))
        if columns is not None:  # cells come from left to right
            columns[line] = block.position(len(content)) - self._body.line_starts[line]
        if not self._telling.search(content) or not self._is_bearable(content, line):
            return
        for found in self._parser.inline.parse(content, self._parser, self._env, []):
            yield from self._of_inline(found, block, content)

    def _of_inline(self, token: Token, block: Block, content: str) -> Iterator[Written]:
        address = token.attrs.get("href") or token.attrs.get("src")
        if isinstance(address, _Placed):
            if address.content is content:  # else it stands where it is defined
                yield _placed(address, block)
        elif isinstance(held := token.meta.get("held"), _Held):
            for written in held.written:
                yield Written(written.text, block.position(written.offset))
        elif "fillers" in token.meta:
            yield from self._quoted(block, *token.meta["fillers"])

    def _quoted(self, block: Block, start: int, end: int) -> Iterator[Written]:
        return iter(self._masked.between(block.position(start), block.position(end - 1) + 1))

    def _is_bearable(self, content: str, line: int) -> bool:
        """Tell whether a paragraph can be read in good time; if not, say so."""
        marks = sum(1 for _ in _MARK.finditer(content))
        if marks <= min(MAX_BLOCK_MARKS, self._marks_left):
            self._marks_left -= marks
            return True
        message = "the addresses of this paragraph are not read: it, or all before it, has too many special characters"
        self._source.problems.append(self._source.error(message, self._body.offset(self._body.line_starts[line])))
        return False


def _placed(address: _Placed, block: Block) -> Written:
    text = address.strip()
    return Written(text, block.position(address.at + address.find(text[:1])))


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


# --- the parser -------------------------------------------------------------------------------------------------


class _Parser(MarkdownIt):
    """Leaves addresses as they are written: normalising is for later, and no scheme is unwelcome."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


@cache
def _markdown() -> MarkdownIt:
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
def _mdx() -> MarkdownIt:
    parser = _markdown.__wrapped__()
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


def _at(address: str, content: str, place: int) -> _Placed:
    placed = _Placed(address)
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
        token.meta["held"] = _Held(state.src, list(html.addresses(state.src, start, state.pos)))
        if code := _CODE.match(token.content):
            state.linkLevel += -1 if code[1] else 1
    return True


def _fillers(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    """Read what stood in the place of template expressions."""
    if state.src[state.pos] not in (TEMPLATED, CLOSER):
        return False
    run = _FILLERS.match(state.src, state.pos, state.posMax)
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
        state.push("jsx", "", 0).meta["held"] = _Held(state.src, found[0])
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
