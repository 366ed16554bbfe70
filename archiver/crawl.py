"""Where the stages meet: links are planned, visited, judged and kept."""

from __future__ import annotations

import time
from collections import ChainMap, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.fetch.robots import RETRIES as ROBOTS_RETRIES
from archiver.fetch.robots import Robots, robots_of, robots_url
from archiver.model import (
    Caution,
    Chain,
    Check,
    Exchange,
    Fetched,
    Hop,
    LinkReport,
    NoAnswer,
    Origin,
    Outcome,
    Reason,
    Released,
)
from archiver.plan.follow import Step, follow
from archiver.plan.order import targets
from archiver.urls import host_key, origin
from archiver.verdict.judge import observe

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from archiver.archive import Archive
    from archiver.fetch.worker import Clock, Worker
    from archiver.model import Link, Track
    from archiver.plan.frontier import Frontier

_LOOK_UP_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPolicy:
    """How targets are visited."""

    retries: int = 2
    agent: str = "archiver"  # the product token that robots.txt may name
    obeys_robots: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a run needs of its surroundings."""

    clock: Clock
    stop: asyncio.Event
    progress: Callable[[int], None]  # takes the number of targets done


@dataclass(slots=True, eq=False)
class _Walk:
    """A chain on its way: a target's, or an origin's robots.txt's."""

    start: str
    robots_for: Origin | None = None
    own: dict[Step, Exchange] = field(default_factory=dict)  # asked with its own cookie: never shared


@dataclass(slots=True)
class _Book:
    """What was asked in this run, and who waits for what. Links and robots.txt keep one each."""

    exchanges: dict[Step, Exchange] = field(default_factory=dict)
    waiting: dict[Step, list[_Walk]] = field(default_factory=dict)


class Visit:
    """The visit to all targets of a run: the main process's side, which decides and fetches nothing."""

    def __init__(
        self, *, worker: Worker, frontier: Frontier, policy: VisitPolicy, clock: Callable[[], datetime]
    ) -> None:
        self._worker = worker
        self._frontier = frontier
        self._policy = policy
        self._clock = clock
        self._links = _Book()
        self._robots_txts = _Book()
        self._robots: dict[Origin, Robots | NoAnswer] = {}
        self._parked: dict[Origin, list[Hop]] = {}
        self._walks: deque[_Walk] = deque()  # that may go on
        self._finished: list[Chain] = []
        self._open = 0

    async def chains(self, targets: Iterable[str], stop: asyncio.Event) -> AsyncIterator[list[Chain]]:
        """Give the chains of `targets` as they end, several at a time, perhaps none; ends early once `stop` is set."""
        for target in targets:
            self._walks.append(_Walk(target))
            self._open += 1
        self._go_on()
        while self._open and not stop.is_set():
            for order in self._frontier.orders(time.monotonic()):
                self._worker.send(order)
            for message in await self._worker.receive(_LOOK_UP_S):
                self._take(message)
            self._go_on()
            finished, self._finished = self._finished, []
            yield finished

    def warnings(self, chain: Chain) -> tuple[Caution, ...]:
        """Give what stands against keeping the page that `chain` ends at."""
        robots = self._robots.get(origin(chain.last.url))
        forbids = isinstance(robots, Robots) and not robots.allow_keeping(chain.last.url)
        return (Caution.ROBOTS,) if forbids else ()

    def _take(self, message: Fetched | Released) -> None:
        match message:
            case Fetched(host=host, hop=hop, exchange=exchange):
                self._frontier.done(host)
                self._settle(hop, exchange)
            case Released(host=host, memory=memory):
                self._frontier.released(host, memory)

    def _settle(self, hop: Hop, exchange: Exchange) -> None:
        """Hand an exchange to those who wait for it."""
        book = self._robots_txts if hop.keep_body else self._links
        step = Step(hop.url, hop.cookie)
        if hop.cookie is not None:
            walk = book.waiting[step].pop(0)
            walk.own[step] = exchange
            self._walks.append(walk)
        else:
            book.exchanges[step] = exchange
            self._walks.extend(book.waiting.pop(step))

    def _go_on(self) -> None:
        """Let every walk that can go on do so, until it ends or waits."""
        while self._walks:
            walk = self._walks.popleft()
            book = self._links if walk.robots_for is None else self._robots_txts
            known: Mapping[Step, Exchange] = ChainMap(walk.own, book.exchanges) if walk.own else book.exchanges
            match follow(walk.start, known):
                case Step() as step:
                    self._ask(step, walk, book)
                case Chain() as chain if walk.robots_for is None:
                    self._open -= 1
                    self._finished.append(chain)
                case Chain() as chain:
                    self._read_robots(walk.robots_for, chain)

    def _ask(self, step: Step, walk: _Walk, book: _Book) -> None:
        waiting = book.waiting.setdefault(step, [])
        waiting.append(walk)
        if len(waiting) > 1 and step.cookie is None:
            return
        if walk.robots_for is not None:
            hop = Hop(url=step.url, cookie=step.cookie, retries=ROBOTS_RETRIES, keep_body=True)
            self._frontier.add(host_key(step.url), hop)
        else:
            self._admit(Hop(url=step.url, cookie=step.cookie, retries=self._policy.retries))

    def _admit(self, hop: Hop) -> None:
        """Queue a link's hop, once its origin's robots.txt is known and lets it pass."""
        site = origin(hop.url)
        robots = self._robots.get(site) if self._policy.obeys_robots else Robots()
        match robots:
            case None:
                self._park(site, hop)
            case NoAnswer():
                self._refuse(hop, robots)
            case Robots() if robots.allow_visit(hop.url):
                self._frontier.add(host_key(hop.url), hop)
            case Robots():
                self._refuse(hop, NoAnswer(reason=Reason.ROBOTS))

    def _park(self, site: Origin, hop: Hop) -> None:
        self._frontier.promise(host_key(hop.url), 1)
        if site in self._parked:
            self._parked[site].append(hop)
        else:
            self._parked[site] = [hop]
            self._walks.append(_Walk(robots_url(site), robots_for=site))

    def _read_robots(self, site: Origin, chain: Chain) -> None:
        self._robots[site] = robots_of(chain, self._policy.agent)
        for hop in self._parked.pop(site):
            self._frontier.promise(host_key(hop.url), -1)
            self._admit(hop)

    def _refuse(self, hop: Hop, answer: NoAnswer) -> None:
        self._settle(hop, Exchange(url=hop.url, answer=answer, started_at=self._clock(), attempts=0))


