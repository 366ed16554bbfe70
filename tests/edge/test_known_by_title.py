"""Pages that are kept and known by their record's title: no more is read of them than has to be, nor is less."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import brotli
import pytest

from archiver.model import Expectation, How, Outcome, Reason, Role
from archiver.records import Reading
from tests.builders import link
from tests.edge.archives import look
from tests.edge.keeping import keep_links
from tests.edge.raw_warcs import records, warcs
from tests.server import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiver.model import Link, LinkReport
    from tests.server import Server

TITLE = "Ferry passengers welcome cheaper winter fares"
OTHER_TITLE = "Council rejects the plan for a new bridge"
TEXT = " ".join(f"Sentence number {word} tells of the harbour and its boats." for word in "abcdefghijklmno")
BODY = f"<title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{TEXT}</p><p>{TEXT}</p>"
URL, ENTRY = "http://a.test/fares-in-winter", "http://a.test/go"
HTML = "Content-Type: text/html; charset=utf-8"


def page(extra: str = "", *, etag: str | None = '"one"') -> Page:
    return Page(body=f"<!doctype html><head>{extra}{BODY}".encode(), headers=HTML, etag=etag)


def told(url: str, title: str) -> Link:
    return link(url, target=url, role=Role.WEB, expected=Expectation(title=title, excerpt=TEXT[:100]))


def keep(server: Server, folder: Path, *links: Link, days: int = 0) -> list[LinkReport]:
    report = keep_links(server, folder, Reading(links=links, records=1), days=days)
    assert look(folder).problems == ()
    return list(report.links)


def outcomes(rows: list[LinkReport]) -> list[tuple[Outcome, str]]:
    return [(row.check.outcome, row.check.reason) for row in rows if row.check]


def statuses(server: Server) -> list[bytes]:
    return [bytes(answer.sent[9:12]) for answer in server.answers["a.test/fares-in-winter"]]


def evidences(folder: Path) -> list[bytes]:
    lines = (
        line for record in records(folder) if record.kind == "metadata" for line in bytes(record.block).splitlines()
    )
    return [line for line in lines if line.startswith(b"evidence:") and b'"is_page":true' in line]


def test_a_page_that_did_not_change_is_confirmed(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/fares-in-winter"] = page()
    for number in range(3):
        rows = keep(server, tmp_path, told(URL, TITLE), days=number)
        assert rows[0].check is not None
        assert rows[0].check.outcome is Outcome.ALIVE
    assert statuses(server) == [b"200", b"304", b"304"]
    [evidence] = evidences(tmp_path)
    assert (b'"by_title":true' in evidence, b'"words":0' in evidence) == (True, True)


def test_under_another_title_it_has_to_come_whole(server: Server, tmp_path: Path) -> None:
    """A 304 would be judged by what was read when it still went by its title; once read whole, it does again."""
    server.pages["a.test/fares-in-winter"] = page()
    keep(server, tmp_path, told(URL, TITLE))
    for number in (1, 2):
        rows = keep(server, tmp_path, told(URL, OTHER_TITLE), days=number)
        assert outcomes(rows) == [(Outcome.ALIVE, Reason.RETITLED)]
    assert statuses(server) == [b"200", b"200", b"304"]
    assert [b'"by_title":true' in each for each in evidences(tmp_path)] == [True, False]


def test_where_more_hangs_on_a_page_than_its_title_it_has_to_come_whole(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/fares-in-winter"] = page()
    keep(server, tmp_path, told(URL, TITLE))
    keep(server, tmp_path, told(URL, TITLE), link(URL, target=URL, role=Role.AMP), days=1)
    assert statuses(server) == [b"200", b"200"]


def test_an_amp_copy_is_known_by_its_title_as_long_as_it_is_one(server: Server, tmp_path: Path) -> None:
    copy = link(URL, target=URL, role=Role.AMP, expected=Expectation(title=TITLE, excerpt=TEXT[:100]))
    shown = page(etag=None)
    for day, start in enumerate((b"<html amp>", b"<html><p>More boats than ever sail.")):
        server.pages["a.test/fares-in-winter"] = replace(shown, body=shown.body.replace(b"<head>", start + b"<head>"))
        assert outcomes(keep(server, tmp_path, copy, days=day)) == [(Outcome.ALIVE, Reason.OK)]
    assert [b'"by_title":true' in each for each in evidences(tmp_path)] == [True, False]
    assert statuses(server) == [b"200", b"200"]


CODED: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": partial(gzip.compress, mtime=0),
    "br": brotli.compress,
}


def visit_with(server: Server, folder: Path, token: str, day: int, coding: str = "identity") -> How | None:
    """Let a run of that day see the page with another token, and tell how it was kept."""
    shown = page(f"<meta name=csrf-token content={token}>", etag=None)
    coded = replace(shown, body=CODED[coding](shown.body), headers=f"{HTML}\nContent-Encoding: {coding}")
    server.pages["a.test/fares-in-winter"] = coded if coding != "identity" else shown
    [row] = keep(server, folder, told(URL, TITLE), days=day)
    return row.snapshot.how if row.snapshot else None


@pytest.mark.parametrize("coding", CODED)
def test_the_same_text_is_not_stored_again(server: Server, tmp_path: Path, coding: str) -> None:
    """However it was sent then and is now; the page held may be a revisit, whose body stands in another record."""
    assert visit_with(server, tmp_path, "a", 0, coding) is How.STORED
    assert visit_with(server, tmp_path, "b", 1) is How.SAME_TEXT
    assert visit_with(server, tmp_path, "a", 2, coding) is How.IDENTICAL
    assert visit_with(server, tmp_path, "c", 3, coding) is How.SAME_TEXT
    assert len([record for record in records(tmp_path) if record.kind == "response"]) == 1


def test_where_the_page_held_cannot_be_read_it_is_stored_anew(server: Server, tmp_path: Path) -> None:
    visit_with(server, tmp_path, "a", 0)
    [warc] = warcs(tmp_path)
    warc.rename(tmp_path / "elsewhere")
    server.pages["a.test/fares-in-winter"] = page("<meta name=csrf-token content=b>", etag=None)
    report = keep_links(server, tmp_path, Reading(links=(told(URL, TITLE),), records=1), days=1)
    assert [row.snapshot.how for row in report.links if row.snapshot] == [How.STORED]


def test_a_page_that_two_links_end_at_is_read_as_both_want(server: Server, tmp_path: Path) -> None:
    """It is asked for again where it was known by the one's title, and the other has another."""
    server.pages["a.test/fares-in-winter"] = page()
    server.pages["a.test/go"] = Page(status=302, headers=f"Location: {URL}")
    keep(server, tmp_path / "same", told(ENTRY, TITLE), told(URL, TITLE))
    assert statuses(server) == [b"200"]
    rows = keep(server, tmp_path / "other", told(ENTRY, OTHER_TITLE), told(URL, TITLE))
    assert sorted(reason for _, reason in outcomes(rows)) == [Reason.OK, Reason.RETITLED]
    assert statuses(server)[1:] in ([b"200"], [b"200", b"200"])  # by which of them came first


def test_behind_a_cookie_wall_a_page_is_read_whole(server: Server, tmp_path: Path) -> None:
    """Of two chains that come with the same cookie, each takes the answer that comes first, whosever it was."""
    wall = Page(status=302, headers="Location: http://a.test/cookie-wall-slow-at-first")
    server.pages |= {"a.test/known": wall, "a.test/other": wall}
    rows = keep(server, tmp_path, told("http://a.test/known", "An article"), told("http://a.test/other", OTHER_TITLE))
    assert outcomes(rows)[0] == (Outcome.ALIVE, "redirect_302")
    assert len(server.answers["a.test/cookie-wall-slow-at-first"]) == 3  # once without the cookie
