"""All that is taken from aiohttp's inside, in one place: the connector and the response protocol, without its client.

aiohttp's `ClientSession` repeats a GET unseen when the peer hangs up, and drops the header block as it was received.
The private names used here are pinned to a minor version and held by tests/edge/test_wire_contract.py.
"""

from __future__ import annotations

import asyncio
import errno
import functools
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError

from archiver.fetch.address import Guard, apply_detours
from archiver.fetch.failures import Failure, connect_failure
from archiver.fetch.head import HeadReader
from archiver.model import FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from aiohttp.http_parser import RawResponseMessage
    from aiohttp.streams import StreamReader

    from archiver.fetch.names import Resolver
    from archiver.fetch.proxies import Proxy
    from archiver.fetch.routes import Routes

MAX_HEADER_BYTES = 65_536  # of one line, name and value
MAX_HEADERS = 256
_READ_AHEAD_BYTES = 262_144
_RECEIVE_BYTES = 65_536
"""What is read of a socket at once: asyncio's 256 KB are mapped into memory and unmapped for every packet."""
_KEEP_ALIVE_S = 5.0
_ROOM_S = 0.1
"""How long closed connections are given to be gone."""
_INTERIM = frozenset({100, *range(102, 200)})  # 101 is final: nothing of HTTP follows it


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
    via: Proxy | None = None
    proxy: None = None  # aiohttp's own way with proxies wants its own requests

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

    @property
    def authority(self) -> str:
        """Host and port, as a CONNECT names them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_forwarded(self) -> bool:
        """Whether the proxy reads our request, and must be told the whole URL (RFC 9112, section 3.2.2)."""
        return self.via is not None and not self.is_ssl()


class Patience(NamedTuple):
    """How long an exchange may take, in seconds."""

    first_byte_s: float
    idle_s: float  # from one arrival to the next
    total_s: float


class WireProtocol(ResponseHandler):
    """aiohttp's response protocol, which also keeps the peer, the header block and the time of the last arrival."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.peer: str | None = None
        self.heard_at = 0.0
        self._patience: Patience | None = None
        self._sent_at = 0.0
        self.requests = 0
        self.heard = False  # a byte has come since the last request
        self._reader = HeadReader()
        self._body: StreamReader | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the peer's address: it is gone once the connection is."""
        super().connection_made(transport)
        cast("Any", transport).max_size = _RECEIVE_BYTES
        where = transport.get_extra_info("peername")
        self.peer = where[0] if where else None

    def data_received(self, data: bytes) -> None:
        """Feed the parser the header block by itself, then the rest."""
        if not data:  # the parser goes on with what it has
            super().data_received(data)
            return
        self.heard = True
        self.heard_at = self._loop.time()
        for piece in self._reader.take(data):
            super().data_received(piece)

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        """Break the exchange off; what breaks the parser breaks the body too, else nobody would end it."""
        cause = exc if exc_cause is None else exc_cause
        super().set_exception(exc, cause)
        for body in (self._payload, self._body):
            if body is not None and not body.is_eof():
                body.set_exception(exc, cause)
                _end(body)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Break the body off, where it was not whole."""
        super().connection_lost(exc)
        if self._body is not None and self._body.exception() is not None:
            _end(self._body)

    def send(self, request: bytes, patience: Patience) -> None:
        """Write one request and make ready for its answer."""
        self.requests += 1
        self._patience = patience
        self.heard = False
        self._reader = HeadReader()
        self._body = None
        self.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            read_bufsize=_READ_AHEAD_BYTES,
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )
        self._sent_at = self.heard_at = self._loop.time()
        cast("asyncio.Transport", self.transport).write(request)

    def is_late(self, now: float) -> bool:
        """Tell whether the exchange under way has taken longer than there is patience for."""
        patience = self._patience
        if patience is None:
            return False
        if now - self._sent_at > patience.total_s:
            return True
        silent_s = now - self.heard_at
        return silent_s > (patience.idle_s if self.heard else patience.first_byte_s)

    async def answer(self) -> tuple[RawResponseMessage, bytes, StreamReader]:
        """Give the final answer's parsed head, its header block as received, and its body to come."""
        while True:
            message, self._body = await self.read()
            if message.code not in _INTERIM:
                return message, self._reader.block, self._body

    def expire(self, failure: Failure) -> None:
        """End the exchange under way with `failure`."""
        self.set_exception(failure)

    @property
    def is_stale(self) -> bool:
        """Whether something came unasked while the connection was idle."""
        return bool(self._tail or self._buffer)


def _end(body: StreamReader) -> None:
    """Let a broken body end: one that waits since a chunk's end was read would not see that it broke."""
    body._eof = True


def is_whole(body: StreamReader) -> bool:
    """Tell whether all of `body` has arrived."""
    return body.is_eof() and body.exception() is None


def arrived(body: StreamReader) -> bytes:
    """Take what has arrived of `body` and was not yet read, also after it broke off."""
    if not body.total_bytes:
        return b""
    chunks = list(body._buffer)  # read_nowait() raises what broke it
    body._buffer.clear()
    return b"".join(chunks)


