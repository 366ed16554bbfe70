"""What pages need to be shown: whichever link asks first, and whatever is held already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiver.archive import holding
from archiver.archive.export import Wanted, export_wacz
from archiver.model import Depth, How, Role
from archiver.plan.snapshots import Part, SnapshotRules
from archiver.records import Reading
from archiver.wiring import clock
from tests.builders import link
from tests.edge.archives import look, repair
from tests.edge.keeping import FULL_PAGES, PAGES, keep_links, keep_run
from tests.edge.raw_warcs import records, warcs
from tests.server import Page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

TEXT = "All is well in the harbour of the island, where many boats come and go every day of the week. " * 8
STYLED = f"<!doctype html><title>A page</title><link rel=stylesheet href=s.css><article><p>{TEXT}</p></article>"


def page(body: str = STYLED, headers: str = "") -> Page:
    return Page(body=body.encode(), headers=headers)


def urls_of(folder: Path, kind: str = "response") -> list[str]:
    return sorted(record.url for record in records(folder) if record.kind == kind)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (page(headers='ETag: "1"'), page(headers='ETag: "1"')),
        (page(), page()),
        (page(), page(STYLED.replace("<title>", "<meta name=token content=7><title>"))),
    ],
    ids=["same-etag", "same-bytes", "same-text"],
)
def test_a_page_that_is_wanted_in_full_later_gets_what_it_needs(
    server: Server, tmp_path: Path, before: Page, after: Page
) -> None:
    for number, (rules, shown) in enumerate([(PAGES, before), (FULL_PAGES, after), (FULL_PAGES, after)]):
        server.pages["a.test/page"] = shown
        keep_run(server, tmp_path, ["http://a.test/page"], days=number, snapshots=rules)
        assert server.asked("a.test", "/s.css") == min(number, 1)
    assert look(tmp_path).problems == ()


def test_it_does_not_matter_which_link_asks_first(server: Server, tmp_path: Path) -> None:
    """An AMP copy, of which the page alone is kept, leads to an article's own page, which is kept in full."""
    server.pages["a.test/page"] = page()
    server.pages["a.test/slow"] = Page(status=302, headers="Location: /page")
    rules = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE) | {Part.ARTICLE: Depth.FULL})
    for number, hottest in enumerate([Role.AMP, Role.WEB]):
        links = tuple(
            link(f"http://a.test{path}", role=role, rank=(float(role is hottest), 0.0, 0.0))
            for path, role in (("/page", Role.AMP), ("/slow", Role.WEB))
        )
        folder = tmp_path / str(number)
        keep_links(server, folder, Reading(links=links, records=1), snapshots=rules)
        assert "http://a.test/s.css" in urls_of(folder)


def test_a_page_is_kept_though_a_link_that_wants_none_asked_first(server: Server, tmp_path: Path) -> None:
    """Whether the other link comes while it is asked for or later; what leads there is kept, too."""
    server.pages["a.test/page"] = page()
    server.pages["a.test/way"] = Page(status=302, headers="Location: /page")
    server.pages["a.test/slow"] = Page(status=302, headers="Location: /way")
    rules = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE) | {Part.AMP: Depth.NONE})
    for number, first in enumerate(["/page", "/way", "/slow?first"]):
        links = (
            link(f"http://a.test{first}", role=Role.AMP, rank=(1.0, 0.0, 0.0)),
            link("http://a.test/slow", role=Role.WEB, rank=(0.0, 0.0, 0.0)),
        )
        folder = tmp_path / str(number)
        report = keep_links(server, folder, Reading(links=links, records=1), snapshots=rules)
        assert urls_of(folder) == [f"http://a.test{path}" for path in ("/page", "/slow", "/way")]
        assert [row.snapshot is not None for row in report.links] == [False, True]
    assert server.asked("a.test", "/page") <= 6


def test_what_gives_no_answer_is_not_asked_for_again_to_be_kept(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/slow"] = Page(status=302, headers="Location: /reset")
    asked: list[int] = []
    for number, depth in enumerate([Depth.PAGE, Depth.NONE]):
        rules = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE) | {Part.AMP: depth})
        links = (link("http://a.test/reset", role=Role.AMP), link("http://a.test/slow", role=Role.WEB))
        keep_links(server, tmp_path / str(number), Reading(links=links, records=1), snapshots=rules)
        asked.append(server.asked("a.test", "/reset") - sum(asked))
    assert asked[0] == asked[1] > 0


def test_a_page_that_may_not_be_kept_is_asked_for_once(server: Server, tmp_path: Path) -> None:
    server.robots["a.test"] = b"User-agent: *\nDisallow: /page\n"  # which keeps nobody from looking whether it is there
    server.pages["a.test/page"] = page()
    server.pages["a.test/slow"] = Page(status=302, headers="Location: /page")
    rules = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE) | {Part.AMP: Depth.NONE})
    links = (link("http://a.test/page", role=Role.AMP), link("http://a.test/slow", role=Role.WEB))
    keep_links(server, tmp_path, Reading(links=links, records=1), snapshots=rules)
    assert server.asked("a.test", "/page") <= 2
    assert urls_of(tmp_path) == ["http://a.test/slow"]


