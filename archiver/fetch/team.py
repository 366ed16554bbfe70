"""Several workers that look like one: the main process's own, and those in processes of their own."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from archiver.fetch.frames import Broken, Dismiss, Sealed, frame, frames_of_worker
from archiver.model import (
    Exchange,
    Feed,
    Fetched,
    FetchError,
    Forgive,
    HostMemory,
    Lease,
    NoAnswer,
    Probe,
    Probed,
    Reason,
    Release,
    Released,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archiver.fetch.frames import FromMain
    from archiver.fetch.mailbox import Mailbox, News
    from archiver.fetch.process import Hired
    from archiver.fetch.worker import Clock, Order
    from archiver.model import Hop, HostKey, Pacing

_HopKey: TypeAlias = tuple[str, str | None, bool]

_OWN_SPEED = 50
_OTHERS_SPEED = 100
"""How much each is trusted to get done before it has shown it: the main process judges and keeps as well."""


_DIED = NoAnswer(reason=Reason.NOT_REACHED, note="the process that was asking ended")


class Member(Protocol):
    """Somebody who holds leases."""

    def send(self, message: Order) -> None:
        """Take one order."""


class Away(Protocol):
    """A member in another process."""

    sealed: asyncio.Future[dict[str, int]]  # the WARCs it wrote, and how many captures each holds; done at its end

    def send(self, message: Order | Dismiss) -> None:
        """Take one order."""


@dataclass(slots=True, eq=False)
class _Held:
    """A lease that a member holds, and the hops of it that are not yet heard of."""

    pacing: Pacing
    _hops: dict[_HopKey, list[Hop]] = field(default_factory=dict)

    def note_fed(self, hops: Iterable[Hop]) -> None:
        for hop in hops:
            self._hops.setdefault(_key(hop), []).append(hop)

    def note_done(self, hop: Hop) -> None:
        same = self._hops[_key(hop)]
        same.pop()
        if not same:
            del self._hops[_key(hop)]

    @property
    def hops(self) -> Iterator[Hop]:
        return itertools.chain.from_iterable(self._hops.values())


def _key(hop: Hop) -> _HopKey:
    """Tell a host's hops apart; chains with cookies of their own may ask for the same."""
    return hop.url, hop.cookie, hop.keep_body


def _unlearnt(pacing: Pacing) -> HostMemory:
    """Give what is known of a host whose worker took along what it had learnt: it may just have been asked."""
    return HostMemory(opens_at=time.monotonic() + pacing.delay_s)


@dataclass(slots=True, eq=False)
class _Seat:
    """A member, and how much of the work is its."""

    member: Member
    done: int  # hops; some are given in advance
    leases: dict[HostKey, _Held] = field(default_factory=dict)
    leaving: dict[HostKey, _Held] = field(default_factory=dict)  # to be given back, and not yet
    hops: int = 0  # fed, and not yet heard of
    is_empty: bool = False  # the member is gone

    @property
    def burden(self) -> float:
        """How long it will be busy with what it has, with one host more."""
        return (len(self.leases) + self.hops + 1) / self.done


