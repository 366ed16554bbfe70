"""States: strikes, spacing, slow evidence, resets, as docs/verdicts.md tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archiver.model import Check, Outcome, RotRules, State, Track
from archiver.verdict.state import EVIDENCE, Evidence, advance, evidence

START = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ROT = RotRules()

REASONS = {
    "ok": Outcome.ALIVE,
    "redirect_301": Outcome.MOVED,
    "status_401": Outcome.RESTRICTED,
    "status_403": Outcome.BLOCKED,
    "tls_expired": Outcome.INSECURE,
    "status_503": Outcome.FAILING,
    "robots_5xx": Outcome.FAILING,
    "timeout": Outcome.UNREACHABLE,
    "dns_nxdomain": Outcome.UNREACHABLE,
    "dns_failure": Outcome.UNREACHABLE,
    "status_404": Outcome.GONE,
    "status_410": Outcome.GONE,
    "says_missing": Outcome.SOFT_404,
    "for_sale": Outcome.PARKED,
    "redirect_loop": Outcome.BROKEN,
    "title_mismatch": Outcome.DRIFTED,
    "to_canonical": Outcome.AMP_RETIRED,
    "bad_url": Outcome.INVALID,
    "robots": Outcome.SKIPPED,
    "too_large": Outcome.UNKNOWN,
}
"""One reason or more of every verdict."""

WITHOUT_EVIDENCE = ["status_401", "status_403", "tls_expired", "robots", "too_large"]


def check(reason: str, day: float = 0.0) -> Check:
    return Check(
        target="https://example.com/",
        checked_at=START + timedelta(days=day),
        outcome=REASONS[reason],
        reason=reason,
    )


def fold(*checks: Check, rot: RotRules = ROT) -> Track:
    track = None
    for each in checks:
        track = advance(track, each, rot)
    assert track
    return track


def history(*pairs: tuple[float, str]) -> Track:
    return fold(*(check(reason, day) for day, reason in pairs))


def at(day: float | None) -> datetime | None:
    return None if day is None else START + timedelta(days=day)


# --- evidence -------------------------------------------------------------------------------------------------


def test_every_verdict_has_its_evidence() -> None:
    assert set(EVIDENCE) == set(Outcome)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("ok", Evidence.RESETS),
        ("redirect_301", Evidence.RESETS),
        ("status_401", Evidence.NONE),
        ("status_403", Evidence.NONE),
        ("tls_expired", Evidence.NONE),
        ("status_503", Evidence.SLOW),
        ("robots_5xx", Evidence.SLOW),
        ("timeout", Evidence.SLOW),
        ("dns_failure", Evidence.SLOW),
        ("dns_nxdomain", Evidence.STRONG),
        ("status_404", Evidence.STRONG),
        ("status_410", Evidence.STRONG),
        ("says_missing", Evidence.STRONG),
        ("for_sale", Evidence.STRONG),
        ("redirect_loop", Evidence.STRONG),
        ("title_mismatch", Evidence.DRIFT),
        ("to_canonical", Evidence.RETIRE),
        ("bad_url", Evidence.FINAL),
        ("robots", Evidence.NONE),
        ("too_large", Evidence.NONE),
    ],
)
def test_evidence(reason: str, expected: Evidence) -> None:
    assert evidence(check(reason)) is expected


# --- states ---------------------------------------------------------------------------------------------------

ALMOST_3_DAYS = 3 - 0.001 / 86_400  # a millisecond less


@dataclass(frozen=True, kw_only=True)
class Row:
    """A history, day by day, and where it leads to."""

    seen: list[tuple[float, str]]
    state: State
    strikes: int = 0
    dead: float | None = None
    failed: float | None = None
    ok: float | None = None


def daily(reason: str, *days: float) -> list[tuple[float, str]]:
    return [(day, reason) for day in days]


ROWS = {
    # no evidence
    "robots-forbid": Row(seen=[(0, "robots")], state=State.UNKNOWN),
    "blocked": Row(seen=[(0, "status_403")], state=State.UNKNOWN),
    "ok": Row(seen=[(0, "ok")], state=State.ALIVE, ok=0),
    "moved": Row(seen=[(0, "redirect_301")], state=State.ALIVE, ok=0),
    "ok-then-blocked": Row(seen=[(0, "ok"), (1, "status_403")], state=State.ALIVE, ok=0),
    # strikes
    "1-strike": Row(seen=[(0, "status_404")], state=State.SUSPECT, strikes=1, failed=0),
    "2-strikes": Row(seen=daily("status_404", 0, 3), state=State.SUSPECT, strikes=2, failed=0),
    "3-strikes": Row(seen=daily("status_404", 0, 3, 6), state=State.DEAD, strikes=3, failed=0, dead=6),
    "4-strikes-dead-since-the-3rd": Row(
        seen=daily("status_404", 0, 3, 6, 9), state=State.DEAD, strikes=4, failed=0, dead=6
    ),
    "kinds-mixed": Row(
        seen=[(0, "says_missing"), (3, "for_sale"), (6, "redirect_loop")],
        state=State.DEAD,
        strikes=3,
        failed=0,
        dead=6,
    ),
    # spacing
    "just-under-3-days": Row(
        seen=daily("status_404", 0, 3, 3 + ALMOST_3_DAYS), state=State.SUSPECT, strikes=2, failed=0
    ),
    "just-3-days": Row(seen=daily("status_404", 0, 3, 6), state=State.DEAD, strikes=3, failed=0, dead=6),
    "spaced-from-the-last-counted": Row(
        seen=daily("status_404", 0, 2, 3, 5, 6), state=State.DEAD, strikes=3, failed=0, dead=6
    ),
    "4-in-a-day": Row(seen=daily("status_404", 0, 0.1, 0.2, 0.3), state=State.SUSPECT, strikes=1, failed=0),
    # definite
    "410-twice": Row(seen=daily("status_410", 0, 3), state=State.DEAD, strikes=2, failed=0, dead=3),
    "410-twice-too-near": Row(seen=daily("status_410", 0, 2), state=State.SUSPECT, strikes=1, failed=0),
    "nxdomain-twice": Row(seen=daily("dns_nxdomain", 0, 3), state=State.DEAD, strikes=2, failed=0, dead=3),
    "410-then-nxdomain": Row(
        seen=[(0, "status_410"), (3, "dns_nxdomain")], state=State.DEAD, strikes=2, failed=0, dead=3
    ),
    "410-then-404": Row(seen=[(0, "status_410"), (3, "status_404")], state=State.SUSPECT, strikes=2, failed=0),
    "410-404-410": Row(
        seen=[(0, "status_410"), (3, "status_404"), (6, "status_410")], state=State.DEAD, strikes=3, failed=0, dead=6
    ),
    "404-too-near-does-not-mix": Row(
        seen=[(0, "status_410"), (1, "status_404"), (3, "status_410")], state=State.DEAD, strikes=2, failed=0, dead=3
    ),
    "reset-forgets-the-404": Row(
        seen=[(0, "status_404"), (1, "ok"), (2, "status_410"), (5, "status_410")],
        state=State.DEAD,
        strikes=2,
        failed=2,
        dead=5,
        ok=1,
    ),
    # slow
    "failing-once": Row(seen=[(0, "status_503")], state=State.SUSPECT, failed=0),
    "5-days-span-13": Row(seen=daily("timeout", 0, 3, 6, 9, 13), state=State.SUSPECT, failed=0),
    "5-days-span-14": Row(seen=daily("timeout", 0, 3, 6, 9, 14), state=State.DEAD, failed=0, dead=14),
    "4-days-span-20": Row(seen=daily("timeout", 0, 5, 10, 20), state=State.SUSPECT, failed=0),
    "4-days-many-checks": Row(seen=daily("timeout", 0, 0.1, 0.2, 5, 10, 20), state=State.SUSPECT, failed=0),
    "5th-day-long-after": Row(seen=daily("timeout", 0, 1, 2, 3, 90), state=State.DEAD, failed=0, dead=90),
    "strong-counts-as-slow": Row(
        seen=[(0, "timeout"), (3, "status_503"), (6, "status_404"), (7, "status_404"), (14, "status_503")],
        state=State.DEAD,
        strikes=1,
        failed=0,
        dead=14,
    ),
    "too-near-for-a-strike-is-still-a-day": Row(
        seen=[(0, "status_404"), (1, "status_404"), (2, "timeout"), (2.9, "timeout"), (14, "timeout")],
        state=State.DEAD,
        strikes=1,
        failed=0,
        dead=14,
    ),
    "slow-is-no-strike": Row(
        seen=[(0, "status_404"), (3, "timeout"), (6, "status_404")], state=State.SUSPECT, strikes=2, failed=0
    ),
    # resets
    "success-between-strikes": Row(
        seen=[*daily("status_404", 0, 3), (4, "ok"), (6, "status_404")],
        state=State.SUSPECT,
        strikes=1,
        failed=6,
        ok=4,
    ),
    "success-between-slow": Row(
        seen=[*daily("timeout", 0, 3, 6), (7, "redirect_301"), *daily("timeout", 9, 14)],
        state=State.SUSPECT,
        failed=9,
        ok=7,
    ),
    "dead-then-ok": Row(seen=[*daily("status_404", 0, 3, 6), (7, "ok")], state=State.ALIVE, ok=7),
    "dead-ok-then-gone": Row(
        seen=[*daily("status_404", 0, 3, 6), (7, "ok"), (8, "status_404")],
        state=State.SUSPECT,
        strikes=1,
        failed=8,
        ok=7,
    ),
    # blocked in between
    "blocked-between-strikes": Row(
        seen=[(0, "status_404"), (1, "status_403"), (3, "status_404"), (4, "status_403"), (6, "status_404")],
        state=State.DEAD,
        strikes=3,
        failed=0,
        dead=6,
    ),
    "blocked-is-no-strike": Row(
        seen=[(0, "status_404"), (3, "status_403"), (6, "status_404")], state=State.SUSPECT, strikes=2, failed=0
    ),
    "dead-then-blocked": Row(
        seen=[*daily("status_404", 0, 3, 6), (9, "status_403")], state=State.DEAD, strikes=3, failed=0, dead=6
    ),
    "dead-then-failing": Row(
        seen=[*daily("status_410", 0, 3), (9, "timeout")], state=State.DEAD, strikes=2, failed=0, dead=3
    ),
    "dead-by-410-then-404": Row(
        seen=[*daily("status_410", 0, 3), (6, "status_404")], state=State.DEAD, strikes=3, failed=0, dead=3
    ),
    # drift, retirement, no address
    "drifts": Row(seen=[(0, "ok"), (1, "title_mismatch")], state=State.DRIFTED, ok=0),
    "drift-clears": Row(
        seen=[*daily("status_404", 0, 3), (4, "title_mismatch"), (6, "status_404")],
        state=State.SUSPECT,
        strikes=1,
        failed=6,
    ),
    "drift-clears-slow": Row(
        seen=[*daily("timeout", 0, 3, 6, 9), (10, "title_mismatch"), (14, "timeout")], state=State.SUSPECT, failed=14
    ),
    "dead-then-drifted": Row(
        seen=[*daily("status_404", 0, 3, 6), (7, "title_mismatch")],
        state=State.DRIFTED,
    ),
    "drifted-then-blocked": Row(seen=[(0, "title_mismatch"), (1, "status_403")], state=State.DRIFTED),
    "retires": Row(seen=[(0, "ok"), (1, "to_canonical")], state=State.RETIRED, ok=0),
    "retiring-counts-nothing": Row(
        seen=[*daily("status_404", 0, 3), (4, "to_canonical")], state=State.RETIRED, strikes=2, failed=0
    ),
    "retired-then-ok": Row(seen=[(0, "to_canonical"), (1, "ok")], state=State.ALIVE, ok=1),
    "invalid": Row(seen=[(0, "bad_url")], state=State.DEAD, failed=0, dead=0),
    "invalid-again": Row(seen=daily("bad_url", 0, 1), state=State.DEAD, failed=0, dead=0),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_state(row: Row) -> None:
    track = history(*row.seen)
    assert (track.state, track.strikes) == (row.state, row.strikes)
    assert (track.dead_since, track.first_failed_at, track.last_ok_at) == (at(row.dead), at(row.failed), at(row.ok))
    assert (track.first_seen_at, track.last_checked_at) == (START, at(row.seen[-1][0]))


def test_failing_days_are_days_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    late, early = (
        replace(check("timeout"), checked_at=datetime(2026, 1, 2, hour, tzinfo=tokyo))
        for hour in (8, 10)  # 23:00 and 01:00 in UTC
    )
    track = fold(late, early)
    assert (track.failing_days, track.last_failing_day) == (2, date(2026, 1, 2))


def test_rules_are_settings() -> None:
    rot = RotRules(strikes=1, definite_strikes=1, spacing_s=0.0, slow_days=2, slow_span_days=1)
    assert fold(check("status_404"), rot=rot).state is State.DEAD
    assert fold(check("timeout"), rot=rot).state is State.SUSPECT
    assert fold(check("timeout"), check("timeout", 1), rot=rot).state is State.DEAD


def test_who_is_dead_by_two_definite_strikes_stays_dead_whatever_the_third() -> None:
    rot = RotRules(strikes=9)
    assert fold(check("status_410", 0), check("status_410", 3), check("status_404", 6), rot=rot).state is State.DEAD


# --- laws -----------------------------------------------------------------------------------------------------

steps = st.tuples(st.sampled_from(sorted(REASONS)), st.floats(0, 10))


@st.composite
def histories(draw: st.DrawFn) -> list[Check]:
    day, checks = 0.0, []
    for reason, days in draw(st.lists(steps, min_size=1, max_size=25)):
        day += days
        checks.append(check(reason, day))
    return checks


@given(histories())
def test_law_one_success_makes_alive(checks: list[Check]) -> None:
    """Whatever came before, a success leaves nothing of it but first_seen_at."""
    success = replace(check("ok"), checked_at=checks[-1].checked_at + timedelta(hours=1))
    at = success.checked_at
    assert fold(*checks, success) == Track(
        state=State.ALIVE, first_seen_at=checks[0].checked_at, last_checked_at=at, last_ok_at=at
    )


@given(histories())
def test_law_checks_without_evidence_can_be_left_out(checks: list[Check]) -> None:
    """They change when a target was seen, nothing else."""
    telling = [each for each in checks if each.reason not in WITHOUT_EVIDENCE]
    if telling:
        track, seen = fold(*telling), fold(*checks)
        assert seen == replace(track, first_seen_at=seen.first_seen_at, last_checked_at=seen.last_checked_at)
    else:
        assert fold(*checks).state is State.UNKNOWN


@given(histories())
def test_law_dead_since_goes_with_dead(checks: list[Check]) -> None:
    track = fold(*checks)
    assert (track.state is State.DEAD) == (track.dead_since is not None)


@given(histories())
def test_law_no_strike_and_no_failing_day_without_a_failure(checks: list[Check]) -> None:
    track = fold(*checks)
    assert (track.first_failed_at is None) == (track.failing_days == 0) == (track.last_failing_day is None)
    assert (track.strikes == 0) == (track.last_strike_at is None)
    assert track.strikes <= len(checks)


@given(histories())
def test_law_dead_ends_only_by_what_answers(checks: list[Check]) -> None:
    """Only a success, a drift or a retirement ends a death; its date stays."""
    track = None
    for each in checks:
        before, track = track, advance(track, each, ROT)
        if before and before.state is State.DEAD and each.outcome in (Outcome.GONE, Outcome.BLOCKED, Outcome.FAILING):
            assert (track.state, track.dead_since) == (State.DEAD, before.dead_since)
