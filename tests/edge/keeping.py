"""Runs of the engine that keep what the misbehaving server sends, on days that are named."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from archiver.model import Depth, RunReport
from archiver.plan.snapshots import Part, SnapshotRules
from archiver.records import Reading
from archiver.settings import Settings, detour
from archiver.urls import normalise
from archiver.wiring import Errand, clock, run
from tests.builders import link
from tests.visiting import LIMITS, LOOPBACK, UNHURRIED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.server import Server

RUN = Errand(command="archiver run", keeps_pages=True)
REFRESH = Errand(command="archiver refresh", refreshes=True)
PAGES = SnapshotRules(depths=dict.fromkeys(Part, Depth.PAGE))
FULL_PAGES = SnapshotRules(depths=dict.fromkeys(Part, Depth.FULL))


def keep_run(server: Server, folder: Path, urls: Sequence[str], *, days: float = 0.0, **changes: Any) -> RunReport:
    """Let a run keep `urls`, its clock put forward by `days`; `changes` are settings other than the hurried ones."""
    found = Reading(links=tuple(link(url, target=normalise(url)) for url in urls), records=1)
    return keep_links(server, folder, found, days=days, **changes)


def keep_links(
    server: Server, folder: Path, found: Reading, *, days: float = 0.0, errand: Errand = RUN, **changes: Any
) -> RunReport:
    """Let a run keep the links of a record as it was read."""
    with TemporaryDirectory() as scratch:
        settings = Settings(
            archive=folder,
            limits=LIMITS,
            pacing=UNHURRIED,
            retries=0,
            ca_file=server.write_authority(Path(scratch) / "ca.pem"),
            detours=tuple(map(detour, server.connect_to)),
            allowed=(LOOPBACK,),
            uses_proxies=False,
            control=("http://control.test/",),
            outage_wait_s=1.0,
            min_free_bytes=1,
            snapshots=PAGES,
        )
        return asyncio.run(_run(found, replace(settings, **changes), errand, timedelta(days=days)))


async def _run(found: Reading, settings: Settings, errand: Errand, later: timedelta) -> RunReport:
    def now() -> datetime:
        return clock() + later

    report, _ = await run(found, settings, errand, clock=now)
    return report
