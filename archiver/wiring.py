"""Puts the parts of a run together, by its settings, and lets a person watch and stop it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.archive import Archive, new_run
from archiver.crawl import Job, Snapshots, Viewings, Visit, VisitPolicy, check_links, no_snapshots, with_excluded
from archiver.images.pool import Pool
from archiver.model import READ_WHOLE, LookRules, RunReport
from archiver.plan.choose import choose
from archiver.plan.frontier import Frontier
from archiver.plan.order import targets
from archiver.verdict import state
from archiver.verdict.likeness import known_by
from archiver.workers import Keeps, at_work, hired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archiver.fetch.process import Hired
    from archiver.fetch.team import Team
    from archiver.fetch.worker import Clock, Worker
    from archiver.model import (
        Check,
        ImageLimits,
        KnownBy,
        RotRules,
        Thumbnail,
        ThumbnailRules,
        Track,
        Viewing,
    )
    from archiver.records import Reading
    from archiver.settings import Settings

SLOTS_PER_REQUEST = 8
"""Requests that leased hosts could keep busy, for each that may be under way: closed gates leave none idle."""

DRAWERS = 2
"""Processes that draw thumbnails anew."""

_TELL_EVERY_S = 10.0


def clock() -> datetime:
    """Give the time, in UTC, to the millisecond: what is kept is what was meant."""
    return datetime.fromtimestamp(int(time.time() * 1000) / 1000, UTC)


def _say_nothing(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a run is for."""

    command: str  # as the user gave it
    keeps_pages: bool = False
    refreshes: bool = False  # images are kept, and no pages
    accepts_changes: bool = False  # another picture in a cached image's place is taken for the image
    shows_progress: bool = False

    @property
    def keeps(self) -> Keeps:
        """What is kept besides checks."""
        return Keeps.PAGES if self.keeps_pages else Keeps.IMAGES if self.refreshes else Keeps.NOTHING


def run_in_processes(found: Reading, settings: Settings, errand: Errand) -> tuple[RunReport, int]:
    """Do what `run` does, with as many processes as are worth it. No loop and no thread may run yet."""
    wanted, _excluded = choose(found.links, settings.include, settings.exclude, settings.roles)
    with hired(settings, {link.target for link in wanted if not link.fault}, clock, keeps=errand.keeps) as crew:
        return asyncio.run(run(found, settings, errand, crew=crew))


async def run(
    found: Reading, settings: Settings, errand: Errand, *, clock: Clock = clock, crew: Sequence[Hired] = ()
) -> tuple[RunReport, int]:
    """Check and keep all links of `found`; give the report, and the signal that ended the run early or 0."""
    started = time.monotonic()
    stop, signals = asyncio.Event(), list[int]()
    wanted, _excluded = choose(found.links, settings.include, settings.exclude, settings.roles)
    ordered = targets(wanted)
    opened = Archive.open(
        settings.archive,
        new_run(errand.command, __version__, clock()),
        advance=advance_by(settings.rot),
        wait=settings.waits,
        min_free_bytes=settings.min_free_bytes,
    )
    async with opened as archive:
        keeps_pages, keeps = errand.keeps_pages, errand.keeps is not Keeps.NOTHING
        snapshots = Snapshots(wanted, settings.snapshots, archive.held, clock) if keeps_pages else no_snapshots(clock)
        viewings = Viewings(wanted, settings.images, archive.latest_image, keeps=keeps)
        async with at_work(settings, crew, archive, clock, errand.keeps) as team:
            tell = _tell if errand.shows_progress else _say_nothing
            by_links = Looks(known_by=known_by(wanted), viewing_of=viewings.of)
            visit = new_visit(team, settings, snapshots, clock, tell, by_links)
            with _stopping(stop, signals), _progress(len(ordered), shown=errand.shows_progress) as progress:
                job = Job(
                    clock=clock,
                    stop=stop,
                    progress=progress,
                    keeps_pages=keeps,
                    accepts_changes=errand.accepts_changes,
                    timing=settings.timing,
                )
                outcomes = await check_links(wanted, ordered, visit, archive, job)
        if team.lost:
            _tell("a worker process ended before its time: what it was asking was not reached")
    rows = with_excluded(outcomes.links, found.links, clock())
    report = RunReport(
        links=rows,
        problems=found.problems,
        records=found.records,
        unpublished=found.unpublished,
        targets=len({row.link.target for row in rows}),
        elapsed_s=time.monotonic() - started,
        inconclusive=outcomes.inconclusive,
        interrupted=bool(signals),
    )
    return report, next(iter(signals), 0)


def draw_thumbnails(
    limits: ImageLimits, paths: Sequence[Path], rules: ThumbnailRules
) -> Sequence[tuple[Thumbnail, ...]]:
    """Make the thumbnails of image files, in their order. No loop may run yet."""

    async def draw() -> Sequence[tuple[Thumbnail, ...]]:
        async with Pool(DRAWERS, LookRules(limits=limits, thumbnails=rules)) as pool:
            looks = await asyncio.gather(*(pool.look(path.read_bytes()) for path in paths))
        return [look.thumbnails for look in looks]

    return asyncio.run(draw())


def advance_by(rot: RotRules) -> Callable[[Track | None, Check], Track]:
    """Give what folds one check into a target's history by the rules for link rot."""
    return partial(state.advance, rot=rot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How the answers for a run's links are looked into."""

    known_by: Callable[[str], KnownBy] = lambda _: READ_WHOLE
    viewing_of: Callable[[str, str], Viewing | None] = lambda _, __: None


def new_visit(
    worker: Worker | Team,
    settings: Settings,
    snapshots: Snapshots | None = None,
    clock: Clock = clock,
    tell: Callable[[str], None] = _say_nothing,
    looks: Looks | None = None,
) -> Visit:
    """Make the one that decides what `worker` fetches."""
    looks = looks or Looks()
    frontier = Frontier(settings.pacing_of, most_slots=SLOTS_PER_REQUEST * settings.concurrency)
    policy = VisitPolicy(
        retries=settings.retries,
        agent=settings.agent,
        obeys_robots=settings.obeys_robots_of,
        accepted=settings.accepted_of,
        known_by=looks.known_by,
        viewing_of=looks.viewing_of,
        controls=settings.control,
        outage_wait_s=settings.outage_wait_s,
    )
    kept = snapshots or no_snapshots(clock)
    return Visit(worker=worker, frontier=frontier, policy=policy, snapshots=kept, clock=clock, tell=tell)


def _tell(message: str) -> None:
    sys.stderr.write(f"archiver: {message}\n")


@contextlib.contextmanager
def _stopping(stop: asyncio.Event, signals: list[int]) -> Iterator[None]:
    """Let the first SIGINT, SIGTERM or SIGHUP end the run in order; another one ends the process where it stands.

    What it leaves open is brought in order by the next run. A signal that our caller ignores stays ignored.
    """
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        if signals:
            os._exit(128 + number)
        signals.append(number)
        stop.set()

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    numbers = [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]
    for number in numbers:  # until the loop is closed: what was kept is still to be sealed then
        loop.add_signal_handler(number, end, number)
    yield


@contextlib.contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Show how far the run is: a bar on a terminal, now and then a line elsewhere."""
    if not shown:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("checking", total=total)
            yield lambda done: bar.update(task, completed=done)
    else:
        yield _Lines(total)


class _Lines:
    def __init__(self, total: int) -> None:
        self._total = total
        self._told_at = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY_S:
            self._told_at = now
            sys.stderr.write(f"{done:,} of {self._total:,} targets checked\n")
