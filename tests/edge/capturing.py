"""Exchanges to keep, and archives that keep them without any network."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from msgspec.structs import replace

from archiver.archive import Archive, new_run
from archiver.model import Depth, Keeping, PageEvidence, Taken
from tests.edge.archives import ADVANCE, check, day, link, url
from tests.edge.raw_warcs import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from archiver.model import Kept

ROOT = Path(__file__).parents[2]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"


def taken(name: str, body: bytes, at: datetime, **given: Any) -> Taken:
    """Give what went over the wire for the page `name`."""
    usual: dict[str, Any] = {
        "url": url(name),
        "at": at,
        "elapsed_ms": 12.0,
        "peer": "192.0.2.1",
        "request": f"GET /{name} HTTP/1.1\r\nHost: example.com\r\n\r\n".encode(),
        "head": HEAD % len(body),
        "body": body,
        "payload_digest": digest_of(body) if body else None,
        "cut": None,
        "status": 200,
        "content_type": "text/html",
        "etag": None,
        "last_modified": None,
        "confirms": False,
        "evidence": PageEvidence(),
    }
    return Taken(**usual | given)


def keeping(**given: Any) -> Keeping:
    return Keeping(depth=Depth.PAGE, **given)


def keep_pages(folder: Path, pages: Mapping[str, bytes], number: float = 0) -> Sequence[Kept]:
    """Let a run of day `number` keep `pages`, by name."""
    return asyncio.run(_keep_pages(folder, pages, day(number)))


async def _keep_pages(folder: Path, pages: Mapping[str, bytes], at: datetime) -> Sequence[Kept]:
    async with Archive.open(folder, new_run("archiver run", "0.1.0", at), advance=ADVANCE) as archive:
        recorder = archive.recorder([("software", "archiver/0.1.0")], lambda: at)
        await archive.begin([link(name) for name in pages])
        kept = [
            await recorder.keep(taken(name, body, at), keeping(held=archive.held(url(name))))
            for name, body in pages.items()
        ]
        await archive.keep([], [each.capture for each in kept])
        return kept


# --- a process that keeps captures until it is killed ----------------------------------------------------------


class Promise(NamedTuple):
    """A capture that was committed: it must be there whatever happens then."""

    url: str
    warc: str
    offset: int
    length: int
    digest: str


class Writers:
    """Processes that keep captures: each is a fork of one that has imported all, so that it begins at once."""

    def __enter__(self) -> Self:
        line = [sys.executable, "-c", "from tests.edge.capturing import serve; serve()"]
        self._parent = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate(timeout=30)

    def run_and_kill(self, folder: Path, seed: int) -> list[Promise]:
        """Let a run keep captures, kill it at a moment that hangs on `seed`, and give what it had promised."""
        moment = random.Random(seed)
        after, delay_s = moment.randint(0, 4), moment.random() * 0.08
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(f"{folder} {seed}\n")
        self._parent.stdin.flush()
        number = int(self._parent.stdout.readline())
        told = [self._parent.stdout.readline() for _ in range(after)]
        time.sleep(delay_s)
        os.kill(number, signal.SIGKILL)
        told += iter(self._parent.stdout.readline, "killed\n")
        return [Promise(*promise) for line in told for promise in json.loads(line)]


def serve() -> None:
    """Fork a run for each line of standard input, and tell when it was killed."""
    for line in sys.stdin:
        folder, seed = line.split()
        child = os.fork()
        if not child:
            asyncio.run(_write(Path(folder), int(seed)))
        os.waitpid(child, 0)
        os.write(1, b"killed\n")


async def _write(folder: Path, seed: int) -> None:
    """Keep a few batches, tell of each once it is committed, seal, and wait for the end. Every batch is one line."""
    os.write(1, f"{os.getpid()}\n".encode())
    chance = random.Random(seed)
    at = day(0) + timedelta(minutes=seed)
    async with Archive.open(folder, new_run("archiver run", "0.1.0", at), advance=ADVANCE) as archive:
        recorder = archive.recorder([("software", "archiver/0.1.0")], lambda: at)
        for _ in range(3):
            pages = [(f"page-{chance.randrange(30)}", _page(chance)) for _ in range(6)]
            kept = await asyncio.gather(
                *(recorder.keep(taken(*page, at), keeping(held=archive.held(url(page[0])))) for page in pages)
            )
            await archive.keep(
                [
                    replace(check(name, at=at), snapshot=each.snapshot)
                    for each, (name, _) in zip(kept, pages, strict=True)
                ],
                [each.capture for each in kept],
            )
            _tell(kept)
            at += timedelta(seconds=1)
    _tell([])
    signal.pause()


def _page(chance: random.Random) -> bytes:
    """Give a page: one of a few that were seen before, or a new one."""
    return b"well known" * chance.randrange(4) if chance.random() < 1 / 3 else chance.randbytes(chance.randrange(9000))


def _tell(kept: Sequence[Kept]) -> None:
    captures = (each.capture for each in kept)
    told = [(it.url, it.warc, it.offset, it.length, it.payload_digest or "") for it in captures]
    os.write(1, json.dumps(told).encode() + b"\n")