_KEEP_EVERY_S = 0.5
_KEEP_AT_MOST = 1000


class _Keeper:
    """Hands checks to the archive in batches: each batch is a sync to the disk."""

    def __init__(self, archive: Archive) -> None:
        self.tracks: dict[str, Track] = {}
        self._archive = archive
        self._batch: list[Check] = []
        self._kept_at = time.monotonic()

    async def add(self, checks: Iterable[Check]) -> None:
        """Keep `checks`, soon. What was not asked is no observation."""
        self._batch += [check for check in checks if check.reason != Reason.NOT_REACHED]
        if len(self._batch) >= _KEEP_AT_MOST or time.monotonic() - self._kept_at > _KEEP_EVERY_S:
            await self.flush()

    async def flush(self) -> None:
        """Keep what is left."""
        batch, self._batch = self._batch, []
        if batch:
            self.tracks |= await self._archive.keep(batch)
        self._kept_at = time.monotonic()


async def check_links(
    links: Sequence[Link], visit: Visit, archive: Archive, *, keeps_pages: bool, job: Job
) -> list[LinkReport]:
    """Visit, judge and keep every target of `links`; give what is known of each link, in their order."""
    await archive.begin(links)
    checks = {link.target: _fault(link, link.fault, job.clock()) for link in links if link.fault}
    keeper = _Keeper(archive)
    await keeper.add(checks.values())
    try:
        async for chains in visit.chains(targets(links), job.stop):
            seen = [observe(chain, visit.warnings(chain) if keeps_pages else ()) for chain in chains]
            checks |= {check.target: check for check in seen}
            await keeper.add(seen)
            job.progress(len(checks))
    finally:
        await keeper.flush()
    tracks = archive.tracks(link.target for link in links) | keeper.tracks
    return [
        LinkReport(
            link=link,
            check=checks.get(link.target) or _not_reached(link, job.clock()),
            track=tracks.get(link.target),
        )
        for link in links
    ]


def _fault(link: Link, fault: Reason, now: datetime) -> Check:
    return Check(target=link.target, checked_at=now, outcome=Outcome.INVALID, reason=fault)


def _not_reached(link: Link, now: datetime) -> Check:
    return Check(
        target=link.target,
        checked_at=now,
        outcome=Outcome.SKIPPED,
        reason=Reason.NOT_REACHED,
        note="the run ended first",
    )
