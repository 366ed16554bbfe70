"""A bounded pool of subprocesses that look into images: a decoder's crash is a verdict, and no crash of ours."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypeAlias

import msgspec

from archiver.images.faults import without_picture
from archiver.images.frames import HELLO, LENGTH, Job, framed
from archiver.model import FetchError, ImageFault, Look, LookRules

if TYPE_CHECKING:
    from types import TracebackType

_COMMAND = (sys.executable, "-P", "-m", "archiver.images.child")
_ENDED_BY_LIMITS = frozenset({-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGABRT})  # the last: no memory to be had
_Flaw: TypeAlias = "tuple[ImageFault, str]"
_GRACE_S = 1.0
_START_S = 60.0
DEFAULT_RULES = LookRules()


class Pool:
    """Looks into up to `size` images at once; use it as an asynchronous context manager.

    A child is started when it is first needed, and again after it crashed, or was killed for taking too long.
    """

    def __init__(self, size: int, rules: LookRules = DEFAULT_RULES) -> None:
        self._rules = rules
        self._idle: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._idle.put_nowait(None)
        self._children: set[_Child] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(child.end() for child in self._children))

    async def look(self, content: bytes, content_type: str | None = None) -> Look:
        """Give the look into an image, waiting for a free child. Raises FetchError where none can be started."""
        limits = self._rules.limits
        if len(content) > limits.size_bytes:
            note = f"{len(content):,} bytes, over {limits.size_bytes:,}"
            return without_picture(content, content_type, ImageFault.TOO_LARGE, note)
        job = Job(content=content, content_type=content_type)
        child = await self._idle.get()
        kept = None
        try:
            child = child or await self._start()
            found = await self._ask(child, job)
            kept = child if isinstance(found, Look) else None
        finally:
            if child is not None and kept is None:
                child.kill()
            self._idle.put_nowait(kept)
        return found if isinstance(found, Look) else without_picture(content, content_type, *found)

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that are alive."""
        return tuple(child.pid for child in self._children if child.is_alive)

    async def _start(self) -> _Child:
        child = await _Child.start()
        self._children = {each for each in self._children if each.is_alive} | {child}
        try:
            async with asyncio.timeout(_START_S):
                await child.greet(self._rules)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            child.kill()
            raise FetchError("this machine cannot look into images: its subprocess does not start") from None
        except asyncio.CancelledError:
            child.kill()
            raise
        return child

    async def _ask(self, child: _Child, job: Job) -> Look | _Flaw:
        """Give a child's answer, or why it is of no use any more."""
        try:
            async with asyncio.timeout(self._rules.limits.time_s):
                return await child.ask(job)
        except TimeoutError:
            return ImageFault.TOO_LARGE, f"decoding takes over {self._rules.limits.time_s:g} s"
        except (ConnectionError, asyncio.IncompleteReadError):
            return _crashed(await child.returncode())


def _crashed(returncode: int) -> _Flaw:
    """Say why a child is gone; where a limit of ours or the system's ended it, nothing is held against the image."""
    if returncode in _ENDED_BY_LIMITS:
        return ImageFault.TOO_LARGE, f"decoding takes more memory or time than there is ({_name_of(returncode)})"
    return ImageFault.UNDECODABLE_IMAGE, f"the decoder crashed ({_name_of(returncode)})"


def _name_of(returncode: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-returncode).name
    return f"exit code {returncode}"


class _Child:
    """One subprocess."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._jobs = process.stdin
        self._looks = process.stdout

    @classmethod
    async def start(cls) -> Self:
        """Start a subprocess that finds what this process finds, and is no part of the terminal's Ctrl-C."""
        try:
            process = await asyncio.create_subprocess_exec(
                *_COMMAND,
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
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, job: Job) -> Look:
        """Give the answer to a job. Raises ConnectionError or IncompleteReadError where the process ends."""
        return msgspec.msgpack.decode(await self._exchange(msgspec.msgpack.encode(job)), type=Look)

    async def greet(self, rules: LookRules) -> None:
        """Tell the process its rules, and wait until it is ready. Raises as `ask` does."""
        if await self._exchange(msgspec.msgpack.encode(rules)) != HELLO:
            raise ConnectionError

    async def _exchange(self, message: bytes) -> bytes:
        self._jobs.write(framed(message))
        await self._jobs.drain()
        (length,) = LENGTH.unpack(await self._looks.readexactly(LENGTH.size))
        return await self._looks.readexactly(length)

    async def returncode(self) -> int:
        return await self._process.wait()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Let the process end by itself, which it does when its input ends; kill it where it does not."""
        self._jobs.close()
        try:
            async with asyncio.timeout(_GRACE_S):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
