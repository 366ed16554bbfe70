"""A run over links: who is visited, how each is judged, and what is kept and told of them."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archiver.crawl.copies import named_with_copies
from archiver.crawl.judging import Before, Judging
from archiver.crawl.pictures import Pictures
from archiver.crawl.viewing import image_targets
from archiver.model import IMAGE_ROLES, Caution, Check, Known, LinkReport, Outcome, Reason
from archiver.plan.due import Timing, sift
from archiver.plan.portal import ends_elsewhere, is_captive
from archiver.urls import host_key

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from archiver.archive import Archive
    from archiver.crawl.visit import Visit
    from archiver.fetch.worker import Clock
    from archiver.model import Capture, Link, Track

PROBE_HOLDS = timedelta(days=30)
"""So long is what a site answers to an address that cannot exist taken to be what it was."""
_KEEP_EVERY_S = 0.5
_KEEP_AT_MOST = 1000

_NO_OBSERVATION = frozenset({Reason.NOT_REACHED, Reason.NOT_DUE})


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to do, and what it needs of its surroundings."""

    clock: Clock
    stop: asyncio.Event
    progress: Callable[[int], None]  # takes the number of targets done
    keeps_pages: bool = False
    accepts_changes: bool = False  # another picture in a cached image's place is taken for the image
    timing: Timing = Timing()


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run's links, in their order."""

    links: tuple[LinkReport, ...]
    inconclusive: bool  # our own network was away, or led all to one page


async def check_links(
    links: Sequence[Link], ordered: Sequence[str], visit: Visit, archive: Archive, job: Job
) -> Outcomes:
    """Visit, judge and keep every target of `links` that needs it; give what is known of each link, in their order.

    `ordered` are their targets, in the order of the visits.
    """
    await archive.begin(links)
    copied = named_with_copies(links)
    now = job.clock()
    standings = archive.standings(link.target for link in links if job.timing.leaves_some or link.target in copied)
    sifted = sift(ordered, standings, job.timing, now)
    checks = archive.last_checks(sifted.cached | copied)
    tracks = {target: standing.track for target, standing in standings.items()}
    known = {target: Known(track=tracks[target], last=checks[target]) for target in copied if target in checks}
    checks = {target: checks[target] for target in sifted.cached}
    checks |= {target: _skipped(target, Reason.NOT_DUE, now) for target in sifted.not_due}
    keeper = _Keeper(archive)
    faults = [_fault(link, link.fault, job.clock()) for link in links if link.fault]
    await keeper.add(faults)
    checks |= {check.target: check for check in faults}
    images = image_targets(links)
    judging = Judging(
        links,
        visit,
        visited=sifted.to_visit,
        before=Before(known=known, probed=archive.probes(job.clock() - PROBE_HOLDS)),
        pictures=Pictures(images.intersection(sifted.to_visit), archive.cached(images), accepts=job.accepts_changes),
        keeps_pages=job.keeps_pages,
    )
    try:
        async for haul in visit.hauls(sifted.to_visit, job.stop):
            seen = judging.take(haul)
            checks |= {check.target: check for check in seen}
            await keeper.add(seen, haul.captures)
            job.progress(len(checks))
        rest = judging.finish()
        checks |= {check.target: check for check in rest}
        await keeper.add(rest)
        if keeper.suspects_portal and not await visit.is_online(job.stop):
            keeper.doubt_elsewhere()
        else:
            await archive.keep_probes(judging.probes, job.clock())
    finally:
        await keeper.close()
    checks |= keeper.doubted
    tracks |= keeper.tracks
    tracks |= archive.tracks({link.target for link in links} - tracks.keys())
    snapshots = archive.snapshots(link.target for link in links)
    cached = archive.cached(images)
    now = job.clock()
    rows = (
        LinkReport(
            link=link,
            check=checks.get(link.target) or _skipped(link.target, Reason.NOT_REACHED, now),
            track=tracks.get(link.target),
            snapshot=snapshots.get(link.target),
            cautions=judging.cautions(link),
            cached=link.target in sifted.cached,
            note=judging.note(link),
            image=cached.get(link.target) if link.role in IMAGE_ROLES else None,
        )
        for link in links
    )
    return Outcomes(links=tuple(rows), inconclusive=visit.is_offline or bool(keeper.doubted))


