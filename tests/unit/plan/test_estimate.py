from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.model import Check, Outcome, Pacing, Redirect
from archiver.plan.estimate import ANSWER_S, IMAGE_BYTES, PAGE_BYTES, REQUISITE_BYTES, REQUISITES, estimate

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PACING = Pacing(delay_s=0.5, at_once=2)


def test_a_host_takes_as_long_as_its_delays() -> None:
    pages = {f"https://a.example/{number}": False for number in range(100)} | {"https://b.example/i.jpg": True}
    whole = estimate(pages, {}, lambda _: PACING, concurrency=128, obeys_robots=True)
    first, second = whole.hosts
    assert (first.host, first.requests, first.size_bytes) == ("a.example", 101, 100 * PAGE_BYTES)
    assert (second.host, second.requests, second.size_bytes) == ("b.example", 2, IMAGE_BYTES)
    assert first.duration_s == pytest.approx(100 * 0.5 + ANSWER_S)
    assert whole.requests == 103
    assert whole.duration_s == first.duration_s
    assert whole.politeness_s == pytest.approx(first.duration_s - 103 * ANSWER_S / 128)


def test_robots_txt_counts_once_an_origin() -> None:
    pages = {"http://a.example/1": False, "https://a.example/1": False, "https://a.example/2": False}
    obeying = estimate(pages, {}, lambda _: PACING, concurrency=1, obeys_robots=True)
    ignoring = estimate(pages, {}, lambda _: PACING, concurrency=1, obeys_robots=False)
    assert (obeying.requests, ignoring.requests) == (5, 3)


def test_what_was_seen_before_is_no_guess() -> None:
    check = Check(
        target="https://a.example/",
        checked_at=NOW,
        outcome=Outcome.MOVED,
        reason="redirect_301",
        redirects=(Redirect(status=301, url="https://a.example/"),),
        final_url="https://b.example/",
        size_bytes=1234,
        elapsed_ms=2000.0,
    )
    whole = estimate({check.target: False}, {check.target: check}, lambda _: PACING, concurrency=1, obeys_robots=False)
    assert {host.host: (host.requests, host.size_bytes) for host in whole.hosts} == {
        "a.example": (1, 0),
        "b.example": (1, 1234),
    }
    assert whole.duration_s == pytest.approx(2.0)


def test_what_pages_need_counts_where_it_stands() -> None:
    """Once each where it is known; as usual, and at the page's own host, where it is not."""
    pages = {"https://a.example/1": False, "https://a.example/2": False, "https://b.example/": False}
    shared = "https://c.example/style.css"
    needed = {"https://a.example/1": [shared], "https://a.example/2": [shared], "https://b.example/": None}
    whole = estimate(pages, {}, lambda _: PACING, requisites=needed, concurrency=1, obeys_robots=False)
    assert {host.host: (host.requests, host.size_bytes) for host in whole.hosts} == {
        "a.example": (2, 2 * PAGE_BYTES),
        "b.example": (1 + REQUISITES, PAGE_BYTES + REQUISITES * REQUISITE_BYTES),
        "c.example": (1, REQUISITE_BYTES),
    }


def test_nothing_to_ask_takes_no_time() -> None:
    whole = estimate({}, {}, lambda _: PACING, concurrency=1, obeys_robots=True)
    assert (whole.requests, whole.duration_s, whole.hosts) == (0, 0.0, ())
