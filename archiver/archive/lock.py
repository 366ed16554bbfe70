"""The lock: one writer at a time, named for whoever comes second. The kernel frees it when its owner is killed."""

from __future__ import annotations

import asyncio
import fcntl
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from archiver.archive.errors import translated
from archiver.archive.lines import plain
from archiver.model import ArchiveBusyError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

NAME = ".lock"
POLL_S = 0.1


class Owner(msgspec.Struct, frozen=True):
    """Who holds the lock: what stands in the lock file, as one line of JSON."""

    pid: int
    command: str
    since: datetime


class Lock:
    """A lock that is held, until the context is left."""

    def __init__(self, file: int) -> None:
        self.file = file  # whoever holds it too, in another process, holds the lock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.file)


def take(folder: Path, command: str) -> Lock:
    """Give the lock of `folder`, held for `command`. Raises ArchiveBusyError where another process holds it."""
    with translated(folder / NAME):
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _claim(file, folder, command)
        except BaseException:
            os.close(file)
            raise
        return Lock(file)


async def take_in_turn(folder: Path, command: str) -> Lock:
    """Give the lock of `folder`, held for `command`, as soon as it is free."""
    while True:
        try:
            return take(folder, command)
        except ArchiveBusyError:
            await asyncio.sleep(POLL_S)


def _claim(file: int, folder: Path, command: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ArchiveBusyError(f"the archive {folder}/ is in use by {_owner(file)}") from None
    owner = Owner(os.getpid(), plain(command), datetime.now(UTC).replace(microsecond=0))
    os.ftruncate(file, 0)
    os.write(file, msgspec.json.encode(owner) + b"\n")


def _owner(file: int) -> str:
    try:
        owner = msgspec.json.decode(os.pread(file, 65_536, 0), type=Owner)
    except msgspec.DecodeError:  # taken a moment ago: not written yet
        return "another process"
    return f"process {owner.pid} ({owner.command}, since {owner.since:%Y-%m-%d %H:%M:%S} UTC)"
