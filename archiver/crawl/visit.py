"""The visit to all targets of a run: what is asked next, and who waits for which answer."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from archiver.crawl.memory import Exchanges
from archiver.crawl.network import LOOK_UP_S, Network
from archiver.crawl.snapshots import OF_A_PAGE
from archiver.fetch.robots import RETRIES as ROBOTS_RETRIES
from archiver.fetch.robots import Robots, robots_of, robots_url
from archiver.model import (
    READ_WHOLE,
    Capture,
    Caution,
    Chain,
    Exchange,
    Fetched,
    Hop,
    NoAnswer,
    Origin,
    Probed,
    Reason,
    Released,
    Reply,
)
from archiver.plan.follow import Lack, Step, follow
from archiver.plan.snapshots import MOST_NESTED
from archiver.urls import host_key, origin
from archiver.verdict.likeness import is_read_enough

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Iterable

    from archiver.crawl.snapshots import Snapshots
    from archiver.fetch.team import Team
    from archiver.fetch.worker import Clock, Worker
    from archiver.model import KnownBy, Viewing
    from archiver.plan.frontier import Frontier
    from archiver.plan.snapshots import Wish

_NO_RULES = Robots()


class VisitPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How targets are visited."""

    retries: int = 2
    agent: str = "archiver"  # the product token that robots.txt may name
    obeys_robots: Callable[[str], bool] = lambda _: True  # of a URL's host
    accepted: Callable[[str], frozenset[int]] = lambda _: frozenset()  # statuses that are fine, of a URL's host
    viewing_of: Callable[[str, str], Viewing | None] = lambda _, __: None  # of a target's hop to a URL
    known_by: Callable[[str], KnownBy] = lambda _: READ_WHOLE  # what a target's page is known by
    controls: tuple[str, ...] = ()  # addresses that tell whether we are online
    outage_wait_s: float = 60.0


class _Walk(msgspec.Struct, eq=False, gc=False):
    """A chain on its way: a target's, an origin's robots.txt's, or one of what a page needs to be shown."""

    start: str
    robots_for: Origin | None = None
    page: str | None = None  # that needs it
    is_inquiry: bool = False  # asked for the sake of another one
    nested: int = 0  # how many pages and style sheets led here
    wish: Wish | None = None  # None: nothing of it is kept
    asked: Step | None = None  # what it waits for
    own: dict[Step, Exchange] | None = None  # asked with its own cookie: never shared


class _Book(msgspec.Struct, eq=False):
    """What was asked in this run, and who waits for what. Links and robots.txt keep one each."""

    exchanges: Exchanges = msgspec.field(default_factory=Exchanges)
    waiting: dict[Step, list[_Walk]] = msgspec.field(default_factory=dict)


class Haul(msgspec.Struct, frozen=True, kw_only=True):
    """What came in since the last one."""

    chains: tuple[Chain, ...]  # of targets, whole
    captures: tuple[Capture, ...]  # on the disk, of whatever hop
    inquiries: tuple[Chain, ...] = ()  # of what was inquired


