"""What counts as a finding, by `--fail-on`. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from archiver.model import State
from archiver.verdict.state import Evidence, evidence

if TYPE_CHECKING:
    from archiver.model import Check, Track


class Threshold(StrEnum):
    """From where on a run has failed."""

    STRONG = "strong"  # strong evidence in this run, or a dead state
    SUSPECT = "suspect"  # a suspect or dead state
    DEAD = "dead"  # a dead state
    NEVER = "never"


_STATES = {
    Threshold.STRONG: frozenset({State.DEAD}),
    Threshold.SUSPECT: frozenset({State.SUSPECT, State.DEAD}),
    Threshold.DEAD: frozenset({State.DEAD}),
    Threshold.NEVER: frozenset[State](),
}


def is_finding(threshold: Threshold, check: Check | None, track: Track | None) -> bool:
    """Tell whether a link with this check and history is at or over `threshold`."""
    if track is not None and track.state in _STATES[threshold]:
        return True
    return threshold is Threshold.STRONG and check is not None and evidence(check) is Evidence.STRONG
