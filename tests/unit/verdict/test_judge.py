"""Verdicts: what a chain says of its target, as docs/verdicts.md tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from archiver.model import (
    Caution,
    Chain,
    Check,
    Cut,
    ImageFault,
    NoAnswer,
    Outcome,
    PageEvidence,
    Reason,
    Redirect,
    Reply,
    Verdict,
)
from archiver.verdict.evidence import extract
from archiver.verdict.judge import judge, observe
from tests.builders import DIGEST, NOW, chain, content, exchange, reply, seen_image

STATUSES = [*range(100, 600), 999]
OK = Verdict(outcome=Outcome.ALIVE, reason="ok")


def verdict(*answers: Reply | NoAnswer, broken: Reason | None = None) -> tuple[str, str]:
    said = judge(chain(*answers, broken=broken))
    return said.outcome, said.reason


# --- statuses -------------------------------------------------------------------------------------------------

NAMED = {
    200: ("alive", "ok"),
    203: ("alive", "ok"),
    204: ("unknown", "no_content"),
    205: ("unknown", "no_content"),
    401: ("restricted", "status_401"),
    402: ("restricted", "status_402"),
    403: ("blocked", "status_403"),
    404: ("gone", "status_404"),
    407: ("restricted", "status_407"),
    410: ("gone", "status_410"),
    429: ("blocked", "status_429"),
    451: ("restricted", "status_451"),
    999: ("blocked", "status_999"),
    **{status: ("failing", f"status_{status}") for status in range(500, 600)},
}


def test_every_status_has_its_verdict() -> None:
    """What has no name of its own is unknown."""
    found = {status: verdict(reply(status)) for status in STATUSES}
    assert found == {status: NAMED.get(status, ("unknown", f"status_{status}")) for status in STATUSES}


def test_a_status_at_the_end_of_a_redirect_counts_as_it_does_alone() -> None:
    """A 301 to a 404 is gone."""
    shows_content = {200, 203}
    for status in set(STATUSES) - shows_content:
        assert verdict(reply(301), reply(status)) == verdict(reply(status))


@pytest.mark.parametrize(
    ("content_range", "expected"),
    [
        ("bytes 0-999/1000", ("alive", "ok")),
        (" bytes 0-999/1000 ", ("alive", "ok")),
        ("bytes 0-9/1000", ("unknown", "status_206")),
        ("bytes 1-999/1000", ("unknown", "status_206")),
        ("bytes 0-999/*", ("unknown", "status_206")),
        ("pages 0-999/1000", ("unknown", "status_206")),
        (None, ("unknown", "status_206")),
    ],
)
def test_206_shows_content_where_it_is_whole(content_range: str | None, expected: tuple[str, str]) -> None:
    assert verdict(reply(206, content_range=content_range)) == expected


# --- challenges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "vendor"),
    [
        ({"cf-mitigated": "challenge"}, "Cloudflare"),
        ({"CF-Mitigated": " Challenge "}, "Cloudflare"),
        ({"x-amzn-waf-action": "captcha"}, "AWS WAF"),
        ({"X-Amzn-Waf-Action": ""}, "AWS WAF"),
    ],
)
def test_a_challenge_is_blocked_at_any_status(headers: dict[str, str], vendor: str) -> None:
    blocked = Verdict(outcome=Outcome.BLOCKED, reason="challenge", note=vendor)
    evidence = extract(content(headers=headers))
    assert {judge(chain(reply(status, evidence=evidence))) for status in STATUSES} == {blocked}
    assert judge(chain(reply(302), reply(404, evidence=evidence, size_bytes=0))) == blocked


@pytest.mark.parametrize(
    "headers", [{}, {"cf-mitigated": "block"}, {"Server": "cloudflare", "CF-Ray": "1"}, {"Set-Cookie": "__cf_bm=1"}]
)
def test_a_vendor_alone_is_no_challenge(headers: dict[str, str]) -> None:
    assert judge(chain(reply(evidence=extract(content(headers=headers))))) == OK


# --- no answer ------------------------------------------------------------------------------------------------

OUTCOMES = {
    Outcome.UNREACHABLE: {
        Reason.DNS_NXDOMAIN,
        Reason.DNS_FAILURE,
        Reason.REFUSED,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.CONNECT_TIMEOUT,
        Reason.EMPTY_REPLY,
        Reason.BAD_HTTP,
        Reason.TLS_ERROR,
        Reason.NO_ROUTE,
        Reason.HOST_DOWN,
    },
    Outcome.INSECURE: {Reason.TLS_EXPIRED, Reason.TLS_HOSTNAME, Reason.TLS_UNTRUSTED},
    Outcome.FAILING: {Reason.ROBOTS_5XX},
    Outcome.INVALID: {Reason.BAD_URL, Reason.BAD_SCHEME},
    Outcome.SKIPPED: {Reason.ROBOTS, Reason.PRIVATE_ADDRESS, Reason.NOT_REACHED},
}
OF_PAGES = {
    Reason.RETITLED,
    Reason.LOGIN,
    Reason.PAYWALL,
    Reason.SAYS_MISSING,
    Reason.REDIRECT_HOME,
    Reason.PROBE_MATCH,
    Reason.FOR_SALE,
    Reason.OTHER_OWNER,
    Reason.TITLE_MISMATCH,
    Reason.THIN_PAGE,
    Reason.NO_TITLE,
    Reason.CONSENT,
    Reason.UNCERTAIN,
}
"""Reasons that what a page shows gives: test_judge_pages.py."""
TOGETHER = {Reason.REDIRECT_COLLAPSE, Reason.TO_CANONICAL, Reason.CACHE_404}
"""Reasons that only several checks give."""
OF_ANSWERS = {
    Reason.OK,
    Reason.NOT_MODIFIED,
    Reason.CHALLENGE,
    Reason.REDIRECT_LOOP,
    Reason.REDIRECT_LIMIT,
    Reason.REDIRECT_WITHOUT_LOCATION,
    Reason.REDIRECT_SCHEME,
    Reason.TRUNCATED,
    Reason.IMAGE_IS_HTML,
    Reason.IMAGE_PLACEHOLDER,
    Reason.UNDECODABLE_IMAGE,
    Reason.EMPTY,
    Reason.NO_CONTENT,
    Reason.TOO_LARGE,
    *OF_PAGES,
}
"""Reasons that only an answer gives: no NoAnswer carries them."""
UNASKED = {Reason.NOT_DUE, Reason.EXCLUDED}
"""Reasons of links that were not visited at all."""


@pytest.mark.parametrize(
    ("outcome", "reason"), [(key, each) for key, value in OUTCOMES.items() for each in sorted(value)]
)
def test_a_missing_answer_has_its_verdict(outcome: Outcome, reason: Reason) -> None:
    said = judge(chain(NoAnswer(reason=reason, note="why")))
    assert said == Verdict(outcome=outcome, reason=reason, note="why")


def test_every_reason_is_of_an_answer_or_of_none() -> None:
    of_none = {reason for reasons in OUTCOMES.values() for reason in reasons}
    assert of_none | OF_ANSWERS | UNASKED | TOGETHER == set(Reason)
    assert not of_none & (OF_ANSWERS | UNASKED | TOGETHER)


# --- what is held, confirmed --------------------------------------------------------------------------------


def test_a_304_that_was_asked_for_repeats_what_is_held() -> None:
    confirmed = reply(304, size_bytes=0, digest=None, confirms=True)
    assert verdict(confirmed) == ("alive", "not_modified")
    assert verdict(reply(301), confirmed) == ("moved", "redirect_301")
    assert verdict(reply(302), confirmed) == ("alive", "redirect_302")


def test_a_304_that_nobody_asked_for_says_nothing() -> None:
    assert verdict(reply(304, size_bytes=0, digest=None)) == ("unknown", "status_304")


# --- statuses that the settings call fine ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(403), ("alive", "ok")),
        (reply(404), ("alive", "ok")),
        (reply(503), ("alive", "ok")),
        (reply(410), ("gone", "status_410")),
        (reply(204, size_bytes=0), ("alive", "ok")),
        (reply(403, size_bytes=0), ("unknown", "empty")),
        (reply(403, cut=Cut.DISCONNECT), ("broken", "truncated")),
        (reply(403, evidence=PageEvidence(challenge="cloudflare")), ("blocked", "challenge")),
    ],
    ids=repr,
)
def test_an_accepted_status_is_as_good_as_a_200(answer: Reply, expected: tuple[str, str]) -> None:
    """Where its body is whole, and no bot wall's; a 204 has none."""
    verdict = judge(chain(answer), {204, 403, 404, 503})
    assert (verdict.outcome, verdict.reason) == expected


