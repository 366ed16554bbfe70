"""A plain head says the same, read without a tree, as the page that a parser makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from archiver.verdict.charset import as_utf8
from archiver.verdict.head import MAX_HEAD_BYTES, Head, head_of, plain_head
from archiver.verdict.page import Sayings, read_head
from bench.article import article
from tests.corpus import cases

URL = "https://news.example/a"
BODY = "</head><body><p>All is <b>well here</p>\n"

TELLING = [
    "<html amp>",
    "<HTML ⚡>",
    "<title>One < title</title>",
    '<meta property="og:title" content="a > b">',
    "<meta name=twitter:title property=og:title content=Both>",
    '<meta NAME = "Twitter:Title" content="R & D &amp; &quot;more&quot;&#8217;s &eacute;&nbsp;x"/>',
    '<meta content="first" content="second" itemprop=headline>',
    '<meta property="article:content_tier" content="locked">',
    '<meta property="og:title">',
    '<meta name="author" content="A" property="og:title">',
    '<META  NAME="OG:TITLE"\n content="Capitals" />',
    '<meta name="" content="0;/b" http-equiv="refresh">',
    '<title data-n="1">Tom &amp; Jerry</title>',
    "<META name=description content='it is > so'>",
    '<meta http-equiv=refresh content="0; url=/next">',
    '<link rel=canonical href="/a">',
    "<link\nrel=amphtml href=/amp/>",
    '<base target=_blank><base href="https://other.example/">',
    "<base data-href=/x>",
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
    '<meta charset="utf-8" >',
    '<meta name="author" content="A & B"/>',
    '<meta property="og:titles" content="<b>">',
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
    '<meta name="a"b" content=c>',
    "<META name=description content='it''s > so'>",
    "<meta a=b`c'd>",
    "<meta = a>",
    "<link rel=canonical\vhref=/a>",
    "<meta\0>",
    "<title>a\0b</title>",
    "<title>&copy 2021</title>",
    "<title>&#1;</title>",
    '<meta name=dc.title content="a&lt=b">',
]
ATTRIBUTES = [
    *(
        "property",
        "NAME",
        "content",
        "rel",
        "href",
        "og:title",
        "refresh",
        "http-equiv",
        "canonical",
        "0;url=/b",
        "=",
        " ",
    ),
    *('"', "'", ">", "/", "&amp;", "&lt", "&", "\n", "\0", "<", "é", "="),
]

heads = st.lists(st.sampled_from(TELLING + UNREAD), max_size=12).map("".join)
tags = st.tuples(st.sampled_from(["base", "html", "link", "meta", "title"]), st.lists(st.sampled_from(ATTRIBUTES)))
odd_tags = tags.map(lambda tag: f"<{tag[0]} {''.join(tag[1])}>")
pieces = st.one_of(st.sampled_from([*TELLING, *UNREAD, *ODD, "text", "'", '"']), odd_tags)
pages = st.lists(pieces, max_size=12).map("".join)


def told(head: Head) -> Sayings:
    """What a head says, but for the metas that a plain one leaves out."""
    return replace(read_head(head, URL), metas={})


def parsed(page: bytes) -> Head:
    return head_of(LexborHTMLParser(page))


@given(heads)
def test_a_head_says_the_same_without_a_tree(head: str) -> None:
    page = (head + BODY).encode()
    plain = plain_head(page)
    assert plain is not None
    assert told(plain) == told(parsed(page))


@given(pages)
def test_whatever_stands_in_it(head: str) -> None:
    page = (head + BODY).encode()
    plain = plain_head(page)
    assert plain is None or told(plain) == told(parsed(page))


def test_the_corpus_says_the_same() -> None:
    pages = [article(27_000), *(as_utf8(case.answer.body, None) for case in cases())]
    plain = [(page, head) for page in dict.fromkeys(pages) if (head := plain_head(page))]
    assert len(plain) > 0.8 * len(set(pages))
    assert [told(head) for _, head in plain] == [told(parsed(page)) for page, _ in plain]


@pytest.mark.parametrize("unread", UNREAD)
def test_what_nobody_reads_is_left_out(unread: str) -> None:
    title = "<title>T</title>"
    assert plain_head(f"{title}{unread}{BODY}".encode()) == plain_head(f"{title}{BODY}".encode()) is not None


@pytest.mark.parametrize("odd", ODD)
def test_a_head_with_what_does_not_belong_there_is_not_told_apart(odd: str) -> None:
    assert plain_head((odd + "\n" + BODY).encode()) is None


@pytest.mark.parametrize("page", ["", "<title>T</title>", "<title>T</title>" + " " * MAX_HEAD_BYTES + BODY])
def test_a_head_that_is_not_over_in_time_is_none(page: str) -> None:
    assert plain_head(page.encode()) is None
