"""The lock, between real processes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archiver.archive import Archive, history, new_run
from archiver.archive.lock import take
from archiver.model import ArchiveBusyError
from tests.edge.archives import ADVANCE, DAY_0, keep, look, repair, url

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLD = """
import sys, time
from pathlib import Path
from archiver.archive.lock import take
with take(Path(sys.argv[1]), "archiver run seeds/"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(folder: Path, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Give another process, which holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


ROOT = Path(__file__).parents[2]


def test_the_second_is_told_who_holds_the_archive(tmp_path: Path) -> None:
    with holder(tmp_path) as other, pytest.raises(ArchiveBusyError) as refused:
        keep(tmp_path, 0, {"a": "ok"})
    assert re.fullmatch(
        rf"the archive {re.escape(str(tmp_path))}/ is in use by process {other.pid} "
        r"\(archiver run seeds/, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)",
        str(refused.value),
    )


def test_repair_is_refused_too_but_readers_are_not(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    with holder(tmp_path):
        with pytest.raises(ArchiveBusyError):
            repair(tmp_path)
        assert history(tmp_path, url("a"))
        assert look(tmp_path).problems == ()


def test_a_killed_owner_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        keep(tmp_path, 0, {"a": "ok"})
    assert history(tmp_path, url("a"))


def test_who_waits_comes_next(tmp_path: Path) -> None:
    async def wait() -> None:
        async with Archive.open(tmp_path, new_run("", "", DAY_0), advance=ADVANCE, wait=True):
            pass

    with holder(tmp_path, 0.5):
        started = time.monotonic()
        asyncio.run(wait())
        assert time.monotonic() - started > 0.3


def test_waiting_can_be_cancelled(tmp_path: Path) -> None:
    async def wait() -> None:
        async with Archive.open(tmp_path, new_run("", "", DAY_0), advance=ADVANCE, wait=True):
            pass

    async def give_up() -> None:
        async with asyncio.timeout(0.2):
            await wait()

    with holder(tmp_path), pytest.raises(TimeoutError):
        asyncio.run(give_up())


@pytest.mark.parametrize("text", [b"", b"{", b'{"pid": "x"}', b"\xff" * 10])
def test_a_lock_file_that_cannot_be_read_is_still_a_lock(tmp_path: Path, text: bytes) -> None:
    with take(tmp_path, "archiver run"):
        (tmp_path / ".lock").write_bytes(text)
        with pytest.raises(ArchiveBusyError, match="in use by another process"):
            take(tmp_path, "archiver run")
