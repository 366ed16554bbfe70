"""A bounded pool of subprocesses that look into images: a decoder's crash is a verdict, and no crash of ours."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Place:
    """Where a child may work; it outlives its children."""

    shared: SharedFile = field(default_factory=in_memory)
    child: Child | None = None


class Pool:
    """Looks into up to `size` images at once; use it as an asynchronous context manager.

    A child is started when it is first needed, and again after it crashed, or was killed for taking too long.
    """

    def __init__(self, size: int, rules: LookRules = DEFAULT_RULES) -> None:
        self._size = size
        self._rules = rules
        self._idle: asyncio.LifoQueue[_Place] = asyncio.LifoQueue()
        self._places: list[_Place] = []
        self._children: set[Child] = set()  # also those that are killed and not yet gone

    async def __aenter__(self) -> Self:
        self._places = [_Place() for _ in range(self._size)]
        for place in self._places:
            self._idle.put_nowait(place)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(child.end() for child in self._children))
        for place in self._places:
            place.shared.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the children that are alive."""
        return tuple(child.pid for child in self._children if child.is_alive)

    async def look(self, content: bytes, content_type: str | None = None) -> Look:
        """Give the look into an image, waiting for a free child. Raises FetchError where none can be started."""
        limits = self._rules.limits
        if len(content) > limits.size_bytes:
            note = f"{len(content):,} bytes, over {limits.size_bytes:,}"
            return without_picture(content, content_type, ImageFault.TOO_LARGE, note)
        place = await self._idle.get()
        try:
            found = await self._look(place, content, content_type)
        finally:
            self._idle.put_nowait(place)
        return found if isinstance(found, Look) else without_picture(content, content_type, *found)

    async def _look(self, place: _Place, content: bytes, content_type: str | None) -> Look | _Flaw:
        """Ask a place's child; whatever else comes of it than a look, the child goes."""
        child = place.child or await self._start(place)
        place.child = None
        try:
            found = await self._ask(child, content, content_type)
            if isinstance(found, Look):
                place.child = child
            return found
        finally:
            if place.child is None:
                child.kill()

    async def _start(self, place: _Place) -> Child:
        child = await Child.start(place.shared)
        self._children = {each for each in self._children if each.is_alive} | {child}
        try:
            await child.greet(self._rules)
        except BaseException:
            child.kill()
            raise
        return child

    async def _ask(self, child: Child, content: bytes, content_type: str | None) -> Look | _Flaw:
        """Give a child's answer, or why it is of no use any more."""
        try:
            async with asyncio.timeout(self._rules.limits.time_s):
                return await child.ask(content, content_type)
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
