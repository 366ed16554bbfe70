"""JSON Lines: the keys, their order, and null where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace

from archiver.model import (
    CachedImage,
    Caution,
    History,
    KeptThumbnail,
    LinkReport,
    Outcome,
    Reason,
    RecordError,
    Redirect,
    Role,
    RunReport,
    State,
    ThumbnailFormat,
    Track,
)
from archiver.report.jsonl import history_lines, link_lines, run_lines
from tests.builders import DIGEST, NOW, check, link, seen_image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Check

IMAGE = link(
    "https://example.com/old.jpg#x",
    item="related[0]",
    field="images[0].url",
    role=Role.IMAGE,
    line=41,
    column=12,
    target="https://example.com/old.jpg",
)
MOVED = check(
    Outcome.MOVED,
    "redirect_301",
    target="https://example.com/old.jpg",
    status=200,
    final_url="https://example.com/new.jpg",
    redirects=(Redirect(status=301, url="https://example.com/old.jpg"),),
    content_type="image/jpeg",
    size_bytes=24_540,
    digest=DIGEST,
    attempts=1,
    elapsed_ms=41.2,
    warnings=(Caution.ROBOTS,),
    note="declared 1600x900, is 1200x675",
)
ALIVE = Track(state=State.ALIVE, first_seen_at=NOW, last_checked_at=NOW, last_ok_at=NOW)
AT = "2026-01-02T03:04:05.678Z"

PLACE = {
    "type": "link",
    "record": "seeds/a.md",
    "item": "related[0]",
    "field": "images[0].url",
    "line": 41,
    "column": 12,
    "role": "image",
    "url": "https://example.com/old.jpg#x",
    "target": "https://example.com/old.jpg",
}
CHECKED = {
    "verdict": "moved",
    "reason": "redirect_301",
    "status": 200,
    "final_url": "https://example.com/new.jpg",
    "redirects": [{"status": 301, "url": "https://example.com/old.jpg"}],
    "content_type": "image/jpeg",
    "bytes": 24_540,
    "digest": DIGEST,
    "attempts": 1,
    "elapsed_ms": 41.2,
    "checked_at": AT,
    "cached": False,
    "warnings": ["robots"],
    "note": "declared 1600x900, is 1200x675",
}
TRACKED = {
    "state": "alive",
    "first_seen_at": AT,
    "last_ok_at": AT,
    "first_failed_at": None,
    "dead_since": None,
    "strikes": 0,
    "snapshot": None,
    "image": None,
}


def decoded(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """The objects, each of which has to be one whole line."""
    kept = list(lines)
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in kept)
    return [msgspec.json.decode(line) for line in kept]


def run(*rows: LinkReport, **given: Any) -> list[dict[str, Any]]:
    return decoded(run_lines(RunReport(links=rows, records=1, targets=1, **given)))


def test_a_link_with_all_that_is_known() -> None:
    line, _ = run(LinkReport(link=IMAGE, check=MOVED, track=ALIVE))
    expected = {**PLACE, **CHECKED, **TRACKED}
    assert line == expected
    assert list(line) == list(expected)


def test_a_link_of_which_nothing_is_known_has_the_same_keys() -> None:
    line, _ = run(LinkReport(link=IMAGE))
    unknown: dict[str, Any] = {
        **dict.fromkeys([*CHECKED, *TRACKED]),
        "redirects": [],
        "attempts": 0,
        "cached": False,
        "warnings": [],
        "state": "unknown",
        "strikes": 0,
    }
    assert line == {**PLACE, **unknown}
    assert list(line) == [*PLACE, *unknown]


def test_a_dead_link() -> None:
    dead = Track(
        state=State.DEAD, first_seen_at=NOW, last_checked_at=NOW, first_failed_at=NOW, dead_since=NOW, strikes=3
    )
    line, _ = run(LinkReport(link=IMAGE, check=check(Outcome.GONE, "status_404", status=404), track=dead))
    assert (line["verdict"], line["state"], line["strikes"]) == ("gone", "dead", 3)
    assert (line["first_failed_at"], line["dead_since"], line["last_ok_at"]) == (AT, AT, None)


def test_a_faulty_address_has_no_target() -> None:
    line, _ = run(
        LinkReport(link=link("mailto:me", fault=Reason.BAD_SCHEME), check=check(Outcome.INVALID, "bad_scheme"))
    )
    assert (line["url"], line["target"]) == ("mailto:me", None)


def test_what_was_not_reached_was_not_checked() -> None:
    line, _ = run(LinkReport(link=IMAGE, check=check(Outcome.SKIPPED, Reason.NOT_REACHED)))
    assert (line["verdict"], line["checked_at"]) == ("skipped", None)


@pytest.mark.parametrize("url", ["https://example.com/\n\r\u2028\x00\x1b", "https://例え.jp/😀"])
def test_a_link_is_one_line_whatever_it_holds(url: str) -> None:
    line, _ = run(LinkReport(link=link(url)))
    assert line["url"] == url


def test_links_that_share_a_target_are_a_line_each() -> None:
    rows = [LinkReport(link=link(line=number), check=check()) for number in (3, 1, 2)]
    assert [line.get("line") for line in run(*rows)] == [3, 1, 2, None]


def test_record_errors_come_after_links_and_before_the_summary() -> None:
    problem = RecordError("a key stands twice", record="seeds/b.md", line=7)
    lines = run(LinkReport(link=IMAGE), problems=(problem, RecordError("no such file", record="c.md")))
    assert lines[1:3] == [
        {"type": "record_error", "record": "seeds/b.md", "line": 7, "message": "a key stands twice"},
        {"type": "record_error", "record": "c.md", "line": None, "message": "no such file"},
    ]
    assert list(lines[1]) == ["type", "record", "line", "message"]
    assert [line["type"] for line in lines] == ["link", "record_error", "record_error", "summary"]


def test_a_summary() -> None:
    rows = [
        LinkReport(link=IMAGE, check=MOVED, track=ALIVE),
        LinkReport(link=IMAGE, check=check(), track=ALIVE),
        LinkReport(link=IMAGE, check=check()),
    ]
    problem = RecordError("no such file", record="c.md")
    *_, summary = run(*rows, unpublished=2, elapsed_s=4.249, inconclusive=True, problems=(problem,))
    expected = {
        "type": "summary",
        "records": 1,
        "unpublished": 2,
        "record_errors": 1,
        "links": 3,
        "targets": 1,
        "by_verdict": {"alive": 2, "moved": 1},
        "by_state": {"alive": 2, "unknown": 1},
        "inconclusive": True,
        "interrupted": False,
        "elapsed_s": 4.2,
    }
    assert summary == expected
    assert list(summary) == list(expected)


def test_the_summary_of_nothing() -> None:
    (summary,) = decoded(run_lines(RunReport(links=())))
    assert (summary["links"], summary["by_verdict"], summary["by_state"]) == (0, {}, {})


def test_a_listing_has_the_same_objects_without_what_needs_a_check() -> None:
    report = RunReport(links=(LinkReport(link=IMAGE),), records=1, targets=1)
    line, summary = decoded(link_lines(report))
    assert line == {**PLACE, "warnings": []}
    assert list(line) == [*PLACE, "warnings"]
    assert summary == {
        "type": "summary",
        "records": 1,
        "unpublished": 0,
        "record_errors": 0,
        "links": 1,
        "targets": 1,
    }


def test_a_history_is_places_then_checks_then_the_state() -> None:
    history = History(target=MOVED.target, track=ALIVE, checks=(MOVED,), links=(IMAGE,))
    assert decoded(history_lines(history)) == [
        PLACE,
        {"type": "check", "target": MOVED.target, **CHECKED, "snapshot": None},
        {"type": "state", "target": MOVED.target, **TRACKED},
    ]


# --- images ---------------------------------------------------------------------------------------------------

SEEN = seen_image(thumbhash="1QcSHQ")
THUMBNAIL = KeptThumbnail(width=320, height=180, format=ThumbnailFormat.WEBP, path="thumbnails/0f/0f-320.webp")
KEPT = replace(SEEN, path="images/0f/0f.jpg", thumbnails=(THUMBNAIL,))
CACHED = CachedImage(current=KEPT, since=NOW, latest=KEPT, latest_at=NOW, url=MOVED.target)
TOLD = {"format": "JPEG", "width": 1200, "height": 675, "path": None, "thumbhash": "1QcSHQ", "thumbnails": []}
TOLD_OF_COPY = TOLD | {
    "path": "images/0f/0f.jpg",
    "thumbnails": [{"width": 320, "height": 180, "path": "thumbnails/0f/0f-320.webp"}],
}


@pytest.mark.parametrize(
    ("seen", "cached", "expected"),
    [
        (MOVED, None, None),
        (replace(MOVED, image=SEEN), None, TOLD),
        (replace(MOVED, image=SEEN, outcome=Outcome.SOFT_404), None, None),
        (replace(MOVED, outcome=Outcome.GONE), CACHED, TOLD_OF_COPY),
        (None, CACHED, TOLD_OF_COPY),
    ],
    ids=["not looked into", "only seen", "a placeholder", "gone, and held", "not checked"],
)
def test_an_image_is_told_as_it_is_held(seen: Check | None, cached: CachedImage | None, expected: object) -> None:
    row = LinkReport(link=IMAGE, check=seen, image=cached)
    line, _ = (msgspec.json.decode(line) for line in run_lines(RunReport(links=(row,))))
    assert line["image"] == expected


def test_notes_of_check_and_link_are_told_together() -> None:
    rows = (
        LinkReport(link=IMAGE, check=replace(MOVED, note="of the check"), note="of the link"),
        LinkReport(link=IMAGE, check=replace(MOVED, note=None), note="of the link"),
        LinkReport(link=IMAGE, check=replace(MOVED, note=None)),
    )
    *told, _ = (msgspec.json.decode(line) for line in run_lines(RunReport(links=rows)))
    assert [line["note"] for line in told] == ["of the check; of the link", "of the link", None]