def test_what_a_page_needs_is_no_page_itself(server: Server, tmp_path: Path) -> None:
    """An icon that is answered with the site's home page needs nothing."""
    server.pages["a.test/page"] = page(STYLED.replace("<article>", "<img src=gone.png><article>"))
    server.pages["a.test/gone.png"] = page("<!doctype html><title>Home</title><img src=of-home.png>")
    server.pages["a.test/s.css"] = Page(body=b"p{background:url(of-sheet.png)}", headers="Content-Type: text/css")
    keep_run(server, tmp_path, ["http://a.test/page"], snapshots=FULL_PAGES)
    assert (server.asked("a.test", "/of-home.png"), server.asked("a.test", "/of-sheet.png")) == (0, 1)


def test_no_more_than_500_things_are_asked_for_a_page_and_its_sheets(server: Server, tmp_path: Path) -> None:
    sheet = "".join(f"p{{background:url(/{number}.png)}}" for number in range(400))
    pictures = "".join(f"<img src=/{number}.jpg>" for number in range(300))
    server.pages["a.test/page"] = page(STYLED.replace("<article>", f"{pictures}<article>"))
    server.pages["a.test/s.css"] = Page(body=sheet.encode(), headers="Content-Type: text/css")
    keep_run(server, tmp_path, ["http://a.test/page"], snapshots=FULL_PAGES)
    assert len([arrival for arrival in server.arrivals if arrival.path not in ("/page", "/robots.txt")]) == 500


def test_an_error_is_no_answer_to_what_a_page_needs(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/page"] = page()
    server.pages["a.test/s.css"] = Page(status=503)
    keep_run(server, tmp_path, ["http://a.test/page"], snapshots=FULL_PAGES)
    server.pages["a.test/s.css"] = Page(body=b"p{}", headers="Content-Type: text/css")
    keep_run(server, tmp_path, ["http://a.test/page"], snapshots=FULL_PAGES, days=2)
    with holding(tmp_path) as held:
        sheet = held("http://a.test/s.css")
        assert sheet
        assert sheet.status == 200


def test_a_page_is_held_though_an_error_came_after_it(server: Server, tmp_path: Path) -> None:
    """What is asked for by condition, and what says the same, is the last good page."""
    for number in range(4):
        token = STYLED.replace("<title>", f"<meta name=token content={number}><title>")
        server.pages["a.test/page"] = page(token) if number % 2 == 0 else Page(status=503, body=b"later")
        report = keep_run(server, tmp_path, ["http://a.test/page"], days=number)
    assert report.links[0].snapshot
    assert report.links[0].snapshot.how is How.SAME_TEXT
    assert urls_of(tmp_path).count("http://a.test/page") == 2


def test_half_a_page_does_not_stand_for_the_whole(server: Server, tmp_path: Path) -> None:
    whole = f"{STYLED}<p>{'An end. ' * 40}</p>"
    server.pages["a.test/page"] = page(STYLED, f"Content-Length: {len(whole)}")
    server.drop_after_pages.add("a.test/page")
    keep_run(server, tmp_path, ["http://a.test/page"])
    server.drop_after_pages.clear()
    server.pages["a.test/page"] = page()
    report = keep_run(server, tmp_path, ["http://a.test/page"], days=1)
    assert report.links[0].snapshot
    assert report.links[0].snapshot.how is How.STORED


def test_a_revisit_of_another_address_needs_what_it_names_itself(server: Server, tmp_path: Path) -> None:
    server.pages |= {"a.test/page": page(), "b.test/page": page()}
    for number, host in enumerate("ab"):
        keep_run(server, tmp_path / "archive", [f"http://{host}.test/page"], days=number, snapshots=FULL_PAGES)
    assert "http://b.test/page" in urls_of(tmp_path / "archive", "revisit")
    with holding(tmp_path / "archive") as held:
        other = held("http://b.test/page")
        assert other
        assert other.requisites == ("http://b.test/s.css",)


def test_a_snapshot_takes_along_what_its_needs_are_sent_to(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/page"] = page()
    server.pages["a.test/s.css"] = Page(status=302, headers="Location: /t.css")
    keep_run(server, tmp_path / "archive", ["http://a.test/page", "http://a.test/other"], snapshots=FULL_PAGES)
    done = export_wacz(
        tmp_path / "archive",
        tmp_path / "out.wacz",
        Wanted(targets={"http://a.test/page"}),
        software="a test",
        now=clock(),
    )
    assert done.captures == 3  # the page, the redirect, the sheet


def test_a_lost_warc_is_stored_again(server: Server, tmp_path: Path) -> None:
    """Nothing refers to what is gone; that it is gone stays told."""
    server.pages["a.test/page"] = page(headers='ETag: "1"')
    keep_run(server, tmp_path, ["http://a.test/page"])
    [lost] = warcs(tmp_path)
    lost.unlink()
    report = keep_run(server, tmp_path, ["http://a.test/page"], days=1)
    assert report.links[0].snapshot
    assert report.links[0].snapshot.how is How.STORED
    assert urls_of(tmp_path) == ["http://a.test/page"]
    [problem] = look(tmp_path).problems
    assert "the snapshot of http://a.test/page" in problem
    assert repair(tmp_path).problems == (problem,)


def test_a_tag_of_ten_thousand_attributes_holds_nobody_up(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/page"] = page("<!doctype html><p " + "".join(f"a{number}=1 " for number in range(100_000)))
    keep_run(server, tmp_path, ["http://a.test/page"], snapshots=FULL_PAGES)
    assert urls_of(tmp_path) == ["http://a.test/page"]
