"""Host names to addresses, by the system's resolver, many at a time."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections import Counter
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

AT_ONCE = 1024
"""More than a run asks at once: no link waits for another's look-up, nor for one that was given up but still hangs."""


class Resolver(AbstractResolver):
    """Looks names up in daemon threads: one that hangs for the system's own time-out holds up no exit."""

    def __init__(self) -> None:
        self.pending: Counter[str] = Counter()
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the addresses of `host` in getaddrinfo's order; raises OSError (gaierror)."""
        self.pending[host] += 1
        try:
            async with self._slots:
                found = await _in_daemon_thread(host, port, family)
        finally:
            self.pending[host] -= 1
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=found_family, proto=0, flags=0)
            for found_family, _, _, _, where in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _in_daemon_thread(host: str, port: int, family: socket.AddressFamily) -> list[Any]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Any]] = loop.create_future()

    def look_up() -> None:
        try:
            # as bytes: Python's own IDNA step knows less than the URL parser that made the name
            found = socket.getaddrinfo(host.encode("ascii"), port, family, socket.SOCK_STREAM)
        except Exception as error:  # noqa: BLE001 (whatever it is, somebody waits for it)
            _tell(loop, answer, error)
        else:
            _tell(loop, answer, found)

    try:
        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    except RuntimeError as error:
        raise OSError(errno.ENOMEM, str(error)) from error
    return await answer


def _tell(loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any], result: object) -> None:
    def settle() -> None:
        if answer.done():
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
