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
    from archiver.model import LookRules

_COMMAND = (sys.executable, "-P", "-m", "archiver.images.child")
_START_S = 60.0
_GRACE_S = 1.0


class Child:
    """One subprocess, and its end of the talk."""

    def __init__(self, process: asyncio.subprocess.Process, shared: SharedFile) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._shared = shared
        self._jobs = process.stdin
        self._looks = process.stdout

    @classmethod
    async def start(cls, shared: SharedFile) -> Self:
        """Start a subprocess that finds what this process finds, and hears no Ctrl-C of its terminal."""
        try:
            process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                str(shared.number),
                pass_fds=(shared.number,),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                process_group=0,
            )
        except OSError as error:
            raise FetchError(f"this machine cannot look into images: {error.strerror}") from None
        return cls(process, shared)

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
                is_ready = await self._exchange(msgspec.msgpack.encode(rules)) == HELLO
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            is_ready = False
        if not is_ready:
            raise FetchError("this machine cannot look into images: its subprocess does not start")

    async def ask(self, content: bytes, content_type: str | None) -> Look:
        """Give the look into an image. Raises ConnectionError or IncompleteReadError where the process ends."""
        self._shared.write(content)
        job = Job(size_bytes=len(content), content_type=content_type)
        return msgspec.msgpack.decode(await self._exchange(msgspec.msgpack.encode(job)), type=Look)

    async def _exchange(self, message: bytes) -> bytes:
        self._jobs.write(framed(message))
        await self._jobs.drain()
        (length,) = LENGTH.unpack(await self._looks.readexactly(LENGTH.size))
        return await self._looks.readexactly(length)

    async def returncode(self) -> int:
        """Give how it ended, when it has."""
        return await self._process.wait()

    def kill(self) -> None:
        """End it now."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Let it end by itself, which it does when its input ends; kill it where it does not."""
        self._jobs.close()
        try:
            async with asyncio.timeout(_GRACE_S):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
