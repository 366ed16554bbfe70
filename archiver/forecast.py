"""What a run would ask, forecast from the records and from what the archive knows, without asking anybody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiver.model import IMAGE_ROLES
from archiver.plan.choose import choose
from archiver.plan.due import sift
from archiver.plan.estimate import estimate
from archiver.plan.snapshots import in_full, is_stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archiver.model import Capture, Check, Known, Link, RunEstimate
    from archiver.settings import Settings


def forecast(links: Sequence[Link], settings: Settings) -> tuple[RunEstimate, int]:
    """Estimate a run over `links`, and count the targets it would leave alone."""
    wanted, _ = choose(links, settings.include, settings.exclude, settings.roles)
    targets = dict.fromkeys(link.target for link in wanted if link.fault is None)
    before = _known(targets, settings)
    standings = {target: known_target.standing for target, known_target in before.items()}
    sifted = sift(targets, standings, settings.timing, datetime.now(UTC))
    images_by_target = dict.fromkeys(sifted.to_visit, False)
    images = {link.target for link in wanted if link.role in IMAGE_ROLES}
    images_by_target |= dict.fromkeys(images_by_target.keys() & images, True)
    last = {target: known_target.last for target, known_target in before.items()}
    full = in_full(wanted, settings.snapshots.depths)
    whole = estimate(
        images_by_target,
        last,
        settings.pacing_of,
        requisites=_requisites([target for target in sifted.to_visit if target in full], last, settings),
        concurrency=settings.concurrency,
        obeys_robots=settings.obeys_robots,
    )
    return whole, len(sifted.cached) + len(sifted.not_due)


def _known(targets: Iterable[str], settings: Settings) -> Mapping[str, Known]:
    """Give what the archive knows of targets; of one that is not there yet, not even the code is loaded."""
    if not settings.archive.exists():
        return {}
    from archiver.archive import known  # noqa: PLC0415 (slow to import, and a first plan has no archive)

    return known(settings.archive, targets)


def _requisites(
    pages: Sequence[str], last: Mapping[str, Check], settings: Settings
) -> Mapping[str, Sequence[str] | None]:
    """Give what pages that are kept in full need and is not held; None where no page was seen yet."""
    if not settings.archive.exists():
        return dict.fromkeys(pages)
    from archiver.archive import holding  # noqa: PLC0415

    with holding(settings.archive) as held:
        seen = {page: held((page in last and last[page].final_url) or page) for page in pages}
        needed = {url for capture in seen.values() if capture for url in capture.requisites or ()}
        due = _due(needed, held, settings)
        return {
            page: [url for url in capture.requisites or () if url in due] if capture else None
            for page, capture in seen.items()
        }


def _due(urls: Iterable[str], held: Callable[[str], Capture | None], settings: Settings) -> set[str]:
    """Give those of `urls` that are not held, or were for long."""
    now = datetime.now(UTC)
    return {url for url in urls if is_stale(held(url), settings.snapshots, now)}