class Remote(asyncio.Protocol):
    """The main process's end of the line to a worker process."""

    def __init__(self, mailbox: Mailbox, number: int) -> None:
        self._mailbox = mailbox
        self._number = number
        self._frames = frames_of_worker()
        self._orders: list[FromMain] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.sealed: asyncio.Future[dict[str, int]] = self._loop.create_future()

    @classmethod
    async def connect(cls, hired: Hired, mailbox: Mailbox, number: int) -> Remote:
        """Take the line up."""
        _, remote = await asyncio.get_running_loop().create_connection(lambda: cls(mailbox, number), sock=hired.line)
        return remote

    def send(self, message: Order | Dismiss) -> None:
        """Take one order; those of one turn of the loop go out together."""
        if not self._orders:
            self._loop.call_soon(self._flush)
        self._orders.append(message)

    def _flush(self) -> None:
        orders, self._orders = self._orders, []
        if self._transport is not None:
            self._transport.write(frame(orders))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what the worker says."""
        for news in self._frames.take(data):
            match news:
                case Fetched() | Released() | Probed():
                    self._mailbox.put(news)
                case Sealed(warcs=warcs):
                    self._end(warcs)
                case Broken(message=message):
                    self._mailbox.fail(FetchError(message))
                    self._end({})

    def connection_lost(self, _: Exception | None) -> None:
        """Note that the process is gone, perhaps before its last word."""
        self._transport = None
        if not self.sealed.done():
            self._mailbox.lose(self._number)
            self._end({})

    def _end(self, warcs: dict[str, int]) -> None:
        if not self.sealed.done():
            self.sealed.set_result(warcs)


class Team:
    """Takes orders by `send` and gives news by `receive`, as a worker does; a host is one member's at a time.

    A process that dies takes along what it was asking and no more: its hosts go to others.
    """

    def __init__(self, own: Member, remotes: Sequence[Away], mailbox: Mailbox, clock: Clock) -> None:
        self._remotes = remotes
        self._mailbox = mailbox
        self._own = own
        self._clock = clock
        self.lost = 0  # processes that died
        self._seats = [_Seat(own, _OWN_SPEED), *(_Seat(remote, _OTHERS_SPEED) for remote in remotes)]
        self._holder: dict[HostKey, _Seat] = {}

    def send(self, message: Order) -> None:
        """Pass an order to whom it is for."""
        match message:
            case Lease():
                self._lease(message)
            case Feed(host=host, hops=hops):
                seat = self._holder[host]
                seat.hops += len(hops)
                seat.leases[host].note_fed(hops)
                seat.member.send(message)
            case Release(host=host):
                seat = self._holder[host]
                seat.leaving[host] = seat.leases.pop(host)
                seat.member.send(message)
            case Probe():
                self._own.send(message)
            case Forgive():
                for seat in self._seats:
                    seat.member.send(message)  # one that is gone hears nothing

    async def receive(self, timeout_s: float) -> list[News]:
        """Give all that came back, as soon as something did, or nothing after `timeout_s`. Raises FetchError."""
        news = await self._mailbox.take(timeout_s)
        for each in news:
            match each:
                case Fetched(host=host, hop=hop):
                    seat = self._holder[host]
                    seat.hops -= 1
                    seat.done += 1
                    seat.leases[host].note_done(hop)
                case Released(host=host):
                    del self._holder.pop(host).leaving[host]
                case Probed():
                    pass
        for number in self._mailbox.lost():
            news += self._give_up(self._seats[number])
        return news

    def _lease(self, order: Lease) -> None:
        seat = min((seat for seat in self._seats if not seat.is_empty), key=lambda seat: seat.burden)
        self._holder[order.host] = seat
        seat.leases[order.host] = _Held(order.pacing)
        seat.member.send(order)

    def _give_up(self, seat: _Seat) -> Iterator[Fetched | Released]:
        """Let others have the hosts of a process that died; what it was asking is not asked again: it may be why."""
        self.lost += 1
        seat.is_empty = True
        leaving, seat.leaving = seat.leaving, {}
        for host, lease in leaving.items():
            del self._holder[host]
            yield Released(host=host, memory=_unlearnt(lease.pacing))
        held, seat.leases, seat.hops = seat.leases, {}, 0
        for host, lease in held.items():
            for hop in lease.hops:
                exchange = Exchange(url=hop.url, answer=_DIED, started_at=self._clock(), attempts=0)
                yield Fetched(host=host, hop=hop, exchange=exchange)
            self._lease(Lease(host=host, pacing=lease.pacing, memory=_unlearnt(lease.pacing)))

    async def dismiss(self) -> dict[str, int]:
        """End the work in other processes; give the WARCs written there, and how many captures each holds."""
        for remote in self._remotes:
            remote.send(Dismiss())
        sealed = await asyncio.gather(*(remote.sealed for remote in self._remotes))
        self.lost += len(self._mailbox.lost())
        return {name: captures for warcs in sealed for name, captures in warcs.items()}
