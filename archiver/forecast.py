"""What a run would ask, without running: apart from `wiring`, since a plan needs nothing that fetches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archiver.archive import known
from archiver.model import Role
from archiver.plan.choose import choose
from archiver.plan.due import Timing, sift
from archiver.plan.estimate import estimate
from archiver.plan.order import targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archiver.model import Link, RunEstimate
    from archiver.settings import Settings

_IMAGES = frozenset({Role.IMAGE, Role.PROVIDER_IMAGE})


def forecast(links: Sequence[Link], settings: Settings, now: datetime) -> tuple[RunEstimate, int]:
    """Estimate a run over `links`, and count the targets it would leave alone."""
    wanted, _ = choose(links, settings.include, settings.exclude, settings.roles)
    ordered = targets(wanted)
    before = known(settings.archive, ordered)
    max_age = None if settings.max_age_s is None else timedelta(seconds=settings.max_age_s)
    sifted = sift(ordered, before, Timing(only_due=settings.due, max_age=max_age), now)
    images = {link.target for link in wanted if link.role in _IMAGES}
    whole = estimate(
        {target: target in images for target in sifted.to_visit},
        {target: known_target.last for target, known_target in before.items()},
        settings.pacing_of,
        concurrency=settings.concurrency,
        obeys_robots=settings.obeys_robots,
    )
    return whole, len(sifted.cached) + len(sifted.not_due)
