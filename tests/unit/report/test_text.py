"""Text for people, as it is printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from archiver.model import History, LinkReport, Outcome, RecordError, Redirect, RunReport, State, Track
from archiver.report.text import history_text, link_text, run_text
from archiver.report.times import day
from tests.builders import NOW, check, link

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIVE = Track(state=State.ALIVE, first_seen_at=NOW, last_checked_at=NOW, last_ok_at=NOW)
SUSPECT = replace(ALIVE, state=State.SUSPECT, first_failed_at=NOW, strikes=1)
MOVED = check(
    Outcome.MOVED, "redirect_301", redirects=(Redirect(status=301, url="x"),), final_url="https://example.com/new"
)
GONE = check(Outcome.GONE, "status_404")

ROWS = (
    LinkReport(link=link("https://example.com/ok"), check=check(), track=ALIVE),
    LinkReport(link=link("https://example.com/old", line=12, column=3), check=MOVED, track=ALIVE),
    LinkReport(link=link("https://example.com/gone", item="related[0]", line=120), check=GONE, track=SUSPECT),
    LinkReport(link=link("https://example.com/b", record="seeds/b.md"), check=check(), track=ALIVE),
)


def text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_a_run_tells_what_is_not_alive() -> None:
    report = RunReport(links=ROWS, records=2, targets=4)
    assert text(run_text(report)) == dedent("""\
        seeds/a.md
          12:3   webUrl             moved  redirect_301  now https://example.com/new           https://example.com/old
          120:9  related[0] webUrl  gone   status_404                                 suspect  https://example.com/gone

        4 links in 2 records: 2 alive, 1 moved, 1 gone
        By all that was seen so far: 3 alive, 1 suspect
        """)


def test_a_run_tells_everything_where_asked_to() -> None:
    report = RunReport(links=(ROWS[0], ROWS[3]), records=2, targets=2)
    assert text(run_text(report, everything=True)) == dedent("""\
        seeds/a.md
          4:9  webUrl  alive  ok  https://example.com/ok
        seeds/b.md
          4:9  webUrl  alive  ok  https://example.com/b

        2 links in 2 records: 2 alive
        By all that was seen so far: 2 alive
        """)


def test_a_run_where_all_is_well_is_its_summary() -> None:
    report = RunReport(links=(ROWS[0],), records=1, targets=1)
    assert text(run_text(report)) == "1 link in 1 record: 1 alive\nBy all that was seen so far: 1 alive\n"


def test_a_run_with_troubles_of_its_own() -> None:
    problems = (RecordError("a key stands twice", record="b.md", line=7), RecordError("no such file", record="c.md"))
    report = RunReport(links=(), problems=problems, records=1, unpublished=2, interrupted=True)
    assert text(run_text(report)) == dedent("""\
        b.md:7: a key stands twice
        c.md: no such file

        0 links in 1 record (2 unpublished left out), 2 problems in reading: none
        Interrupted: what was checked is kept
        """)


def test_a_listing() -> None:
    report = RunReport(links=tuple(LinkReport(link=row.link) for row in ROWS[2:]), records=2, targets=1234)
    assert text(link_text(report)) == dedent("""\
        seeds/a.md
          120:9  related[0] webUrl  web  https://example.com/gone
        seeds/b.md
          4:9  webUrl  web  https://example.com/b

        2 links, 1,234 targets, 2 records
        """)


def test_a_history() -> None:
    track = Track(
        state=State.DEAD,
        first_seen_at=NOW,
        last_checked_at=NOW,
        last_ok_at=NOW,
        first_failed_at=NOW + timedelta(days=1),
        dead_since=NOW + timedelta(days=9),
        strikes=3,
    )
    checks = (check(), replace(GONE, checked_at=NOW + timedelta(days=1), note="x"), replace(MOVED, note=None))
    history = History(target="https://example.com/a", track=track, checks=checks, links=(link(item="related[1]"),))
    assert text(history_text(history)) == dedent("""\
        https://example.com/a
          dead, first seen 2026-01-02 03:04, last well 2026-01-02 03:04, failing since 2026-01-03 03:04, 3 strikes, \
dead since 2026-01-11 03:04
          in seeds/a.md:4:9 related[1] webUrl

          2026-01-02 03:04  alive  ok
          2026-01-03 03:04  gone   status_404    x
          2026-01-02 03:04  moved  redirect_301  now https://example.com/new
        """)


@pytest.mark.parametrize(
    "url", ["https://example.com/\nfake.md", "https://example.com/\x1b[2J"], ids=["newline", "escape"]
)
def test_a_record_writes_no_lines_of_its_own(url: str) -> None:
    """A terminal obeys what it is sent: what records and servers say is shown, not obeyed."""
    lines = list(run_text(RunReport(links=(LinkReport(link=link(url), check=GONE),), records=1, targets=1)))
    assert all(line.isprintable() for line in lines)


def test_a_time_is_told_in_utc() -> None:
    assert day(NOW.astimezone(timezone(timedelta(hours=5)))) == "2026-01-02 03:04"
