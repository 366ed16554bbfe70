"""What counts as a finding, by `--fail-on`."""

from __future__ import annotations

import pytest

from archiver.model import Check, LinkReport, Outcome, Role, State, Track
from archiver.verdict.threshold import Threshold, has_finding, is_finding
from tests.builders import NOW, check, link

STRONG, SUSPECT, DEAD, NEVER = Threshold.STRONG, Threshold.SUSPECT, Threshold.DEAD, Threshold.NEVER
GONE = check(Outcome.GONE, "status_404")


def track(state: State) -> Track:
    return Track(state=state, first_seen_at=NOW, last_checked_at=NOW)


def thresholds(check: Check | None, track: Track | None) -> set[Threshold]:
    """The settings under which a link is a finding."""
    return {threshold for threshold in Threshold if is_finding(threshold, check, track)}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.UNKNOWN, set()),
        (State.ALIVE, set()),
        (State.DRIFTED, set()),
        (State.RETIRED, set()),
        (State.SUSPECT, {SUSPECT}),
        (State.DEAD, {STRONG, SUSPECT, DEAD}),
    ],
)
@pytest.mark.parametrize("seen", [None, check(), check(Outcome.BLOCKED, "status_403")], ids=["none", "ok", "blocked"])
def test_a_state_is_a_finding(state: State, expected: set[Threshold], seen: Check | None) -> None:
    assert thresholds(seen, track(state)) == expected


@pytest.mark.parametrize(
    ("outcome", "reason", "is_strong"),
    [
        (Outcome.ALIVE, "ok", False),
        (Outcome.MOVED, "redirect_301", False),
        (Outcome.RESTRICTED, "status_401", False),
        (Outcome.BLOCKED, "status_403", False),
        (Outcome.INSECURE, "tls_expired", False),
        (Outcome.FAILING, "status_503", False),
        (Outcome.UNREACHABLE, "timeout", False),
        (Outcome.UNREACHABLE, "dns_nxdomain", True),
        (Outcome.GONE, "status_404", True),
        (Outcome.SOFT_404, "says_missing", True),
        (Outcome.PARKED, "for_sale", True),
        (Outcome.BROKEN, "redirect_loop", True),
        (Outcome.DRIFTED, "title_mismatch", False),
        (Outcome.AMP_RETIRED, "to_canonical", False),
        (Outcome.SKIPPED, "robots", False),
        (Outcome.UNKNOWN, "empty", False),
    ],
)
@pytest.mark.parametrize("state", [None, State.UNKNOWN, State.ALIVE], ids=str)
def test_strong_evidence_in_this_run_is_a_finding(
    outcome: Outcome,
    reason: str,
    is_strong: bool,  # noqa: FBT001
    state: State | None,
) -> None:
    found = thresholds(check(outcome, reason), track(state) if state else None)
    assert found == ({STRONG} if is_strong else set())


def test_an_invalid_address_is_dead_at_once() -> None:
    assert thresholds(check(Outcome.INVALID, "bad_url"), track(State.DEAD)) == {STRONG, SUSPECT, DEAD}


def test_nothing_known_is_no_finding() -> None:
    assert thresholds(None, None) == set()


def test_a_suspect_that_fails_strongly() -> None:
    assert thresholds(GONE, track(State.SUSPECT)) == {STRONG, SUSPECT}


SKIPPED = check(Outcome.SKIPPED, "not_due")


@pytest.mark.parametrize(
    ("seen", "state", "cached", "lives"),
    [
        pytest.param(check(), State.ALIVE, False, True, id="seen alive"),
        pytest.param(GONE, State.SUSPECT, False, False, id="seen gone"),
        pytest.param(check(Outcome.BLOCKED, "status_403"), State.ALIVE, False, False, id="refuses us"),
        pytest.param(SKIPPED, State.ALIVE, False, True, id="not due, alive"),
        pytest.param(SKIPPED, State.SUSPECT, False, False, id="not due, suspect"),
        pytest.param(SKIPPED, None, False, False, id="never seen"),
        pytest.param(check(Outcome.BLOCKED, "status_403"), State.ALIVE, True, True, id="told again, alive"),
    ],
)
def test_no_copy_is_a_finding_while_its_page_lives(
    seen: Check,
    state: State | None,
    cached: bool,  # noqa: FBT001
    lives: bool,  # noqa: FBT001
) -> None:
    page = LinkReport(link=link(), check=seen, track=track(state) if state else None, cached=cached)
    copy = LinkReport(link=link(role=Role.AMP), check=check(Outcome.FAILING, "status_503"), track=track(State.SUSPECT))
    assert has_finding(SUSPECT, [page, copy]) is not lives
