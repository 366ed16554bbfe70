"""Exchanges to keep, and archives that keep them without any network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from archiver.archive import Archive, new_run
from archiver.model import Depth, Keeping, PageEvidence, Taken
from tests.edge.archives import ADVANCE, day, url
from tests.edge.raw_warcs import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archiver.model import Kept

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
        kept = [
            await recorder.keep(taken(name, body, at), keeping(held=archive.held(url(name))))
            for name, body in pages.items()
        ]
        await archive.keep([], [each.capture for each in kept])
        return kept
