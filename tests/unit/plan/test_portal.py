from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.model import Check, Outcome
from archiver.plan.portal import ends_elsewhere, is_captive

PORTAL = "http://login.hotel.example/welcome"


def check(target: str, final_url: str | None = PORTAL) -> Check:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Check(target=target, checked_at=at, outcome=Outcome.ALIVE, reason="redirect_302", final_url=final_url)


SITES = [f"http://www.site{number}.com/page" for number in range(6)]


@pytest.mark.parametrize(
    ("checks", "answering", "captive"),
    [
        pytest.param([check(site) for site in SITES], 6, True, id="all end on one page"),
        pytest.param([check(site) for site in SITES], 11, True, id="most do"),
        pytest.param([check(site) for site in SITES], 12, False, id="half do"),
        pytest.param([check(site) for site in SITES[:4]], 4, False, id="too few"),
        pytest.param([check(site, f"{PORTAL}{n}") for n, site in enumerate(SITES)], 6, False, id="pages of their own"),
        pytest.param([check(f"http://h{n}.site.co.uk/") for n in range(6)], 6, False, id="hosts of one site"),
        pytest.param([check(f"http://h{n}.hotel.example/") for n in range(6)], 6, False, id="its own hosts"),
        pytest.param([], 0, False, id="none"),
    ],
)
def test_a_portal_is_where_unrelated_sites_end(checks: list[Check], answering: int, *, captive: bool) -> None:
    assert is_captive(checks, answering) is captive


@pytest.mark.parametrize(
    ("final_url", "elsewhere"),
    [(None, False), ("http://www.site0.com/other", False), ("https://www.site0.com/page", False), (PORTAL, True)],
)
def test_ending_elsewhere_is_ending_on_another_host(final_url: str | None, *, elsewhere: bool) -> None:
    assert ends_elsewhere(check(SITES[0], final_url)) is elsewhere
