"""Evidence: what is read of a page's bytes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.bounds import MAX_BYTES, MAX_TAGS, bounded
from archiver.model import KnownBy, Mark, PageEvidence
from archiver.verdict.evidence import extract, text_digest
from archiver.verdict.likeness import is_read_enough
from tests.builders import content
from tests.unit.verdict.pages import TARGET, TEXT, TITLE, html, page

DAY = "2021-08-23"


def titled(body: bytes, *titles: str, status: int = 200, is_amp: bool = False) -> PageEvidence:
    answer = content(body, url=TARGET, status=status, headers={"content-type": "text/html"})
    return extract(answer, KnownBy(titles=titles, is_amp=is_amp))


def digest(body: bytes | str) -> str | None:
    answer = content(body.encode() if isinstance(body, str) else body, headers={"content-type": "text/html"})
    return text_digest(answer)


def at(hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2021, 8, 23, hour, minute, second, tzinfo=UTC)


# --- titles, dates, addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("<title> Plain \n title </title>", ("Plain title",)),
        ('<meta property="og:title" content="One"><title>One | Site</title>', ("One", "One | Site")),
        ('<meta name="twitter:title" content="T"><meta property="og:title" content="O">', ("O", "T")),
        ('<script type="application/ld+json">{"@graph":[{"headline":"L"}]}</script><h1>H <b>1</b></h1>', ("L", "H 1")),
        ("<title>Same</title><h1>SAME!</h1>", ("SAME!",)),
        ("<title>&lt;Tom &amp; Jerry&gt;</title>", ("<Tom & Jerry>",)),
        ('<script type="application/ld+json">{"headline": </script><title>T</title>', ("T",)),
        ('<script type="application/ld+json">' + "[" * 5000 + "</script><title>T</title>", ("T",)),
        ("<title>" + "long " * 100 + "</title>", ("long " * 32,)),
        ("<p>none</p>", ()),
    ],
)
def test_titles_come_the_most_telling_first(body: str, titles: tuple[str, ...]) -> None:
    found = page(body)
    assert found.titles == titles
    assert found.title == (titles[0] if titles else None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'<meta property="article:published_time" content="{DAY}T09:27:00+02:00">', at(7, 27)),
        (f'<script type="application/ld+json">{{"datePublished":"{DAY}"}}</script>', at()),
        (
            f'<script type="application/ld+json">{{"headline":"x","dateModified":"{DAY}T01:02:03.5Z"}}</script>',
            at(1, 2, 3),
        ),
        ('<time datetime="2021-08-23 09:27">', at(9, 27)),
        ('<time datetime="2021-13-45">', None),
        ('<time datetime="0001-01-01T00:00+14:00">', None),
        ('<time datetime="yesterday">', None),
    ],
)
def test_dates_are_read(body: str, expected: datetime | None) -> None:
    assert page(body).dates == ((expected,) if expected else ())


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ('<link rel="canonical" href="/a">', "canonical", "https://example.com/a"),
        ('<base href="https://b.test/x/"><link rel=canonical href="a">', "canonical", "https://b.test/x/a"),
        ('<link rel="nofollow AMPHTML" href="//a.test/amp">', "amphtml", "https://a.test/amp"),
        ('<link rel=canonical href="javascript:alert(1)">', "canonical", None),
        (f'<link rel=canonical href="/{"a" * 700}">', "canonical", None),
        ('<meta http-equiv="Refresh" content="0; URL=\'/new\'">', "leads_to", "https://example.com/new"),
        ('<meta http-equiv=refresh content="30">', "leads_to", None),
        ('<meta http-equiv=refresh content="300; url=/new">', "leads_to", None),
        ('<noscript><meta http-equiv=refresh content="0; url=/no-script"></noscript>', "leads_to", None),
        ("<script>function leave() { location.href = '/' }</script>", "leads_to", None),
        ("<script>if (old) location.href = '/'</script>", "leads_to", None),
        ('<script>window.location.href = "/new"</script>', "leads_to", "https://example.com/new"),
        ("<script>location.replace('https://b.test/')</script>", "leads_to", "https://b.test/"),
        (f"<script>location.href='/new'</script><article><p>{TEXT}</p><p>{TEXT}</p></article>", "leads_to", None),
        ("<html amp>", "is_amp", True),
        ("<html ⚡ lang=en>", "is_amp", True),
        ("<html \u26a1\ufe0f>", "is_amp", True),
        ("<html lang=amp>", "is_amp", False),
    ],
)
def test_what_a_page_says_of_its_addresses(body: str, field: str, expected: object) -> None:
    assert getattr(page(body), field) == expected


# --- what a page goes by --------------------------------------------------------------------------------------

PAID = '<script type="application/ld+json">{"headline": "x", "isAccessibleForFree": %s}</script>'


@pytest.mark.parametrize(
    ("head", "behind"),
    [
        ("", ""),
        ('<link rel="canonical" href="/a"><link rel=amphtml href=/amp>', ""),
        (PAID % "true", PAID % '"True"'),
        ('<meta property="article:content_tier" content="free">', ""),
        ("<div>Not of a head</div>", ""),
        ("<script>var page = '{\\\"isAccessibleForFree\\\": true}'</script>", ""),
    ],
    ids=["plain", "addresses", "free", "free tier", "no plain head", "free, in a script"],
)
def test_a_free_page_that_goes_by_its_title_is_read_no_further(head: str, behind: str) -> None:
    body = html(head=head) + behind.encode()
    found, whole = titled(body, TITLE), page(body)
    assert (found.words, found.shingles, found.marks) == (0, b"", ())
    assert (found.is_page, found.canonical, found.amphtml) == (True, whole.canonical, whole.amphtml)
    assert (found.titles, found.by_title) == ((TITLE,), True)


@pytest.mark.parametrize(
    ("titles", "is_enough"),
    [
        ((TITLE,), True),
        ((TITLE.upper(),), True),
        ((TITLE, "Boats are cheap"), False),
        (("Boats are cheap",), False),
        ((), False),
    ],
)
def test_what_was_read_by_title_is_enough_for_those_who_go_by_it(titles: tuple[str, ...], is_enough: bool) -> None:  # noqa: FBT001 (a table's column)
    assert is_read_enough(titled(html(), TITLE), KnownBy(titles=titles)) is is_enough
    assert is_read_enough(page(html()), KnownBy(titles=titles))


@pytest.mark.parametrize(
    "body",
    [
        html(title="Another story"),
        html(head=PAID % "false"),
        html() + (PAID % '"False"').encode(),
        html() + (PAID % '"http://schema.org/False"').encode(),
        html(head='<meta property="article:content_tier" content="metered">'),
    ],
    ids=["another title", "paid", "paid, told at the end", "who knows", "metered"],
)
def test_any_other_page_is_read_whole(body: bytes) -> None:
    assert titled(body, TITLE) == page(body)


AMP_PAGE = html().replace(b"<html", b"<html amp", 1)
TURN = b"<script>location.replace('/a')</script>"


@pytest.mark.parametrize(
    ("body", "is_known"),
    [
        (AMP_PAGE, True),
        (AMP_PAGE + b"<p>The location = /a or so</p>", True),
        (AMP_PAGE + TURN, False),
        (html(), False),
        (html(title="Another story").replace(b"<html", b"<html amp", 1), False),
    ],
    ids=["AMP", "a word of it", "sends on", "no AMP", "another title"],
)
def test_an_amp_copy_is_known_where_it_is_one_and_a_reader_stays(body: bytes, is_known: bool) -> None:  # noqa: FBT001 (a table's column)
    found, whole = titled(body, TITLE, is_amp=True), page(body)
    assert found.by_title is is_known
    assert (found.canonical, found.is_amp, found.leads_to) == (whole.canonical, whole.is_amp, whole.leads_to)
    assert is_read_enough(found, KnownBy(titles=(TITLE,), is_amp=True))


def test_what_is_known_as_a_page_is_not_known_as_an_amp_copy() -> None:
    assert not is_read_enough(titled(html(), TITLE), KnownBy(titles=(TITLE,), is_amp=True))


def test_a_page_has_to_go_by_all_titles() -> None:
    body = html(head='<meta property="og:title" content="Winter fares fall at last">')
    assert titled(body, TITLE, "Winter fares fall at last").words == 0
    assert titled(body, TITLE, "Boats are cheap") == page(body)


def test_a_wall_with_a_refusing_status_is_known_whatever_its_title() -> None:
    assert titled(html(head="<script>window._cf_chl_opt</script>"), TITLE, status=403).challenge == "Cloudflare"


# --- main text ------------------------------------------------------------------------------------------------


def test_one_article_has_one_digest_whatever_stands_around_it() -> None:
    """A token and an advert are no change."""
    told = "<h1>T</h1><div class=body><p>{0}</p>{1}<p>{0}</p><p>Comments: {2}</p></div>"
    one = told.format(
        TEXT, "<div class='ad-slot'><p>Buy boats, buy boats, buy many boats now, they are cheap</p></div>", 17
    )
    other = told.format(
        TEXT, "<div class='ad-slot'><p>Fly to the moon and back for less than you would think</p></div>", 18
    )
    first = digest(f"<header><p>{TEXT}</p></header><script>var token=1</script>{one}<aside><p>A</p></aside>")
    second = digest(f"<script>var token=2</script>{other}<footer><p>{TEXT}</p></footer>")
    assert first == second is not None
    assert first != digest(told.format(TEXT + " More.", "", 17))


@pytest.mark.parametrize("body", ["", "<p>short</p>", "<nav><p>" + TEXT + "</p></nav>"], ids=["none", "short", "menu"])
def test_no_digest_where_there_is_no_main_text(body: str) -> None:
    assert digest(body) is None


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{TEXT}<br><br>{TEXT}</div>",
        f"<table><tr><td>menu</td><td>{TEXT}<br>{TEXT}</td></tr></table>",
        "".join(f"<div class=w><p>{TEXT}</p></div>" for _ in range(4)),
        f"<form><p>{TEXT}</p><p>{TEXT}</p></form>",
        f"<noscript><p>{TEXT}</p></noscript><main><p>{TEXT}</p><p>{TEXT}</p></main>",
    ],
    ids=["breaks", "table", "wrapped", "in a form", "beside noscript"],
)
def test_main_text_is_found_in_many_layouts(body: str) -> None:
    body = f"<title>x</title><nav><a href=/>Home</a></nav>{body}"
    assert page(body).words >= 100
    assert digest(body) is not None


def test_letters_count_where_no_spaces_are_set() -> None:
    body = "<p>" + "公民自由团体要求禁止人脸识别摄像头。" * 20 + "</p>"
    found = page(body)
    assert (found.words < 50, found.characters > 300, digest(body) is not None) == (True, True, True)


# --- marks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "mark", "phrase"),
    [
        ("<title>Page not found | Paper</title>", Mark.MISSING, "not found"),
        ("<title>404</title>", Mark.MISSING, "404"),
        (f"<title>Body not found in river search</title><p>{TEXT}</p><p>{TEXT}</p>", None, None),
        (f"<title>Page not found</title><p>{TEXT}</p><p>{TEXT}</p>", Mark.MISSING, "not found"),
        (f"<title>How a domain for sale became a hotel</title><p>{TEXT}</p><p>{TEXT}</p>", None, None),
        ("<title>Paper</title><h1>ページが見つかりません</h1>", Mark.MISSING, None),
        ("<title>الصفحة غير موجودة</title>", Mark.MISSING, None),
        ("<title>Peugeot 404 review</title>", None, None),
        (f"<title>Why the lost ship could not be found for forty years</title><p>{TEXT}</p><p>{TEXT}</p>", None, None),
        ("<p>Sorry, this story is no longer available.</p>", Mark.MISSING_IN_TEXT, "no longer available"),
        ("<title>example.com is for sale</title>", Mark.FOR_SALE, None),
        ("<title>x</title><script src='https://www.google.com/adsense/domains/caf.js'></script>", Mark.FOR_SALE, None),
        ("<title>Search results for boats</title>", Mark.SEARCH, "search results"),
        ("<title>Sign in</title><form><input type=PASSWORD></form>", Mark.LOGIN, None),
        (f"<title>Boats</title><input type=password><p>{TEXT}</p><p>{TEXT}</p>", None, None),
        ("<title>Before you continue</title>", Mark.CONSENT, "before you continue"),
        ('<script type="application/ld+json">{"isAccessibleForFree":"False"}</script>', Mark.PAYWALL, None),
        ("<title>App</title><div id=root></div><script src=a.js></script>", Mark.SCRIPTED, None),
        (f"<title>Fine</title><p>{TEXT}</p><p>{TEXT}</p>", None, None),
    ],
)  # fmt: skip
def test_what_a_page_says_of_itself(body: str, mark: Mark | None, phrase: str | None) -> None:
    found = page(body)
    if mark is None:
        assert not set(found.marks) - {Mark.SCRIPTED}
    else:
        assert mark in found.marks
    if phrase is not None:
        assert found.phrase == phrase


@pytest.mark.parametrize(
    ("path", "is_missing"),
    [
        ("404", True),
        ("errors/404.html", True),
        ("page-not-found?from=/a", True),
        ("missing-persons/", False),
        ("not-found-in-translation", False),
        ("room/4042", False),
    ],
)
def test_an_address_may_say_that_it_is_an_excuse(path: str, is_missing: bool) -> None:  # noqa: FBT001
    assert (Mark.MISSING in page("<p>short</p>", f"https://example.com/{path}").marks) is is_missing


@pytest.mark.parametrize(
    ("kind", "is_page"),
    [
        ("text/html", True),
        ("Application/XHTML+XML; charset=x", True),
        ("", True),
        ("text/plain", True),
        ("image/png", False),
        ("application/json", False),
        ("application/pdf", False),
    ],
)
def test_only_pages_are_read(kind: str, is_page: bool) -> None:  # noqa: FBT001 (a table's column)
    assert page(html(), content_type=kind).is_page is is_page
    assert not page("just words", content_type="text/plain").is_page


# --- bounds ---------------------------------------------------------------------------------------------------


def test_evidence_is_small_and_crosses_borders() -> None:
    metas = "".join(f'<meta property="og:title" content="{"界" * 900}"><h1>{n}{"長" * 900}</h1>' for n in range(9))
    links = "".join(f'<link rel={rel} href="/{"a" * 590}">' for rel in ("canonical", "amphtml"))
    found = page(f"{metas}{links}<p>{TEXT * 90}</p>")
    sent = msgspec.json.encode(found)
    assert len(sent) < 6000
    assert msgspec.json.decode(sent, type=PageEvidence) == found
    assert len(msgspec.json.encode(page(html()))) < 4096


HARMFUL = {
    "nested": b"<div>" * 300_000,
    "lists": b"<ul><li>" * 200_000,
    "less-than": b"<" * 1_000_000,
    "comment": b"<!--" * 300_000,
    "unclosed comment": b"<!-- " + b"a" * 2_000_000,
    "unclosed script": b"<script>" + b"a<b>" * 500_000,
    "one attribute": b"<p title='" + b"x" * 5_000_000,
    "many attributes": b"<p " + b" ".join(b"a%d" % n for n in range(200_000)) + b">",
    "quoted attributes": b"<p " + b" ".join(b"a%d='>'" % n for n in range(100_000)) + b">",
    "formatting": b"<p>" + b"".join(b"<b a=%d>" % n for n in range(20_000)) + b"</p>" + b"<p>x</p>" * 20_000,
    "formatting, capitals": b"<p>" + b"".join(b"<FONT a=%d>" % n for n in range(9_000)) + b"</p>" + b"<p>x</p>" * 3_000,
    "tables": b"<table><tr><td>" * 80_000,
    "entities": b"&amp" * 400_000,
    "asides": b"<aside><p>" * 100_000,
    "metas": b"<meta name=a content=b>" * 50_000,
    "no page": b"\x00\xff" * 500_000,
    "json": b'<script type="application/ld+json">' + b'{"headline":' * 20_000 + b"</script>",
    "big json": b'<script type="application/ld+json">[' + b'{"headline":"x"},' * 9_000 + b"0]</script>",
    "spaces": b"<p>" + b" \n" * 1_000_000 + b"</p>",
    "title": b"<title>" + b"- | " * 200_000 + b"</title>",
    "refresh": b'<meta http-equiv=refresh content="' + b" " * 500_000 + b'">',
    "long word": b"<p>" + b"a" * 3_000_000 + b"</p>",
    "free": b"<title>" + TITLE.encode() + b"</title>" + b'{"isAccessibleForFree": true}' * 60_000,
    "endless tags": b"<a " * 600_000 + b">",
    "language": b"<html " + b"<html " * 200_000,
}


@pytest.mark.parametrize(
    "label", ["punycode", "idna", "unicode_escape", "utf-7", "hz", "iso-2022-jp", "gb18030", "utf-16"]
)
@pytest.mark.timeout(30)
def test_no_coding_can_harm(label: str) -> None:
    """Some that Python knows take quadratic time."""
    assert page(b"a-b\xe9 +AGE- ~{" * 200_000, content_type=f"text/html; charset={label}").is_page


@pytest.mark.parametrize("body", HARMFUL.values(), ids=HARMFUL)
@pytest.mark.timeout(30)
def test_no_page_can_harm(body: bytes) -> None:
    """Each takes a good part of a second at most; without the bounds some take minutes."""
    assert page(body).is_page
    digest(body)
    assert titled(b"<title>" + TITLE.encode() + b"</title>" + body, TITLE).is_page


@given(
    st.binary(max_size=400), st.sampled_from(["div", "b", "FONT x", "p", "!--", "table", "/a"]), st.integers(0, 20_000)
)
@settings(max_examples=30)
def test_what_is_parsed_is_bounded(body: bytes, tag: str, times: int) -> None:
    kept = bounded(body + f"<{tag}>".encode() * times)
    assert len(kept) <= MAX_BYTES * 2
    assert kept.count(b"<") <= MAX_TAGS


_PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<title>", "<h1>", "<script>", "</script>", "<!--", "-->", "'>", "<", ">", "<svg>", "<table>"),
        *(
            "&",
            "&#0;",
            "\0",
            "\ufeff",
            "é",
            "页面不存在",
            "404 not found",
            "<html ⚡",
            "<time datetime='9",
            "<template>",
        ),
        *("<meta property=og:title content='", "<base href='", "<link rel=canonical href='http://["),
        *('<script type="application/ld+json">', '{"headline":'),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=20)), max_size=60), st.integers(100, 599))
def test_any_page_gives_evidence(pieces: list[str], status: int) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    found = page(body, status=status)
    assert found == page(body, status=status)
    assert msgspec.json.decode(msgspec.json.encode(found), type=PageEvidence) == found


@given(st.binary(max_size=2000), st.sampled_from(["text/html", "", "image/png", "text/html; charset=utf-7"]))
def test_any_bytes_give_evidence(body: bytes, kind: str) -> None:
    assert isinstance(extract(content(body, headers={"content-type": kind})), PageEvidence)


def test_the_builder_makes_a_plain_page() -> None:
    found = page(html())
    assert (found.title, found.marks, found.is_page) == (TITLE, (), True)
