"""A bounded pool of subprocesses that look into images: a decoder's crash is a verdict, and no crash of ours."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Self, TypeAlias

from archiver.images.children import Child
from archiver.images.faults import without_picture
from archiver.images.frames import SharedFile, in_memory
from archiver.model import ImageFault, Look, LookRules

if TYPE_CHECKING:
    from types import TracebackType

_ENDED_BY_LIMITS = frozenset({-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGABRT})  # the last: no memory to be had
_Flaw: TypeAlias = "tuple[ImageFault, str]"

DEFAULT_RULES = LookRules()


SEATS = 2
"""Images at a child: one it looks into, and the next, so that it never waits for the main process."""


@dataclass(slots=True)
class _Place:
    """Where a child may work; it outlives its children."""

    files: tuple[SharedFile, ...] = field(default_factory=lambda: tuple(in_memory() for _ in range(SEATS)))
    free: list[SharedFile] = field(init=False)
    start: asyncio.Task[Child] | None = None  # of its latest child

    def __post_init__(self) -> None:
        self.free = list(self.files)


class Pool:
    """Looks into up to `size` images at once; use it as an asynchronous context manager.

    A child is started when it is first needed, and again after it crashed, or was killed for taking too long. Whatever
    befalls one image, the one that waits behind it is given to the next child. When the block ends, looks that nobody
    waited for are cancelled.
    """

    def __init__(self, size: int, rules: LookRules = DEFAULT_RULES) -> None:
        self._size = size
        self._rules = rules
        self._free = asyncio.Semaphore(size * SEATS)
        self._places: list[_Place] = []
        self._is_open = False
        self._children: set[Child] = set()  # also those that are killed and not yet gone

    async def __aenter__(self) -> Self:
        self._places = [_Place() for _ in range(self._size)]
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        starts = [place.start for place in self._places if place.start]
        await asyncio.gather(*starts, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._children))
        for file in chain.from_iterable(place.files for place in self._places):
            file.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that are alive."""
        return tuple(child.pid for child in self._children if child.is_alive)

    async def look(self, content: bytes, content_type: str | None = None) -> Look:
        """Give the look into an image, waiting for a free seat. Raises FetchError where no child can be started."""
        limits = self._rules.limits
        if len(content) > limits.size_bytes:
            note = f"{len(content):,} bytes, over {limits.size_bytes:,}"
            return without_picture(content, content_type, ImageFault.TOO_LARGE, note)
        async with self._free:
            place = max(self._places, key=lambda place: len(place.free))
            seat = place.free.pop()
            try:
                found = await self._look(place, seat, content, content_type)
            finally:
                place.free.append(seat)
        return found if isinstance(found, Look) else without_picture(content, content_type, *found)

    async def _look(self, place: _Place, seat: SharedFile, content: bytes, content_type: str | None) -> Look | _Flaw:
        """Ask a place's child, and the next one where that was ended for another image's sake."""
        while True:
            child = await self._child(place)
            child.send(seat, content, content_type)
            if (found := await self._answer(child)) is not None:
                return found

    async def _child(self, place: _Place) -> Child:
        """Give a place's child, a new one where there is none of any use.

        A start is never cut short, whoever stops waiting for it: asyncio cannot cancel one without losing the process.
        """
        if not self._is_open:
            raise asyncio.CancelledError
        if place.start is None or _is_over(place.start):
            place.start = asyncio.create_task(self._start(place))
        return await asyncio.shield(place.start)

    async def _start(self, place: _Place) -> Child:
        child = await Child.start(place.files)
        self._children = {each for each in self._children if each.is_alive} | {child}
        await child.greet(self._rules)
        return child

    async def _answer(self, child: Child) -> Look | _Flaw | None:
        """Give a child's answer in its turn; None where it was ended before that."""
        try:
            async with child.turn:
                return None if child.is_spoiled else await self._receive(child)
        except asyncio.CancelledError:
            child.spoil()  # it would answer what nobody asks any more
            raise

    async def _receive(self, child: Child) -> Look | _Flaw | None:
        """Give a child's answer, or why it is of no use any more."""
        try:
            async with asyncio.timeout(self._rules.limits.time_s):
                return await child.receive()
        except TimeoutError:
            child.spoil()
            return ImageFault.TOO_LARGE, f"decoding takes over {self._rules.limits.time_s:g} s"
        except (ConnectionError, asyncio.IncompleteReadError):
            if child.is_spoiled:
                return None
            return _crashed(await child.returncode())


def _is_over(start: asyncio.Task[Child]) -> bool:
    """Tell whether a start failed, or what it started is spoiled."""
    return start.done() and (start.cancelled() or start.exception() is not None or start.result().is_spoiled)


def _crashed(returncode: int) -> _Flaw:
    """Say why a child is gone; where a limit of ours or the system's ended it, nothing is held against the image."""
    if returncode in _ENDED_BY_LIMITS:
        return ImageFault.TOO_LARGE, f"decoding takes more memory or time than there is ({_name_of(returncode)})"
    return ImageFault.UNDECODABLE_IMAGE, f"the decoder crashed ({_name_of(returncode)})"


def _name_of(returncode: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-returncode).name
    return f"exit code {returncode}"
