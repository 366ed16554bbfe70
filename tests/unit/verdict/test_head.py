"""What is left out of a page's head tells nothing of the page: what the head says is the same without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.verdict.head import MAX_HEAD_BYTES, plain_head
from archiver.verdict.page import Sayings, read_head

URL = "https://news.example/a"
BODY = "</head><body><p>All is <b>well here</p>\n"

TELLING = [
    "<html amp>",
    "<HTML ⚡>",
    "<title>One < title</title>",
    '<meta property="og:title" content="a > b">',
    "<META name=description content='it''s > so'>",
    '<meta http-equiv=refresh content="0; url=/next">',
    '<link rel=canonical href="/a">',
    "<link\nrel=amphtml href=/amp/>",
    '<base href="https://other.example/">',
]
UNREAD = [
    "<!doctype html>",
    "<!-- <title>none</title> -->",
    "<!--[if IE]><link rel=canonical href=/ie><![endif]-->",
    '<?xml version="1.0"?>',
    "<![endif]>",
    '<script src="/app.js"></script>',
    "<SCRIPT>var a = '<title>none</title>';</SCRIPT>",
    '<script type="application/ld+json">{"headline": "Linked"}</script>',
    "<style>p::before { content: '<title>' }</style >",
    '<noscript><img src="/pixel.gif"></noscript>',
    "<template><p>unseen</p></template>",
]
ODD = [
    "<TITLE>Never closed",
    "<title",
    '<meta content="never closed>',
    "<div>",
    "<img src=/pixel.gif>",
    "<h1>A heading</h1>",
    "<!-->",
    "<!-- never closed",
    "<script>never closed",
    "<script><!-- <script> </script> --></script>",
    "<template><template></template></template>",
    "</title>",
    "<",
]

heads = st.lists(st.sampled_from(TELLING + UNREAD), max_size=12).map("".join)
pages = st.lists(st.sampled_from([*TELLING, *UNREAD, *ODD, "text", "'", '"']), max_size=12).map("".join)


def said(body: bytes) -> Sayings:
    return read_head(LexborHTMLParser(body), URL)


@given(heads)
def test_a_head_says_the_same_without_the_rest(head: str) -> None:
    page = (head + BODY).encode()
    plain = plain_head(page)
    assert plain is not None
    assert said(plain) == said(page)


@given(pages)
def test_whatever_stands_in_it(head: str) -> None:
    page = (head + BODY).encode()
    plain = plain_head(page)
    assert plain is None or said(plain) == said(page)


@pytest.mark.parametrize("unread", UNREAD)
def test_what_nobody_reads_is_left_out(unread: str) -> None:
    assert plain_head(f"<title>T</title>{unread}{BODY}".encode()) == b"<title>T</title>"


@pytest.mark.parametrize("odd", ODD)
def test_a_head_with_what_does_not_belong_there_is_not_told_apart(odd: str) -> None:
    assert plain_head((odd + "\n" + BODY).encode()) is None


@pytest.mark.parametrize("page", ["", "<title>T</title>", "<title>T</title>" + " " * MAX_HEAD_BYTES + BODY])
def test_a_head_that_is_not_over_in_time_is_none(page: str) -> None:
    assert plain_head(page.encode()) is None
