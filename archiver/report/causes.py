"""Findings by their causes: what shares a host, a verdict and a reason is told once. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from archiver.model import Caution, Outcome, Reason, Role, State
from archiver.report.screen import Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Check, LinkReport


class Section(Enum):
    """What a person is told together, the most serious first; the title, and how it looks."""

    NEWLY_DEAD = ("Newly dead", Style.BAD)
    DEAD = ("Dead", Style.BAD)
    INVALID = ("Not an address", Style.BAD)
    UNREAD = ("Not read", Style.BAD)
    STRONG = ("Suspect, with strong evidence", Style.BAD)
    WEAK = ("Suspect, failing or without an answer", Style.POOR)
    INSECURE = ("Insecure", Style.POOR)
    DRIFTED = ("Drifted", Style.POOR)
    RETIRED = ("Retired AMP copies", Style.POOR)
    MOVED = ("Moved", Style.CALM)
    RESTRICTED = ("Restricted", Style.CALM)
    BLOCKED = ("Blocked", Style.CALM)
    UNCLEAR = ("Unclear", Style.CALM)
    DOUBTFUL = ("In doubt, since our own network was away", Style.CALM)
    SKIPPED = ("Not visited", Style.CALM)
    ALIVE = ("Alive", Style.GOOD)

    @property
    def title(self) -> str:
        """The heading."""
        return self.value[0]

    @property
    def style(self) -> Style:
        """The heading's looks."""
        return self.value[1]


SECTIONS = {
    Outcome.GONE: Section.STRONG,
    Outcome.SOFT_404: Section.STRONG,
    Outcome.PARKED: Section.STRONG,
    Outcome.BROKEN: Section.STRONG,
    Outcome.FAILING: Section.WEAK,
    Outcome.UNREACHABLE: Section.WEAK,
    Outcome.INSECURE: Section.INSECURE,
    Outcome.DRIFTED: Section.DRIFTED,
    Outcome.AMP_RETIRED: Section.RETIRED,
    Outcome.MOVED: Section.MOVED,
    Outcome.RESTRICTED: Section.RESTRICTED,
    Outcome.BLOCKED: Section.BLOCKED,
    Outcome.UNKNOWN: Section.UNCLEAR,
    Outcome.SKIPPED: Section.SKIPPED,
    Outcome.INVALID: Section.INVALID,
    Outcome.ALIVE: Section.ALIVE,
}

COUNTED_ONLY = frozenset({Reason.NOT_DUE, Reason.EXCLUDED})
"""Links that were left alone on purpose."""

_ALIKE = frozenset({Reason.NOT_DUE, Reason.EXCLUDED, Reason.NOT_REACHED})  # whatever the host
_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_OF_THE_HOST = frozenset({Outcome.UNREACHABLE, Outcome.FAILING, Outcome.INSECURE, Outcome.BLOCKED, Outcome.SKIPPED})
_HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#]+)", re.IGNORECASE)
_NOUNS = (
    (frozenset({Role.AMP, Role.CDN_AMP}), "AMP copy", "AMP copies"),
    (frozenset({Role.IMAGE, Role.PROVIDER_IMAGE}), "image", "images"),
    (frozenset(Role), "link", "links"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Links of one section that share a host, a verdict and a reason, in record order."""

    section: Section
    host: str  # empty where it is not the host's doing
    outcome: Outcome
    reason: str
    rows: tuple[LinkReport, ...]

    @property
    def by_target(self) -> dict[str, list[LinkReport]]:
        """The rows of each target."""
        rows: dict[str, list[LinkReport]] = {}
        for row in self.rows:
            rows.setdefault(row.link.target, []).append(row)
        return rows

    @property
    def records(self) -> int:
        """In how many records it is found."""
        return len({row.link.record for row in self.rows})

    @property
    def thing(self) -> str:
        """What its links lead to."""
        return "image" if all(row.link.role in _NOUNS[1][0] for row in self.rows) else "page"

    @property
    def amount(self) -> str:
        """How many links of what kind."""
        return amount(self.rows)


def causes(rows: Iterable[LinkReport]) -> dict[Section, list[Cause]]:
    """Give the causes of each section, in the sections' order, the one with most targets first."""
    rows = list(rows)
    down = {host_of(row) for row in rows if row.check and row.check.reason == Reason.HOST_DOWN}
    grouped: defaultdict[tuple[Section, str, Outcome, str], list[LinkReport]] = defaultdict(list)
    for row in rows:
        grouped[section_of(row), *_key(row, down)].append(row)
    by_section: dict[Section, list[Cause]] = {section: [] for section in Section}
    for (section, host, outcome, reason), members in grouped.items():
        cause = Cause(section=section, host=host, outcome=outcome, reason=reason, rows=tuple(members))
        by_section[section].append(cause)
    for found in by_section.values():
        found.sort(key=lambda cause: -len({row.link.target for row in cause.rows}))
    return {section: found for section, found in by_section.items() if found}


def section_of(row: LinkReport) -> Section:
    """Say where a link is told: by its state where it is dead, else by what was seen."""
    check, track = row.check, row.track
    if check is None:
        return Section.SKIPPED
    if check.outcome is Outcome.INVALID:
        return Section.INVALID
    if track and track.state is State.DEAD:
        return Section.NEWLY_DEAD if track.dead_since == check.checked_at and not row.cached else Section.DEAD
    if is_doubtful(check):
        return Section.DOUBTFUL
    if (check.outcome, check.reason) == (Outcome.UNREACHABLE, Reason.DNS_NXDOMAIN):
        return Section.STRONG
    return SECTIONS[check.outcome]


def is_doubtful(check: Check) -> bool:
    """Tell whether a check counts for nothing, since our own network was away."""
    return Caution.INCONCLUSIVE in check.warnings


def host_of(row: LinkReport) -> str:
    """Give the host of a link as people call it: without `www.`; of what is no address, nothing."""
    if row.link.fault:
        return ""
    found = _HOST.match(row.link.target)
    return found[1].removeprefix("www.") if found else ""


def amount(rows: Iterable[LinkReport], more: str = "") -> str:
    """Say how many links of what kind: `3,412 AMP copies`, or `3,412 more AMP copies`."""
    roles = [row.link.role for row in rows]
    _, one, many = next(noun for noun in _NOUNS if noun[0].issuperset(roles))
    return " ".join(filter(None, [f"{len(roles):,}", more, one if len(roles) == 1 else many]))


def _key(row: LinkReport, down: set[str]) -> tuple[str, Outcome, str]:
    """Say whose doing it is, and what: all links of a host that is down share one cause."""
    if row.check is None:
        return "", Outcome.SKIPPED, Reason.NOT_REACHED
    host, outcome, reason = host_of(row), row.check.outcome, row.check.reason
    if reason in _ALIKE:
        return "", outcome, reason
    if outcome is Outcome.UNREACHABLE and reason != Reason.DNS_NXDOMAIN and host in down:
        return host, outcome, Reason.HOST_DOWN
    if outcome in _OF_THE_HOST:
        host = next((cache[1:] for cache in _CACHES if host.endswith(cache)), host)
    return host, outcome, reason
