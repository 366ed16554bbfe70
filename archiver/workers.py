"""Makes the workers of a run, by its settings: the main process's own, and those in processes of their own."""

from __future__ import annotations

import contextlib
import math
import os
import resource
import sys
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.archive import ImageStore, recorder_elsewhere
from archiver.crawl import Viewer, text_digest_of
from archiver.fetch.address import Guard
from archiver.fetch.asking import Aides
from archiver.fetch.frames import Enlist
from archiver.fetch.mailbox import Mailbox
from archiver.fetch.process import Desk, hire
from archiver.fetch.proxies import NO_PROXIES, Proxies
from archiver.fetch.routes import Routes
from archiver.fetch.team import Remote, Team
from archiver.fetch.transport import Transport
from archiver.fetch.worker import Worker
from archiver.urls import host_key
from archiver.verdict.evidence import extract

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence

    from archiver.archive import Archive, Recorder
    from archiver.fetch.process import Hired
    from archiver.fetch.worker import Clock
    from archiver.model import Content
    from archiver.plan.snapshots import SnapshotRules
    from archiver.settings import Settings


class Keeps(Enum):
    """What a run keeps, besides its checks."""

    NOTHING = "nothing"
    IMAGES = "images"
    PAGES = "pages"  # and images


TARGETS_A_PROCESS = 2000
"""A process more is worth its start where there are so many targets for it."""

_FEWEST_AT_ONCE = 4
_OTHER_FILES = 64


@contextlib.contextmanager
def hired(settings: Settings, targets: Collection[str], clock: Clock, *, keeps: Keeps) -> Iterator[list[Hired]]:
    """Fork the worker processes of a run over `targets`, besides its own. No loop and no thread may run yet.

    There are never more than hosts: each is asked by one at a time.
    """
    wanted = settings.workers or min(_cores(), 1 + len(targets) // TARGETS_A_PROCESS)
    wanted = max(1, _hosts(targets, most=wanted)) if wanted > 1 else wanted
    furnish = partial(_desk, settings, clock, wanted, keeps)
    crew: list[Hired] = []
    try:
        while len(crew) < wanted - 1:
            crew.append(hire(furnish, crew))
        yield crew
    finally:
        for member in crew:
            member.leave()


@contextlib.asynccontextmanager
async def at_work(
    settings: Settings, crew: Sequence[Hired], archive: Archive, clock: Clock, keeps: Keeps
) -> AsyncIterator[Team]:
    """Give all workers of a run as one, and let them go at its end."""
    mailbox = Mailbox()
    recorder = archive.recorder(who_writes(settings), clock, text_digest_of) if keeps is Keeps.PAGES else None
    viewer = viewer_of(settings, keeps)
    for number, member in enumerate(crew, 1):
        member.enlist(Enlist(run=archive.run, number=number), archive.lock.file)
    remotes = [await Remote.connect(member, mailbox, number) for number, member in enumerate(crew, 1)]
    aides = aides_of(settings, recorder, viewer)
    async with contextlib.aclosing(new_worker(settings, clock, aides, mailbox, share=1 + len(crew))) as own:
        team = Team(own, remotes, mailbox, clock)
        try:
            yield team
        finally:
            archive.note_written(await team.dismiss())


def _hosts(targets: Iterable[str], most: int) -> int:
    """Count the hosts of `targets`, up to `most`."""
    found = set[str]()
    for target in targets:
        found.add(host_key(target))
        if len(found) == most:
            break
    return len(found)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _desk(settings: Settings, clock: Clock, share: int, keeps: Keeps, order: Enlist) -> Desk:
    viewer = viewer_of(settings, keeps)
    if keeps is not Keeps.PAGES:
        return Desk(worker=new_worker(settings, clock, aides_of(settings, None, viewer), share=share), close=_nothing)
    told, number = who_writes(settings), order.number
    recorder = recorder_elsewhere(settings.archive, order.run, told, clock, text_digest_of, number)
    aides = aides_of(settings, recorder, viewer)
    return Desk(worker=new_worker(settings, clock, aides, share=share), close=recorder.close)


async def _nothing() -> dict[str, int]:
    return {}


def viewer_of(settings: Settings, keeps: Keeps) -> Viewer:
    """Make the one that looks into a worker's images."""
    return Viewer(settings.images.look, None if keeps is Keeps.NOTHING else ImageStore(settings.archive))


def aides_of(settings: Settings, recorder: Recorder | None = None, viewer: Viewer | None = None) -> Aides:
    """Give a worker those who look into what was fetched, and keep it."""
    needs = partial(_needs, settings.snapshots)
    return Aides(extract=extract, needs=needs, recorder=recorder, viewer=viewer)


def new_worker(
    settings: Settings, clock: Clock, aides: Aides | None = None, mailbox: Mailbox | None = None, share: int = 1
) -> Worker:
    """Make one that fetches, within a running loop; without `aides` it keeps nothing, and looks into no image.

    Where it is one of several, `share` of them, it makes but that part of the requests under way at once.
    """
    transport = Transport(
        limits=settings.limits,
        headers=settings.headers,
        routes=routes_of(settings),
        headers_of=settings.headers_of,
    )
    transport.open()
    return Worker(
        transport,
        aides=aides or aides_of(settings),
        limits=settings.limits,
        concurrency=min(math.ceil(settings.concurrency / share), _most_at_once()),
        clock=clock,
        mailbox=mailbox or Mailbox(),
    )


def _needs(rules: SnapshotRules, content: Content) -> tuple[str, ...]:
    from archiver.plan.requisites import requisites  # noqa: PLC0415 (only where pages are kept)

    return tuple(requisite.url for requisite in requisites(content, scripts=rules.takes_scripts))


def _most_at_once() -> int:
    """Take all the file handles this process may have, and give how many requests they are enough for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):  # macOS has a limit of its own below an unlimited one
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    if soft == resource.RLIM_INFINITY:
        return sys.maxsize
    return max(_FEWEST_AT_ONCE, (soft - _OTHER_FILES) // 2)


def routes_of(settings: Settings) -> Routes:
    """Give where requests may go, and by which way."""
    return Routes(
        guard=Guard(allowed=settings.allowed),
        detours=settings.detours,
        proxies=Proxies.from_environment() if settings.uses_proxies else NO_PROXIES,
        ca_file=settings.ca_file,
    )


def who_writes(settings: Settings) -> list[tuple[str, str | None]]:
    """Give what every WARC says of who wrote it, and by which rules."""
    return [
        ("software", f"archiver/{__version__}"),
        ("operator", settings.contact),
        ("robots", "RFC 9309" if settings.obeys_robots else "ignore"),
        ("http-header-user-agent", settings.headers["User-Agent"]),
    ]
