"""What a page needs to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.plan.requisites import Kind, Requisite, requisites
from archiver.plan.snapshots import MOST_REQUISITES
from archiver.urls import normalise
from tests.builders import content

PAGE = {"content-type": "text/html; charset=utf-8"}
SHEET = {"content-type": "text/css"}
BASE = "https://example.com/"

TABLE: dict[str, tuple[str, list[str]]] = {
    "a stylesheet": ("<link rel=stylesheet href=a.css>", ["stylesheet a.css"]),
    "a stylesheet in capitals": ("<LINK REL='StyleSheet' TYPE='text/CSS' HREF=a.css>", ["stylesheet a.css"]),
    "another stylesheet to choose": ("<link rel='alternate stylesheet' href=a.css>", []),
    "a stylesheet switched off": ("<link rel=stylesheet disabled href=a.css>", []),
    "a stylesheet's source": ("<link rel=stylesheet type=text/less href=a.less>", []),
    "a stylesheet for print, until it is loaded": (
        "<link rel=stylesheet media=print onload=\"this.media='all'\" href=a.css>",
        ["stylesheet a.css"],
    ),
    "icons": (
        "<link rel='shortcut icon' href=a.ico><link rel=apple-touch-icon sizes=180x180 href=b.png>",
        ["icon a.ico", "icon b.png"],
    ),
    "preloads": (
        ("<link rel=preload as=style href=a.css><link rel=preload as=font crossorigin href=b.woff2>"
        "<link rel=preload as=image href=c.png imagesrcset='d.png 2x'><link rel=preload as=fetch href=e.json>"),
        ["stylesheet a.css", "font b.woff2", "image d.png"],
    ),
    "links of other kinds": ("<link rel=canonical href=/><link rel=manifest href=m>", []),
    "a style block": ("<style>@import 'a.css';b{background:url(b.png)}</style>", ["stylesheet a.css", "image b.png"]),
    "a style block of another type": ("<style type=text/x>b{background:url(b.png)}</style>", []),
    "a style attribute": ("<p style=\"background:url('a.png')\">", ["image a.png"]),
    "a style attribute with references": ("<p style='background:url(&quot;a.png?b&amp;c&quot;)'>", ["image a.png?b&c"]),
    "an image": ("<img src=a.png>", ["image a.png"]),
    "an image of many sizes": ("<img src=a.png srcset='b.png 800w, c.png 1600w'>", ["image c.png"]),
    "a late image": ("<img src='data:image/gif;base64,AA' data-src=a.png>", ["image a.png"]),
    "a late image without a source": ("<img data-lazy-src=a.png>", ["image a.png"]),
    "a late image over a placeholder": ("<img src=/img/placeholder-16x9.gif?v=1 data-original=a.png>", ["image a.png"]),
    "a late image over a real one": ("<img src=small.png data-src=large.png>", ["image large.png", "image small.png"]),
    "a late image of many sizes": ("<img src=blank.gif data-srcset='a.png 1x, b.png 2x'>", ["image b.png"]),
    "no addresses": ("<img src=a.png data-src=1 data-lazy=true data-original='{}'>", ["image a.png"]),
    "an image for those without scripts": (
        "<img class=lazy data-src=a.png><noscript><img src=b.png></noscript>",
        ["image a.png", "image b.png"],
    ),
    "a stylesheet for those without scripts": (
        "<head><noscript><link rel=stylesheet href=a.css></noscript>",
        ["stylesheet a.css"],
    ),
    "a picture": (
        ("<picture><source type=image/jxl srcset=a.jxl><source media='(max-width: 600px)' srcset=b.png>"
        "<source type=image/avif srcset='c.avif 800w, d.avif 1600w'><source srcset=e.png><img src=f.png></picture>"),
        ["image d.avif"],
    ),
    "a picture for others": ("<picture><source type=image/jxl srcset=a.jxl><img src=b.png></picture>", ["image b.png"]),
    "a late picture": ("<picture><source data-srcset=a.png><img src=blank.gif></picture>", ["image a.png"]),
    "two pictures": (
        "<picture><source srcset=a.png><img src=b.png></picture><picture><img src=c.png></picture><img src=d.png>",
        ["image a.png", "image c.png", "image d.png"],
    ),
    "an image to press": ("<input type=image src=a.png><input type=text src=b.png>", ["image a.png"]),
    "a film's still": ("<video poster=a.png src=b.mp4><source src=c.mp4></video><audio src=d>", ["image a.png"]),
    "a frame": ("<iframe src=a.html></iframe><embed src=b.swf>", []),
    "an object": ("<object type=image/svg+xml data=a.svg></object><object type=text/html data=b>", ["image a.svg"]),
    "a drawing": (
        "<svg><image href=a.png /><image xlink:href=b.png /><use href=c.svg#x /><use href='#y'/></svg>",
        ["image a.png", "image b.png", "image c.svg"],
    ),
    "a drawing's style": ("<svg><style>a{fill:url(#g)}b{background:url(b.png)}</style></svg>", ["image b.png"]),
    "backgrounds": ("<body background=a.png><table><tr><td background=b.png>", ["image a.png", "image b.png"]),
    "AMP": ("<amp-img src=a srcset='b.png 1600w'></amp-img><amp-video poster=c.png>", ["image b.png", "image c.png"]),
    "a template": ("<template><img src=a.png></template>", []),
    "a comment": ("<!-- <img src=a.png> --><img src=b.png>", ["image b.png"]),
    "a script's text": ("<script>'<img src=a.png>'</script>", []),
    "twice": ("<img src=a.png><img src=./a.png#x><link rel=icon href=a.png>", ["image a.png"]),
    "nothing to fetch": (
        "<img src=data:,x><img src=blob:x><img src='javascript:x'><img src=''><img src='#a'><img src='http://['><img>",
        [],
    ),
}  # fmt: skip


def shown(found: tuple[Requisite, ...]) -> list[str]:
    return [f"{requisite.kind} {requisite.url.removeprefix(BASE)}" for requisite in found]


@pytest.mark.parametrize(("body", "expected"), TABLE.values(), ids=TABLE)
def test_what_a_page_names(body: str, expected: list[str]) -> None:
    assert shown(requisites(content(body.encode(), headers=PAGE), scripts=False)) == expected


def test_scripts_are_given_where_they_are_asked_for() -> None:
    body = (
        b"<link rel=modulepreload href=a.js><link rel=preload as=script href=b.js><script src=c.js></script>"
        b"<script type=module src=d.js></script><script type=application/json src=e.json></script><script>f</script>"
    )
    page = content(body, headers=PAGE)
    assert requisites(page, scripts=False) == ()
    assert shown(requisites(page, scripts=True)) == ["script a.js", "script b.js", "script c.js", "script d.js"]


BASES = {
    "none": ("", "https://example.com/x/a.png"),
    "a folder": ("<base href=/b/>", "https://example.com/b/a.png"),
    "another host": ("<base href=//other.test/c/d>", "https://other.test/c/a.png"),
    "after the image": ("<img src=a.png><base href=/b/>", "https://example.com/b/a.png"),
    "the first counts": ("<base target=x><base href=/b/><base href=/c/>", "https://example.com/b/a.png"),
    "nothing to fetch from": ("<base href='data:,x'>", "https://example.com/x/a.png"),
}


@pytest.mark.parametrize(("head", "expected"), BASES.values(), ids=BASES)
def test_addresses_are_relative_to_the_base(head: str, expected: str) -> None:
    page = content(head.encode() + b"<img src=a.png>", url="https://example.com/x/y", headers=PAGE)
    assert [requisite.url for requisite in requisites(page, scripts=False)] == [expected]


def test_a_stylesheet_names_what_it_needs_relative_to_itself() -> None:
    body = b"@import 'b.css';@font-face{src:url(../f.woff2)}a{background:url(/i.png#x)}"
    sheet = content(body, url="https://example.com/css/a.css", headers=SHEET)
    assert shown(requisites(sheet, scripts=False)) == ["stylesheet css/b.css", "font f.woff2", "image i.png"]


TYPES = {
    "text/html": True,
    "Text/HTML; charset=utf-8": True,
    "application/xhtml+xml": True,
    "": True,
    "text/plain": False,
    "image/svg+xml": False,
    "application/json": False,
}


@pytest.mark.parametrize(("type_", "has"), TYPES.items())
def test_only_pages_and_stylesheets_need_anything(type_: str, has: bool) -> None:  # noqa: FBT001
    found = requisites(content(b" <img src=a.png>", headers={"content-type": type_}), scripts=True)
    assert bool(found) is has


MARKED = "<img src=é.png>".encode("utf-16-le")
CHARSETS: dict[str, tuple[bytes, str]] = {
    "utf-8": ("<img src=é.png>".encode(), "text/html"),
    "by its header": ("<img src=é.png>".encode("iso8859-15"), "text/html; charset=ISO-8859-15"),
    "by its header, quoted": ("<img src=é.png>".encode("cp1250"), 'text/html; charset="windows-1250"'),
    "by its declaration": ("<meta charset=macintosh><img src=é.png>".encode("mac-roman"), "text/html"),
    "by its old declaration": (
        "<meta http-equiv=content-type content='text/html; charset=latin1'><img src=é.png>".encode("latin-1"),
        "text/html",
    ),
    "by its mark": (b"\xff\xfe" + MARKED, "text/html; charset=utf-8"),
    "by a stylesheet's declaration": ('@charset "windows-1252";a{b:url(é.png)}'.encode("cp1252"), "text/css"),
    "a label that means none": ("<img src=é.png>".encode(), "text/html; charset=hex"),
    "a label nobody knows": ("<img src=é.png>".encode(), "text/html; charset=\0"),
}


@pytest.mark.parametrize(("body", "type_"), CHARSETS.values(), ids=CHARSETS)
def test_a_page_is_read_in_its_charset(body: bytes, type_: str) -> None:
    found = requisites(content(body, headers={"content-type": type_}), scripts=False)
    assert shown(found) == ["image %C3%A9.png"]


def test_document_order_and_no_more_than_some() -> None:
    body = b"".join(b"<img src=%d.png>" % number for number in range(MOST_REQUISITES + 10))
    found = requisites(content(body, headers=PAGE), scripts=False)
    assert shown(found) == [f"image {number}.png" for number in range(MOST_REQUISITES)]


TAGS = ["<img src=", " srcset=", "<link rel=stylesheet href=", "<style>@import '", "<base href=", "<p style='a:url("]
TAGS += ["<picture>", "<source srcset='", "'>", "</style>", "a.png", "http://", "//x", " 2x,", *">[%\\:é"]


@given(
    st.one_of(st.binary(), st.lists(st.sampled_from(TAGS)).map("".join).map(str.encode)),
    st.sampled_from([PAGE, SHEET, {}]),
)
def test_whatever_comes_all_that_is_named_is_a_target(body: bytes, headers: dict[str, str]) -> None:
    """It never raises; every result is normalised, and comes once."""
    found = requisites(content(body, headers=headers), scripts=True)
    urls = [requisite.url for requisite in found]
    assert [normalise(url) for url in urls] == urls
    assert len(set(urls)) == len(urls) <= MOST_REQUISITES
    assert all(requisite.kind in Kind for requisite in found)


@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=20))
def test_any_charset_will_do(label: str) -> None:
    headers = {"content-type": f"text/html; charset={label}"}
    assert len(requisites(content(b"<img src=a.png>", headers=headers), scripts=False)) <= 1


DEEP = ["<div>", "<div style=x>", "<b>", "<span></x>", "<picture>", "<ul><li>", "<svg>", "<i><p></b>", "</div><div>"]


@pytest.mark.parametrize("piece", DEEP)
def test_a_page_that_nests_without_end_is_read_in_time(piece: str) -> None:
    """A megabyte: where time grew with its square, the test would not end in its time."""
    body = "<img src=a.png>" + piece * (1_000_000 // len(piece))
    assert shown(requisites(content(body.encode(), headers=PAGE), scripts=False)) == ["image a.png"]


def test_a_page_is_read_as_far_as_it_is_safe() -> None:
    """The first 8,000 tags that open something; what stands behind them is not looked for."""
    entry = "<p><span>x</span><br></p>"
    near, far = (f"{entry * times}<img src=a.png>" for times in (2_500, 5_000))
    assert shown(requisites(content(near.encode(), headers=PAGE), scripts=False)) == ["image a.png"]
    assert shown(requisites(content(far.encode(), headers=PAGE), scripts=False)) == []
