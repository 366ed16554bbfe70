"""What counts as a finding, by `--fail-on`. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from archiver.model import Outcome, Role, State
from archiver.verdict.state import Evidence, evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.model import Check, LinkReport, Track


class Threshold(StrEnum):
    """From where on a run has failed."""

    STRONG = "strong"  # strong evidence in this run, or a dead state
    SUSPECT = "suspect"  # a suspect or dead state
    DEAD = "dead"  # a dead state
    NEVER = "never"


_PAGE_ROLES = frozenset({Role.WEB, Role.ORIGINAL})
_COPY_ROLES = frozenset({Role.AMP, Role.CDN_AMP})
_STATES = {
    Threshold.STRONG: frozenset({State.DEAD}),
    Threshold.SUSPECT: frozenset({State.SUSPECT, State.DEAD}),
    Threshold.DEAD: frozenset({State.DEAD}),
    Threshold.NEVER: frozenset[State](),
}


def has_finding(threshold: Threshold, rows: Sequence[LinkReport]) -> bool:
    """Tell whether any link is at or over `threshold`. An AMP copy is not, while its web page lives."""
    found = [row.link for row in rows if is_finding(threshold, row.check, row.track)]
    if not found or any(link.role not in _COPY_ROLES for link in found):
        return bool(found)
    living = {(row.link.record, row.link.item) for row in rows if row.link.role in _PAGE_ROLES and _lives(row)}
    return any((link.record, link.item) not in living for link in found)


def _lives(row: LinkReport) -> bool:
    """Tell whether a page lives: as seen now, or, where it was not asked now, by its state."""
    if row.check is None or row.cached or row.check.outcome is Outcome.SKIPPED:
        return row.track is not None and row.track.state is State.ALIVE
    return evidence(row.check) is Evidence.RESETS


def is_finding(threshold: Threshold, check: Check | None, track: Track | None) -> bool:
    """Tell whether a link with this check and history is at or over `threshold`."""
    if track is not None and track.state in _STATES[threshold]:
        return True
    return threshold is Threshold.STRONG and check is not None and evidence(check) is Evidence.STRONG
