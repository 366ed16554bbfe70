"""The demonstration: two visits to the example record, four days apart, told as they go."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.archive import history
from archiver.demo.web import CONTROL, FAULTS, LOOPBACK, StandIn
from archiver.model import ArchiverError, History, RunReport, SettingsError
from archiver.records import read
from archiver.settings import Settings
from archiver.wiring import Errand, clock, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from archiver.fetch.worker import Clock
    from archiver.records import Reading

LATER = timedelta(days=4)

_SHIPPED = Path(__file__).parents[1] / "seeds"  # in an installed package
_CHECKOUT = Path(__file__).parents[2] / "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demonstration is shown."""

    say: Callable[[Iterable[str]], None]  # takes lines
    show_run: Callable[[RunReport], Iterable[str]]
    show_history: Callable[[History], Iterable[str]]


async def play(stage: Stage, archive: Path | None) -> int:
    """Show both visits on `stage`; results stay in `archive`, or nowhere where it is None.

    Give the signal that ended it early, or 0. Raises SettingsError where `archive` holds something already.
    """
    if archive is not None and (archive / "checks").exists():
        raise SettingsError(f"--archive: {archive} holds checks already; the demonstration's are of made-up days")
    found = _example()
    with _folder(archive) as kept, tempfile.TemporaryDirectory() as scratch:
        async with StandIn(found.links) as web:
            ca_file = web.write_authority(Path(scratch) / "authority.pem")
            settings = Settings(
                archive=kept,
                ca_file=ca_file,
                allowed=(ip_network(LOOPBACK),),
                control=(CONTROL,),
                outage_wait_s=0.0,
                uses_proxies=False,
            )
            stage.say(_opening(web, len(found.links)))
            if signalled := await _visit(stage, web, found, settings, clock):
                return signalled
            web.begin_visit(2)
            stage.say(("", f"Second visit, dated {_later():%Y-%m-%d}: the clock is put forward, four days later", ""))
            if signalled := await _visit(stage, web, found, settings, _later):
                return signalled
        stage.say(_closing(archive))
        gone = next(link.target for link in found.links if (link.item, link.field) == (FAULTS[0].item, FAULTS[0].field))
        if known := history(kept, gone):
            stage.say(stage.show_history(known))
    return 0


async def _visit(stage: Stage, web: StandIn, found: Reading, settings: Settings, now: Clock) -> int:
    settings = replace(settings, detours=web.detours)
    errand = Errand(command="archiver demo", keeps_pages=True)
    report, signalled = await run(found, settings, errand, clock=now)
    stage.say(stage.show_run(report))
    return signalled


def _opening(web: StandIn, links: int) -> Iterator[str]:
    yield "A stand-in web on this machine answers for the example record:"
    yield f"{links} links at {len(web.hosts)} hosts. Nothing is asked of the network. Built-in faults:"
    yield from (f"  {fault.item} {fault.field} {fault.words}" for fault in FAULTS)
    yield ""
    yield f"First visit, dated {clock():%Y-%m-%d}"
    yield ""


def _closing(archive: Path | None) -> Iterator[str]:
    yield ""
    if archive is not None:
        yield f"Kept in {archive}: try `archiver verify --archive {archive}`"
    yield "What the archive knows of the page that is gone (`archiver history URL`):"
    yield ""


def _later() -> datetime:
    return clock() + LATER


def _example() -> Reading:
    """Read the example record, under the name it has in a checkout."""
    folder = next((folder for folder in (_SHIPPED, _CHECKOUT) if folder.is_dir()), None)
    if folder is None:
        raise ArchiverError("the example record did not come with this installation")
    found = read([str(folder)])
    links = tuple(replace(link, record=f"seeds/{Path(link.record).name}") for link in found.links)
    return replace(found, links=links)


@contextlib.contextmanager
def _folder(archive: Path | None) -> Iterator[Path]:
    if archive is not None:
        yield archive
    else:
        with tempfile.TemporaryDirectory(prefix="archiver-demo-") as folder:
            yield Path(folder)
