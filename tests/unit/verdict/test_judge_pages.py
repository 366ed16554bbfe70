"""Pages: held against their records, or judged by what they say of themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archiver.model import Chain, Expectation, NoAnswer, Outcome, PageEvidence, ProbeAnswer, Reason, Reply, Role
from archiver.verdict.judge import judge, observe, probe_for
from archiver.verdict.likeness import held_against
from archiver.verdict.probes import probe_answer, probe_key, probe_url
from tests.builders import chain, exchange, link
from tests.unit.verdict.pages import EXCERPT, EXPECTED, TARGET, TEXT, TITLE, html, judged, page, seen

OTHER = "Bakeries vote against smaller loaves"
DATED = '<meta property="article:published_time" content="2021-08-24T09:27:00Z">'
GONE = "This story is no longer available."
PAID = '<script type="application/ld+json">{"isAccessibleForFree":false}</script>'
ASKED = "https://example.com/news/2021/qwertyuiop.html"
HARD_ERROR = ProbeAnswer(url=ASKED, status=404, final_url=ASKED)
SAME_PLACE = ProbeAnswer(url=ASKED, status=200, final_url=TARGET)
ELSEWHERE = ProbeAnswer(url=ASKED, status=200, final_url=ASKED)
ALIKE = ProbeAnswer(url=ASKED, status=200, final_url=ASKED, vocabulary=page(html(OTHER)).vocabulary)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(html(), ("alive", "ok"), id="same title"),
        pytest.param(html(f"{TITLE} | Paper"), ("alive", "ok"), id="site's suffix"),
        pytest.param(html(f"Paper: {TITLE.upper()}"), ("alive", "ok"), id="site's prefix, capitals"),
        pytest.param(
            html("Winter fares cheaper for ferry", excerpt=EXCERPT), ("alive", "ok"), id="like title and excerpt"
        ),
        pytest.param(html("Winter fares cheaper for ferry", head=DATED), ("alive", "ok"), id="like title and date"),
        pytest.param(html("Winter fares cheaper for ferry"), ("unknown", "uncertain"), id="like title alone"),
        pytest.param(html(OTHER, excerpt=EXCERPT), ("alive", "retitled"), id="excerpt alone"),
        pytest.param(
            html(OTHER, head=f'<meta name=description content="{EXCERPT}">'),
            ("alive", "retitled"),
            id="excerpt in description",
        ),
        pytest.param(html(OTHER, head=DATED), ("unknown", "uncertain"), id="date alone"),
        pytest.param(html(OTHER), ("unknown", "uncertain"), id="nothing, not probed"),
        pytest.param(html(TITLE, "", head=PAID) + b"<h1>x</h1>", ("restricted", "paywall"), id="paywall"),
        pytest.param(
            html(TITLE, "Short.", head=PAID, excerpt=EXCERPT), ("alive", "ok"), id="paywall that shows a lead"
        ),
        pytest.param(html(TITLE, head=PAID), ("alive", "ok"), id="marked, but open"),
        pytest.param(html("Page not found", "Sorry."), ("soft_404", "says_missing"), id="missing in title"),
        pytest.param(html("Paper", GONE), ("soft_404", "says_missing"), id="missing in text"),
        pytest.param(html("Search results for ferry"), ("soft_404", "says_missing"), id="search"),
        pytest.param(
            html(f"You searched for: {TITLE}"), ("soft_404", "says_missing"), id="search that echoes the title"
        ),
        pytest.param(html("example.com is for sale", "Buy."), ("parked", "for_sale"), id="for sale"),
        pytest.param(html("Sign in", "") + b"<input type=password>", ("restricted", "login"), id="login"),
        pytest.param(html("Before you continue", "We and our partners"), ("unknown", "consent"), id="consent"),
        pytest.param(html("Paper", "") + b"<script src=a.js></script>", ("unknown", "no_content"), id="script only"),
        pytest.param(b"<html><body></body></html>", ("unknown", "no_content"), id="no content"),
        pytest.param(f"<p>{TEXT}</p><p>{TEXT}</p>".encode(), ("unknown", "no_title"), id="no title"),
        pytest.param(b"<title>a</title><div id='px-captcha'>", ("blocked", "challenge"), id="challenge"),
        pytest.param(
            b"<title>Wait</title><script src='/cdn-cgi/challenge-platform/x.js'>",
            ("blocked", "challenge"),
            id="weak mark",
        ),
        pytest.param(
            html() + b"<script src='/cdn-cgi/challenge-platform/x.js'>", ("alive", "ok"), id="weak mark, same page"
        ),
    ],
)
def test_a_page_is_held_against_its_record(body: bytes, expected: tuple[str, str]) -> None:
    said = judged(body)
    assert (said.outcome, said.reason) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(html(OTHER), ("alive", "ok"), id="any page"),
        pytest.param(html("Paper", "") + b"<script src=a.js></script>", ("alive", "ok"), id="script only"),
        pytest.param(html("Before you continue", "We ask."), ("alive", "ok"), id="consent"),
        pytest.param(html("Page not found", "Sorry."), ("soft_404", "says_missing"), id="missing in title"),
        pytest.param(html("Paper", GONE), ("soft_404", "says_missing"), id="missing in text"),
        pytest.param(
            html("Why the lost town could not be found for a thousand years"), ("alive", "ok"), id="about loss"
        ),
        pytest.param(html("example.com is for sale", "Buy."), ("parked", "for_sale"), id="for sale"),
        pytest.param(b"<title>a</title><div id='px-captcha'>", ("blocked", "challenge"), id="challenge"),
    ],
)
def test_a_page_nobody_expects_anything_of_is_well_unless_it_says_otherwise(
    body: bytes, expected: tuple[str, str]
) -> None:
    said = judged(body, expected=None)
    assert (said.outcome, said.reason) == expected


@pytest.mark.parametrize(
    ("final_url", "title", "expected"),
    [
        ("https://example.com/", "Paper", ("soft_404", "redirect_home")),
        ("https://www.example.com/index.html", "Paper", ("soft_404", "redirect_home")),
        ("https://example.com/en/", "Paper", ("soft_404", "redirect_home")),
        ("https://example.com/", TITLE, ("alive", "redirect_302")),
        ("https://spin.test/", "Lucky Spin", ("parked", "other_owner")),
        ("https://www.hugedomains.com/domain_profile.cfm?d=x", "x", ("parked", "for_sale")),
        ("https://spin.test/", TITLE, ("alive", "redirect_302")),
        ("https://example.com/news/2021/page-not-found", "Paper", ("unknown", "uncertain")),
    ],
)
def test_where_a_link_ends_counts(final_url: str, title: str, expected: tuple[str, str]) -> None:
    said = judged(html(title), final_url)
    assert (said.outcome, said.reason) == expected


def test_a_home_page_that_has_the_excerpt_in_a_teaser_is_not_the_article() -> None:
    assert judged(html("Paper", excerpt=EXCERPT), "https://example.com/").reason == "redirect_home"


def test_a_page_that_sends_a_reader_home_has_sent_the_link_there() -> None:
    said = judged('<meta http-equiv=refresh content="0;url=/"><title>Paper</title>')
    assert (said.outcome, said.reason) == ("soft_404", "redirect_home")


@pytest.mark.parametrize("target", ["https://example.com/", "https://example.com/news"])
def test_who_links_to_a_section_may_end_at_home(target: str) -> None:
    shown = seen(page(html("Paper"), "https://example.com/en/"), "https://example.com/en/", target)
    assert judge(shown, expected=(EXPECTED,)).reason == "uncertain"


@pytest.mark.parametrize(
    ("body", "probe", "expected"),
    [
        pytest.param(html(OTHER), HARD_ERROR, ("drifted", "title_mismatch"), id="hard error"),
        pytest.param(html(OTHER, "Few words."), HARD_ERROR, ("unknown", "thin_page"), id="hard error, thin page"),
        pytest.param(html(OTHER), SAME_PLACE, ("soft_404", "probe_match"), id="same place"),
        pytest.param(html(OTHER), ALIKE, ("soft_404", "probe_match"), id="same text"),
        pytest.param(html(OTHER), ELSEWHERE, ("unknown", "uncertain"), id="another page"),
        pytest.param(html(OTHER), replace(HARD_ERROR, status=None), ("unknown", "uncertain"), id="no answer"),
        pytest.param(html(OTHER), replace(HARD_ERROR, status=403), ("unknown", "uncertain"), id="refused"),
        pytest.param(html(OTHER), replace(HARD_ERROR, status=503), ("unknown", "uncertain"), id="failing"),
        pytest.param(html(OTHER), replace(SAME_PLACE, is_challenge=True), ("unknown", "uncertain"), id="challenged"),
        pytest.param(html(), SAME_PLACE, ("alive", "ok"), id="same article"),
        pytest.param(html(OTHER, excerpt=EXCERPT), ALIKE, ("alive", "retitled"), id="retitled"),
        pytest.param(html("Winter fares cheaper for ferry"), ALIKE, ("unknown", "uncertain"), id="like title"),
    ],
)
def test_a_probe_settles_what_is_open(body: bytes, probe: ProbeAnswer, expected: tuple[str, str]) -> None:
    said = judged(body, probe=probe)
    assert (said.outcome, said.reason) == expected


@pytest.mark.parametrize(
    ("body", "is_wanted"),
    [
        (html(OTHER), True),
        (html(), False),
        (html(OTHER, excerpt=EXCERPT), False),
        (html("Page not found", "Sorry."), False),
        (html("Winter fares cheaper for ferry"), False),
        (html(OTHER, head=DATED), False),
    ],
)
def test_a_probe_is_wanted_only_where_nothing_else_tells(body: bytes, is_wanted: bool) -> None:  # noqa: FBT001
    wanted = probe_for(seen(page(body)), expected=(EXPECTED,))
    assert wanted == (probe_key(TARGET) if is_wanted else None)


@pytest.mark.parametrize(
    "shown",
    [
        chain(NoAnswer(reason=Reason.REFUSED)),
        chain(Reply(status=404)),
        chain(Reply(status=200, size_bytes=9, content_type="image/png")),
        chain(Reply(status=301), broken=Reason.REDIRECT_LOOP),
    ],
    ids=["no answer", "gone", "image", "broken"],
)
def test_no_probe_for_what_is_no_page(shown: Chain) -> None:
    assert probe_for(shown, expected=(EXPECTED,)) is None


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("https://a.test/news/2021/story.html", "https://a.test/news/2021/LETTERS.html"),
        ("https://a.test/news/story/", "https://a.test/news/LETTERS/"),
        ("https://a.test/news/story-1.234", "https://a.test/news/LETTERS"),
        ("https://a.test/news/story?id=7", "https://a.test/news/LETTERS"),
        ("https://a.test/story.aspx?id=7", "https://a.test/LETTERS.aspx"),
        ("https://a.test/", "https://a.test/LETTERS"),
        ("https://a.test:8080/a//b.php", "https://a.test:8080/a//LETTERS.php"),
    ],
)
def test_a_probe_asks_beside_the_page_for_what_ends_alike(target: str, address: str) -> None:
    assert probe_url(probe_key(target), "LETTERS") == address


def test_pages_of_a_folder_share_a_probe() -> None:
    assert probe_key("https://a.test/n/one.html") == probe_key("https://a.test/n/two.html?x=1")
    assert probe_key("https://a.test/n/one.html") != probe_key("https://a.test/m/one.html")


def test_what_is_kept_of_a_probe() -> None:
    evidence = page(html(OTHER), status=403, cf_mitigated="challenge")
    shown = seen(evidence, "https://example.com/wall", ASKED, 403)
    assert probe_answer(shown) == ProbeAnswer(
        url=ASKED, status=403, final_url="https://example.com/wall", vocabulary=evidence.vocabulary, is_challenge=True
    )
    assert probe_answer(chain(NoAnswer(reason=Reason.TIMEOUT))).status is None
    assert probe_answer(chain(Reply(status=301), broken=Reason.REDIRECT_LOOP)).status is None


# --- several links, several roles -----------------------------------------------------------------------------


def test_the_best_match_counts() -> None:
    others = (Expectation(title=OTHER), EXPECTED, Expectation(title="A third one"))
    assert judge(seen(page(html())), expected=others).outcome is Outcome.ALIVE


@pytest.mark.parametrize("role", Role)
def test_only_addresses_of_the_article_are_held_against_its_record(role: Role) -> None:
    held = role in {Role.ORIGINAL, Role.WEB, Role.AMP, Role.CDN_AMP}
    assert held_against([link(role=role, expected=EXPECTED)]) == ((EXPECTED,) if held else ())


def test_a_record_that_says_nothing_expects_nothing() -> None:
    assert held_against([link(expected=Expectation(provider_domain="example.com"))]) == ()
    assert held_against([link(expected=EXPECTED), link(expected=EXPECTED)]) == (EXPECTED,)


@pytest.mark.parametrize(
    ("expected", "body", "reason"),
    [
        (Expectation(excerpt=EXCERPT), html(OTHER, excerpt=EXCERPT), "ok"),
        (Expectation(excerpt=EXCERPT), html(OTHER), "uncertain"),
        (Expectation(title="?!"), html(OTHER), "no_title"),
        (Expectation(title=TITLE), html(), "ok"),
    ],
)
def test_half_a_record_is_held_against_as_far_as_it_goes(expected: Expectation, body: bytes, reason: str) -> None:
    assert judged(body, expected=expected).reason == reason


# --- what is told of it ---------------------------------------------------------------------------------------


def test_the_note_holds_the_evidence() -> None:
    note = judged(html(OTHER), probe=HARD_ERROR).note
    assert note == f'title 0.00, excerpt 0.00, page "{OTHER}", record "{TITLE}"; the probe got 404, 0.00 alike'
    assert judged(html("Page not found", "Sorry.")).note == (
        f'says "not found"; title 0.00, excerpt 0.00, page "Page not found", record "{TITLE}"'
    )
    assert (judged(html("Wait", "") + b"<script src='/cdn-cgi/challenge-platform/'>").note or "").startswith(
        "Cloudflare; "
    )


def test_a_moved_article_keeps_its_mend_whatever_it_is_called_now() -> None:
    last = seen(page(html(OTHER, excerpt=EXCERPT), "https://example.com/b"), "https://example.com/b").last
    moved = Chain(target=TARGET, exchanges=(exchange(TARGET, Reply(status=301)), last))
    found = observe(moved, expected=(EXPECTED,))
    assert (found.outcome, found.reason, found.mend) == (Outcome.MOVED, "redirect_301", "https://example.com/b")
    assert "excerpt 1.00" in (found.note or "")


@given(
    st.builds(
        PageEvidence,
        is_page=st.booleans(),
        titles=st.lists(st.text(max_size=50), max_size=3).map(tuple),
        words=st.integers(0, 999),
    ),
    st.builds(Expectation, title=st.none() | st.text(max_size=50), excerpt=st.none() | st.text(max_size=80)),
    st.none()
    | st.builds(
        ProbeAnswer,
        url=st.just(ASKED),
        status=st.none() | st.integers(100, 599),
        final_url=st.sampled_from([ASKED, TARGET]),
    ),
)
def test_any_page_is_judged(evidence: PageEvidence, expected: Expectation, probe: ProbeAnswer | None) -> None:
    """A page is called drifted, or the same as the probe's, only after a probe."""
    said = judge(seen(evidence), expected=(expected,), probe=probe)
    assert probe or said.reason not in {Reason.PROBE_MATCH, Reason.TITLE_MISMATCH}
    if not evidence.is_page:
        assert said.outcome is Outcome.ALIVE
