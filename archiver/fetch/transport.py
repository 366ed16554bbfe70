"""The transport: one GET, one answer, within its limits. httpx's face for all; `exchange` for the hot path."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import certifi
import httpx

from archiver.fetch.answer import Request
from archiver.fetch.conversation import Patience
from archiver.fetch.failures import Failure, ReadTimeout
from archiver.fetch.names import Resolver
from archiver.fetch.routes import Routes
from archiver.fetch.sinks import Collector
from archiver.fetch.wire import Wire
from archiver.model import Limits, Reason, SettingsError
from archiver.urls import normalise, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from archiver.fetch.answer import Answer
    from archiver.fetch.conversation import Conversation
    from archiver.fetch.sinks import Sink
    from archiver.fetch.wire import Destination
    from archiver.model import Origin

_SWEEP_S = 0.05
_CLOSED = frozenset({Reason.EMPTY_REPLY, Reason.RESET})

Validators: TypeAlias = tuple[str | None, str | None]
"""The ETag and the Last-Modified of what is held."""
NO_VALIDATORS: Validators = (None, None)


class _Own(NamedTuple):
    """What a host alone is told: secrets."""

    lines: str  # its header lines, with the usual ones that it has no other word for
    cookie: str | None


class Transport(httpx.AsyncBaseTransport):
    """HTTP/1.1 GETs to vetted addresses. One sweeper watches all time-outs: no timer for each request."""

    def __init__(
        self,
        *,
        limits: Limits,
        headers: Mapping[str, str],
        routes: Routes | None = None,
        headers_of: Callable[[str], Sequence[tuple[str, str]]] | None = None,
    ) -> None:
        self._limits = limits
        self._headers = headers
        self._lines = _lines(headers)
        self._headers_of = headers_of  # of a URL's host alone
        self._own: dict[Origin, _Own | None] = {}
        self._routes = routes or Routes()
        self._patience = Patience(limits.first_byte_timeout_s, limits.idle_timeout_s, limits.total_timeout_s)
        self._flights: set[Conversation] = set()  # whose request is sent: the sweeper looks at them
        self._wire: Wire | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def exchange(
        self,
        url: str,
        sink: Sink,
        *,
        cookie: str | None = None,
        validators: Validators = NO_VALIDATORS,
        referer: str | None = None,
    ) -> Answer:
        """Ask for `url` (a target) once, feeding the body to `sink`.

        Raises Failure, or FetchError where our own machine fails.
        """
        wire, site = self.open(), origin(url)
        destination = wire.destination(site)
        request = self._request(url, site, cookie, _told_besides(validators, referer), destination)
        conversation = wire.idle(destination) or await wire.connect(destination)
        used_before = conversation.requests > 0
        try:
            return await self._converse(wire, destination, conversation, request, sink)
        except Failure as failure:
            # a kept connection that the peer closed meanwhile is nobody's fault: the same again on a new one, once
            if not used_before or failure.heard or failure.reason not in _CLOSED:
                raise
        wire.forget(destination)
        return await self._converse(wire, destination, await wire.connect(destination), request, sink)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer for httpx: GET only, redirects, cookies and retries left to the caller."""
        if request.method != "GET":
            raise httpx.UnsupportedProtocol("archiver asks nothing but GET", request=request)
        sink = Collector(self._limits.max_page_bytes)
        try:
            answer = await self.exchange(normalise(str(request.url)), sink, cookie=request.headers.get("cookie"))
        except httpx.TransportError as error:
            error.request = request
            raise
        return httpx.Response(
            answer.status,
            headers=answer.raw_headers,
            stream=httpx.ByteStream(bytes(sink.received)),
            extensions={"head": answer.head, "peer": answer.peer, "cut": answer.cut},
        )

    async def aclose(self) -> None:
        """Close all connections; what is under way breaks off."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        if self._wire is not None:
            await self._wire.close()
        self._wire = self._sweeper = None

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def open(self) -> Wire:
        """Make ready, within a running loop; what asks for an exchange does it too."""
        if self._wire is not None:
            return self._wire
        loop = asyncio.get_running_loop()
        self._sweeper = loop.create_task(self._sweep())
        self._wire = Wire(
            loop=loop,
            resolver=Resolver(),
            routes=self._routes,
            tls=self._tls(),
            connect_timeout_s=self._limits.connect_timeout_s,
        )
        return self._wire

    def _tls(self) -> Callable[[], ssl.SSLContext]:
        """Give what makes the context; of the user's own file it is known at once whether it can be."""
        if self._routes.ca_file is None:
            return partial(tls_context, None)
        context = tls_context(self._routes.ca_file)
        return lambda: context

    def _request(self, url: str, site: Origin, cookie: str | None, besides: str, destination: Destination) -> Request:
        path, host = url[len(site) :], site.partition("://")[2]  # a target without a path has a slash for one
        told = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{self._lines}{besides}\r\n".encode("latin-1")
        own = self._own_of(url, site)
        if own is None and cookie is None and not destination.is_forwarded:
            return Request(sent=told, told=told)
        lines, cookies = own or _Own(self._lines, None)
        cookie = "; ".join(filter(None, (cookies, cookie)))
        secret = f"Cookie: {cookie}\r\n" if cookie else ""
        if destination.is_forwarded and destination.via:
            secret += destination.via.header
        goal = url if destination.is_forwarded else path
        sent = f"GET {goal} HTTP/1.1\r\nHost: {host}\r\n{lines}{besides}{secret}\r\n".encode("latin-1")
        return Request(sent=sent, told=told)

    def _own_of(self, url: str, site: Origin) -> _Own | None:
        if self._headers_of is None:
            return None
        if site not in self._own:
            own = self._headers_of(url)
            self._own[site] = _own_lines(self._headers, own) if own else None
        return self._own[site]

    async def _converse(
        self, wire: Wire, destination: Destination, conversation: Conversation, request: Request, sink: Sink
    ) -> Answer:
        self._flights.add(conversation)
        try:
            return await conversation.ask(request, sink, self._patience)
        finally:
            self._flights.discard(conversation)
            wire.release(destination, conversation)

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = loop.time()
            for late in [each for each in self._flights if each.is_late(now)]:
                self._flights.discard(late)
                late.break_off(ReadTimeout(Reason.TIMEOUT))


def _told_besides(validators: Validators, referer: str | None) -> str:
    """Give the header lines that ask for a 304 where nothing has changed (RFC 9110, section 13.1), and who refers."""
    if validators is NO_VALIDATORS and referer is None:
        return ""
    told = dict(zip(("If-None-Match", "If-Modified-Since"), validators, strict=True)) | {"Referer": referer}
    return _lines({name: value for name, value in told.items() if value and value.isprintable() and value.isascii()})


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _own_lines(usual: Mapping[str, str], own: Sequence[tuple[str, str]]) -> _Own:
    """Give the header lines where a host's `own` ones replace the usual, and its cookie."""
    told = {name.lower(): value for name, value in own}
    cookie = told.pop("cookie", None)
    kept = {name: value for name, value in usual.items() if name.lower() not in told}
    return _Own(_lines(kept | {name: value for name, value in own if name.lower() in told}), cookie)


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the system's and Mozilla's authorities, and those in `ca_file`. Raises SettingsError."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise SettingsError(f"--ca-file: {ca_file} holds no certificates in PEM form") from error
    context.set_alpn_protocols(["http/1.1"])
    return context
