"""What is told of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.model.errors import RecordError
    from archiver.model.links import Link
    from archiver.model.tracks import Track
    from archiver.model.verdicts import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """One link with what is known of it; no check and no track where nothing is."""

    link: Link
    check: Check | None = None
    track: Track | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """All that a run has to tell, links in record order."""

    links: tuple[LinkReport, ...]
    problems: tuple[RecordError, ...] = ()
    records: int = 0
    unpublished: int = 0  # records left out
    targets: int = 0
    elapsed_s: float = 0.0
    inconclusive: bool = False
    interrupted: bool = False
