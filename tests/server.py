"""A web server that misbehaves on purpose: real sockets, real TLS; each route is named for its trouble.

It answers for every host name (the tests lead all names to it by `--connect-to`) and notes every arrival.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import random
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

import brotli
import trustme

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

SMALL = 5_000
PAGE = b"<!doctype html><title>An article</title><p>" + b"All is well here. " * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request as it came in."""

    host: str
    path: str
    at: float  # time.monotonic()
    headers: dict[str, str]


@dataclass(slots=True)
class Exchange:
    """One request being answered."""

    arrival: Arrival
    writer: asyncio.StreamWriter
    number: int  # of this URL's arrivals, from 1
    closing: bool = False
    pieces: int = 1  # in how many packets a small answer goes out
    sent: bytearray = field(default_factory=bytearray)  # all that went out

    async def send(self, data: bytes) -> None:
        self.sent += data
        if self.pieces == 1 or len(data) > SMALL:
            self.writer.write(data)
        else:
            size = max(1, len(data) // self.pieces)
            for start in range(0, len(data), size):
                self.writer.write(data[start : start + size])
                await asyncio.sleep(0.001)
        await self.writer.drain()

    async def reply(self, status: int, body: bytes = PAGE, headers: str = "") -> None:
        """Answer as a server would; `headers` are whole lines parted by newlines."""
        lines = [f"HTTP/1.1 {status} Whatever", *headers.strip().splitlines()]
        is_framed = "content-length" in headers.lower() or "transfer-encoding" in headers.lower()
        if not is_framed and status not in (204, 304) and status >= 200:
            lines.append(f"Content-Length: {len(body)}")
        if "content-type" not in headers.lower():
            lines.append("Content-Type: text/html")
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body if status >= 200 else b""))

    async def reply_in_chunks(self, pieces: Sequence[bytes], headers: str = "", trailers: bytes = b"") -> None:
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
        await self.reply(200, chunks + b"0\r\n" + trailers + b"\r\n", f"Transfer-Encoding: chunked\n{headers}")

    async def redirect(self, status: int, location: str, headers: str = "") -> None:
        await self.reply(status, b"moved", f"Location: {location}\n{headers}")

    async def half(self) -> None:
        """Promise twice what is sent."""
        await self.reply(200, PAGE, f"Content-Length: {2 * len(PAGE)}")

    def reset(self) -> None:
        """End the connection with RST."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        self.closing = True

    def close(self) -> None:
        self.writer.close()
        self.closing = True


Handler = Callable[[Exchange], Awaitable[None]]
ROUTES: dict[str, Handler] = {}


def route(path: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ROUTES[path] = handler
        return handler

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer that a test wants."""

    body: bytes = PAGE
    status: int = 200
    headers: str = ""  # whole lines parted by newlines
    etag: str | None = None  # who has it already is answered 304
    for_others: bytes | None = None  # what readers of other sites are shown instead


