"""A subprocess that looks into images, as the pool sees it."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import msgspec

from archiver.images.frames import HELLO, LENGTH, Job, SharedFile, framed
from archiver.model import FetchError, Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from archiver.model import LookRules

_COMMAND = (sys.executable, "-P", "-m", "archiver.images.child")
_START_S = 60.0
_GRACE_S = 1.0


class Child:
    """One subprocess, and its end of the talk."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.turn = asyncio.Lock()  # answers are read in the order in which jobs were sent
        self.is_spoiled = False  # whether it is of no use to anybody any more
        self._process = process
        self._jobs = process.stdin
        self._looks = process.stdout

    @classmethod
    async def start(cls, files: Collection[SharedFile]) -> Self:
        """Start a subprocess that finds what this process finds, and hears no Ctrl-C of its terminal."""
        try:
            process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                pass_fds=[file.number for file in files],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                process_group=0,
            )
        except OSError as error:
            raise FetchError(f"this machine cannot look into images: {error.strerror}") from None
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it is not known to have ended."""
        return self._process.returncode is None

    async def greet(self, rules: LookRules) -> None:
        """Tell it its rules, and wait until it is ready. Raises FetchError where it never is."""
        try:
            async with asyncio.timeout(_START_S):
                self._jobs.write(framed(msgspec.msgpack.encode(rules)))
                is_ready = await self._message() == HELLO
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            is_ready = False
        if not is_ready:
            self.spoil()
            raise FetchError("this machine cannot look into images: its subprocess does not start")

    def send(self, shared: SharedFile, content: bytes, content_type: str | None) -> None:
        """Give it an image to look into when it is done with those before."""
        shared.write(content)
        job = Job(shared=shared.number, size_bytes=len(content), content_type=content_type)
        self._jobs.write(framed(msgspec.msgpack.encode(job)))

    async def receive(self) -> Look:
        """Give its next look. Raises ConnectionError or IncompleteReadError where the process ends."""
        return msgspec.msgpack.decode(await self._message(), type=Look)

    async def _message(self) -> bytes:
        (length,) = LENGTH.unpack(await self._looks.readexactly(LENGTH.size))
        return await self._looks.readexactly(length)

    async def returncode(self) -> int:
        """Give how it ended, when its output has: it is not killed here, or asyncio might miss how it went."""
        self.is_spoiled = True
        await self._gone()
        return self._process.returncode or 0

    def spoil(self) -> None:
        """End it now."""
        self.is_spoiled = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Let it end by itself, which it does when its input ends; kill it where it does not."""
        self._jobs.close()
        await self._gone()

    async def _gone(self) -> None:
        try:
            async with asyncio.timeout(_GRACE_S):
                await self._process.wait()
        except TimeoutError:
            self.spoil()
            await self._process.wait()
