"""Proxies from the environment, by a real proxy in a process of its own for the command."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.edge.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

WITHOUT = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def check(server: Server, folder: Path, *addresses: str, **environment: str) -> list[tuple[str, str]]:
    """Check `addresses` by the command, with `environment`, and give (verdict, reason) of each."""
    related = "".join(f"  - webUrl: {address}\n" for address in addresses)
    (folder / "a.md").write_text(f"---\nrelated:\n{related}---\n")
    ca_file = server.write_authority(folder / "ca.pem")
    words = ["check", "a.md", "--format", "jsonl", "--ca-file", str(ca_file), "--host-delay", "0", "--retries", "0"]
    command = [sys.executable, "-W", "error", "-m", "archiver", *words, "--no-progress"]
    done = subprocess.run(
        command, cwd=folder, env=WITHOUT | environment, capture_output=True, text=True, timeout=60, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [(line["verdict"], line["reason"]) for line in lines if line["type"] == "link"] or [("error", done.stderr)]


def test_plain_requests_are_forwarded_and_tls_is_tunnelled(server: Server, tmp_path: Path) -> None:
    with Proxy({"plain": server.port, "tls": server.tls_ports["good"]}) as proxy:
        here = f"http://me:secret@127.0.0.1:{proxy.port}"
        verdicts = check(
            server, tmp_path, "http://site.test/page", "https://site.test/page", http_proxy=here, https_proxy=here
        )
    assert verdicts == [("alive", "ok")] * 2
    assert "GET http://site.test/page" in proxy.asked
    assert "CONNECT site.test:443" in proxy.asked
    assert all("Proxy-Authorization: Basic bWU6c2VjcmV0" in headers for headers in proxy.headers)
    assert {arrival.path for arrival in server.arrivals} == {"/robots.txt", "/page"}
    tunnelled = [arrival for arrival in server.arrivals if "proxy-authorization" not in arrival.headers]
    assert tunnelled  # the far end of a tunnel never sees what the proxy was told


def test_certificates_are_held_to_their_names_through_a_tunnel(server: Server, tmp_path: Path) -> None:
    with Proxy({"plain": server.port, "tls": server.tls_ports["wrong-host"]}) as proxy:
        here = f"http://127.0.0.1:{proxy.port}"
        assert check(server, tmp_path, "https://site.test/", https_proxy=here) == [("insecure", "tls_hostname")]


@pytest.mark.parametrize("address", ["http://10.1.2.3/", "https://127.0.0.1/", "http://[::1]/", "http://localhost/"])
def test_the_address_guard_holds_before_the_proxy_is_asked(server: Server, tmp_path: Path, address: str) -> None:
    with Proxy({"plain": server.port, "tls": server.tls_ports["good"]}) as proxy:
        here = f"http://127.0.0.1:{proxy.port}"
        verdicts = check(server, tmp_path, address, http_proxy=here, https_proxy=here, no_proxy="elsewhere.test")
    assert verdicts == [("skipped", "private_address")]
    assert proxy.asked == []


def test_a_proxy_that_refuses_is_not_the_sites_fault_alone(server: Server, tmp_path: Path) -> None:
    with Proxy({"plain": server.port, "tls": server.tls_ports["good"]}, refuses="502 Bad Gateway") as proxy:
        here = f"http://127.0.0.1:{proxy.port}"
        settings = {"https_proxy": here, "ARCHIVER_OUTAGE_WAIT": "0s"}
        assert check(server, tmp_path, "https://site.test/", **settings) == [("unreachable", "no_route")]


def test_a_proxy_that_hangs_up_is_not_the_sites_fault_alone(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, hanging_up(listening):
        here = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = {"https_proxy": here, "ARCHIVER_OUTAGE_WAIT": "0s"}
        assert check(server, tmp_path, "https://site.test/", **settings) == [("unreachable", "no_route")]


@contextmanager
def hanging_up(listening: socket.socket) -> Iterator[None]:
    """Take every connection, read once, and hang up."""

    def take() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.recv(1000)
                connection.close()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield
    listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_no_proxy_names_who_is_asked_directly() -> None:
    script = (
        "from archiver.fetch.proxies import Proxies as P; p = P.from_environment();"
        "print([bool(p.proxy_for('http', host)) for host in ('a.test', 'b.test', 'x.b.test')])"
    )
    environment = WITHOUT | {"http_proxy": "http://127.0.0.1:3128", "no_proxy": "b.test"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[True, False, False]\n"


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "http://", "http://host:99999"])
def test_a_proxy_we_cannot_use_is_told(tmp_path: Path, url: str) -> None:
    (tmp_path / "a.md").write_text("---\nwebUrl: http://site.test/\n---\n")
    command = [sys.executable, "-m", "archiver", "check", "a.md", "--no-progress"]
    environment = WITHOUT | {"http_proxy": url}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "proxy for http:// links is not of the form http://host:port" in done.stderr
