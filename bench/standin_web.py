"""The stand-in web, a process of its own: `python -m bench.standin_web PORT URLS HOSTS` says `ready` and serves."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from functools import partial

from bench.cast import Manner, Part, cast
from bench.material import page

PAGE_BYTES = 27_000
DROPS = 20
DROP_EVERY_S = 0.1
LIMITED = 2
"""So many requests for a limiting host's pages are answered with 429 first."""

ROBOTS_S = 0.12
_LIMIT = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
_NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
_PAGE = page(PAGE_BYTES)
_WHOLE = _HEAD % len(_PAGE) + _PAGE


class Site:
    """One host of the stand-in web."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._limited = LIMITED if part.manner is Manner.LIMITING else 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of a connection, one after the other."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                await self._answer(request.split(b" ", 2)[1].decode(), writer)
        writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if self._part.manner is Manner.SILENT:
            await asyncio.sleep(3600)
        number = path.rpartition("/")[2]
        if self._limited and number.isdigit():
            self._limited -= 1
            writer.write(_LIMIT)
            return
        await asyncio.sleep(self._part.latencies_s[int(number)] if number.isdigit() else ROBOTS_S)
        if not number.isdigit():
            writer.write(_NO_ROBOTS)
        elif self._part.manner is Manner.DRIPPING:
            await _drip(writer)
        else:
            writer.write(_WHOLE)


async def _drip(writer: asyncio.StreamWriter) -> None:
    size = len(_WHOLE) // DROPS + 1
    for start in range(0, len(_WHOLE), size):
        writer.write(_WHOLE[start : start + size])
        await writer.drain()
        await asyncio.sleep(DROP_EVERY_S)


async def _serve(port: int, parts: list[Part]) -> None:
    start = partial(asyncio.start_server, port=port, backlog=1024)
    for part in parts:
        if part.manner is not Manner.REFUSING:
            await start(Site(part).serve, part.host)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), cast(int(sys.argv[2]), int(sys.argv[3]))))