class Visit:
    """The visit to all targets of a run: the main process's side, which decides and fetches nothing."""

    def __init__(
        self,
        *,
        worker: Worker | Team,
        frontier: Frontier,
        policy: VisitPolicy,
        snapshots: Snapshots,
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self._worker = worker
        self._frontier = frontier
        self._policy = policy
        self._snapshots = snapshots
        self._clock = clock
        self._links = _Book()
        self._robots_txts = _Book()
        self._robots: dict[Origin, Robots | NoAnswer] = {}
        self._parked: dict[Origin, list[Hop]] = {}
        self._walks: deque[_Walk] = deque()  # that may go on
        self._finished: list[Chain] = []
        self._captures: list[Capture] = []
        self._inquiries: list[Chain] = []
        self._unwanted: set[str] = set()  # last asked for the sake of links whose pages are not kept
        self._open = 0  # walks of targets, and of what their pages need
        self._network = Network(
            worker=worker,
            frontier=frontier,
            policy=policy,
            clock=clock,
            tell=tell,
            listen=self._listen,
        )

    @property
    def is_offline(self) -> bool:
        """Whether our own network stayed away, and the run ended by it."""
        return self._network.is_offline

    async def is_online(self, stop: asyncio.Event) -> bool:
        """Ask the control addresses."""
        return await self._network.is_online(stop)

    async def hauls(self, targets: Iterable[str], stop: asyncio.Event) -> AsyncIterator[Haul]:
        """Give the chains of `targets` as they end, several at a time, perhaps none; ends early once `stop` is set.

        It ends when what the pages need is there, too.
        """
        for target in targets:
            self._begin(_Walk(target, wish=self._snapshots.wish(target)))
        self._go_on()
        while self._open and not stop.is_set() and not self.is_offline:
            for order in self._frontier.orders(time.monotonic()):
                self._worker.send(order)
            await self._listen(LOOK_UP_S)
            self._settle_all(await self._network.weigh(stop))
            self._go_on()
            yield self._haul()
        await self._listen(0.0)  # what came back meanwhile was asked for, and is kept
        self._go_on()
        yield self._haul()
        self._links.exchanges = Exchanges()  # nobody asks any more: room for the report

    def _haul(self) -> Haul:
        finished, self._finished = self._finished, []
        captures, self._captures = self._captures, []
        inquiries, self._inquiries = self._inquiries, []
        return Haul(chains=tuple(finished), captures=tuple(captures), inquiries=tuple(inquiries))

    def inquire(self, url: str) -> None:
        """Ask for an address that no link names, while the targets are visited; a haul will have its chain."""
        self._begin(_Walk(url, is_inquiry=True))

    def warnings(self, chain: Chain) -> tuple[Caution, ...]:
        """Give what stands against keeping the page that `chain` ends at."""
        robots = self._robots.get(origin(chain.last.url)) if self._is_to_be_kept(chain) else None
        forbids = isinstance(robots, Robots) and not robots.allow_keeping(chain.last.url)
        return (Caution.ROBOTS,) if forbids else ()

    def _is_to_be_kept(self, chain: Chain) -> bool:
        """Tell whether a snapshot is wanted of what `chain` ends at, or its image."""
        if self._snapshots.wish(chain.target):
            return True
        viewing = self._policy.viewing_of(chain.target, chain.last.url)
        return viewing is not None and viewing.is_kept

    def accepted(self, chain: Chain) -> frozenset[int]:
        """Give the statuses that are fine where `chain` ends, besides the usual ones."""
        return self._policy.accepted(chain.last.url)

    async def _listen(self, timeout_s: float) -> None:
        """Take what comes back from the worker, if it comes in time."""
        for message in await self._worker.receive(timeout_s):
            match message:
                case Fetched():
                    self._frontier.done(message.host)
                    self._settle_all(self._network.take(message))
                case Released(host=host, memory=memory):
                    self._frontier.released(host, memory)
                case Probed(exchange=exchange):
                    self._network.take_control(exchange)

    # --- chains

    def _begin(self, walk: _Walk) -> None:
        self._walks.append(walk)
        self._open += 1

    def _end(self, walk: _Walk, chain: Chain) -> None:
        self._open -= 1
        if walk.wish is not None and walk.nested <= MOST_NESTED:
            page = walk.page or chain.last.url
            for url in self._snapshots.lacking(chain.last, walk.wish, page):
                self._begin(_Walk(url, page=page, nested=walk.nested + 1, wish=OF_A_PAGE))
        if walk.is_inquiry:
            self._inquiries.append(chain)
        elif walk.page is None:
            self._finished.append(chain)

    def _settle_all(self, believed: Iterable[Fetched]) -> None:
        for done in believed:
            self._settle(done.hop, done.exchange)

    def _settle(self, hop: Hop, exchange: Exchange) -> None:
        """Hand an exchange to those who wait for it."""
        book = self._robots_txts if hop.keep_body else self._links
        step = Step(hop.url, hop.cookie)
        if hop.cookie is not None:
            walks = [book.waiting[step].pop(0)]
            walks[0].own = {**(walks[0].own or {}), step: exchange}
        else:
            walks = book.waiting.pop(step)
            book.exchanges[walks[0].asked or step] = exchange  # the step we have: one from afar takes room of its own
        self._walks.extend(walks)
        if exchange.kept and exchange.kept.is_new:
            self._captures.append(exchange.kept.capture)

    def _go_on(self) -> None:
        """Let every walk that can go on do so, until it ends or waits."""
        while self._walks:
            walk = self._walks.popleft()
            book = self._links if walk.robots_for is None else self._robots_txts
            match follow(walk.start, book.exchanges.with_own(walk.own) if walk.own else book.exchanges):
                case Lack() as lack:
                    self._ask(lack, walk, book)
                case Chain() as chain if walk.robots_for is not None:
                    self._read_robots(walk.robots_for, chain)
                case Chain() as chain if (again := self._to_ask_again(walk, chain)) is None:
                    self._end(walk, chain)
                case Chain(exchanges=exchanges):
                    via = exchanges[again - 1].url if again else None
                    self._ask(Lack(Step(exchanges[again].url, None), via), walk, book)
        self._links.exchanges.pack()
        self._robots_txts.exchanges.pack()

    def _to_ask_again(self, walk: _Walk, chain: Chain) -> int | None:
        """Give which of a chain's steps was asked for the sake of others, who wanted less of it; None for none."""
        if walk.wish is not None and self._unwanted:  # what gave no answer has nothing to keep
            for place, exchange in enumerate(chain.exchanges):
                if exchange.url in self._unwanted and isinstance(exchange.answer, Reply):
                    return place
        return None if self._is_read_enough(walk, chain) else len(chain.exchanges) - 1

    def _is_read_enough(self, walk: _Walk, chain: Chain) -> bool:
        """Tell whether as much was read of the page where a chain ends as its own target wants, not just another's."""
        answer = chain.last.answer
        return (
            walk.page is not None
            or not isinstance(answer, Reply)
            or is_read_enough(answer.evidence, self._policy.known_by(chain.target))
        )

    def _ask(self, lack: Lack, walk: _Walk, book: _Book) -> None:
        """Have a step asked for.

        One that was asked before is to be read whole now, and so is one with a cookie: of several such, each chain
        takes the answer that comes next, whoever's hop it was.
        """
        step = walk.asked = lack.step
        waiting = book.waiting.setdefault(step, [])
        waiting.append(walk)
        if len(waiting) > 1 and step.cookie is None:
            return
        if walk.robots_for is not None:
            hop = Hop(url=step.url, cookie=step.cookie, retries=ROBOTS_RETRIES, keep_body=True)
            self._frontier.add(host_key(step.url), hop)
        else:
            is_read_whole = step.cookie is not None or step in book.exchanges
            known_by = READ_WHOLE if is_read_whole else self._policy.known_by(walk.start)
            self._note_want(step, walk)
            via = lack.via or walk.page
            hop = Hop(
                url=step.url,
                cookie=step.cookie,
                retries=self._policy.retries,
                keeping=self._snapshots.keeping(step.url, walk.wish, via, known_by) if walk.wish else None,
                viewing=self._policy.viewing_of(walk.start, step.url),
                known_by=known_by,
                is_requisite=walk.page is not None,
                heeds_all=walk.page is not None or walk.is_inquiry,
            )
            self._admit(hop)

    def _note_want(self, step: Step, walk: _Walk) -> None:
        """Note whom a step is asked for: somebody who wants it kept, or nobody so far."""
        if step.cookie is not None:
            return  # nobody shares it
        if walk.wish is not None:
            self._unwanted.discard(step.url)
        elif self._snapshots.are_any:
            self._unwanted.add(step.url)

    def _admit(self, hop: Hop) -> None:
        """Queue a link's hop, once its origin's robots.txt is known and lets it pass; what may not be kept is not."""
        robots = self._robots.get(origin(hop.url)) if self._policy.obeys_robots(hop.url) else _NO_RULES
        match robots:
            case None:
                self._park(origin(hop.url), hop)
            case NoAnswer():
                self._refuse(hop, robots)
            case Robots() if robots.allow_keeping(hop.url):
                self._frontier.add(host_key(hop.url), hop)
            case Robots() if hop.heeds_all:
                self._leave(hop)
            case Robots() if robots.allow_visit(hop.url):
                self._frontier.add(host_key(hop.url), hop.unkept)
            case Robots():
                self._refuse(hop, NoAnswer(reason=Reason.ROBOTS))

    def _leave(self, hop: Hop) -> None:
        """Do without what no link names; links that wait for the same are asked for as ever."""
        step = Step(hop.url, hop.cookie)
        refused = Exchange(url=hop.url, answer=NoAnswer(reason=Reason.ROBOTS), started_at=self._clock(), attempts=0)
        links = []
        for walk in self._links.waiting.pop(step):
            if walk.page is None and not walk.is_inquiry:
                links.append(walk)
            else:
                self._end(walk, Chain(target=walk.start, exchanges=(refused,)))
        if links:
            self._links.waiting[step] = links
            self._admit(msgspec.structs.replace(hop.unkept, heeds_all=False))

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
        now, inconclusive = self._clock(), self.is_offline
        self._settle(hop, Exchange(url=hop.url, answer=answer, started_at=now, attempts=0, inconclusive=inconclusive))