# --- redirects ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([301, 200], ("moved", "redirect_301")),
        ([308, 203], ("moved", "redirect_308")),
        ([302, 200], ("alive", "redirect_302")),
        ([303, 200], ("alive", "redirect_303")),
        ([307, 200], ("alive", "redirect_307")),
        ([301, 302, 200], ("moved", "redirect_301")),
        ([302, 301, 200], ("alive", "redirect_302")),
        ([308, 301, 200], ("moved", "redirect_308")),
        ([301, 404], ("gone", "status_404")),
        ([301, 503], ("failing", "status_503")),
        ([301, 204], ("unknown", "no_content")),
    ],
    ids=str,
)
def test_the_first_redirect_names_the_verdict(statuses: list[int], expected: tuple[str, str]) -> None:
    assert verdict(*map(reply, statuses)) == expected


def test_redirected_to_no_answer() -> None:
    assert verdict(reply(301), NoAnswer(reason=Reason.REFUSED)) == ("unreachable", "refused")
    assert verdict(reply(301), NoAnswer(reason=Reason.PRIVATE_ADDRESS)) == ("skipped", "private_address")


def test_a_page_that_moved_to_itself_is_alive() -> None:
    """As behind a cookie wall: there is nothing to mend."""
    url = "https://example.com/0"
    walled = Chain(target=url, exchanges=(exchange(url, reply(301)), exchange(url)))
    assert judge(walled) == Verdict(outcome=Outcome.ALIVE, reason="redirect_301")


