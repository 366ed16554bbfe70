"""What a stylesheet names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.plan.stylesheets import Kind, Mention, mentions

SHEET, IMAGE, FONT = Kind.STYLESHEET, Kind.IMAGE, Kind.FONT

TABLE: dict[str, tuple[str, list[tuple[str, Kind]]]] = {
    "plain": ("a{background:url(a.png)}", [("a.png", IMAGE)]),
    "double quotes": ('a{background:url( "a b.png" )}', [("a b.png", IMAGE)]),
    "single quotes": ("a{background:url('a\"b.png')}", [('a"b.png', IMAGE)]),
    "any case": ("a{background:URL(a.png)}", [("a.png", IMAGE)]),
    "several in one property": ("a{background:url(a.png),url(b.png)}", [("a.png", IMAGE), ("b.png", IMAGE)]),
    "within a function": ("a{background:cross-fade(url(a.png),url(b.png))}", [("a.png", IMAGE), ("b.png", IMAGE)]),
    "any property": ("a{cursor:url(c.cur),auto;list-style:url(l.gif)}", [("c.cur", IMAGE), ("l.gif", IMAGE)]),
    "a custom property": (":root{--hero:url(a.png)}", [("a.png", IMAGE)]),
    "no end": ("a{background:url(a.png", [("a.png", IMAGE)]),
    "no end of a string": ('a{background:url("a.png', [("a.png", IMAGE)]),
    "a bad url": ("a{background:url(a b.png);color:url(c.png)}", [("c.png", IMAGE)]),
    "a string that a line ends": ('a{background:url("a\n);color:url(c.png)}', [("c.png", IMAGE)]),
    "another function": ("a{background:my-url(a.png) curl(b.png)}", []),
    "no function": ("a{background:url (a.png)}", []),
    "in a comment": ("/* url(a.png) @import 'b.css'; */a{background:url(c.png)}", [("c.png", IMAGE)]),
    "after an open comment": ("a{}/* url(a.png)", []),
    "a comment of stars": ("/***/a{background:url(a.png)}/****/", [("a.png", IMAGE)]),
    "in a string": ("a::before{content:'url(a.png)'}", []),
    "after an escaped quote": ("a\\\"b{background:url(a.png)}c\\'d{}", [("a.png", IMAGE)]),
    "a quote escaped in a string": (r"a::before{content:'\'url(a.png)'}", []),
    "escaped characters": (r"a{background:url(a\ b\).png)}", [("a b).png", IMAGE)]),
    "escaped by number": (r"a{background:url('\61\000062 c.png')}", [("abc.png", IMAGE)]),
    "an escaped line end": ('a{background:url("a\\\nb.png")}', [("ab.png", IMAGE)]),
    "an escaped surrogate": (r"a{background:url(\d800.png)}", [("\N{REPLACEMENT CHARACTER}.png", IMAGE)]),
    "beyond Unicode": (r"a{background:url(\ffffff.png)}", [("\N{REPLACEMENT CHARACTER}.png", IMAGE)]),
    "empty": ("a{background:url()}", []),
    "an import": ('@import "a.css";', [("a.css", SHEET)]),
    "an import by url": ("@IMPORT url(a.css) layer(x) supports(display:grid) print;", [("a.css", SHEET)]),
    "an import by quoted url": ("@import url('a.css');", [("a.css", SHEET)]),
    "an import with comments": ("@import/**/ /* x */'a.css';", [("a.css", SHEET)]),
    "not an import": ("@important 'a.css'; @import;", []),
    "a namespace": ("@namespace svg url(http://www.w3.org/2000/svg);a{background:url(a.png)}", [("a.png", IMAGE)]),
    "a document rule": ("@-moz-document url(http://x/){a{background:url(a.png)}}", [("a.png", IMAGE)]),
    "a font": ("@font-face{font-family:x;src:url(a.woff2)}", [("a.woff2", FONT)]),
    "a font's first known format": (
        "@font-face{src:url(a.eot?#iefix) format('embedded-opentype'),url(a.woff2) format('woff2'),url(a.woff)}",
        [("a.woff2", FONT)],
    ),
    "a font's formats in an old order": (
        "@font-face{src:url(a.svg#x) format(svg),url(a.ttf) format('truetype'),url(a.woff2) format('woff2')}",
        [("a.ttf", FONT)],
    ),
    "a font on this machine": ("@font-face{src:local('A'),local(B),url(a.woff)}", [("a.woff", FONT)]),
    "a font within the sheet": ("@font-face{src:url(data:,x),url(a.woff)}", [("data:,x", FONT)]),
    "a font's two lists": ("@font-face{src:url(a.eot);src:url(b.woff2) format('woff2');}", [("b.woff2", FONT)]),
    "a font's list of no use": ("@font-face{src:url(a.woff);src:url(b.eot)}", [("a.woff", FONT)]),
    "a font for nobody": ("@font-face{src:url(a.eot)}a{background:url(b.png)}", [("b.png", IMAGE)]),
    "two fonts": ("@font-face{src:url(a.woff)}@font-face{src:url(b.woff)}", [("a.woff", FONT), ("b.woff", FONT)]),
    "a font without an end": ("@font-face{src:url(a.woff)", [("a.woff", FONT)]),
    "an image-set": ("a{background:image-set(url(a.png) 1x,url(b.png) 2x,url(c.png) 3x)}", [("b.png", IMAGE)]),
    "an image-set of strings": ("a{background:-webkit-image-set('a.png' 1x,'b.png' 1.5x)}", [("b.png", IMAGE)]),
    "an image-set of types": (
        "a{background:image-set('a.jxl' 2x type('image/jxl'),'b.avif' type('image/avif') 2x,'c.png' 1x)}",
        [("b.avif", IMAGE)],
    ),
    "an image-set in dots": ("a{background:image-set('a.png' 96dpi,'b.png' 192dpi)}", [("b.png", IMAGE)]),
    "an image-set with a gradient": (
        "a{background:image-set(linear-gradient(red,blue) 1x,url(b.png) 2x),url(c.png)}",
        [("b.png", IMAGE), ("c.png", IMAGE)],
    ),
    "an image-set without an end": ("a{background:image-set('a.png' 1x", [("a.png", IMAGE)]),
    "declarations alone": ("color:red;background:url(a.png)", [("a.png", IMAGE)]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TABLE.values(), ids=TABLE)
def test_mentions(text: str, expected: list[tuple[str, Kind]]) -> None:
    assert list(mentions(text)) == [Mention(*mention) for mention in expected]


RULES = ["@import ", "@font-face{", "src:", "@namespace ", "url(", "image-set(", "format(", "type(", "1x", "a.woff2"]
PIECES = st.sampled_from([*RULES, *"\"'\\\n(){};, é", "/*", "*/"])


@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_mention_stands_in_the_text(text: str) -> None:
    """Whatever is broken, what is named is a part of the text, its escapes undone."""
    for address, _ in mentions(text):
        assert address
        assert "\\" in text or address in text


@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_follows_a_whole_rule_is_read_as_if_it_stood_alone(text: str) -> None:
    whole = "@import 'first.css';a{background:url(b.png)}@font-face{src:url(c.woff)}"
    assert list(mentions(whole + text)) == [*mentions(whole), *mentions(text)]


HOSTILE = [
    "{",
    "(",
    "@import ",
    "@import/*",
    "@import/**/",
    '"',
    '"\n',
    "url(",
    "url('",
    "url(\"url('",
    "\\",
    "/*",
    "*",
]
HOSTILE += ["@font-face{", "@font-face{src:url(a),", "image-set(", "image-set(url(", "image-set(1", "@namespace "]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", ["", "@font-face{src:", "image-set(", "@import "])
def test_a_hostile_sheet_ends(start: str, piece: str) -> None:
    """A megabyte: where time grew with its square, the test would not end in its time."""
    count = sum(1 for _ in mentions(start + piece * (1_000_000 // len(piece))))
    assert count <= 1_000_000 // len(piece) + 1
