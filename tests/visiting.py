"""Visits to the misbehaving server: the real thing but for the archive."""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from archiver.crawl import Snapshots
from archiver.model import Check, Depth, Limits, Pacing
from archiver.plan.snapshots import Part, SnapshotRules
from archiver.settings import Settings, detour
from archiver.verdict.judge import observe
from archiver.wiring import clock, new_visit
from archiver.workers import new_worker
from tests.builders import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.server import Server

LOOPBACK = ip_network("127.0.0.0/8")
LIMITS = Limits(
    connect_timeout_s=2.0,
    first_byte_timeout_s=1.0,
    idle_timeout_s=1.0,
    total_timeout_s=4.0,
    max_page_bytes=1_000_000,
    max_image_bytes=2_000_000,
)
UNHURRIED = Pacing(delay_s=0.0, at_once=8)


def visit(server: Server, targets: Sequence[str], **changes: Any) -> dict[str, Check]:
    """Visit `targets`, every name led to `server`; `changes` are settings other than the hurried ones here."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            limits=LIMITS,
            pacing=UNHURRIED,
            retries=1,
            ca_file=server.write_authority(Path(folder) / "ca.pem"),
            detours=tuple(map(detour, server.connect_to)),
            allowed=(LOOPBACK,),
            control=("http://control.test/",),
            outage_wait_s=1.0,
        )
        return asyncio.run(_visit(targets, replace(settings, **changes)))


def _wanting(targets: Sequence[str]) -> Snapshots:
    """Want all pages kept, though nobody keeps them: what robots.txt says of that is told."""
    rules = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE))
    return Snapshots([link(target) for target in targets], rules, lambda _: None, clock)


async def _visit(targets: Sequence[str], settings: Settings) -> dict[str, Check]:
    checks = {}
    async with contextlib.aclosing(new_worker(settings, clock)) as worker:
        run = new_visit(worker, settings, _wanting(targets))
        async for haul in run.hauls(targets, asyncio.Event()):
            checks.update({chain.target: observe(chain, run.warnings(chain)) for chain in haul.chains})
    return checks
