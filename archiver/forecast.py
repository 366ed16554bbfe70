"""What a run would ask, forecast from the records and from what the archive knows, without asking anybody."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from archiver.model import IMAGE_ROLES
from archiver.plan.choose import choose
from archiver.plan.due import sift
from archiver.plan.estimate import estimate
from archiver.plan.snapshots import in_full, is_stale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from archiver.model import Capture, Check, Known, Link, RunEstimate
    from archiver.settings import Settings

    _KnownOf: TypeAlias = Callable[[Iterable[str]], Mapping[str, Known]]
    _Held: TypeAlias = Callable[[str], Capture | None]


def forecast(links: Sequence[Link], settings: Settings) -> tuple[RunEstimate, int]:
    """Estimate a run over `links`, and count the targets it would leave alone."""
    wanted, _ = choose(links, settings.include, settings.exclude, settings.roles)
    targets = dict.fromkeys(link.target for link in wanted if link.fault is None)
    full = in_full(wanted, settings.snapshots.depths)
    with _past(settings.archive) as (known_of, held):
        before = known_of(targets)
        last = {target: known_target.last for target, known_target in before.items()}
        standings = {target: known_target.standing for target, known_target in before.items()}
        sifted = sift(targets, standings, settings.timing, datetime.now(UTC))
        requisites = _requisites([target for target in sifted.to_visit if target in full], last, held, settings)
    images_by_target = dict.fromkeys(sifted.to_visit, False)
    images = {link.target for link in wanted if link.role in IMAGE_ROLES}
    images_by_target |= dict.fromkeys(images_by_target.keys() & images, True)
    whole = estimate(
        images_by_target,
        last,
        settings.pacing_of,
        requisites=requisites,
        concurrency=settings.concurrency,
        obeys_robots=settings.obeys_robots,
    )
    return whole, len(sifted.cached) + len(sifted.not_due)


@contextmanager
def _past(archive: Path) -> Iterator[tuple[_KnownOf, _Held]]:
    """Give what tells of targets, and what gives captures; of an archive not there yet, not even code is loaded."""
    if not archive.exists():
        yield lambda _: {}, lambda _: None
        return
    from archiver.archive import holding, known  # noqa: PLC0415 (slow to import, and a first plan has no archive)

    with holding(archive) as held:
        yield partial(known, archive), held


def _requisites(
    pages: Sequence[str], last: Mapping[str, Check], held: _Held, settings: Settings
) -> Mapping[str, Sequence[str] | None]:
    """Give what pages that are kept in full need and is not held; None where no page was seen yet."""
    seen = {page: held((page in last and last[page].final_url) or page) for page in pages}
    needed = {url for capture in seen.values() if capture for url in capture.requisites or ()}
    due = _due(needed, held, settings)
    return {
        page: [url for url in capture.requisites or () if url in due] if capture else None
        for page, capture in seen.items()
    }


def _due(urls: Iterable[str], held: _Held, settings: Settings) -> set[str]:
    """Give those of `urls` that are not held, or were for long."""
    now = datetime.now(UTC)
    return {url for url in urls if is_stale(held(url), settings.snapshots, now)}
