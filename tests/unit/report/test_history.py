"""A target's history, as it is printed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archiver.model import Caution, Check, Outcome, Reason
from archiver.report.history import history_text
from archiver.report.screen import Screen
from archiver.report.standing import ordinal
from tests.builders import NOW, check
from tests.unit.report.scenes import ADVANCE, HISTORY, history

WIDE = """\
https://example.com/a
  suspect, first seen 2026-01-02 03:04, last well 2026-01-16 03:04, failing
  since 2026-01-23 03:04, 1 strike

Stands in
  seeds/a.md:4:9  related[1] webUrl

Checks, in UTC
  2026-01-02 03:04  alive    alive        answers well
  2026-01-09 03:04  alive    blocked      a bot wall answers; the page may be
                                          well (Cloudflare)
  2026-01-16 03:04  alive    moved        301: moved for good; write the new
                                          address
    now at https://example.com/b
  2026-01-23 03:04  suspect  gone         404: the page is gone
  2026-01-30 03:04  suspect  unreachable  no answer in time (counts for nothing:
                                          our own network was away)

Next
  Dead after 2 more strikes; the next counts from 2026-01-26 03:04 on.
  Dead also after failing, in whatever way, on 5 days (1 so far), the last of
  them on 2026-02-06 or later.
  One good answer makes it alive.
"""

NARROW = """\
https://example.com/a
  suspect, first seen 2026-01-02 03:04,
  last well 2026-01-16 03:04, failing
  since 2026-01-23 03:04, 1 strike

Stands in
  seeds/a.md:4:9  related[1] webUrl

Checks, in UTC
  2026-01-02 03:04  alive
    answers well
  2026-01-09 03:04  blocked
    a bot wall answers; the page may be
    well (Cloudflare)
  2026-01-16 03:04  moved
    301: moved for good; write the new
    address
    now at https://example.com/b
  2026-01-23 03:04  gone
    404: the page is gone
  2026-01-30 03:04  unreachable
    no answer in time (counts for
    nothing: our own network was away)

Next
  Dead after 2 more strikes; the next
  counts from 2026-01-26 03:04 on.
  Dead also after failing, in whatever
  way, on 5 days (1 so far), the last of
  them on 2026-02-06 or later.
  One good answer makes it alive.
"""


def test_a_history_with_the_state_after_each_check() -> None:
    assert "\n".join(history_text(HISTORY, Screen(width=80), advance=ADVANCE)) + "\n" == WIDE


def test_a_history_on_a_narrow_screen() -> None:
    assert "\n".join(history_text(HISTORY, Screen(width=40))) + "\n" == NARROW


SLOWLY = "Dead also after failing, in whatever way, on 5 days ({} so far), the last of them on 2026-01-16 or later."


def on(day: int, outcome: Outcome = Outcome.GONE, reason: str = "status_404", **given: object) -> Check:
    return check(outcome, reason, checked_at=NOW + timedelta(days=day), **given)


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([on(0, Outcome.ALIVE, "ok")], ["A bad answer makes it suspect; no single one makes it dead."]),
        ([on(0), on(3), on(6)], ["One good answer makes it alive again; until then it stays dead."]),
        (
            [on(0, reason="status_410")],
            [
                "Dead after 1 more strike; the next counts from 2026-01-05 03:04 on.",
                SLOWLY.format(1),
                "One good answer makes it alive.",
            ],
        ),
        (
            [on(0, Outcome.FAILING, "status_503"), on(1, Outcome.FAILING, "status_503")],
            [
                "Dead after 3 more strikes (such as a 404), at least 3 days apart.",
                SLOWLY.format(2),
                "One good answer makes it alive.",
            ],
        ),
        (
            [on(0, Outcome.INVALID, Reason.BAD_URL)],
            ["No visit will change this: the address has to be corrected in the record."],
        ),
        (
            [on(0, Outcome.BLOCKED, "status_403")],
            ["Nothing seen so far says whether it lives; one good answer makes it alive."],
        ),
        (
            [on(0, Outcome.DRIFTED, "title_mismatch")],
            ["It is drifted, neither alive nor dead; a page as linked makes it alive."],
        ),
    ],
    ids=["alive", "dead", "a strike", "failing", "invalid", "unknown", "drifted"],
)
def test_what_would_come_next(checks: list[Check], said: list[str]) -> None:
    lines = list(history_text(history(*checks)))
    assert [line.strip() for line in lines[lines.index("Next") + 1 :]] == said


def test_a_doubtful_check_says_so() -> None:
    lines = list(history_text(history(on(0, Outcome.UNREACHABLE, Reason.RESET, warnings=(Caution.INCONCLUSIVE,)))))
    assert any(line.endswith("(counts for nothing: our own network was away)") for line in lines)


def test_a_server_writes_no_lines_of_its_own() -> None:
    lines = history_text(history(on(0, Outcome.UNREACHABLE, Reason.BAD_HTTP, note="a\x1b[2J\nb \u202e")))
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (21, "21st"), (112, "112th")]
)
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("reason", "note", "said"),
    [
        (Reason.TLS_ERROR, "WRONG_VERSION_NUMBER", "no secure connection came about (WRONG_VERSION_NUMBER)"),
        (Reason.REFUSED, "Connect call failed ('203.0.113.1', 443)", "the host refuses connections"),
    ],
)
def test_a_note_is_told_where_it_adds_something(reason: Reason, note: str, said: str) -> None:
    lines = history_text(history(on(0, Outcome.UNREACHABLE, reason, note=note)))
    assert any(line.endswith(f"  {said}") for line in lines)
