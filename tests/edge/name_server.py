"""Run within `unshare --net --mount`: serves names by UDP on loopback, visits some, prints the verdicts as JSON."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from archiver.model import Limits, Pacing
from archiver.settings import Settings
from archiver.verdict.judge import observe
from archiver.wiring import clock, new_visit
from archiver.workers import new_worker

NO_ERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
TYPE_A = 1
IFF_UP_AND_RUNNING = 0x41
NAMES = ("nxdomain", "servfail", "silence", "nothing", "private")


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", IFF_UP_AND_RUNNING))  # SIOCSIFFLAGS


def use_name_server() -> None:
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
    Path(file.name).unlink()


def answer(question: bytes) -> bytes | None:
    """Answer a query (RFC 1035, section 4) by its first label."""
    length = question[12]
    name = question[13 : 13 + length].decode()
    end = question.index(b"\0", 12) + 5
    kind = struct.unpack("!H", question[end - 4 : end - 2])[0]
    code = {"servfail": SERVFAIL, "nothing": NO_ERROR, "private": NO_ERROR}.get(name, NXDOMAIN)
    record = b""
    if name == "private" and kind == TYPE_A:
        record = b"\xc0\x0c" + struct.pack("!HHIH4B", TYPE_A, 1, 60, 4, 10, 1, 2, 3)
    header = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, 1 if record else 0, 0, 0)
    return None if name == "silence" else header + question[12:end] + record


def serve(server: socket.socket) -> None:
    while True:
        question, peer = server.recvfrom(512)
        reply = answer(question)
        if reply is not None:
            server.sendto(reply, peer)


async def visit() -> dict[str, list[str]]:
    limits = Limits(connect_timeout_s=4.0)
    settings = Settings(limits=limits, pacing=Pacing(delay_s=0.0), retries=0, control=())
    targets = [*(f"http://{name}.test/" for name in NAMES), "http://a..b.test/"]
    verdicts = {}
    async with contextlib.aclosing(new_worker(settings, clock)) as worker:
        async for haul in new_visit(worker, settings).hauls(targets, asyncio.Event()):
            checks = map(observe, haul.chains)
            verdicts.update({check.target: [check.outcome, check.reason] for check in checks})
    return verdicts


if __name__ == "__main__":
    bring_loopback_up()
    use_name_server()
    name_server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    name_server.bind(("127.0.0.1", 53))
    threading.Thread(target=serve, args=(name_server,), daemon=True).start()
    json.dump(asyncio.run(visit()), sys.stdout)
