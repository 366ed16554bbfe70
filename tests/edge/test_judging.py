"""Judgements that hang on what others answer, over several runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archiver.model import Expectation
from archiver.records import Reading
from tests.builders import link
from tests.edge.keeping import keep_links
from tests.server import Page

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.model import LinkReport
    from tests.server import Server

VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"
WATCH, OEMBED = "www.youtube.com/watch", "www.youtube.com/oembed"
EXPECTED = Expectation(title="Ferry passengers welcome cheaper winter fares")
BAKERS = " ".join(f"Bakers of street {word} have voted against smaller loaves once more." for word in "abcdefghijklmno")
OTHER = f"<!doctype html><title>Bakeries vote</title><article><h1>Bakeries vote</h1><p>{BAKERS}</p></article>".encode()


def judged(server: Server, folder: Path, *urls: str, title: bool = False, **more: Any) -> list[LinkReport]:
    """Let a run judge `urls`; with `title` their record says what they show."""
    expected = EXPECTED if title else Expectation()
    links = tuple(link(url, item=f"related[{number}]", expected=expected) for number, url in enumerate(urls))
    return list(keep_links(server, folder, Reading(links=links, records=1), **more).links)


def verdict(row: LinkReport) -> str:
    assert row.check
    return f"{row.check.outcome} {row.check.reason}"


@pytest.mark.parametrize("flake", [Page(status=503), Page(status=429), Page(status=302, headers="Location: /oembed")])
def test_a_flaky_provider_revives_no_video(server: Server, tmp_path: Path, flake: Page) -> None:
    """What it does not answer neither counts nor resets."""
    server.pages[WATCH] = Page(body=b"<title>YouTube</title>")
    told = []
    for days, answer in enumerate([Page(status=404), flake, Page(status=404), flake]):
        server.pages[OEMBED] = answer
        [row] = judged(server, tmp_path, VIDEO, days=4 * days)
        assert row.track
        told.append((verdict(row), row.track.strikes))
    missing, open_ = "soft_404 says_missing", "unknown uncertain"
    assert told == [(missing, 1), (open_, 1), (missing, 2), (open_, 2)]


def test_a_provider_that_may_not_be_asked_tells_nothing(server: Server, tmp_path: Path) -> None:
    server.pages[WATCH] = Page(body=b"<title>YouTube</title>")
    server.robots["www.youtube.com"] = b"User-agent: *\nDisallow: /oembed"
    [row] = judged(server, tmp_path, VIDEO)
    assert verdict(row) == "unknown uncertain"
    assert row.check is not None
    assert row.check.note == "YouTube gives no answer at its oEmbed address"


@pytest.mark.parametrize(
    ("page", "answer", "expected"),
    [
        (b"<title>YouTube</title>", 404, "soft_404 says_missing"),
        (OTHER, 404, "soft_404 says_missing"),
        (OTHER, 200, "unknown uncertain"),
        (OTHER, 503, "unknown uncertain"),
    ],
    ids=["empty-page", "other-page", "it-is-there", "provider-fails"],
)
def test_a_provider_is_asked_of_what_its_page_leaves_open(
    server: Server, tmp_path: Path, page: bytes, answer: int, expected: str
) -> None:
    """Of a video that is there, no answer to another address says that it is missing."""
    server.pages |= {WATCH: Page(body=page), OEMBED: Page(status=answer)}
    server.answer_all["www.youtube.com"] = Page(body=page)
    [row] = judged(server, tmp_path, VIDEO, title=True)
    assert verdict(row) == expected


@pytest.mark.parametrize(("answer", "expected"), [(200, "alive redirect_302"), (404, "soft_404 says_missing")])
def test_videos_that_their_provider_knows_do_not_collapse(
    server: Server, tmp_path: Path, answer: int, expected: str
) -> None:
    """Who has not agreed to something is sent to one page for all of them."""
    server.pages |= {
        WATCH: Page(status=302, headers="Location: /agree/to-something"),
        "www.youtube.com/agree/to-something": Page(body=OTHER),
        OEMBED: Page(status=answer),
    }
    rows = judged(server, tmp_path, *(f"{VIDEO[:-1]}{last}" for last in "xyz"))
    assert [verdict(row) for row in rows] == [expected] * 3


SITES = [f"http://www.site{number}.com/news/fares.html" for number in range(6)]


def show_others(server: Server, folder_answer: Page) -> None:
    """Let all sites show another page than their records describe, and answer so at any other address."""
    for site in SITES:
        server.pages[site.removeprefix("http://")] = Page(body=OTHER)
        server.answer_all[site.split("/")[2]] = folder_answer


@pytest.mark.parametrize(
    "answer",
    [Page(status=503), Page(status=429), Page(status=403), Page(headers="cf-mitigated: challenge")],
    ids=["fails", "too-many", "refuses", "challenge"],
)
def test_a_probe_that_told_nothing_is_made_again(server: Server, tmp_path: Path, answer: Page) -> None:
    show_others(server, answer)
    assert verdict(judged(server, tmp_path, SITES[0], title=True)[0]) == "unknown uncertain"
    show_others(server, Page(status=404))
    assert verdict(judged(server, tmp_path, SITES[0], title=True, days=1)[0]) == "drifted title_mismatch"
    show_others(server, Page(status=503))  # the 404 holds
    assert verdict(judged(server, tmp_path, SITES[0], title=True, days=2)[0]) == "drifted title_mismatch"


def test_what_a_portal_answers_to_a_probe_is_not_kept(server: Server, tmp_path: Path) -> None:
    portal = Page(status=302, headers="Location: http://portal.test/welcome")
    server.pages["portal.test/welcome"] = Page(body=OTHER.replace(b"Bakeries", b"Travellers"))
    server.answer_all |= {site.split("/")[2]: portal for site in SITES}
    control = ("http://control.test/302-to-other",)
    rows = judged(server, tmp_path, *SITES, title=True, control=control)
    assert [row.check and row.check.note for row in rows] == ["a captive portal seems to have answered"] * 6
    show_others(server, Page(status=404))
    rows = judged(server, tmp_path, *SITES, title=True, days=1)
    assert {verdict(row) for row in rows} == {"drifted title_mismatch"}
