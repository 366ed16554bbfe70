"""All that is taken from aiohttp's inside, in one place: its connector, without its client, parser and protocol.

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
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.http_exceptions import HttpProcessingError

from archiver.fetch.address import Guard, apply_detours
from archiver.fetch.answer import Request
from archiver.fetch.conversation import Conversation, Patience
from archiver.fetch.failures import Failure, connect_failure
from archiver.fetch.sinks import Collector
from archiver.model import FetchError

if TYPE_CHECKING:
    import ssl
    from collections import deque
    from collections.abc import Callable

    from aiohttp.client_proto import ResponseHandler

    from archiver.fetch.names import Resolver
    from archiver.fetch.proxies import Proxy
    from archiver.fetch.routes import Routes

_KEEP_ALIVE_S = 5.0
_ROOM_S = 0.1
"""How long closed connections are given to be gone."""


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
        self._factory = cast("Any", functools.partial(Conversation, loop))

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
        return await self._through(transport, cast("Any", protocol), req) if req.is_ssl() else protocol

    async def _through(self, transport: asyncio.Transport, proxied: Conversation, req: Destination) -> Any:
        """Give the conversation with the far end of a tunnel, which speaks TLS (RFC 9110, section 9.3.6)."""
        assert req.via is not None
        try:
            await _ask_for_tunnel(proxied, req.authority, req.via)
            secure = Conversation(self._loop)
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


async def _ask_for_tunnel(proxied: Conversation, authority: str, via: Proxy) -> None:
    request = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{via.header}\r\n".encode("latin-1")
    try:
        answer = await proxied.ask(Request(request, request), Collector(0), _TUNNEL_PATIENCE, head_only=True)
    except Failure as failure:
        raise OSError(errno.ENETUNREACH, f"the proxy gives no answer: {failure}") from failure
    if answer.status not in _SUCCESSES:
        raise OSError(errno.ENETUNREACH, f"the proxy answers {answer.status}")


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

    def idle(self, destination: Destination) -> Conversation | None:
        """Give a connection that was used before and is free, without waiting."""
        free: deque[tuple[Any, float]] | None = self._connector._conns.get(destination.connection_key)
        fresh_from = monotonic() - _KEEP_ALIVE_S
        while free:
            conversation, freed_at = free.popleft()
            if conversation.is_connected() and freed_at >= fresh_from:
                self._connector._acquired.add(conversation)
                return cast("Conversation", conversation)
            conversation.close()
        return None

    def release(self, destination: Destination, conversation: Conversation) -> None:
        """Let others have a connection, or close it where nobody may."""
        self._connector._release(destination.connection_key, cast("Any", conversation))

    async def connect(self, destination: Destination) -> Conversation:
        """Give a connection, new or used before, to be released after it.

        Raises Failure, or FetchError where this machine has no more.
        """
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

    async def _connect(self, destination: Destination) -> Conversation:
        try:
            connection: Any = await self._connector.connect(cast("Any", destination), [], self._timeout)
        except (TimeoutError, aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            resolving = self._resolver.pending[destination.host] > 0
            raise connect_failure(error, resolving=resolving) from error
        conversation, connection._protocol = connection.protocol, None  # what it would do besides is done by `release`
        return cast("Conversation", conversation)

    def forget(self, destination: Destination) -> None:
        """Close the idle connections to `destination`."""
        for protocol, _ in self._connector._conns.pop(destination.connection_key, ()):
            protocol.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._connector.close()
