"""States: one check after another, folded into a target's history. Pure; docs/verdicts.md tells the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from archiver.model import Caution, Check, Outcome, Reason, RotRules, State, Track


class Evidence(StrEnum):
    """What a check says about a target's death."""

    RESETS = "resets"  # it lives
    STRONG = "strong"  # a strike, and a failing day
    SLOW = "slow"  # a failing day
    NONE = "none"
    DRIFT = "drift"  # it shows something else: neither dead nor what was linked
    RETIRE = "retire"  # an AMP copy that is no longer needed
    FINAL = "final"  # no repetition can change it


EVIDENCE = {
    Outcome.ALIVE: Evidence.RESETS,
    Outcome.MOVED: Evidence.RESETS,
    Outcome.RESTRICTED: Evidence.NONE,
    Outcome.BLOCKED: Evidence.NONE,
    Outcome.INSECURE: Evidence.NONE,
    Outcome.FAILING: Evidence.SLOW,
    Outcome.UNREACHABLE: Evidence.SLOW,
    Outcome.GONE: Evidence.STRONG,
    Outcome.SOFT_404: Evidence.STRONG,
    Outcome.PARKED: Evidence.STRONG,
    Outcome.BROKEN: Evidence.STRONG,
    Outcome.DRIFTED: Evidence.DRIFT,
    Outcome.AMP_RETIRED: Evidence.RETIRE,
    Outcome.INVALID: Evidence.FINAL,
    Outcome.SKIPPED: Evidence.NONE,
    Outcome.UNKNOWN: Evidence.NONE,
}

EXCEPTIONS: dict[tuple[Outcome, str], Evidence] = {
    (Outcome.UNREACHABLE, Reason.DNS_NXDOMAIN): Evidence.STRONG,
    (Outcome.UNREACHABLE, Reason.HOST_DOWN): Evidence.NONE,  # it was not asked
}
"""Reasons that weigh otherwise than their verdict."""

DEFINITE = frozenset({"status_410", Reason.DNS_NXDOMAIN})
"""Reasons that leave little doubt: fewer strikes are enough."""


def evidence(check: Check) -> Evidence:
    """Say what `check` tells about its target's death."""
    if check.warnings and Caution.INCONCLUSIVE in check.warnings:
        return Evidence.NONE
    return EXCEPTIONS.get((check.outcome, check.reason), EVIDENCE[check.outcome])


def advance(track: Track | None, check: Check, rot: RotRules) -> Track:
    """Give a target's history with `check` added, which is not older than the last one; `track` is None at first."""
    at = check.checked_at
    before = replace(track, last_checked_at=at) if track else Track(first_seen_at=at, last_checked_at=at)
    match evidence(check):
        case Evidence.RESETS:
            return _cleared(before, State.ALIVE, last_ok_at=at)
        case Evidence.NONE:
            return before
        case Evidence.DRIFT:
            return _cleared(before, State.DRIFTED, last_ok_at=before.last_ok_at)
        case Evidence.RETIRE:
            return replace(before, state=State.RETIRED, dead_since=None)
        case Evidence.SLOW:
            return _settled(_with_failing_day(before, at), rot)
        case Evidence.STRONG:
            return _settled(_with_strike(_with_failing_day(before, at), check, rot), rot)
        case Evidence.FINAL:
            return _dead(_with_failing_day(before, at))


def _cleared(track: Track, state: State, *, last_ok_at: datetime | None) -> Track:
    """Take all evidence of death away."""
    return Track(
        state=state,
        first_seen_at=track.first_seen_at,
        last_checked_at=track.last_checked_at,
        last_ok_at=last_ok_at,
    )


def _with_failing_day(track: Track, at: datetime) -> Track:
    today = _day(at)
    return replace(
        track,
        first_failed_at=track.first_failed_at or at,
        failing_days=track.failing_days + (today != track.last_failing_day),
        last_failing_day=today,
    )


def _with_strike(track: Track, check: Check, rot: RotRules) -> Track:
    """Count `check`, where it is far enough from the last one counted."""
    at = check.checked_at
    if track.last_strike_at and at - track.last_strike_at < timedelta(seconds=rot.spacing_s):
        return track
    return replace(
        track,
        strikes=track.strikes + 1,
        last_strike_at=at,
        all_definite=track.all_definite and check.reason in DEFINITE,
    )


def _settled(track: Track, rot: RotRules) -> Track:
    """Give a failing target its state; who is dead stays so until a success."""
    if track.state is State.DEAD or _struck_out(track, rot) or _failed_for_long(track, rot):
        return _dead(track)
    return replace(track, state=State.SUSPECT)


def _struck_out(track: Track, rot: RotRules) -> bool:
    return track.strikes >= (rot.definite_strikes if track.all_definite else rot.strikes)


def _failed_for_long(track: Track, rot: RotRules) -> bool:
    assert track.first_failed_at
    assert track.last_failing_day
    span = track.last_failing_day - _day(track.first_failed_at)
    return track.failing_days >= rot.slow_days and span.days >= rot.slow_span_days


def _dead(track: Track) -> Track:
    return replace(track, state=State.DEAD, dead_since=track.dead_since or track.last_checked_at)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
