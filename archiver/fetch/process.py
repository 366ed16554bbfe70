"""A worker in a process of its own: forked before the run begins, and at work until the main process dismisses it."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.fetch.frames import Broken, Dismiss, Enlist, Sealed, frame, frames_of_main
from archiver.model import ArchiverError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from archiver.fetch.frames import FromMain
    from archiver.fetch.worker import Worker

_PR_SET_PDEATHSIG = 1  # prctl(2)
_READ_BYTES = 262_144
_LISTEN_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a worker process works with."""

    worker: Worker
    close: Callable[[], Awaitable[dict[str, int]]]  # closes what was written; gives its files, with their captures


@dataclass(frozen=True, slots=True, kw_only=True)
class Hired:
    """A worker process that waits for its first order."""

    pid: int
    line: socket.socket

    def enlist(self, order: Enlist, lock: int) -> None:
        """Give the first order, and the archive's lock to hold as well: it is free when the last of all is gone."""
        socket.send_fds(self.line, [frame([order])], [lock])

    def leave(self) -> None:
        """Hang up, and wait until the process is gone."""
        self.line.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def hire(furnish: Callable[[Enlist], Desk], crew: Sequence[Hired] = ()) -> Hired:
    """Fork a worker process, which has its desk from `furnish`. To be called while no loop and no thread runs.

    It lets go of the lines to those hired before it: their other ends would never see the main process hang up.
    """
    ours, theirs = socket.socketpair()
    gc.freeze()  # what is there now stays shared memory: nobody counts through it
    pid = os.fork()
    if pid:
        theirs.close()
        return Hired(pid=pid, line=ours)
    ours.close()
    for other in crew:
        other.line.close()
    try:
        _serve(theirs, furnish)
    except BaseException:  # noqa: BLE001 (nothing of the main process's may run on in its child)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _serve(line: socket.socket, furnish: Callable[[Enlist], Desk]) -> None:
    """Do what the main process says; the first order is waited for without a loop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the main process drains its workers
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # elsewhere the line's end does it, a bit later
    data, _lock, _, _ = socket.recv_fds(line, _READ_BYTES, 1)
    frames = frames_of_main()
    for order in frames.take(data):
        assert isinstance(order, Enlist)
        with suppress(ConnectionError):
            asyncio.run(_Clerk(line).serve(furnish, order))


class _Clerk:
    """Passes orders to a worker, and its news back."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    async def serve(self, furnish: Callable[[Enlist], Desk], order: Enlist) -> None:
        reader, self._writer = await asyncio.open_connection(sock=self._line)
        try:
            desk = furnish(order)
            await self._work(desk, _orders(reader))
            await desk.worker.aclose()
            await self._say(Sealed(warcs=await desk.close()))
        except ArchiverError as error:
            await self._say(Broken(message=str(error)))
        self._writer.close()
        await self._writer.wait_closed()

    async def _work(self, desk: Desk, orders: AsyncIterator[FromMain]) -> None:
        """Work until there are no more orders. Raises what the worker cannot go on by."""
        hearing = asyncio.create_task(_obey(desk.worker, orders))
        telling = asyncio.create_task(self._tell(desk.worker))
        await asyncio.wait({hearing, telling}, return_when=asyncio.FIRST_COMPLETED)
        for task in (hearing, telling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _tell(self, worker: Worker) -> None:
        while True:
            news = await worker.receive(_LISTEN_S)
            if news:
                self._writer.write(frame(news))
                await self._writer.drain()

    async def _say(self, message: Sealed | Broken) -> None:
        self._writer.write(frame([message]))
        await self._writer.drain()


async def _obey(worker: Worker, orders: AsyncIterator[FromMain]) -> None:
    async for order in orders:
        assert not isinstance(order, Enlist | Dismiss)
        worker.send(order)


async def _orders(reader: asyncio.StreamReader) -> AsyncIterator[FromMain]:
    """Give orders up to the last one. Where the main process is gone, so is this one: the next run mends its files."""
    frames = frames_of_main()
    while data := await reader.read(_READ_BYTES):
        for order in frames.take(data):
            if isinstance(order, Dismiss):
                return
            yield order
    os._exit(1)