class _Connector(aiohttp.TCPConnector):
    """aiohttp's connector, with our protocol, and our own way through a proxy."""

    def __init__(self, *, guard: Guard, resolver: Resolver, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            resolver=resolver,
            limit=0,
            keepalive_timeout=_KEEP_ALIVE_S,
            socket_factory=lambda info: guard.open_socket(info, trusted=_towards_proxy.get()),
            loop=loop,
        )
        self._guard = guard
        self._factory = cast("Any", functools.partial(WireProtocol, loop))

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109 (aiohttp's)
        if req.via is None:
            return await super()._create_connection(req, traces, timeout)
        await self._vet(req.host, req.port)
        proxy = Destination(_key(req.via.host, req.via.port, req.host), _RawHost(req.via.host), None, True)
        trust = _towards_proxy.set(True)
        try:
            transport, protocol = await self._create_direct_connection(cast("Any", proxy), [], timeout)
        finally:
            _towards_proxy.reset(trust)
        return await self._through(transport, cast("WireProtocol", protocol), req) if req.is_ssl() else protocol

    async def _through(self, transport: asyncio.Transport, protocol: WireProtocol, req: Destination) -> WireProtocol:
        """Give the protocol that speaks TLS to the far end of a tunnel (RFC 9110, section 9.3.6)."""
        assert req.via is not None
        try:
            request = f"CONNECT {req.authority} HTTP/1.1\r\nHost: {req.authority}\r\n{req.via.header}\r\n"
            protocol.send(request.encode("latin-1"), _TUNNEL_PATIENCE)
            message, _, _ = await protocol.answer()
            _require_tunnel(message.code)
            secure = WireProtocol(self._loop)
            tls = await self._loop.start_tls(
                transport, secure, cast("ssl.SSLContext", req.ssl), server_hostname=req.server_hostname
            )
        except BaseException:
            transport.close()
            raise
        assert tls is not None
        secure.connection_made(tls)
        return secure

    async def _vet(self, host: str, port: int) -> None:
        """Refuse what we know to be no global address. A name that only the proxy can look up is the proxy's to vet."""
        try:
            found = await asyncio.wait_for(self._resolve_host(host, port), _VETTING_S)
        except (OSError, TimeoutError):
            return
        for address in found:
            self._guard.vet(address["host"])


def _require_tunnel(status: int) -> None:
    if status not in _SUCCESSES:
        raise OSError(errno.ENETUNREACH, f"the proxy answers {status}")


_towards_proxy: ContextVar[bool] = ContextVar("towards_proxy", default=False)
_TUNNEL_PATIENCE = Patience(*(float("inf"),) * 3)  # the connector's own time-out holds
_VETTING_S = 2.0
_SUCCESSES = range(200, 300)


def _key(host: str, port: int, name: str, tls: ssl.SSLContext | None = None) -> ConnectionKey:
    """Name a pool of connections: by name too, so that no two hosts share one."""
    return ConnectionKey(host, port, tls is not None, tls or True, None, None, None, name)


class Wire:
    """Connections, kept alive and found again by origin. Use within a running loop; `close` at the end."""

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        resolver: Resolver,
        routes: Routes,
        tls: Callable[[], ssl.SSLContext],
        connect_timeout_s: float,
    ) -> None:
        self._resolver = resolver
        self._routes = routes
        self._tls = functools.cache(tls)  # made for the first origin that wants it: it takes 40 ms
        self._timeout = aiohttp.ClientTimeout(connect=connect_timeout_s, ceil_threshold=float("inf"))
        self._connector = _Connector(guard=routes.guard, resolver=resolver, loop=loop)
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
        host, port = apply_detours(self._routes.detours, name, parts.port or (443 if secure else 80))
        tls = self._tls() if secure else None
        key = _key(host, port, name, tls)
        is_led_elsewhere = (host, port) != (name, parts.port or (443 if secure else 80))
        via = None if is_led_elsewhere else self._routes.proxies.proxy_for(parts.scheme, name)
        return Destination(key, _RawHost(host), name if secure else None, tls or True, via)

    def idle(self, destination: Destination) -> Connection | None:
        """Give a connection that was used before and is free, without waiting."""
        connector, key = self._connector, destination.connection_key
        free = connector._conns.get(key)
        fresh_from = monotonic() - _KEEP_ALIVE_S
        while free:
            protocol, freed_at = free.popleft()
            if protocol.is_connected() and freed_at >= fresh_from and not cast("WireProtocol", protocol).is_stale:
                connector._acquired.add(protocol)
                return Connection(connector, key, protocol, connector._loop)
            protocol.close()
        return None

    async def connect(self, destination: Destination) -> Connection:
        """Give a connection, new or used before. Raises Failure, or FetchError where this machine has no more."""
        try:
            return await self._connect(destination)
        except FetchError:
            self._close_idle()
            await asyncio.sleep(_ROOM_S)
            return await self._connect(destination)

    def _close_idle(self) -> None:
        """Make room: idle connections are held open for nobody's sake but speed's."""
        for protocols in self._connector._conns.values():
            for protocol, _ in protocols:
                protocol.close()
        self._connector._conns.clear()

    async def _connect(self, destination: Destination) -> Connection:
        while True:
            try:
                connection = await self._connector.connect(cast("Any", destination), [], self._timeout)
            except (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
                resolving = self._resolver.pending[destination.host] > 0
                raise connect_failure(error, resolving=resolving) from error
            if not protocol_of(connection).is_stale:
                return connection
            connection.close()

    def forget(self, destination: Destination) -> None:
        """Close the idle connections to `destination`."""
        for protocol, _ in self._connector._conns.pop(destination.connection_key, ()):
            protocol.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._connector.close()


def protocol_of(connection: Connection) -> WireProtocol:
    """Give the protocol that answers on `connection`."""
    return cast("WireProtocol", connection.protocol)
