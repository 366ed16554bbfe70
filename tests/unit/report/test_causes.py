"""Causes: what shares a host, a verdict and a reason is one; the most serious come first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from archiver.model import Caution, Check, LinkReport, Outcome, Reason, Role, State, Track
from archiver.report.causes import Section, amount, causes, section_of
from tests.builders import NOW, check, link

SUSPECT = Track(state=State.SUSPECT, first_seen_at=NOW, last_checked_at=NOW, first_failed_at=NOW, strikes=1)
DEAD = replace(SUSPECT, state=State.DEAD, dead_since=NOW, strikes=3)
LATER = NOW + timedelta(days=4)
GONE = check(Outcome.GONE, "status_404")
DOUBTED = check(Outcome.UNREACHABLE, Reason.TIMEOUT, warnings=(Caution.INCONCLUSIVE,))


def row(url: str, seen: Check = GONE, **given: object) -> LinkReport:
    return LinkReport(link=link(url, **given), check=replace(seen, target=url))


@pytest.mark.parametrize(
    ("seen", "track", "section"),
    [
        (GONE, DEAD, Section.NEWLY_DEAD),
        (replace(GONE, checked_at=LATER), DEAD, Section.DEAD),
        (check(Outcome.BLOCKED, "status_403", checked_at=LATER), DEAD, Section.DEAD),
        (check(Outcome.SKIPPED, Reason.NOT_DUE, checked_at=LATER), DEAD, Section.DEAD),
        (check(Outcome.INVALID, Reason.BAD_URL), DEAD, Section.INVALID),
        (GONE, SUSPECT, Section.STRONG),
        (GONE, None, Section.STRONG),
        (check(Outcome.UNREACHABLE, Reason.DNS_NXDOMAIN), SUSPECT, Section.STRONG),
        (check(Outcome.UNREACHABLE, Reason.TIMEOUT), SUSPECT, Section.WEAK),
        (DOUBTED, SUSPECT, Section.DOUBTFUL),
        (check(Outcome.BLOCKED, "status_403"), SUSPECT, Section.BLOCKED),
        (check(), None, Section.ALIVE),
        (None, None, Section.SKIPPED),
    ],
)
def test_sections(seen: Check | None, track: Track | None, section: Section) -> None:
    assert section_of(LinkReport(link=link(), check=seen, track=track)) is section


def test_what_is_told_again_is_not_newly_dead() -> None:
    assert section_of(LinkReport(link=link(), check=GONE, track=DEAD, cached=True)) is Section.DEAD


def test_links_of_one_host_share_a_cause() -> None:
    rows = [
        row("https://www.a.test/1"),
        row("https://b.test/1"),
        row("https://a.test/2", record="seeds/b.md"),
        row("https://a.test/3", check(Outcome.GONE, "status_410")),
    ]
    (found,) = causes(rows).values()
    assert [(cause.host, cause.reason, len(cause.rows), cause.records) for cause in found] == [
        ("a.test", "status_404", 2, 2),
        ("b.test", "status_404", 1, 1),
        ("a.test", "status_410", 1, 1),
    ]


def test_a_host_that_is_down_is_one_cause() -> None:
    reasons = [Reason.TIMEOUT, Reason.CONNECT_TIMEOUT, Reason.TIMEOUT, Reason.HOST_DOWN, Reason.HOST_DOWN]
    rows = [row(f"https://a.test/{i}", check(Outcome.UNREACHABLE, reason)) for i, reason in enumerate(reasons)]
    ((cause,),) = causes([*rows]).values()
    assert (cause.reason, len(cause.rows)) == (Reason.HOST_DOWN, 5)


def test_a_cache_is_one_host_only_where_it_is_at_fault() -> None:
    addresses = ["https://a-test.cdn.ampproject.org/c/s/a.test/", "https://b-test.cdn.ampproject.org/c/s/b.test/"]
    blocked = [row(url, check(Outcome.BLOCKED, "status_429"), role=Role.CDN_AMP) for url in addresses]
    gone = [row(url, role=Role.CDN_AMP) for url in addresses]
    found = causes([*blocked, *gone])
    assert [cause.host for cause in found[Section.BLOCKED]] == ["cdn.ampproject.org"]
    assert len(found[Section.STRONG]) == 2


def test_what_the_run_left_is_one_cause_whatever_the_host() -> None:
    rows = [row(f"https://{i}.test/", check(Outcome.SKIPPED, Reason.NOT_REACHED)) for i in range(5)]
    ((cause,),) = causes(rows).values()
    assert (cause.host, len(cause.rows)) == ("", 5)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([Role.AMP, Role.CDN_AMP], "2 AMP copies"),
        ([Role.AMP], "1 AMP copy"),
        ([Role.IMAGE, Role.PROVIDER_IMAGE], "2 images"),
        ([Role.IMAGE, Role.WEB], "2 links"),
        ([Role.EMBED] * 1234, "1,234 links"),
    ],
    ids=str,
)
def test_amounts(roles: list[Role], said: str) -> None:
    assert amount([LinkReport(link=link(role=role)) for role in roles]) == said
