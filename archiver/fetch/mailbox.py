"""News of workers, on their way to the main process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from archiver.model import Fetched, Probed, Released

News: TypeAlias = "Fetched | Released | Probed"


class Mailbox:
    """Holds news until they are asked for; several workers may put theirs into one."""

    def __init__(self) -> None:
        self._news: list[News] = []
        self._is_filled = asyncio.Event()
        self._fault: BaseException | None = None
        self._lost: list[int] = []

    def put(self, news: News) -> None:
        """Leave one more."""
        self._news.append(news)
        self._is_filled.set()

    def fail(self, fault: BaseException) -> None:
        """Let whoever asks next get `fault`: a worker cannot go on."""
        self._fault = self._fault or fault
        self._is_filled.set()

    def lose(self, number: int) -> None:
        """Note that a worker's process, by its number, is gone before its last word."""
        self._lost.append(number)
        self._is_filled.set()

    def lost(self) -> list[int]:
        """Give the processes that were lost since the last time; their news came before."""
        lost, self._lost = self._lost, []
        return lost

    async def take(self, timeout_s: float) -> list[News]:
        """Give all that is there, as soon as something is, or nothing after `timeout_s`. Raises a worker's fault."""
        if not (self._news or self._fault or self._lost):
            waiter = asyncio.get_running_loop().call_later(timeout_s, self._is_filled.set)
            await self._is_filled.wait()
            waiter.cancel()
        self._is_filled.clear()
        if self._fault is not None:
            raise self._fault
        news, self._news = self._news, []
        return news
