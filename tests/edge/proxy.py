"""A small HTTP proxy: forwards plain requests, tunnels TLS, looks names up in a table, notes what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxy:
    """Listens on 127.0.0.1 in a thread; every host leads to `plain` or `tls`, the ports of a server there."""

    def __init__(self, ports: Mapping[str, int], refuses: str | None = None) -> None:
        self._ports = ports
        self._refuses = refuses
        self.asked: list[str] = []
        self.headers: list[str] = []
        self._writers: list[asyncio.StreamWriter] = []

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._accept, "127.0.0.1", 0), self._loop
        ).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for writer in self._writers:
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._serve(reader, writer):
                pass
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; tell whether more may come."""
        request = await reader.readuntil(b"\r\n\r\n")
        method, goal, _ = request.split(b"\r\n")[0].decode().split(" ")
        self.asked.append(f"{method} {goal}")
        self.headers.append(request.decode())
        if self._refuses:
            writer.write(f"HTTP/1.1 {self._refuses}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return False
        near, there = await asyncio.open_connection("127.0.0.1", self._ports["tls" if method == "CONNECT" else "plain"])
        self._writers.append(there)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, there), _pump(near, writer))
            return False
        there.write(request.replace(goal.encode(), b"/" + goal.split("/", 3)[3].encode(), 1))
        head = await near.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        writer.write(head + await near.readexactly(length))
        await writer.drain()
        there.close()
        return True


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
