"""A fast web server on loopback: nginx, that gives one page for every address, or each its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from bench.machine import tool
from bench.measure import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HOSTS = 64
PATIENCE_S = 10.0

_CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 60s; sendfile on; tcp_nodelay on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ text/html html; }} default_type text/html;
  server {{
    {listens}
    root {folder}/root;
    location = /robots.txt {{ return 404; }}
    location / {{ try_files $uri /page.html =404; }}
  }}
}}
"""


@contextlib.contextmanager
def serving(folder: Path, page: bytes, others: Iterable[tuple[str, bytes]] = ()) -> Iterator[int]:
    """Serve `page` at every path of 64 loopback addresses but those of `others`, which have pages of their own.

    Gives the port. Raises BenchError without nginx.
    """
    program = tool("nginx")
    if program is None:
        raise BenchError("nginx is not installed (Debian: nginx-light)")
    for path, content in (("/page.html", page), *others):
        file = folder / f"root{path}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    port = free_port()
    listens = " ".join(f"listen {host}:{port} backlog=4096;" for host in hosts())
    folder.joinpath("nginx.conf").write_text(_CONFIGURATION.format(folder=folder, listens=listens))
    server = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(hosts()[-1], port)
        yield port
    finally:
        server.terminate()
        server.wait()


def hosts() -> list[str]:
    """Give the loopback addresses that are served."""
    return [f"127.0.10.{number}" for number in range(1, HOSTS + 1)]


def addresses(count: int, port: int) -> list[str]:
    """Give so many URLs, spread over all hosts."""
    names = hosts()
    return [f"http://{names[number % HOSTS]}:{port}/story/{number}" for number in range(count)]


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def wait_for(host: str, port: int) -> None:
    """Wait until somebody listens. Raises BenchError."""
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.05)
    raise BenchError(f"nobody listens at {host}:{port}")