@dataclass
class Server:
    """Listens on 127.0.0.1 in a thread of its own: `with Server() as server`."""

    robots: dict[str, bytes | int] = field(default_factory=dict)  # by host: a file, or a status
    robots_headers: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    authority: trustme.CA = field(default_factory=trustme.CA)
    most_open: Counter[str] = field(default_factory=Counter)  # by host: requests under way at once
    most_open_at_all: int = 0
    connections: int = 0  # accepted so far
    answers: dict[str, list[Exchange]] = field(default_factory=dict)  # by host and path, as in `a.test/page`
    controls: int = 0  # requests to control.test, which are no arrivals
    pieces: int = 1
    drop: set[str] = field(default_factory=set)  # hosts whose connections are reset at once
    pages: dict[str, Page] = field(default_factory=dict)  # by address without scheme: what a test wants shown there
    answer_all: dict[str, Page] = field(default_factory=dict)  # by host: what it shows at any other address
    drop_after_pages: set[str] = field(default_factory=set)  # those of them after which the connection is closed
    gone: set[str] = field(default_factory=set)  # hosts that answer 404 at any other address

    def __enter__(self) -> Self:
        self._counts: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # clients break handshakes off: that is what they test
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = self._run(self._listen(None))
        self.tls_ports = {name: self._run(self._listen(tls)) for name, tls in self._certificates().items()}
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connect_to(self) -> list[str]:
        """The `--connect-to` rules that lead every name here, `expired.test` and its like to their own port."""
        troubles = [f"{name}.test:443:127.0.0.1:{port}" for name, port in self.tls_ports.items() if name != "good"]
        return [*troubles, f":443:127.0.0.1:{self.tls_ports['good']}", f":80:127.0.0.1:{self.port}"]

    def write_authority(self, path: Path) -> Path:
        self.authority.cert_pem.write_to_path(str(path))
        return path

    def asked(self, host: str, path: str) -> int:
        return sum((arrival.host, arrival.path) == (host, path) for arrival in self.arrivals)

    def times(self, host: str) -> list[float]:
        return [arrival.at for arrival in self.arrivals if arrival.host == host]

    def go_away(self) -> None:
        """Be as if the network were gone: every connection breaks, and new ones are refused."""
        self._run(self._stop())

    def come_back(self) -> None:
        """Listen again, on the plain port."""
        self._run(self._listen(None, self.port))

    def _run(self, task: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(10)

    def listen_on_ipv6(self) -> int:
        """Listen on `[::1]` too, at the port that is given back."""
        return self._run(self._listen(None, host="::1"))

    async def _listen(self, tls: ssl.SSLContext | None, port: int = 0, host: str = "127.0.0.1") -> int:
        server = await asyncio.start_server(self._accept, host, port, ssl=tls, backlog=512)
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    async def _stop(self) -> None:
        while self._servers:
            self._servers.pop().close()
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=5)

    def _certificates(self) -> dict[str, ssl.SSLContext]:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
        names = [f"{name}.test" for name in ("expired", "wrong-host", "self-signed", "incomplete")]
        child = self.authority.create_child_ca()
        return {
            "good": _context(
                self.authority.issue_cert("site.test", "other.test", "*.site.test", "www.youtube.com", "127.0.0.1")
            ),
            "expired": _context(self.authority.issue_cert(names[0], not_before=past, not_after=past)),
            "wrong-host": _context(self.authority.issue_cert("somebody-else.test")),
            "self-signed": _context(trustme.CA().issue_cert(names[2])),
            "incomplete": _context(child.issue_cert(names[3]), leaf_only=True),
        }

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        self.connections += 1
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            del self._connections[task]
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        closing = False
        while not closing:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            arrival = _arrival(request)
            if arrival.host == "control.test":
                self.controls += 1
            else:
                self.arrivals.append(arrival)
            self._counts[arrival.host + arrival.path] += 1
            exchange = Exchange(arrival, writer, self._counts[arrival.host + arrival.path], pieces=self.pieces)
            self.answers.setdefault(arrival.host + arrival.path, []).append(exchange)
            self._open[arrival.host] += 1
            if arrival.host != "control.test":
                self.most_open[arrival.host] = max(self.most_open[arrival.host], self._open[arrival.host])
                self.most_open_at_all = max(self.most_open_at_all, self._open.total())
            try:
                await self._answer(exchange)
            finally:
                self._open[arrival.host] -= 1
            closing = exchange.closing

    async def _answer(self, exchange: Exchange) -> None:
        host, path = exchange.arrival.host, exchange.arrival.path.partition("?")[0]
        if host in self.drop:
            exchange.reset()
        elif path == "/robots.txt":
            await self._answer_robots(exchange, self.robots.get(host, 404))
        elif page := self.pages.get(host + exchange.arrival.path) or self.pages.get(host + path):
            await self._show(exchange, page)
            if host + path in self.drop_after_pages:
                exchange.close()
        elif host in self.answer_all:
            page = self.answer_all[host]
            await exchange.reply(page.status, page.body, page.headers)
        elif host in self.gone:
            await exchange.reply(404)
        elif path in ROUTES:
            await ROUTES[path](exchange)
        elif path.startswith("/status/"):
            await exchange.reply(int(path.split("/")[2]))
        else:
            await exchange.reply(200, PAGE + path.encode())

    async def _show(self, exchange: Exchange, page: Page) -> None:
        if page.etag and exchange.arrival.headers.get("if-none-match") == page.etag:
            await exchange.reply(304, b"", f"ETag: {page.etag}")
        else:
            etag = f"\nETag: {page.etag}" if page.etag else ""
            referer = exchange.arrival.headers.get("referer", "")
            is_others = bool(referer) and urlsplit(referer).netloc != exchange.arrival.host
            body = page.for_others if is_others and page.for_others is not None else page.body
            await exchange.reply(page.status, body, page.headers + etag)

    async def _answer_robots(self, exchange: Exchange, robots: bytes | int) -> None:
        if robots == 0:
            exchange.close()
        elif isinstance(robots, int):
            await exchange.reply(robots, b"<html>no such file", "Content-Type: text/html")
        else:
            await exchange.reply(200, robots, f"Content-Type: text/plain\n{self.robots_headers}")


