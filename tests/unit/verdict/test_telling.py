"""What is left out of a page tells nothing of it: what it says of itself is the same without."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.verdict.page import read_sayings
from archiver.verdict.telling import telling_part

URL = "https://news.example/a"
TEXT = "<p>All is <b>well here</p>\n" * 60

TELLING = [
    "<html amp>",
    "<HTML ⚡>",
    "<title>One title</title>",
    "<TITLE>Never closed",
    '<meta property="og:title" content="a > b">',
    "<META name=description content='it''s > so'>",
    '<meta http-equiv=refresh content="0; url=/next">',
    '<link rel=canonical href="/a">',
    "<link\nrel=amphtml href=/amp/>",
    '<base href="https://other.example/">',
    "<h1>A heading</h1>",
    "<h1>A <em>heading</h1>",
    "<h1>Never closed",
    "<h1>In <!-- </h1> --> doubt",
    "<div><h1>Outer<div><h1>Inner</h1>",
    "<svg><title>Of a picture</title></svg>",
    '<time datetime="2021-08-23T09:27:00Z">then</time>',
    '<script type="application/ld+json">{"headline": "Linked", "isAccessibleForFree": false}</script>',
    '<script data-x="a>b" type="application/LD+JSON">{"headline": "Loud"}</script>',
    '<script type="application/ld&#43;json">{"headline": "Hidden"}</script>',
]
IDLE = [
    TEXT,
    "<table><p>misplaced<td>cell",
    "</h1></title></div>",
    "<!-- <h1>no heading</h1> -->",
    '<script src="/app.js"></script>',
    "<script>var a = '<h1>none</h1>';</script>",
    "<template><p>unseen</template>",
    "<textarea><h1>written</h1></textarea>",
    "<p title='never closed>",
    "<",
]

OPEN = re.compile("Never|Outer|doubt")

pages = st.lists(st.sampled_from(TELLING + IDLE), max_size=12).map("".join)


def said(body: bytes) -> object:
    return read_sayings(LexborHTMLParser(body), URL)


@given(pages)
def test_a_page_says_the_same_without_the_rest(page: str) -> None:
    body = (page + TEXT * 2).encode()
    assert said(telling_part(body)) == said(body)


@given(pages)
def test_it_is_a_part_and_its_own_telling_part(page: str) -> None:
    part = telling_part(page.encode())
    assert page.encode().startswith(part)
    assert telling_part(part) == part


@pytest.mark.parametrize(
    "telling", [row for row in TELLING if not any(word in row for word in ("Never", "Outer", "doubt"))]
)
def test_the_text_behind_is_left_out(telling: str) -> None:
    assert len(telling_part((telling + TEXT).encode())) < len(telling.encode()) + 600


@pytest.mark.parametrize("telling", ["<h1>Never closed", "<title>Never closed", '<meta content="never closed>'])
def test_where_no_end_can_be_seen_all_is_taken(telling: str) -> None:
    body = (telling + TEXT).encode()
    assert telling_part(body) == body
