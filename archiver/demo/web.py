"""The stand-in web: one server on loopback that answers for every host of some links, with a few faults."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import trustme

from archiver.demo.pages import page, picture
from archiver.fetch.address import Detour
from archiver.model import Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self

    from archiver.model import Link

LOOPBACK = "127.0.0.1"
CONTROL = "http://control.invalid/"
"""An address of the stand-in web by which a run learns that it is online."""

_OK = "200 OK"
_IMAGES = (Role.IMAGE, Role.PROVIDER_IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the stand-in web says to one request."""

    status: str = _OK
    headers: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        """The answer on the wire."""
        lines = (f"HTTP/1.1 {self.status}", f"Content-Length: {len(self.body)}", *self.headers)
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one link of the example record, in words and in an answer; `passes` after one request."""

    item: str
    field: str
    words: str
    answer: Answer | None  # None: the whole host refuses connections
    visits: tuple[int, ...] = (1, 2)
    passes: bool = False


FAULTS = (
    Fault(item="related[1]", field="webUrl", words="is gone for good (410)", answer=Answer(status="410 Gone")),
    Fault(item="related[2]", field="ampWebUrl", words="is not found (404)", answer=Answer(status="404 Not Found")),
    Fault(
        item="related[0]",
        field="webUrl",
        words="has moved (301)",
        answer=Answer(status="301 Moved Permanently", headers=("Location: ?moved",)),
    ),
    Fault(
        item="article",
        field="ampWebUrl",
        words="asks for a pause of a second, each time (429)",
        answer=Answer(status="429 Too Many Requests", headers=("Retry-After: 1",)),
        passes=True,
    ),
    Fault(
        item="related[2]",
        field="webUrl",
        words="answers with a bot challenge (403)",
        answer=Answer(status="403 Forbidden", headers=("cf-mitigated: challenge",)),
    ),
    Fault(
        item="related[2]",
        field="images[0].url",
        words="refuses connections at the first visit",
        answer=None,
        visits=(1,),
    ),
)


class StandIn:
    """A web that answers for the hosts of `links`: `async with StandIn(links) as web`."""

    def __init__(self, links: Sequence[Link]) -> None:
        self._authority = trustme.CA()
        self._pages = _pages(links)
        self._links = links
        self._visit = 1
        self._passed: set[str] = set()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def hosts(self) -> list[str]:
        """The hosts it answers for."""
        return sorted({str(urlsplit(link.target).hostname) for link in self._links})

    async def __aenter__(self) -> Self:
        self._exit = contextlib.AsyncExitStack()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*self.hosts).configure_cert(tls)
        self._ports = {80: await self._listen(None), 443: await self._listen(tls)}
        self._closed = self._exit.enter_context(socket.socket())
        self._closed.bind((LOOPBACK, 0))  # and not listening: a connection is refused
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exit.aclose()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def begin_visit(self, number: int) -> None:
        """Have the faults of a visit, from 1."""
        self._visit = number
        self._passed.clear()

    @property
    def detours(self) -> tuple[Detour, ...]:
        """Where the names of this visit lead."""
        refusing = [
            Detour(host=str(urlsplit(link.target).hostname), to_host=LOOPBACK, to_port=self._closed.getsockname()[1])
            for link in self._links
            for fault in self._faults(link)
            if fault.answer is None
        ]
        led = [Detour(port=port, to_host=LOOPBACK, to_port=here) for port, here in self._ports.items()]
        return (*refusing, *led)

    def write_authority(self, path: Path) -> Path:
        """Write the certificate by which the stand-in web is trusted."""
        self._authority.cert_pem.write_to_path(str(path))
        return path

    async def _listen(self, tls: ssl.SSLContext | None) -> int:
        server = await asyncio.start_server(self._accept, LOOPBACK, 0, ssl=tls)
        self._exit.callback(server.close)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        scheme = "https" if writer.get_extra_info("sslcontext") else "http"
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self._answer(_url(scheme, request)).raw)
                await writer.drain()
        self._connections.discard(task)
        writer.close()

    def _answer(self, url: str) -> Answer:
        link = next((link for link in self._links if link.target == url), None)
        faults = self._faults(link) if link else []
        for fault in faults:
            if fault.answer is not None and not (fault.passes and url in self._passed):
                self._passed.add(url)
                return fault.answer
        shown = self._pages.get(url.removesuffix("?moved"))
        if url == CONTROL:
            return Answer(status="204 No Content")
        return shown or Answer(status="404 Not Found", headers=("Content-Type: text/plain",), body=b"not here\n")

    def _faults(self, link: Link) -> list[Fault]:
        return [
            fault
            for fault in FAULTS
            if (fault.item, fault.field) == (link.item, link.field) and self._visit in fault.visits
        ]


def _pages(links: Sequence[Link]) -> dict[str, Answer]:
    siblings: defaultdict[tuple[str, str], dict[Role, str]] = defaultdict(dict)
    for link in links:
        siblings[link.record, link.item].setdefault(link.role, link.target)
    return {link.target: _shown(link, siblings[link.record, link.item]) for link in links}


def _shown(link: Link, siblings: dict[Role, str]) -> Answer:
    if link.role in _IMAGES:
        return Answer(headers=("Content-Type: image/jpeg",), body=picture(link.target))
    return Answer(headers=("Content-Type: text/html; charset=utf-8",), body=page(link, siblings))


def _url(scheme: str, request: str) -> str:
    first, *lines = request.split("\r\n")
    host = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:")), "")
    return f"{scheme}://{host}{first.split(' ')[1]}"
