"""Screens: lines as wide as they may be, colours only where they are wanted, nothing that a terminal obeys."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.report.screen import PLAIN, Screen, Style, cells, padded, screen_of

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG = "https://example.com/" + "a" * 100


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_is_neither_wide_nor_coloured() -> None:
    assert screen_of(io.StringIO(), {"COLUMNS": "40", "TERM": "xterm"}) == PLAIN


@pytest.mark.parametrize(
    ("environment", "screen"),
    [
        ({"TERM": "xterm", "COLUMNS": "60"}, Screen(width=60, has_colours=True)),
        ({"TERM": "xterm"}, Screen(width=80, has_colours=True)),
        ({"TERM": "xterm", "COLUMNS": "0"}, Screen(width=80, has_colours=True)),
        ({"TERM": "xterm", "COLUMNS": "wide"}, Screen(width=80, has_colours=True)),
        ({"TERM": "xterm", "COLUMNS": "240"}, Screen(width=100, has_colours=True)),
        ({"TERM": "xterm", "COLUMNS": "3"}, Screen(width=20, has_colours=True)),
        ({"TERM": "dumb", "COLUMNS": "60"}, Screen(width=60)),
        ({"TERM": "xterm", "COLUMNS": "60", "NO_COLOR": "1"}, Screen(width=60)),
        ({"TERM": "xterm", "COLUMNS": "60", "NO_COLOR": ""}, Screen(width=60, has_colours=True)),
    ],
)
def test_a_terminal(environment: Mapping[str, str], screen: Screen) -> None:
    assert screen_of(Terminal(), environment) == screen


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("as long as it is", ["as long as it", "is"]),
        ("see `a b c d e f g h` there", ["see", "`a b c d e f g h`", "there"]),
        ("they are 1,204 links", ["they are", "1,204 links"]),
        (f"see {LONG} there", ["see", LONG, "there"]),
        ("日本語の 記事です 記事です", ["日本語の", "記事です", "記事です"]),
        ("", [""]),
    ],
    ids=["words", "backticks", "a number", "an address", "wide", "nothing"],
)
def test_a_sentence_is_broken_between_words(text: str, lines: list[str]) -> None:
    assert list(Screen(width=14).flow(text)) == lines
    assert list(PLAIN.flow(text)) == [text]


@given(st.text(), st.integers(20, 120), st.integers(0, 8), st.integers(0, 4))
def test_nothing_is_lost_in_breaking(text: str, width: int, indent: int, hang: int) -> None:
    lines = list(Screen(width=width).flow(text, indent, hang=hang))
    assert all(line.isprintable() for line in lines)
    assert "".join("".join(lines).split()) == "".join("".join(PLAIN.flow(text)).split())
    assert all(cells(line) <= width or len(line.split()) <= 2 for line in lines)  # 2: a number and its noun


def test_later_lines_hang() -> None:
    assert list(Screen(width=14).flow("- one two three four", 2, hang=2)) == ["  - one two", "    three four"]


def test_a_sentence_beside_its_head() -> None:
    lines = list(Screen(width=20).beside("head", "one two three four", 2))
    assert lines == ["  head  one two", "        three four"]


def test_a_row_is_stacked_where_it_does_not_fit() -> None:
    assert list(Screen(width=14).row(("a.md:1:1", "url"), 1)) == [" a.md:1:1  url"]
    assert list(Screen(width=13).row(("a.md:1:1", "url"), 1)) == [" a.md:1:1", "   url"]


def test_colour_lies_around_what_is_shown() -> None:
    line = Screen(has_colours=True).whole("\x1b[31mred", 2, Style.BAD)
    assert line == "  \x1b[1;31m\\x1b[31mred\x1b[0m"
    assert Screen().whole("red", 2, Style.BAD) == "  red"


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("\uff21", 2), ("é", 1)], ids=ascii
)
def test_columns_taken(text: str, width: int) -> None:
    assert cells(text) == width
    assert cells(padded(text, 9)) == 9
