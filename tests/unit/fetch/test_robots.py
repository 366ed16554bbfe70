"""robots.txt: a link is checked as a reader's click; keeping a page heeds the whole file."""

from __future__ import annotations

import pytest

from archiver.fetch.robots import Robots, parse, robots_of, robots_url
from archiver.model import NoAnswer, Origin, Reason, Reply
from tests.builders import chain, reply

PAGE = "https://example.com/private/a"
VISIT_AND_KEEP, VISIT, NEITHER = (True, True), (True, False), (False, False)


def allowed(text: str, url: str = PAGE) -> tuple[bool, bool]:
    robots = parse(text, "archiver")
    return robots.allow_visit(url), robots.allow_keeping(url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", VISIT_AND_KEEP, id="empty"),
        pytest.param("User-agent: *\nDisallow: /private", VISIT, id="only-star"),
        pytest.param("User-agent: *\nDisallow: /other", VISIT_AND_KEEP, id="another-path"),
        pytest.param("User-agent: *\nDisallow:", VISIT_AND_KEEP, id="nothing-forbidden"),
        pytest.param("User-agent: archiver\nDisallow: /private", NEITHER, id="names-us"),
        pytest.param("user-AGENT : ArchiveR\nDISALLOW: /private", NEITHER, id="any-case"),
        pytest.param("User-agent: archiver # us\nDisallow: /private # no", NEITHER, id="comments"),
        pytest.param("  User-agent: archiver  \r\n  Disallow: /private \r\n", NEITHER, id="spaces-and-crlf"),
        pytest.param("\n\nUser-agent: archiver\n\nDisallow: /private", NEITHER, id="blank-lines"),
        pytest.param("User-agent: a\nUser-agent: archiver\nDisallow: /private", NEITHER, id="one-of-a-group"),
        pytest.param(
            "User-agent: archiver\nDisallow: /x\n\nUser-agent: archiver\nDisallow: /private", NEITHER, id="two-groups"
        ),
        pytest.param(
            "User-agent: *\nDisallow: /\n\nUser-agent: archiver\nDisallow:", VISIT_AND_KEEP, id="ours-goes-before-star"
        ),
        pytest.param(
            "User-agent: archiver\nDisallow: /private\nAllow: /private/a", VISIT_AND_KEEP, id="the-longer-rule-wins"
        ),
        pytest.param("User-agent: archiver\nDisallow: /*/a$", NEITHER, id="wildcards"),
        pytest.param("User-agent: archiver-images\nDisallow: /", VISIT_AND_KEEP, id="a-longer-name"),
        pytest.param("User-agent: Googlebot\nDisallow: /", VISIT_AND_KEEP, id="another-robot"),
        pytest.param("# User-agent: archiver\nUser-agent: *\nDisallow: /", VISIT, id="named-in-a-comment"),
        pytest.param("Sitemap: https://example.com/archiver.xml", VISIT_AND_KEEP, id="no-groups"),
        pytest.param("<!doctype html><title>Not found</title>", VISIT_AND_KEEP, id="html"),
        pytest.param("\x00\x01\x02: \x03\n:::\n: /\n", VISIT_AND_KEEP, id="rubbish"),
    ],
)
def test_what_a_robots_txt_allows(text: str, expected: tuple[bool, bool]) -> None:
    assert allowed(text) == expected


def test_a_version_after_our_name_makes_no_difference() -> None:
    """RFC 9309, section 2.2.1: the product token is what counts."""
    assert allowed("User-agent: archiver/1.0\nDisallow: /private") == NEITHER


def test_a_group_for_our_version_goes_before_star() -> None:
    assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: archiver/1.0\nDisallow: /other") == VISIT_AND_KEEP


# --- the answer -----------------------------------------------------------------------------------------------


def answered(*answers: Reply | NoAnswer, broken: Reason | None = None) -> Robots | NoAnswer:
    return robots_of(chain(*answers, broken=broken), "archiver")


def allows(robots: Robots | NoAnswer) -> tuple[bool, bool]:
    assert isinstance(robots, Robots)
    return robots.allow_visit(PAGE), robots.allow_keeping(PAGE)


FORBIDS = b"User-agent: archiver\nDisallow: /private"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param([reply(200, body=FORBIDS)], NEITHER, id="a-file"),
        pytest.param([reply(206, body=FORBIDS)], NEITHER, id="part-of-a-file"),
        pytest.param([reply(200, body=b"\xef\xbb\xbf" + FORBIDS)], NEITHER, id="bom"),
        pytest.param([reply(200, body=FORBIDS + b"\n# " + b"\xff" * 9)], NEITHER, id="no-utf-8"),
        pytest.param([reply(301, "/1"), reply(200, body=FORBIDS)], NEITHER, id="moved"),
        pytest.param([reply(200, body=b"")], VISIT_AND_KEEP, id="empty"),
        pytest.param([reply(200, body=b"<html>" * 1000)], VISIT_AND_KEEP, id="html"),
        pytest.param([reply(404, body=FORBIDS)], VISIT_AND_KEEP, id="not-found"),
        pytest.param([reply(403, body=FORBIDS)], VISIT_AND_KEEP, id="forbidden"),
        pytest.param([reply(429)], VISIT_AND_KEEP, id="too-many"),
        pytest.param([reply(301, "/1"), NoAnswer(reason=Reason.RESET)], VISIT_AND_KEEP, id="moved-to-no-answer"),
    ],
)
def test_an_answer_for_robots_txt(answers: list[Reply | NoAnswer], expected: tuple[bool, bool]) -> None:
    assert allows(answered(*answers)) == expected


def test_redirects_that_lead_nowhere_allow_all() -> None:
    assert allows(answered(reply(301, "/0", body=FORBIDS), broken=Reason.REDIRECT_LOOP)) == VISIT_AND_KEEP


@pytest.mark.parametrize("status", [500, 503, 522, 599])
def test_an_error_of_the_server_forbids_all(status: int) -> None:
    for answers in ([reply(status)], [reply(302, "/1"), reply(status)]):
        settled = answered(*answers)
        assert settled == NoAnswer(reason=Reason.ROBOTS_5XX, note=f"robots.txt answers {status}")


@pytest.mark.parametrize("reason", [Reason.RESET, Reason.DNS_NXDOMAIN, Reason.TLS_EXPIRED, Reason.PRIVATE_ADDRESS])
def test_no_answer_settles_the_origin_with_the_same_reason(reason: Reason) -> None:
    silent = NoAnswer(reason=reason, note="why")
    assert answered(silent) == silent


def test_where_robots_txt_stands() -> None:
    assert robots_url(Origin("https://example.com:8443")) == "https://example.com:8443/robots.txt"
