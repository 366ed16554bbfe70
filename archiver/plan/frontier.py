"""Which hops wait at which host, and who may ask them: the main process's side of politeness."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict, deque
from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

import msgspec

from archiver.model import Feed, HostMemory, Lease, Reason, Release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archiver.model import Hop, HostKey, Pacing

AHEAD = 20
"""Hops a worker holds beyond what the host may have in flight: it never waits for the main process."""


class _Phase(Enum):
    IDLE = auto()
    LEASED = auto()
    RELEASING = auto()


class _Queue(msgspec.Struct, eq=False):
    hops: deque[Hop] = msgspec.field(default_factory=deque)
    promised: int = 0  # hops that will come once their origin's robots.txt is read
    outstanding: int = 0  # fed and not yet done
    phase: _Phase = _Phase.IDLE
    place: int = 0  # the number of its place among the waiting; 0 where it has none
    placed_work: int = 0  # the work it had when it got that place
    lease_ends_at: float = 0.0
    slots: int = 0  # that its lease takes
    memory: HostMemory = msgspec.field(default_factory=HostMemory)


class Frontier:
    """The queues of all hosts. A host is leased to one worker at a time, and fed while it has hops.

    No more leases are given than keep `most_slots` requests busy: so a worker that is done with its hosts gets others.
    """

    def __init__(self, pacing_of: Callable[[HostKey], Pacing], *, most_slots: int, lease_s: float = 30.0) -> None:
        self._pacing_of = pacing_of
        self._most_slots = most_slots
        self._lease_s = lease_s
        self._queues: defaultdict[HostKey, _Queue] = defaultdict(_Queue)
        self._hungry: set[HostKey] = set()  # leased, and something has changed
        self._waiting: set[HostKey] = set()  # idle, with hops
        self._places: list[tuple[bool, float, int, HostKey]] = []  # of those, the most urgent first; some outdated
        self._numbers = itertools.count(1)
        self._slots = 0  # that the leases given out take
        self.busy: set[HostKey] = set()  # hosts that have hops waiting, out, or promised

    def add(self, host: HostKey, hop: Hop) -> None:
        """Queue `hop` at `host`."""
        queue = self._queues[host]
        queue.hops.append(hop)
        self.busy.add(host)
        self._offer(host, queue)

    def promise(self, host: HostKey, hops: int) -> None:
        """Count `hops` more (or fewer, where negative) that wait elsewhere for `host`: they are work left too."""
        queue = self._queues[host]
        queue.promised += hops
        self._note_busy(host, queue)
        self._offer(host, queue)

    def done(self, host: HostKey) -> None:
        """Note that a fed hop of `host` came back."""
        queue = self._queues[host]
        queue.outstanding -= 1
        self._note_busy(host, queue)
        self._hungry.add(host)

    def released(self, host: HostKey, memory: HostMemory) -> None:
        """Take the lease of `host` back, with what the visit learnt."""
        queue = self._queues[host]
        queue.phase, queue.memory = _Phase.IDLE, memory
        self._slots -= queue.slots
        self._wait(host, queue)

    def forgive(self) -> None:
        """Forget what is held against hosts for their silence: it was our own network's."""
        for queue in self._queues.values():
            ended = queue.memory.ended
            is_down = ended is not None and ended.reason is Reason.HOST_DOWN
            queue.memory = replace(queue.memory, silent_urls=frozenset(), ended=None if is_down else ended)

    def orders(self, now: float) -> Iterator[Lease | Feed | Release]:
        """Say what a worker is to be told at `now` (time.monotonic())."""
        yield from self._feed_or_release(now)
        yield from self._grant(now)
        yield from self._feed_or_release(now)

    def _grant(self, now: float) -> Iterator[Lease]:
        while self._waiting and self._slots < self._most_slots:
            _, _, place, host = heapq.heappop(self._places)
            queue = self._queues[host]
            if place != queue.place:
                continue
            self._waiting.remove(host)
            pacing = self._pacing_of(host)
            queue.place = queue.placed_work = 0
            queue.slots = pacing.slots(len(queue.hops))
            queue.phase, queue.lease_ends_at = _Phase.LEASED, now + self._lease_s
            self._slots += queue.slots
            self._hungry.add(host)
            yield Lease(host=host, pacing=pacing, memory=queue.memory)

    def _feed_or_release(self, now: float) -> Iterator[Feed | Release]:
        hungry, self._hungry = self._hungry, set()
        for host in hungry:
            queue = self._queues[host]
            overdue = bool(self._waiting) and now >= queue.lease_ends_at
            room = self._pacing_of(host).at_once + AHEAD - queue.outstanding
            if queue.hops and room > 0 and not overdue:
                yield self._feed(host, queue, room)
            elif not queue.outstanding and (overdue or not queue.hops):
                queue.phase = _Phase.RELEASING
                yield Release(host=host)

    def _feed(self, host: HostKey, queue: _Queue, room: int) -> Feed:
        hops = tuple(queue.hops.popleft() for _ in range(min(room, len(queue.hops))))
        queue.outstanding += len(hops)
        return Feed(host=host, hops=hops, left=len(queue.hops) + queue.promised)

    def _note_busy(self, host: HostKey, queue: _Queue) -> None:
        if queue.hops or queue.outstanding or queue.promised:
            self.busy.add(host)
        else:
            self.busy.discard(host)

    def _offer(self, host: HostKey, queue: _Queue) -> None:
        if queue.phase is _Phase.LEASED:
            self._hungry.add(host)
        else:
            self._wait(host, queue)

    def _wait(self, host: HostKey, queue: _Queue) -> None:
        """Hosts not yet heard from go first, then the one with most work left (requests times delay).

        A host that waits already is placed anew whenever its work has doubled.
        """
        work = len(queue.hops) + queue.promised
        if work >= 2 * queue.placed_work and queue.hops and queue.phase is _Phase.IDLE:
            queue.place, queue.placed_work = next(self._numbers), work
            work_s = self._pacing_of(host).work_s(work)
            heapq.heappush(self._places, (queue.memory.proven, -work_s, queue.place, host))
            self._waiting.add(host)
