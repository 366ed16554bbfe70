"""All that is taken from aiohttp's inside, in one place: the connector and the response protocol, without its client.

aiohttp's `ClientSession` repeats a GET unseen when the peer hangs up, and drops the header block as it was received.
The private names used here are pinned to a minor version and held by tests/edge/test_wire_contract.py.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey

from archiver.fetch.address import Guard, apply_detours
from archiver.fetch.failures import Failure, connect_failure

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Sequence

    from aiohttp.connector import Connection
    from aiohttp.http_parser import RawResponseMessage
    from aiohttp.streams import StreamReader

    from archiver.fetch.address import Detour
    from archiver.fetch.names import Resolver

MAX_HEADER_BYTES = 65_536  # of one line, name and value
MAX_HEADERS = 256
_MAX_HEAD_BYTES = 1_048_576
_READ_AHEAD_BYTES = 262_144
_KEEP_ALIVE_S = 5.0
_INTERIM = frozenset({100, *range(102, 200)})  # 101 is final: nothing of HTTP follows it
_INTERIM_DIGIT = b"1"
_BODILESS = (b"204", b"304")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_PROMISED_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _RawHost:
    raw_host: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to connect for an origin: what aiohttp's connector reads of a request, and no more."""

    connection_key: ConnectionKey
    url: _RawHost
    server_hostname: str | None
    ssl: ssl.SSLContext | bool
    proxy: None = None

    @property
    def host(self) -> str:
        """The name or address to connect to."""
        return self.connection_key.host

    @property
    def port(self) -> int | None:
        """The port to connect to."""
        return self.connection_key.port

    def is_ssl(self) -> bool:
        """Tell whether TLS is spoken."""
        return self.connection_key.is_ssl


class WireProtocol(ResponseHandler):
    """aiohttp's response protocol, which also keeps the peer, the header block and the time of the last arrival."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.peer: str | None = None
        self.heard_at = 0.0
        self.requests = 0
        self.heard = False  # a byte has come since the last request
        self._head = bytearray()
        self._in_head = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the peer's address: it is gone once the connection is."""
        super().connection_made(transport)
        where = transport.get_extra_info("peername")
        self.peer = where[0] if where else None

    def data_received(self, data: bytes) -> None:
        """Note when bytes came, and those of the header block."""
        if data:
            self.heard = True
            self.heard_at = self._loop.time()
            if self._in_head and len(self._head) < _MAX_HEAD_BYTES:
                self._head += data
                data = self._without_surplus(data)
        super().data_received(data)

    def send(self, request: bytes) -> None:
        """Write one request and make ready for its answer."""
        self.requests += 1
        self.heard = False
        self._head = bytearray()
        self._in_head = True
        self.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            read_bufsize=_READ_AHEAD_BYTES,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )
        self.heard_at = self._loop.time()
        cast("asyncio.Transport", self.transport).write(request)

    async def answer(self) -> tuple[RawResponseMessage, bytes, StreamReader]:
        """Give the final answer's parsed head, its header block as received, and its body to come."""
        while True:
            message, body = await self.read()
            end = _HEAD_END.search(self._head)
            head = bytes(self._head[: end.end()] if end else self._head)
            if message.code not in _INTERIM:
                self._in_head = False
                self._head = bytearray()
                return message, head, body
            del self._head[: len(head)]

    def _without_surplus(self, data: bytes) -> bytes:
        """Drop what came beyond the promised length with the header block: the parser would drop the answer too."""
        end = _HEAD_END.search(self._head)
        promised = _promised_bytes(self._head[: end.end()]) if end else None
        surplus = len(self._head) - end.end() - promised if end and promised is not None else 0
        if surplus <= 0:
            return data
        self.force_close()
        return data[: len(data) - surplus]

    def expire(self, failure: Failure) -> None:
        """End the exchange under way with `failure`."""
        self.set_exception(failure)
        if self._payload is not None:
            self._payload.set_exception(failure)

    @property
    def is_stale(self) -> bool:
        """Whether something came unasked while the connection was idle."""
        return bool(self._tail or self._buffer)


def _promised_bytes(head: bytearray) -> int | None:
    """Give how long a body `head` announces, None where it does not say."""
    if head[9:12] in _BODILESS:
        return 0
    promise = _PROMISED_LENGTH.search(head)
    return int(promise[1]) if promise and head[9:10] != _INTERIM_DIGIT else None


def arrived(body: StreamReader) -> bytes:
    """Take what has arrived of `body` and was not yet read, also after it broke off."""
    chunks = list(body._buffer)  # noqa: SLF001 (read_nowait() raises what broke it)
    body._buffer.clear()  # noqa: SLF001
    return b"".join(chunks)


class Wire:
    """Connections, kept alive and found again by origin. Use within a running loop; `close` at the end."""

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        resolver: Resolver,
        guard: Guard,
        detours: Sequence[Detour],
        tls: ssl.SSLContext,
        connect_timeout_s: float,
    ) -> None:
        self._resolver = resolver
        self._detours = detours
        self._tls = tls
        self._timeout = aiohttp.ClientTimeout(connect=connect_timeout_s, ceil_threshold=float("inf"))
        self._connector = aiohttp.TCPConnector(
            resolver=resolver,
            limit=0,
            keepalive_timeout=_KEEP_ALIVE_S,
            socket_factory=guard.open_socket,
            loop=loop,
        )
        cast("Any", self._connector)._factory = functools.partial(WireProtocol, loop)  # noqa: SLF001
        self._destinations: dict[str, Destination] = {}

    def destination(self, origin: str) -> Destination:
        """Give where to connect for `origin` (scheme, host and port)."""
        if origin not in self._destinations:
            self._destinations[origin] = self._find(origin)
        return self._destinations[origin]

    def _find(self, origin: str) -> Destination:
        parts = urlsplit(origin)
        name = parts.hostname or ""
        secure = parts.scheme == "https"
        host, port = apply_detours(self._detours, name, parts.port or (443 if secure else 80))
        tls: ssl.SSLContext | bool = self._tls if secure else True
        key = ConnectionKey(host, port, secure, tls, None, None, None, name)  # by name: no two hosts share a connection
        return Destination(key, _RawHost(host), name if secure else None, tls)

    async def connect(self, destination: Destination) -> Connection:
        """Give a connection, new or used before. Raises Failure."""
        while True:
            try:
                connection = await self._connector.connect(cast("Any", destination), [], self._timeout)
            except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
                resolving = destination.host in self._resolver.pending
                raise connect_failure(error, resolving=resolving) from error
            if not protocol_of(connection).is_stale:
                return connection
            connection.close()

    def forget(self, destination: Destination) -> None:
        """Close the idle connections to `destination`."""
        for protocol, _ in self._connector._conns.pop(destination.connection_key, ()):  # noqa: SLF001
            protocol.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._connector.close()


def protocol_of(connection: Connection) -> WireProtocol:
    """Give the protocol that answers on `connection`."""
    return cast("WireProtocol", connection.protocol)
