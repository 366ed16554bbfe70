"""Which targets to visit, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Link


def targets(links: Iterable[Link]) -> list[str]:
    """Give each fetchable target once: the hottest first, then by quality and date, else in record order."""
    best: dict[str, tuple[float, float, float]] = {}
    for link in links:
        if link.fault is None:
            before = best.get(link.target)
            if before is None or link.rank > before:
                best[link.target] = link.rank
    return sorted(best, key=best.__getitem__, reverse=True)
