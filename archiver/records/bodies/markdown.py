"""The addresses in Markdown and MDX: what the parser remembers of them, led back to the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from archiver.records.addresses import TEMPLATED, Written
from archiver.records.bodies import html, jsx
from archiver.records.bodies.lines import Block, Body
from archiver.records.bodies.parser import FILLERS, Held, Placed, markdown_parser, mdx_parser
from archiver.records.bodies.templates import Masked, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from archiver.records.tree import Source

MAX_MARKS = 1_000_000
"""Characters that may mean something, in all paragraphs with addresses: each costs some 10 microseconds."""

MAX_BLOCK_MARKS = 100_000
"""The same, in one paragraph."""

_WEB = re.compile(r"//|https?:|\\/|&(?:#|sol;|colon;)|https?\\:|" + TEMPLATED, re.IGNORECASE)
_ANY = re.compile(r"//|https?:|&(?:#|sol;|colon;)|[<\[]|" + TEMPLATED, re.IGNORECASE)
_MARK = re.compile(r"[\[\]!*_<>&\\`{}~:\n]")


def addresses(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    """Give the addresses of the Markdown from an offset on; relative ones only on demand."""
    body = Body(source.text, start)
    masked = mask(body.text)
    body.parsed = masked.text
    return _found(source, body, masked, markdown_parser(), with_relative=with_relative)


def mdx_addresses(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    """Give the addresses of the MDX from an offset on; relative ones only on demand."""
    body = Body(source.text, start)
    return _found(source, body, Masked(body.text), mdx_parser(), with_relative=with_relative)


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
            if isinstance(address, Placed):
                first_line = cast("list[int]", definition["map"])[0]
                yield _placed(address, Block(self._body, address.content, first_line))

    def _html(self, token: Token) -> Iterator[Written]:
        if not self._telling.search(token.content):
            return
        block = Block(self._body, token.content, _first_line(token))
        hidden: list[tuple[int, int]] = []
        for written in html.addresses(token.content, 0, len(token.content), hidden):
            yield Written(written.text, block.position(written.offset))
        runs = (run.span() for run in FILLERS.finditer(token.content))
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
        if isinstance(address, Placed):
            if address.content is content:  # else it stands where it is defined
                yield _placed(address, block)
        elif isinstance(held := token.meta.get("held"), Held):
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


def _placed(address: Placed, block: Block) -> Written:
    text = address.strip()
    return Written(text, block.position(address.at + address.find(text[:1])))


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0
