"""AMP copies: which name their page, which are retired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Caution, Check, Outcome, PageEvidence, Role, State
from archiver.urls import amp_cache_url
from archiver.verdict.amp import Seen, amp_cautions, cache_mismatches, is_cache_mismatch, judge_amp
from tests.builders import check, link

WEB = "https://www.example.com/story"
AMP = "https://www.example.com/amp/story"
CACHED = "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/amp/story"


def showing(target: str, final_url: str | None = None, *, outcome: Outcome = Outcome.ALIVE, **page: object) -> Seen:
    found = check(
        outcome, "redirect_301" if final_url else "ok", target=target, status=200, final_url=final_url or target
    )
    return Seen(check=found, page=PageEvidence(is_page=True, **page))  # type: ignore[arg-type] # a table's columns


def failed(target: str, outcome: Outcome, reason: str) -> Seen:
    return Seen(check=check(outcome, reason, target=target))


def last_seen(target: str, state: State, outcome: Outcome = Outcome.BLOCKED) -> Seen:
    return Seen(check=check(outcome, "status_403", target=target, final_url=target), state=state)


def gone(target: str, status: int = 404) -> Seen:
    return Seen(check=check(Outcome.GONE, f"status_{status}", target=target, status=status, final_url=target))


@pytest.mark.parametrize(
    ("cached", "mismatch"),
    [
        (CACHED, False),
        (CACHED.replace("/c/s/", "/v/s/"), False),
        ("https://cdn.ampproject.org/c/s/www.example.com/amp/story", False),
        ("https://www-example-com.bing-amp.com/c/s/www.example.com/amp/story", False),
        (CACHED.replace("www-example-com", "example-com"), True),
        (CACHED.replace("/c/s/", "/c/"), True),
        (CACHED + "/", True),
        (CACHED.replace("story", "another"), True),
        ("https://www.example.com/amp/story", True),
        ("https://www-example-com.cdn.ampproject.org/c/s/[", True),
    ],
)
def test_a_cached_address_is_the_amp_addresss_own(cached: str, mismatch: bool) -> None:  # noqa: FBT001
    assert is_cache_mismatch(AMP, cached) is mismatch


@given(st.from_regex(r"https?://[a-z]{1,9}(-[a-z]{1,9})?\.[a-z]{2,5}/[a-z0-9/_-]{0,20}", fullmatch=True))
def test_the_derived_address_is_no_mismatch(url: str) -> None:
    assert not is_cache_mismatch(url, amp_cache_url(url))


def test_a_cached_address_is_held_against_its_own_item() -> None:
    links = [
        link(AMP, role=Role.AMP),
        link(CACHED, role=Role.CDN_AMP),
        link(AMP + "-2", role=Role.AMP, item="related[0]"),
        link(CACHED, role=Role.CDN_AMP, item="related[0]"),
        link(CACHED, role=Role.CDN_AMP, item="related[1]"),
    ]
    assert cache_mismatches(links) == {links[3]}


@pytest.mark.parametrize(
    ("amp", "web", "expected"),
    [
        (showing(AMP, is_amp=True, canonical=WEB), showing(WEB, amphtml=AMP), ()),
        (showing(AMP, is_amp=True, canonical=WEB + "/"), showing(WEB, amphtml=AMP), ()),
        (showing(CACHED, is_amp=True, canonical=WEB), showing(WEB, amphtml=AMP), ()),
        (showing(AMP, is_amp=True), showing(WEB, amphtml=AMP), ()),
        (showing(AMP, canonical=WEB), showing(WEB, amphtml=AMP), (Caution.NOT_AMP,)),
        (showing(AMP, is_amp=True, canonical=WEB), showing(WEB), (Caution.AMP_NOT_LINKED,)),
        (showing(AMP, is_amp=True, canonical=WEB), showing(WEB, amphtml=AMP + "-2"), (Caution.AMP_NOT_LINKED,)),
        (showing(AMP, is_amp=True, canonical=WEB + "-2"), showing(WEB, amphtml=AMP), (Caution.CANONICAL_MISMATCH,)),
        (showing(AMP, is_amp=True, canonical=WEB + "-2"), showing(WEB, canonical=WEB + "-2", amphtml=AMP), ()),
        (showing(AMP, is_amp=True, canonical=WEB), None, ()),
        (showing(AMP, is_amp=True), gone(WEB), ()),
        (gone(AMP), showing(WEB), ()),
    ],
)
def test_page_and_copy_name_each_other(amp: Seen, web: Seen | None, expected: tuple[Caution, ...]) -> None:
    assert amp_cautions(amp, web) == expected


@pytest.mark.parametrize(
    ("copy", "web", "amp", "expected"),
    [
        pytest.param(showing(AMP, WEB), showing(WEB), None, ("amp_retired", "to_canonical"), id="301"),
        pytest.param(showing(CACHED, WEB), showing(WEB), None, ("amp_retired", "to_canonical"), id="the cache's 302"),
        pytest.param(
            showing(CACHED, leads_to=WEB), showing(WEB), None, ("amp_retired", "to_canonical"), id="by its page"
        ),
        pytest.param(
            showing(AMP, WEB),
            showing(WEB, outcome=Outcome.BLOCKED),
            None,
            ("amp_retired", "to_canonical"),
            id="page is blocked",
        ),
        pytest.param(
            showing(AMP, WEB),
            showing("https://example.com/old", WEB),
            None,
            ("amp_retired", "to_canonical"),
            id="page has moved",
        ),
        pytest.param(showing(AMP, "https://www.example.com/"), showing(WEB), None, None, id="to home"),
        pytest.param(showing(AMP, WEB), gone(WEB), None, None, id="page is gone"),
        pytest.param(showing(AMP), showing(WEB), None, None, id="kept"),
        pytest.param(showing(WEB), showing(WEB), None, None, id="one address"),
        pytest.param(gone(CACHED), showing(WEB), showing(AMP), ("amp_retired", "cache_404"), id="cache's 404"),
        pytest.param(
            gone(CACHED), gone(WEB), showing(AMP), ("amp_retired", "cache_404"), id="cache's 404, AMP page lives"
        ),
        pytest.param(gone(CACHED), showing(WEB), gone(AMP), ("amp_retired", "cache_404"), id="cache's 404, page lives"),
        pytest.param(gone(CACHED), gone(WEB), gone(AMP), None, id="all gone"),
        pytest.param(gone(AMP, 410), showing(WEB), None, ("amp_retired", "status_410"), id="AMP page's 410"),
        pytest.param(gone(AMP), showing(WEB, outcome=Outcome.SOFT_404), None, None, id="page is a soft 404"),
        pytest.param(gone(CACHED), None, showing(AMP), ("amp_retired", "cache_404"), id="no page, AMP page lives"),
        pytest.param(gone(CACHED), None, gone(AMP), None, id="no page, AMP page gone"),
        pytest.param(gone(AMP), None, None, None, id="no page"),
        pytest.param(
            gone(AMP), last_seen(WEB, State.ALIVE), None, ("amp_retired", "status_404"), id="page lived when last seen"
        ),
        pytest.param(gone(AMP), last_seen(WEB, State.SUSPECT), None, None, id="page is suspect"),
        pytest.param(
            gone(CACHED), gone(WEB), last_seen(AMP, State.ALIVE), ("amp_retired", "cache_404"), id="AMP page lived"
        ),
        pytest.param(
            showing(AMP, WEB), last_seen(WEB, State.DEAD, Outcome.GONE), None, None, id="page was gone when last seen"
        ),
    ],
)
def test_a_copy_is_retired_while_its_page_lives(
    copy: Seen, web: Seen | None, amp: Seen | None, expected: tuple[str, str] | None
) -> None:
    said = judge_amp(copy, web, amp)
    assert (said and (said.outcome, said.reason)) == expected


@pytest.mark.parametrize(
    ("outcome", "reason", "is_retired"),
    [
        (Outcome.UNREACHABLE, "dns_nxdomain", True),
        (Outcome.SOFT_404, "redirect_home", True),
        (Outcome.PARKED, "for_sale", True),
        (Outcome.BROKEN, "redirect_loop", True),
        (Outcome.UNREACHABLE, "timeout", False),
        (Outcome.FAILING, "status_503", False),
        (Outcome.BLOCKED, "challenge", False),
        (Outcome.DRIFTED, "title_mismatch", False),
    ],
)
def test_no_copy_fails_a_run_while_its_page_lives(outcome: Outcome, reason: str, is_retired: bool) -> None:  # noqa: FBT001
    said = judge_amp(failed(AMP, outcome, reason), showing(WEB))
    assert (said and (said.outcome, said.reason)) == (("amp_retired", reason) if is_retired else None)
    assert judge_amp(failed(AMP, outcome, reason), gone(WEB)) is None


def test_a_check_without_a_page_is_enough() -> None:
    bare = Seen(check=Check(target=AMP, checked_at=check().checked_at, outcome=Outcome.UNREACHABLE, reason="timeout"))
    assert judge_amp(bare, showing(WEB)) is None
    assert amp_cautions(bare, showing(WEB)) == ()
