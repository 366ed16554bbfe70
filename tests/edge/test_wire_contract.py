"""The private names of aiohttp that fetch/wire.py takes, held to what it takes them for.

A new minor version of aiohttp is let in (pyproject.toml) when these pass.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import inspect
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from ipaddress import ip_network
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
from aiohttp import connector
from aiohttp.client_reqrep import ConnectionKey

from archiver.fetch.address import Guard
from archiver.fetch.answer import Request
from archiver.fetch.conversation import Conversation, Patience
from archiver.fetch.failures import Failure
from archiver.fetch.head import MAX_HEADERS
from archiver.fetch.routes import Routes
from archiver.fetch.transport import Transport
from archiver.model import Cut, FetchError, Limits, Reason
from archiver.settings import detour
from tests.server import PAGE, Exchange, route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.server import Server

HEAD = (
    b"HTTP/1.1 200 Oh  Well\r\nx-ODD:  two  spaces \r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\n"
)


class Kept:
    needs_body = True

    def __init__(self) -> None:
        self.body = b""

    def start(self, headers: Mapping[str, str]) -> None:
        pass

    def take(self, chunk: bytes) -> bool:
        self.body += chunk
        return True


@contextlib.asynccontextmanager
async def transport_to(server: Server) -> AsyncIterator[Transport]:
    guard = Guard(allowed=(ip_network("127.0.0.0/8"),))
    limits = Limits(connect_timeout_s=2.0, first_byte_timeout_s=1.0, idle_timeout_s=0.5, total_timeout_s=3.0)
    routes = Routes(guard=guard, detours=tuple(map(detour, server.connect_to)))
    async with Transport(limits=limits, headers={"User-Agent": "test"}, routes=routes) as transport:
        yield transport


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aiohttp").startswith("3.14.")


def test_of_a_protocol_no_more_is_asked_than_ours_has() -> None:
    """By the connector, which takes it for aiohttp's own."""
    source = inspect.getsource(connector)
    asked = {*re.findall(r"\bproto(?:col)?\.(\w+)", source)} - {"set_response_params"}  # for a tunnel of its own
    assert asked
    assert asked <= {*dir(Conversation), "transport", "should_close"}


def test_the_private_names_are_there() -> None:
    async def look() -> None:
        async with aiohttp.TCPConnector() as made:
            assert callable(made._factory)  # noqa: SLF001 (what this test is for)
            assert (made._conns, made._acquired) == ({}, set())  # noqa: SLF001
            methods = ("_create_connection", "_create_direct_connection", "_resolve_host", "_release")
            assert all(callable(getattr(made, name)) for name in methods)

    asyncio.run(look())
    assert ConnectionKey._fields == (
        "host",
        "port",
        "is_ssl",
        "ssl",
        "proxy",
        "proxy_auth",
        "proxy_headers_hash",
        "server_hostname",
    )


@route("/odd-head")
async def _odd_head(x: Exchange) -> None:
    await x.send(HEAD + b"ok")


@route("/many-headers")
async def _many_headers(x: Exchange) -> None:
    count = int(x.arrival.path.partition("?")[2])
    await x.reply(200, headers="\n".join(f"X-{number}: {number}" for number in range(count)))


@route("/long-header")
async def _long_header(x: Exchange) -> None:
    await x.reply(200, headers="X-Long: " + "x" * 60_000)


class Broken(Kept):
    """Has a fault of our own: where it begins, or where it takes."""

    def __init__(self, *, where: str) -> None:
        super().__init__()
        self.where = where

    def start(self, headers: Mapping[str, str]) -> None:
        if self.where == "start":
            raise MemoryError(self.where)
        super().start(headers)

    def take(self, chunk: bytes) -> bool:
        if self.where == "take":
            raise MemoryError(self.where)
        return super().take(chunk)


@pytest.mark.parametrize("where", ["start", "take"])
def test_a_fault_of_ours_is_not_told_as_the_sites(server: Server, where: str) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            with pytest.raises(MemoryError, match=where):
                await transport.exchange("http://site.test/odd-head", Broken(where=where))
            kept = Kept()
            await transport.exchange("http://site.test/odd-head", kept)
            assert kept.body == b"ok"

    asyncio.run(ask())


@pytest.mark.parametrize(("lost_by", "told"), [(OSError(errno.ENOBUFS, "x"), FetchError), (MemoryError(), MemoryError)])
def test_a_connection_that_our_own_machine_loses_is_not_told_as_the_sites(lost_by: Exception, told: type) -> None:
    async def ask() -> None:
        conversation = Conversation(asyncio.get_running_loop())
        here, there = socket.socketpair()
        with here, there:
            transport, _ = await asyncio.get_running_loop().create_connection(lambda: conversation, sock=here)
            answered = conversation.ask(Request(b"GET", b"GET"), Kept(), Patience(1, 1, 1))
            conversation.connection_lost(lost_by)
            with pytest.raises(told):
                await asyncio.wait_for(answered, 1)
            transport.abort()

    asyncio.run(ask())