def _context(certificate: trustme.LeafCert, *, leaf_only: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if leaf_only:
        chain = certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes()
        with trustme.Blob(chain).tempfile() as path:
            context.load_cert_chain(path)
    else:
        certificate.configure_cert(context)
    return context


def _arrival(request: str) -> Arrival:
    first, *lines = request.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Arrival(host=headers.get("host", ""), path=first.split(" ")[1], at=time.monotonic(), headers=headers)


# --- one route a trouble --------------------------------------------------------------------------------------


@route("/429-then-200")
async def _too_many_once(x: Exchange) -> None:
    await (x.reply(429, headers="Retry-After: 1") if x.number == 1 else x.reply(200))


@route("/429-date-then-200")
async def _too_many_until_a_date(x: Exchange) -> None:
    until = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2), usegmt=True)
    await (x.reply(429, headers=f"Retry-After: {until}") if x.number == 1 else x.reply(200))


@route("/429-garbage")
async def _too_many_and_nonsense(x: Exchange) -> None:
    await x.reply(429, headers="Retry-After: when the moon is full")


@route("/429-for-ever")
async def _too_many_for_ever(x: Exchange) -> None:
    await x.reply(429, headers="Retry-After: 0")


@route("/429-for-an-hour")
async def _too_many_for_an_hour(x: Exchange) -> None:
    await x.reply(429, headers="Retry-After: 3600")


@route("/rate-limit-used-up")
async def _used_up(x: Exchange) -> None:
    await x.reply(200, headers="X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1")


@route("/draft-rate-limit-used-up")
async def _draft_used_up(x: Exchange) -> None:
    await x.reply(200, headers="RateLimit-Remaining: 0\nRateLimit-Reset: 1")


@route("/503-then-200")
async def _unavailable_once(x: Exchange) -> None:
    await x.reply(503 if x.number == 1 else 200)


@route("/522-then-200")
async def _origin_timeout_once(x: Exchange) -> None:
    await x.reply(522 if x.number == 1 else 200)


@route("/408-then-200")
async def _request_timeout_once(x: Exchange) -> None:
    await x.reply(408 if x.number == 1 else 200)


@route("/reset-then-200")
async def _reset_once(x: Exchange) -> None:
    if x.number == 1:
        x.reset()
    else:
        await x.reply(200)


@route("/reset")
async def _reset(x: Exchange) -> None:
    x.reset()


@route("/empty-reply")
async def _empty_reply(x: Exchange) -> None:
    x.close()


@route("/silent")
async def _silent(_: Exchange) -> None:
    await asyncio.sleep(60)


@route("/slow")
async def _slow(x: Exchange) -> None:
    await asyncio.sleep(0.2)
    await x.reply(200)