@pytest.mark.parametrize(
    "broken",
    [Reason.REDIRECT_LOOP, Reason.REDIRECT_LIMIT, Reason.REDIRECT_WITHOUT_LOCATION, Reason.REDIRECT_SCHEME],
)
def test_redirects_that_lead_nowhere_are_broken(broken: Reason) -> None:
    said = judge(chain(reply(301), reply(302), broken=broken, note="ftp://example.com/"))
    assert said == Verdict(outcome=Outcome.BROKEN, reason=broken, note="ftp://example.com/")


@pytest.mark.parametrize(
    ("statuses", "mend"),
    [
        ([200], None),
        ([302, 200], None),
        ([302, 301, 200], None),
        ([301, 200], "https://example.com/1"),
        ([301, 308, 200], "https://example.com/2"),
        ([301, 302, 200], "https://example.com/1"),
        ([301, 302, 301, 200], "https://example.com/1"),
    ],
    ids=str,
)
def test_the_mend_is_the_url_after_the_last_leading_permanent_redirect(statuses: list[int], mend: str | None) -> None:
    assert observe(chain(*map(reply, statuses))).mend == mend


# --- content --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome", "reason", "note"),
    [
        pytest.param({}, "alive", "ok", None, id="content"),
        pytest.param({"size_bytes": 0}, "unknown", "empty", None, id="empty"),
        pytest.param({"cut": Cut.DISCONNECT}, "broken", "truncated", "ended after 1000 bytes", id="truncated"),
        pytest.param(
            {"cut": Cut.DISCONNECT, "size_bytes": 0}, "broken", "truncated", "ended after 0 bytes", id="nothing-came"
        ),
        pytest.param({"cut": Cut.LENGTH}, "alive", "ok", "read no further than 1000 bytes", id="long-page"),
        pytest.param({"cut": Cut.LENGTH, "content_type": "Image/PNG"}, "unknown", "too_large", None, id="long-image"),
        pytest.param({"content_type": "image/png"}, "alive", "ok", None, id="image"),
        pytest.param(
            {"cut": Cut.DISCONNECT, "content_type": "image/png"},
            "broken",
            "truncated",
            "ended after 1000 bytes",
            id="truncated-image",
        ),
        pytest.param({"content_type": None}, "alive", "ok", None, id="no-type"),
        pytest.param({"image": seen_image()}, "alive", "ok", None, id="a-picture"),
        *(
            pytest.param({"image": seen_image(fault=fault, note="seen so")}, outcome, fault.value, "seen so", id=fault)
            for fault, outcome in (
                (ImageFault.IMAGE_IS_HTML, "soft_404"),
                (ImageFault.IMAGE_PLACEHOLDER, "soft_404"),
                (ImageFault.TRUNCATED, "broken"),
                (ImageFault.UNDECODABLE_IMAGE, "broken"),
                (ImageFault.TOO_LARGE, "unknown"),
            )
        ),
    ],
)
def test_promised_content_has_to_come(given: dict[str, Any], outcome: str, reason: str, note: str | None) -> None:
    assert judge(chain(reply(**given))) == Verdict(outcome=Outcome(outcome), reason=reason, note=note)