@pytest.mark.parametrize("closes", [True, False])
def test_an_answer_may_come_before_it_is_asked_for(*, closes: bool) -> None:
    """A server that is too busy says so as soon as it is connected to."""

    async def ask() -> None:
        conversation, kept = Conversation(asyncio.get_running_loop()), Kept()
        here, there = socket.socketpair()
        with here, there:
            await asyncio.get_running_loop().create_connection(lambda: conversation, sock=here)
            for part in (HEAD[:9], HEAD[9:] + b"ok"):
                there.sendall(part)
                await asyncio.sleep(0.05)
            if closes:
                there.close()
                await asyncio.sleep(0.05)
            answer = await asyncio.wait_for(conversation.ask(Request(b"GET", b"GET"), kept, Patience(1, 1, 1)), 1)
            assert (answer.status, answer.head, kept.body) == (200, HEAD, b"ok")
            conversation.close()

    asyncio.run(ask())


def test_what_comes_before_it_is_asked_for_is_bounded() -> None:
    async def listen() -> int:
        here, there = socket.socketpair()
        with here, there:
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_connection(lambda: Conversation(loop), sock=here)
            there.setblocking(False)
            sent = 0
            for _ in range(200):
                with contextlib.suppress(BlockingIOError):
                    sent += there.send(b"x" * 100_000)
                await asyncio.sleep(0)
            transport.abort()
        return sent

    assert asyncio.run(listen()) < 2_000_000  # of 20 MB; most of it is what the system holds


def test_the_header_block_is_kept_as_received(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            sink = Kept()
            answer = await transport.exchange("http://site.test/odd-head", sink)
            assert (answer.head, sink.body, answer.peer, answer.cut) == (HEAD, b"ok", "127.0.0.1", None)
            assert answer.all_of("set-cookie") == ("a=1", "b=2")

    asyncio.run(ask())


def test_interim_answers_are_not_part_of_the_header_block(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            answer = await transport.exchange("http://site.test/early-hints", Kept())
            assert answer.head.startswith(b"HTTP/1.1 200 ")
            assert answer.head.count(b"HTTP/1.1") == 1

    asyncio.run(ask())


def test_bodies_come_as_sent(server: Server) -> None:
    """No content coding is undone below the sink."""

    async def ask() -> None:
        async with transport_to(server) as transport:
            sink = Kept()
            await transport.exchange("http://site.test/gzip", sink)
            assert sink.body.startswith(b"\x1f\x8b")

    asyncio.run(ask())


def test_a_broken_body_keeps_what_came(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            for path, body in {"/truncated": PAGE, "/truncated-chunks": b"hello"}.items():
                sink = Kept()
                answer = await transport.exchange(f"http://site.test{path}", sink)
                assert (answer.cut, sink.body) == (Cut.DISCONNECT, body)

    asyncio.run(ask())


def test_connections_are_kept_and_used_again(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            for number in range(5):
                await transport.exchange(f"http://site.test/{number}", Kept())

    asyncio.run(ask())
    assert server.connections == 1


def test_generous_but_bounded_headers(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport:
            assert (await transport.exchange("http://site.test/long-header", Kept())).status == 200
            assert (await transport.exchange(f"http://site.test/many-headers?{MAX_HEADERS - 5}", Kept())).status == 200
            with pytest.raises(Failure) as caught:
                await transport.exchange(f"http://site.test/many-headers?{MAX_HEADERS + 5}", Kept())
            assert caught.value.reason == Reason.BAD_HTTP

    asyncio.run(ask())


def test_httpx_speaks_through_it(server: Server) -> None:
    async def ask() -> None:
        async with transport_to(server) as transport, httpx.AsyncClient(transport=transport) as client:
            response = await client.get("http://site.test/gzip")
            assert (response.status_code, response.content) == (200, PAGE)
            assert response.extensions["head"].startswith(b"HTTP/1.1 200")
            with pytest.raises(httpx.ReadTimeout):
                await client.get("http://site.test/silent")
            with pytest.raises(httpx.ConnectError):
                await client.get("http://10.0.0.1:81/")
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get("http://site.test/bad-http")
            with pytest.raises(httpx.UnsupportedProtocol):
                await client.post("http://site.test/")

    asyncio.run(ask())


def test_what_is_never_used_of_httpx_and_aiohttp_is_not_loaded() -> None:
    """Their contexts have no authorities, and the environment is what it was."""
    code = (
        "import os, sys; before = {**os.environ}\n"
        "import archiver.fetch; from aiohttp.connector import _SSL_CONTEXT_VERIFIED as tls\n"
        "print(tls.cert_store_stats()['x509_ca'], {'httpx._main', 'rich'} & {*sys.modules})\n"
        "print(before == os.environ)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["0 set()", "True"]
