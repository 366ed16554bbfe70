"""The stand-in web behaves as its cast says: what is measured on it is what it was told to be."""

from __future__ import annotations

import contextlib
import http.client
from typing import TYPE_CHECKING

import pytest

from bench.cast import Manner, Part, cast
from bench.material import TITLE
from bench.nginx import free_port
from bench.standin import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

URLS, HOSTS = 600, 100


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    number = free_port()
    with serving(number, URLS, HOSTS):
        yield number


def quickest(manner: Manner) -> tuple[Part, int]:
    """A host of that manner, and its address that answers soonest."""
    part = next(part for part in cast(URLS, HOSTS) if part.manner is manner and part.latencies_s)
    return part, part.latencies_s.index(min(part.latencies_s))


def ask(port: int, manner: Manner, path: str | None = None, timeout_s: float = 30.0) -> tuple[int, str | None, str]:
    """Give an answer's status, its Retry-After and its body."""
    part, number = quickest(manner)
    with contextlib.closing(http.client.HTTPConnection(part.host, port, timeout=timeout_s)) as connection:
        connection.request("GET", path or f"/story/{number}")
        response = connection.getresponse()
        return response.status, response.getheader("Retry-After"), response.read().decode()


@pytest.mark.parametrize("manner", [Manner.PLAIN, Manner.DRIPPING])
def test_a_page_comes_whole(port: int, manner: Manner) -> None:
    status, _, page = ask(port, manner)
    assert (status, page.count(TITLE)) == (200, 2)


def test_a_limiting_host_wants_fewer_requests_at_first(port: int) -> None:
    assert ask(port, Manner.LIMITING, "/robots.txt")[0] == 404
    answers = [ask(port, Manner.LIMITING)[:2] for _ in range(3)]
    assert answers == [(429, "1"), (429, "1"), (200, None)]


def test_a_silent_host_takes_connections_and_says_nothing(port: int) -> None:
    with pytest.raises(TimeoutError):
        ask(port, Manner.SILENT, timeout_s=0.5)


def test_a_refusing_host_is_not_there(port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        ask(port, Manner.REFUSING)
