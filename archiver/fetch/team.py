"""Several workers that look like one: the main process's own, and those in processes of their own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from archiver.fetch.frames import Broken, Dismiss, Sealed, frame, frames_of_worker
from archiver.model import Feed, Fetched, FetchError, Forgive, Lease, Probe, Probed, Release, Released

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.fetch.frames import FromMain
    from archiver.fetch.mailbox import Mailbox, News
    from archiver.fetch.process import Hired
    from archiver.model import HostKey

Order: TypeAlias = Lease | Feed | Release | Probe | Forgive

_OWN_SPEED = 50
_OTHERS_SPEED = 100
"""How much each is trusted to get done before it has shown it: the main process judges and keeps as well."""


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
class _Seat:
    """A member, and how much of the work is its."""

    member: Member
    done: int  # hops; some are given in advance
    leases: int = 0
    hops: int = 0  # fed, and not yet heard of

    @property
    def burden(self) -> float:
        """How long it will be busy with what it has, with one host more."""
        return (self.leases + self.hops + 1) / self.done


class Remote(asyncio.Protocol):
    """The main process's end of the line to a worker process."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._frames = frames_of_worker()
        self._orders: list[FromMain] = []
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.sealed: asyncio.Future[dict[str, int]] = self._loop.create_future()

    @classmethod
    async def connect(cls, hired: Hired, mailbox: Mailbox) -> Remote:
        """Take the line up."""
        _, remote = await asyncio.get_running_loop().create_connection(lambda: cls(mailbox), sock=hired.line)
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

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the process is gone: before its last word, the run cannot go on."""
        self._transport = None
        if not self.sealed.done():
            self._mailbox.fail(
                FetchError(
                    f"a worker process ended before its time{f' ({exc})' if exc else ''}; what was checked is kept"
                )
            )
            self._end({})

    def _end(self, warcs: dict[str, int]) -> None:
        if not self.sealed.done():
            self.sealed.set_result(warcs)


class Team:
    """Takes orders by `send` and gives news by `receive`, as a worker does; a host is one member's at a time."""

    def __init__(self, own: Member, remotes: Sequence[Away], mailbox: Mailbox) -> None:
        self._remotes = remotes
        self._mailbox = mailbox
        self._own = own
        self._seats = [_Seat(own, _OWN_SPEED), *(_Seat(remote, _OTHERS_SPEED) for remote in remotes)]
        self._holder: dict[HostKey, _Seat] = {}

    def send(self, message: Order) -> None:
        """Pass an order to whom it is for."""
        match message:
            case Lease(host=host):
                seat = min(self._seats, key=lambda seat: seat.burden)
                self._holder[host] = seat
                seat.leases += 1
                seat.member.send(message)
            case Feed(host=host, hops=hops):
                seat = self._holder[host]
                seat.hops += len(hops)
                seat.member.send(message)
            case Release(host=host):
                seat = self._holder.pop(host)
                seat.leases -= 1
                seat.member.send(message)
            case Probe():
                self._own.send(message)
            case Forgive():
                for seat in self._seats:
                    seat.member.send(message)

    async def receive(self, timeout_s: float) -> list[News]:
        """Give all that came back, as soon as something did, or nothing after `timeout_s`. Raises FetchError."""
        news = await self._mailbox.take(timeout_s)
        for each in news:
            if isinstance(each, Fetched):
                seat = self._holder[each.host]
                seat.hops -= 1
                seat.done += 1
        return news

    async def dismiss(self) -> dict[str, int]:
        """End the work in other processes; give the WARCs written there, and how many captures each holds."""
        for remote in self._remotes:
            remote.send(Dismiss())
        sealed = await asyncio.gather(*(remote.sealed for remote in self._remotes))
        return {name: captures for warcs in sealed for name, captures in warcs.items()}