def test_content_counts_at_the_end_of_a_redirect_too() -> None:
    assert verdict(reply(301), reply(cut=Cut.DISCONNECT)) == ("broken", "truncated")
    assert verdict(reply(301), reply(size_bytes=0)) == ("unknown", "empty")


@pytest.mark.parametrize("status", [404, 410, 403, 503])
def test_the_body_of_an_error_does_not_matter(status: int) -> None:
    assert verdict(reply(status, size_bytes=0, cut=Cut.DISCONNECT)) == NAMED[status]


# --- what is kept of a chain ----------------------------------------------------------------------------------


def test_a_check_holds_what_its_verdict_was_drawn_from() -> None:
    first = exchange("https://example.com/0", reply(301), elapsed_ms=10.04)
    last = exchange("https://example.com/1", reply(content_type="image/png"), elapsed_ms=5.0, attempts=3)
    assert observe(Chain(target=first.url, exchanges=(first, last)), (Caution.ROBOTS,)) == Check(
        target="https://example.com/0",
        checked_at=NOW,
        outcome=Outcome.MOVED,
        reason="redirect_301",
        status=200,
        final_url="https://example.com/1",
        redirects=(Redirect(status=301, url="https://example.com/0"),),
        content_type="image/png",
        size_bytes=1000,
        digest=DIGEST,
        attempts=3,
        elapsed_ms=15.0,
        warnings=(Caution.ROBOTS,),
    )


def test_the_check_of_no_answer() -> None:
    silent = NoAnswer(reason=Reason.RESET)
    assert observe(chain(silent)) == Check(
        target="https://example.com/0",
        checked_at=NOW,
        outcome=Outcome.UNREACHABLE,
        reason="reset",
        attempts=1,
        elapsed_ms=0.0,
    )
    assert observe(chain(reply(302), silent)).final_url == "https://example.com/1"


def test_what_was_never_asked_took_no_time() -> None:
    never = Chain(
        target="https://example.com/", exchanges=(exchange(answer=NoAnswer(reason=Reason.ROBOTS), attempts=0),)
    )
    assert (observe(never).attempts, observe(never).elapsed_ms) == (0, None)


def test_a_check_is_as_old_as_its_last_exchange() -> None:
    last = msgspec.structs.replace(exchange(), started_at=NOW + timedelta(seconds=9))
    assert observe(Chain(target=last.url, exchanges=(exchange(), last))).checked_at == last.started_at


def test_all_redirects_of_a_broken_chain_are_kept() -> None:
    seen = observe(chain(reply(301), reply(302), broken=Reason.REDIRECT_LOOP))
    assert [(redirect.status, redirect.url) for redirect in seen.redirects] == [
        (301, "https://example.com/0"),
        (302, "https://example.com/1"),
    ]
    assert (seen.status, seen.final_url) == (302, "https://example.com/1")