@route("/drip")
async def _drip(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(600):
        await x.send(b".")
        await asyncio.sleep(0.1)


@route("/stall")
async def _stall(x: Exchange) -> None:
    await x.half()
    await asyncio.sleep(60)


@route("/truncated")
async def _truncated(x: Exchange) -> None:
    await x.half()
    x.close()


@route("/truncated-once")
async def _truncated_once(x: Exchange) -> None:
    if x.number == 1:
        await _truncated(x)
    else:
        await x.reply(200)


@route("/truncated-chunks")
async def _truncated_chunks(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    x.close()


@route("/truncated-gzip")
async def _truncated_gzip(x: Exchange) -> None:
    await x.reply(200, gzip.compress(PAGE)[:-20], "Content-Encoding: gzip")


@route("/bad-chunks")
async def _bad_chunks(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n")
    await asyncio.sleep(60)


@route("/bad-http")
async def _bad_http(x: Exchange) -> None:
    await x.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    x.close()


@route("/bad-gzip")
async def _bad_gzip(x: Exchange) -> None:
    await x.reply(200, b"this is no gzip", "Content-Encoding: gzip")


@route("/half-a-head")
async def _half_a_head(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    x.close()


@route("/gzip")
async def _gzip(x: Exchange) -> None:
    await x.reply(200, gzip.compress(PAGE), "Content-Encoding: gzip")


@route("/brotli")
async def _brotli(x: Exchange) -> None:
    await x.reply(200, brotli.compress(PAGE), "Content-Encoding: br")


@route("/gzip-then-rubbish")
async def _gzip_then_rubbish(x: Exchange) -> None:
    await x.reply(200, gzip.compress(PAGE) + b"\0\0rubbish", "Content-Encoding: gzip")


@route("/rubbish-after-the-body")
async def _rubbish_after_the_body(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloand more than was promised")


BOMB = gzip.compress(b"\0" * 20_000_000)


@route("/bomb")
async def _bomb(x: Exchange) -> None:
    await x.reply(200, BOMB, "Content-Encoding: gzip")


@route("/huge")
async def _huge(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(500):
        await x.send(b"x" * 100_000)


@route("/huge-image")
async def _huge_image(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(500):
        await x.send(b"x" * 100_000)


@route("/empty")
async def _empty(x: Exchange) -> None:
    await x.reply(200, b"")


@route("/until-close")
async def _until_close(x: Exchange) -> None:
    await x.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)
    x.close()


@route("/early-hints")
async def _early_hints(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
    await x.reply(200)


@route("/whole-206")
async def _whole_206(x: Exchange) -> None:
    await x.reply(206, PAGE, f"Content-Range: bytes 0-{len(PAGE) - 1}/{len(PAGE)}")


@route("/part-206")
async def _part_206(x: Exchange) -> None:
    await x.reply(206, PAGE[:10], f"Content-Range: bytes 0-9/{len(PAGE)}")


@route("/cloudflare-challenge")
async def _cloudflare(x: Exchange) -> None:
    await x.reply(403, headers="CF-Mitigated: challenge")


@route("/cloudflare-challenge-200")
async def _cloudflare_200(x: Exchange) -> None:
    await x.reply(200, headers="cf-mitigated: challenge")


@route("/aws-waf")
async def _aws_waf(x: Exchange) -> None:
    await x.reply(202, b"", headers="x-amzn-waf-action: challenge")


@route("/cookie-wall")
async def _cookie_wall(x: Exchange) -> None:
    if x.arrival.headers.get("cookie", "").endswith("seen=yes"):
        await x.reply(200)
    else:
        await x.redirect(302, "/cookie-wall", "Set-Cookie: seen=yes; Path=/")


@route("/cookie-wall-slow-at-first")
async def _cookie_wall_slow_at_first(x: Exchange) -> None:
    if x.arrival.headers.get("cookie") == "seen=yes":
        await asyncio.sleep(0.2 if x.number == 2 else 0.0)
        await x.reply(200)
    else:
        await x.redirect(302, "/cookie-wall-slow-at-first", "Set-Cookie: seen=yes; Path=/")


@route("/cookie-wall-by-way-of")
async def _cookie_wall_by_way_of(x: Exchange) -> None:
    if x.arrival.headers.get("cookie") == "seen=yes":
        await x.reply(200)
    else:
        await x.redirect(302, "/consent?back=1")


@route("/consent")
async def _consent(x: Exchange) -> None:
    await x.redirect(302, "/cookie-wall-by-way-of", "Set-Cookie: seen=yes; Path=/")


@route("/cookie-loop")
async def _cookie_loop(x: Exchange) -> None:
    await x.redirect(302, "/cookie-loop", f"Set-Cookie: n={x.number}; Path=/")


@route("/cookie-for-another")
async def _cookie_for_another(x: Exchange) -> None:
    if "cookie" in x.arrival.headers:
        await x.redirect(302, "http://other.test/landing")
    else:
        await x.redirect(302, "/cookie-for-another", "Set-Cookie: secret=1; Path=/")


for _status in (301, 302, 303, 307, 308):

    @route(f"/{_status}")
    async def _redirects(x: Exchange, status: int = _status) -> None:
        await x.redirect(status, "/landing")


@route("/301-to-404")
async def _to_gone(x: Exchange) -> None:
    await x.redirect(301, "/status/404")


@route("/301-302-301")
async def _mixed(x: Exchange) -> None:
    await x.redirect(301, "/302")


@route("/loop-a")
async def _loop_a(x: Exchange) -> None:
    await x.redirect(302, "/loop-b")


@route("/loop-b")
async def _loop_b(x: Exchange) -> None:
    await x.redirect(302, "/loop-a")


@route("/loop-to-self")
async def _loop_to_self(x: Exchange) -> None:
    await x.redirect(301, "/loop-to-self")


@route("/count-down")
async def _count_down(x: Exchange) -> None:
    left = int(x.arrival.path.partition("?")[2])
    await (x.redirect(302, f"/count-down?{left - 1}") if left else x.reply(200))


@route("/302-without-location")
async def _without_location(x: Exchange) -> None:
    await x.reply(302)


@route("/302-to-nonsense")
async def _to_nonsense(x: Exchange) -> None:
    await x.redirect(302, "http://[nonsense")


for _name, _location in {
    "ftp": "ftp://site.test/file",
    "file": "file:///etc/passwd",
    "javascript": "javascript:alert(1)",
    "private": "http://10.1.2.3/",
    "mapped": "http://[::ffff:10.0.0.1]/",
    "relative": "landing?from=relative#part",
    "other": "https://other.test/landing",
    "robots-less": "http://blocked.test/landing",
}.items():

    @route(f"/302-to-{_name}")
    async def _elsewhere(x: Exchange, location: str = _location) -> None:
        await x.redirect(302, location)


@route("/join")
async def _join(x: Exchange) -> None:
    await x.redirect(301, "/landing")


@route("/hang-up")
async def _hang_up(x: Exchange) -> None:
    await x.reply(200)
    x.close()


@route("/bad-chunks-later")
async def _bad_chunks_later(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    await asyncio.sleep(0.1)
    await x.send(b"xyz\r\n")
    await asyncio.sleep(60)


@route("/301-in-bad-gzip")
async def _moved_in_bad_gzip(x: Exchange) -> None:
    await x.redirect(301, "/landing", "Content-Encoding: gzip")


@route("/404-in-bad-gzip")
async def _gone_in_bad_gzip(x: Exchange) -> None:
    await x.reply(404, headers="Content-Encoding: gzip")


@route("/301-in-bad-chunks")
async def _moved_in_bad_chunks(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 301 Moved\r\nLocation: /landing\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")


@route("/301-stalling")
async def _moved_stalling(x: Exchange) -> None:
    await x.reply(301, b"", "Location: /landing\nContent-Length: 100")
    await asyncio.sleep(60)


@route("/length-twice")
async def _length_twice(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\nhello")


@route("/lengths-that-differ")
async def _lengths_that_differ(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")


@route("/chunks-and-length")
async def _chunks_and_length(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")


@route("/early-hints-then-surplus")
async def _early_hints_then_surplus(x: Exchange) -> None:
    await x.send(
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"
    )


@route("/302-to-utf-8")
async def _to_utf_8(x: Exchange) -> None:
    await x.send("HTTP/1.1 302 Found\r\nLocation: /café\r\nContent-Length: 0\r\n\r\n".encode())


@route("/caf%C3%A9")
async def _cafe(x: Exchange) -> None:
    await x.reply(200)


@route("/odd-bytes-in-headers")
async def _odd_bytes(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=\xff\r\nContent-Length: 5\r\n\r\nhello")


@route("/endless-range")
async def _endless_range(x: Exchange) -> None:
    await x.reply(206, headers="Content-Range: bytes 0-" + "9" * 5000 + "/" + "9" * 5000)


@route("/302-to-a-secret")
async def _to_a_secret(x: Exchange) -> None:
    await x.redirect(302, "ftp://me:hunter2@site.test/file")


# --- what archives are made of --------------------------------------------------------------------------------


@route("/chunked")
async def _chunked(x: Exchange) -> None:
    await x.reply_in_chunks([PAGE[:10], PAGE[10:11], PAGE[11:]])


@route("/gzip-in-chunks")
async def _gzip_in_chunks(x: Exchange) -> None:
    packed = gzip.compress(PAGE, mtime=0)
    await x.reply_in_chunks([packed[:7], packed[7:]], "Content-Encoding: gzip")


@route("/trailers")
async def _trailers(x: Exchange) -> None:
    await x.reply_in_chunks([PAGE], "Trailer: X-Checksum", b"X-Checksum: 1234\r\n")


@route("/zstd-if-asked")
async def _zstd_if_asked(x: Exchange) -> None:
    if "zstd" in x.arrival.headers.get("accept-encoding", ""):
        await x.reply(200, b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd")
    else:
        await x.reply(200, PAGE, "Vary: Accept-Encoding")


@route("/odd-headers")
async def _odd_headers(x: Exchange) -> None:
    lines = [
        b"HTTP/1.1 200 Fine By Me",
        b"x-ONE: 1",
        b"CONTENT-type:text/html",
        b"X-Two:    wide   ",
        b"X-one: another",
        b"Set-Cookie: a=1",
        b"X-Empty:",
        b"set-cookie: b=2",
        b"content-LENGTH: %d" % len(PAGE),
    ]
    await x.send(b"\r\n".join(lines) + b"\r\n\r\n" + PAGE)


@route("/bare-line-feeds")
async def _bare_line_feeds(x: Exchange) -> None:
    await x.send(b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: %d\n\n%s" % (len(PAGE), PAGE))


@route("/204")
async def _no_content(x: Exchange) -> None:
    await x.reply(204, b"")


@route("/304")
async def _not_modified_though_not_asked(x: Exchange) -> None:
    await x.reply(304, b"")


@route("/304-with-length")
async def _not_modified_with_a_length(x: Exchange) -> None:
    await x.reply(304, b"", f"Content-Length: {len(PAGE)}")


@route("/length-without-body")
async def _length_without_body(x: Exchange) -> None:
    await x.reply(200, b"", f"Content-Length: {len(PAGE)}")
    x.close()


@route("/etag")
async def _etag(x: Exchange) -> None:
    if x.arrival.headers.get("if-none-match") == 'W/"one"':
        await x.reply(304, b"", 'ETag: W/"one"')
    else:
        await x.reply(200, PAGE, 'ETag: W/"one"')


@route("/last-modified")
async def _last_modified(x: Exchange) -> None:
    if x.arrival.headers.get("if-modified-since") == LONG_AGO:
        await x.reply(304, b"", "Content-Type: text/plain")  # which is not what the page was sent with
    else:
        await x.reply(200, PAGE + b"(old)", f"Last-Modified: {LONG_AGO}")


LONG_AGO = "Tue, 01 Feb 2022 03:04:05 GMT"


@route("/empty-with-etag")
async def _empty_with_etag(x: Exchange) -> None:
    await x.reply(304 if x.arrival.headers.get("if-none-match") == '"none"' else 200, b"", 'ETag: "none"')


@route("/truncated-with-etag")
async def _truncated_with_etag(x: Exchange) -> None:
    if x.arrival.headers.get("if-none-match") == '"half"':
        await x.reply(304, b"", 'ETag: "half"')
    else:
        await x.reply(200, PAGE, f'ETag: "half"\nContent-Length: {2 * len(PAGE)}')
        x.close()


@route("/set-cookie")
async def _set_cookie(x: Exchange) -> None:
    await x.reply(200, PAGE, "Set-Cookie: session=given-by-the-server; Path=/")


FULL = b"""<!doctype html><title>Full</title>
<link rel=stylesheet href=/full/style.css><link rel=icon href=/full/icon.png><script src=/full/code.js></script>
<img src=/full/small.png srcset="/full/small.png 1x, /full/large.png 2x"><img data-src=/full/lazy.png>"""


@route("/full")
async def _full(x: Exchange) -> None:
    await x.reply(200, FULL)


@route("/full/style.css")
async def _full_style(x: Exchange) -> None:
    await x.reply(200, b'@import "more.css";', "Content-Type: text/css")


@route("/full/more.css")
async def _full_more(x: Exchange) -> None:
    sheet = b"@font-face{font-family:a;src:url(font.woff2)}"
    await x.reply(200, sheet, "Content-Type: text/css")


for _name in ("font.woff2", "icon.png", "code.js", "small.png", "large.png", "lazy.png"):

    @route(f"/full/{_name}")
    async def _full_part(x: Exchange, name: str = _name) -> None:
        tag = f'ETag: "{name}"'
        known = x.arrival.headers.get("if-none-match") == f'"{name}"'
        await (x.reply(304, b"", tag) if known else x.reply(200, name.encode() * 9, tag + "\nContent-Type: image/png"))


@route("/tokens")
async def _tokens(x: Exchange) -> None:
    token = b'<meta name=csrf-token content="%d"><aside class=advert>Offer %d</aside>' % (x.number, x.number)
    await x.reply(200, PAGE + token)


USUAL_HEADERS = """
Date: Fri, 02 Jan 2026 03:04:05 GMT
Server: nginx
Vary: Accept-Encoding, Cookie
Cache-Control: public, max-age=300, stale-while-revalidate=60, stale-if-error=86400
Strict-Transport-Security: max-age=31536000; includeSubDomains; preload
X-Content-Type-Options: nosniff
X-Frame-Options: SAMEORIGIN
Referrer-Policy: strict-origin-when-cross-origin
Content-Security-Policy: default-src 'self' https:; img-src 'self' https: data:; script-src 'self' https:
X-Served-By: cache-lhr1234-LHR
X-Cache: HIT
X-Timer: S1767323045.678901,VS0,VE1
"""


@route("/few-headers")
async def _few_headers(x: Exchange) -> None:
    await x.reply(200, PAGE + x.arrival.path.encode())


@route("/usual-headers")
async def _usual_headers(x: Exchange) -> None:
    await x.reply(200, PAGE + x.arrival.path.encode(), USUAL_HEADERS)


@route("/noise")
async def _noise(x: Exchange) -> None:
    await x.reply(200, random.Random(x.arrival.host + x.arrival.path).randbytes(20_000))  # which no gzip makes smaller


@route("/with-requisites")
async def _with_requisites(x: Exchange) -> None:
    await x.reply(
        200, b"<!doctype html><title>A page</title><link rel=stylesheet href=style.css><img src=i.png><p>Text"
    )


@route("/style.css")
async def _style(x: Exchange) -> None:
    await x.reply(200, b"@import 'more.css'; p { background: url(b.png) }", "Content-Type: text/css")