def with_excluded(rows: Sequence[LinkReport], links: Sequence[Link], now: datetime) -> tuple[LinkReport, ...]:
    """Give a row for each of `links`, in their order: those of `rows`, and for the others that they were left out."""
    if len(rows) == len(links):
        return tuple(rows)
    by_link = {row.link: row for row in rows}
    return tuple(by_link.get(link) or _excluded(link, now) for link in links)


class _Keeper:
    """Hands checks to the archive in batches: each batch is a sync to the disk.

    Those that ended on another host wait until some host answers for itself, or for the end of the run: a captive
    portal may have led them there.
    """

    def __init__(self, archive: Archive) -> None:
        self.tracks: dict[str, Track] = {}
        self.doubted: dict[str, Check] = {}  # that a portal answered
        self._archive = archive
        self._batch: list[Check] = []
        self._captures: list[Capture] = []
        self._elsewhere: list[Check] = []
        self._no_portal = False  # a host has answered for itself
        self._answering: set[str] = set()
        self._kept_at = time.monotonic()

    async def add(self, checks: Iterable[Check], captures: Iterable[Capture] = ()) -> None:
        """Keep `checks` and `captures`, soon. What was not asked is no observation."""
        self._captures += captures
        for check in checks:
            if check.reason in _NO_OBSERVATION:
                continue
            if self._no_portal:
                self._batch.append(check)
            else:
                self._look_for_portal(check)
        if (
            max(len(self._batch), len(self._captures)) >= _KEEP_AT_MOST
            or time.monotonic() - self._kept_at > _KEEP_EVERY_S
        ):
            await self._flush()

    def _look_for_portal(self, check: Check) -> None:
        """Let a check wait that ended on another host, until one whose host answers for itself lets all go."""
        if check.status is not None:
            self._answering.add(host_key(check.target))
        if ends_elsewhere(check):
            self._elsewhere.append(check)
            return
        self._batch.append(check)
        if check.status is not None:
            self._no_portal = True
            self._batch += self._elsewhere
            self._elsewhere.clear()

    @property
    def suspects_portal(self) -> bool:
        """Whether all that answered ended on one foreign page."""
        return is_captive(self._elsewhere, len(self._answering))

    def doubt_elsewhere(self) -> None:
        """Hold nothing of what a portal answered against a link, nor for it."""
        note = "a captive portal seems to have answered"
        self._elsewhere = [
            replace(check, note=note, warnings=(*check.warnings, Caution.INCONCLUSIVE), snapshot=None)
            for check in self._elsewhere
        ]
        self.doubted = {check.target: check for check in self._elsewhere}

    async def close(self) -> None:
        """Keep what is left."""
        self._batch += self._elsewhere
        await self._flush()

    async def _flush(self) -> None:
        batch, self._batch = self._batch, []
        captures, self._captures = self._captures, []
        if batch or captures:
            self.tracks |= await self._archive.keep(batch, captures)
        self._kept_at = time.monotonic()


def _fault(link: Link, fault: Reason, now: datetime) -> Check:
    return Check(target=link.target, checked_at=now, outcome=Outcome.INVALID, reason=fault)


def _excluded(link: Link, now: datetime) -> LinkReport:
    """Tell nothing of a link's past either: whoever leaves it out does not want to hear of it."""
    return LinkReport(link=link, check=_skipped(link.target, Reason.EXCLUDED, now))


def _skipped(target: str, reason: Reason, now: datetime) -> Check:
    return Check(target=target, checked_at=now, outcome=Outcome.SKIPPED, reason=reason, note=_WHY_SKIPPED[reason])


_WHY_SKIPPED = {
    Reason.NOT_REACHED: "the run ended first",
    Reason.NOT_DUE: "its state makes it due later",
    Reason.EXCLUDED: "left out by the settings",
}
