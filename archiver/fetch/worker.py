"""The worker: visits the hosts it holds the lease of, hop by hop, and sends back what came."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import httpx
import msgspec

from archiver.fetch import retry
from archiver.fetch.asking import Asker
from archiver.fetch.pacing import (
    MOST_HELD_S,
    MOST_WAIT_S,
    Gate,
    Latency,
    Silence,
    asked_wait_s,
    asks_for_a_pause,
    next_penalty_s,
)
from archiver.model import (
    Exchange,
    Feed,
    Fetched,
    Forgive,
    Hop,
    HostKey,
    HostMemory,
    Lease,
    NoAnswer,
    Probe,
    Probed,
    Reason,
    Release,
    Released,
    Reply,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from archiver.fetch.answer import Answer
    from archiver.fetch.asking import Aides, Asked
    from archiver.fetch.mailbox import Mailbox, News
    from archiver.fetch.transport import Transport
    from archiver.model import Limits

    Clock = Callable[[], datetime]

_UNHEARD = frozenset(
    {Reason.REFUSED, Reason.RESET, Reason.TIMEOUT, Reason.CONNECT_TIMEOUT, Reason.EMPTY_REPLY, Reason.NO_ROUTE}
)


class _Attempt(NamedTuple):
    """A hop that is to be asked; attempts come in their order."""

    ready_at: float
    number: int  # of the hop: no two attempts that wait are the same
    hop: Hop
    made: int = 0  # requests so far
    last: Exchange | None = None


def _was_sent(answer: Reply | NoAnswer) -> int:
    """Count the request behind `answer`: none where the address guard let none out."""
    return 0 if isinstance(answer, NoAnswer) and answer.reason is Reason.PRIVATE_ADDRESS else 1


class _Host:
    """A leased host: its gate, and the hops that wait for it."""

    def __init__(self, lease: Lease) -> None:
        self.key = lease.host
        self.gate = Gate(lease.pacing, lease.memory.opens_at, lease.memory.delay_s)
        self.latency = Latency(lease.memory.usual_s)
        self.silence = Silence(lease.memory.silent_urls)
        self.penalty_s = lease.memory.penalty_s
        self.held_s = lease.memory.held_s
        self.proven = lease.memory.proven
        self.ended = lease.memory.ended
        self.left = 0
        self.punished_at = 0.0  # when a 429 that named no time was last answered with a hold
        self.fresh: deque[_Attempt] = deque()
        self.again: list[_Attempt] = []

    @property
    def memory(self) -> HostMemory:
        return HostMemory(
            opens_at=self.gate.opens_at,
            delay_s=self.gate.delay_s,
            usual_s=self.latency.usual_s,
            penalty_s=self.penalty_s,
            held_s=self.held_s,
            silent_urls=frozenset(self.silence.urls),
            proven=self.proven,
            ended=self.ended,
        )

    def forgive(self) -> None:
        """Forget the host's silence: it was our own network's."""
        self.silence.heard()
        if self.ended is not None and self.ended.reason is Reason.HOST_DOWN:
            self.ended = None
        self.fresh.extend(_Attempt(0.0, attempt.number, attempt.hop) for attempt in self.again)
        self.again.clear()

    def ready_at(self) -> float | None:
        """Say when the next attempt may start; None while there is none, or no room for it."""
        if not self.gate.has_room or not (self.fresh or self.again):
            return None
        return self.gate.opens_at if self.fresh else max(self.gate.opens_at, self.again[0].ready_at)

    def next_attempt(self, now: float) -> _Attempt:
        if self.again and (self.again[0].ready_at <= now or not self.fresh):
            return heapq.heappop(self.again)
        return self.fresh.popleft()

    def urgency(self) -> tuple[bool, float]:
        """Order hosts: those not yet heard from first, then the most work left."""
        return (self.proven, -self.gate.pacing.work_s(self.left + len(self.fresh)))

    def drain(self) -> list[_Attempt]:
        """Take all that waits."""
        waiting = [*self.fresh, *self.again]
        self.fresh.clear()
        self.again.clear()
        return waiting


Order: TypeAlias = "Lease | Feed | Release | Probe | Forgive"


class Worker:
    """Takes orders by `send`, gives news by `receive`."""

    def __init__(
        self, transport: Transport, *, aides: Aides, limits: Limits, concurrency: int, clock: Clock, mailbox: Mailbox
    ) -> None:
        self._transport = transport
        self._asker = Asker(transport, limits=limits, aides=aides)
        self._free = concurrency
        self._clock = clock
        self._hosts: dict[HostKey, _Host] = {}
        self._numbers = itertools.count()
        self._timers: list[tuple[float, HostKey]] = []  # hosts by when they may be asked next
        self._ready: list[tuple[tuple[bool, float], HostKey]] = []  # hosts that may be asked now
        self._offered: dict[HostKey, float] = {}  # under which time a host stands in one of the two
        self._alarm: asyncio.TimerHandle | None = None
        self._turn: asyncio.Handle | None = None  # what is to start is chosen once a turn of the loop
        self._tasks: set[asyncio.Task[None]] = set()
        self._mailbox = mailbox

    def send(self, message: Order) -> None:
        """Take one message."""
        match message:
            case Lease(host=key):
                self._hosts[key] = _Host(message)
            case Feed(host=key, hops=hops, left=left):
                host = self._hosts[key]
                host.left = left
                host.fresh.extend(_Attempt(0.0, next(self._numbers), hop) for hop in hops)
                self._settle_ended(host)
                self._offer(host)
                self._pump_soon()
            case Release(host=key):
                self._offered.pop(key, None)
                self._mailbox.put(Released(host=key, memory=self._hosts.pop(key).memory))
            case Probe(url=url):
                self._begin(self._probe(url))
            case Forgive():
                for host in self._hosts.values():
                    host.forgive()
                    self._offer(host)
                self._pump_soon()

    async def receive(self, timeout_s: float) -> list[News]:
        """Give all that came back, as soon as something did, or nothing after `timeout_s`. Raises FetchError."""
        return await self._mailbox.take(timeout_s)

    async def aclose(self) -> None:
        """End all that is under way."""
        for handle in (self._alarm, self._turn):
            if handle is not None:
                handle.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._asker.aclose()
        await self._transport.aclose()

    # --- whom to ask next

    def _offer(self, host: _Host) -> None:
        """Note when `host` may be asked next, if it may, unless it stands there already for as soon."""
        ready_at = host.ready_at()
        if ready_at is not None and ready_at < self._offered.get(host.key, math.inf):
            self._offered[host.key] = ready_at
            heapq.heappush(self._timers, (ready_at, host.key))

    def _pump_soon(self) -> None:
        """Start what may start, once all that comes in this turn of the loop is known: hosts get their turns."""
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        """Start what may start now, and set the alarm for what may later."""
        self._turn = None
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            offered_at, key = heapq.heappop(self._timers)
            if self._offered.get(key) == offered_at and key in self._hosts:
                self._offered[key] = -math.inf
                heapq.heappush(self._ready, (self._hosts[key].urgency(), key))
        while self._free and self._ready:
            self._start(heapq.heappop(self._ready)[1], now)
        self._set_alarm(now)

    def _set_alarm(self, now: float) -> None:
        """Have an alarm for the first of those that may start later; one that rings too soon is set anew."""
        if not self._timers:
            return
        loop = asyncio.get_running_loop()
        rings_at = loop.time() + max(0.0, self._timers[0][0] - now)
        if self._alarm is not None and self._alarm.when() > rings_at:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None:
            self._alarm = loop.call_at(rings_at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._pump_soon()

    def _start(self, key: HostKey, now: float) -> None:
        self._offered.pop(key, None)
        host = self._hosts.get(key)
        if host is None:
            return
        ready_at = host.ready_at()
        if ready_at is not None and ready_at <= now:
            self._free -= 1
            attempt = host.next_attempt(now)
            host.gate.enter(now)
            self._begin(self._visit(host, attempt))
        self._offer(host)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._mailbox.fail(error)

    # --- one attempt

    async def _visit(self, host: _Host, attempt: _Attempt) -> None:
        started_at, start, asked_at = self._clock(), time.perf_counter(), time.monotonic()
        asked = await self._asker.ask(attempt.hop)
        exchange = Exchange(
            url=attempt.hop.url,
            answer=asked.answer,
            started_at=started_at,
            elapsed_ms=round((time.perf_counter() - start) * 1000, 1),
            attempts=attempt.made + _was_sent(asked.answer),
            requisites=asked.requisites,
        )
        is_passing = retry.is_passing(asked.answer)
        is_slow = asked.wire is not None and host.latency.is_slow(exchange.elapsed_ms / 1000)
        host.gate.leave()
        host.gate.adapt(is_troubled=is_passing or is_slow)
        self._note_silence(host, attempt.hop, asked)
        wait_s = self._heed_wait(host, asked.wire, asked_at) if asked.wire else 0.0
        again = is_passing and retry.may_try_again(
            asked.answer, attempts=exchange.attempts, retries=attempt.hop.retries
        )
        is_over = not again or host.ended is not None
        if not is_over:
            ready_at = time.monotonic() + max(wait_s, retry.wait_s(exchange.attempts))
            later = _Attempt(ready_at, attempt.number, attempt.hop, exchange.attempts, exchange)
            heapq.heappush(host.again, later)
        self._settle_ended(host)
        self._offer(host)
        if is_over:
            if attempt.hop.keeping or attempt.hop.viewing:
                kept = await self._asker.keep(attempt.hop, asked, started_at, exchange.elapsed_ms)
                answer = await self._asker.view(attempt.hop, asked)
                exchange = msgspec.structs.replace(exchange, kept=kept, answer=answer)
            self._mailbox.put(Fetched(host=host.key, hop=attempt.hop, exchange=exchange))
        self._free += 1  # not before: bodies that wait for the disk, or to be looked into, are memory, too
        self._pump_soon()

    async def _probe(self, url: str) -> None:
        """Ask a control address: no queue, no retry, nothing learnt of its host."""
        started_at = self._clock()
        asked = await self._asker.ask(Hop(url=url, retries=0))
        self._mailbox.put(Probed(exchange=Exchange(url=url, answer=asked.answer, started_at=started_at)))

    # --- what an answer says of its host

    def _note_silence(self, host: _Host, hop: Hop, asked: Asked) -> None:
        """Count the host's addresses that give no first byte; three in a row, and it is down."""
        answer = asked.answer
        if asked.heard:
            host.silence.heard()
            host.proven = True
        elif isinstance(answer, NoAnswer) and answer.reason in _UNHEARD:
            host.silence.unheard(hop.url)
            if host.silence.is_down and host.ended is None:
                host.ended = NoAnswer(reason=Reason.HOST_DOWN, note="three addresses in a row gave no answer")

    def _heed_wait(self, host: _Host, answer: Answer, asked_at: float) -> float:
        """Hold the host for as long as its answer asks; give that time, in seconds."""
        wait_s = asked_wait_s(answer.status, answer.headers, self._clock)
        if wait_s is None and not asks_for_a_pause(answer.status):
            if answer.status < httpx.codes.BAD_REQUEST:
                host.penalty_s = host.held_s = 0.0
            return 0.0
        if wait_s is None:
            wait_s = self._penalty_s(host, asked_at)
        now = time.monotonic()
        host.held_s += max(0.0, now + wait_s - max(now, host.gate.opens_at))
        if wait_s > MOST_WAIT_S or host.held_s > MOST_HELD_S:
            note = f"the host asked to be left alone for {max(wait_s, host.held_s):.0f} s"
            host.ended = NoAnswer(reason=Reason.NOT_REACHED, note=note)
        else:
            host.gate.hold(now + wait_s)
        return wait_s

    def _penalty_s(self, host: _Host, asked_at: float) -> float:
        """Give the hold for a 429 that names no time: longer only where it was asked after the last hold began."""
        if asked_at >= host.punished_at:
            host.penalty_s = next_penalty_s(host.penalty_s)
            host.punished_at = time.monotonic()
        return host.penalty_s

    def _settle_ended(self, host: _Host) -> None:
        """Where the host's part of the run has ended, answer for all that still waits."""
        if host.ended is None:
            return
        for attempt in host.drain():
            settled = attempt.last or Exchange(
                url=attempt.hop.url, answer=host.ended, started_at=self._clock(), attempts=0
            )
            self._mailbox.put(Fetched(host=host.key, hop=attempt.hop, exchange=settled))
