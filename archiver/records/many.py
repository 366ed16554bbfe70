"""Reading many files with all processors there are: each reads some, and sends what it found as bytes."""

from __future__ import annotations

import math
import os
import signal
import sys
from contextlib import ExitStack, closing, suppress
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

LEAST_BYTES = 500_000
"""Less is read sooner than processes are started."""

MOST_PROCESSES = 8

_AT_ONCE = 50


class Sent(NamedTuple):
    """A file's reading, as it travels."""

    packed: bytes
    digest: bytes | None  # SHA-256 of the file; None where it could not be read


def processes_for(sizes_bytes: Sequence[int], processors: int | None = None, *, is_busy: bool = False) -> int:
    """Give how many processes should read files of such sizes; 0 where this one should, which else may be busy."""
    most = processors or _processors()
    if sum(sizes_bytes) < LEAST_BYTES or most == 1:
        return 0
    processes = min(MOST_PROCESSES, most, len(sizes_bytes))
    return processes if processes > 1 or is_busy else 0


def share_out(
    paths: Sequence[str],
    send: Callable[[str], Sent | None],
    processes: int,
    meanwhile: Callable[[], object] | None = None,
) -> Generator[Sent | None, None, None]:
    """Give `send` of each path, in their order, by so many processes; `meanwhile` is called while they read.

    None stands also for what no process gave: where none can be started, or one died. They are gone when this ends,
    however it does.
    """
    size = min(_AT_ONCE, math.ceil(len(paths) / processes))
    parts = [paths[start : start + size] for start in range(0, len(paths), size)]
    processes = min(processes, len(parts))
    with ExitStack() as hired:
        helpers = [hired.enter_context(closing(_Helper(send, parts[number::processes]))) for number in range(processes)]
        if meanwhile:
            meanwhile()
        for helper, part in zip(cycle(helpers), parts, strict=False):
            yield from helper.take(len(part))


class _Helper:
    """A process that reads some of the files."""

    def __init__(self, send: Callable[[str], Sent | None], parts: Sequence[Sequence[str]]) -> None:
        import multiprocessing  # noqa: PLC0415 (slow to import, and few read so much)

        linux = sys.platform == "linux"
        context = multiprocessing.get_context("fork") if linux else multiprocessing.get_context("spawn")
        self._receiver: Connection | None = None
        self._process: BaseProcess | None = None
        with suppress(OSError):  # no more pipes or processes: what was to come from it never does
            self._receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_read, args=(self._receiver, sender, send, parts), daemon=True)
            with closing(sender):
                process.start()
            self._process = process

    def take(self, files: int) -> Sequence[Sent | None]:
        """Give what it found in the next files."""
        if self._receiver is None:
            return [None] * files
        try:
            found: Sequence[Sent | None] = self._receiver.recv()
        except (EOFError, OSError):
            return [None] * files
        return found

    def close(self) -> None:
        """End it, whatever it still does."""
        if self._receiver is not None:
            self._receiver.close()
        if self._process is not None:
            self._process.terminate()
            self._process.join()


def _read(
    receiver: Connection, sender: Connection, send: Callable[[str], Sent | None], parts: Iterable[Sequence[str]]
) -> None:
    """Read files, and send what is found, while anybody is there to take it; a fault is the main process's to meet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends its helpers
    receiver.close()
    with suppress(Exception):
        for part in parts:
            sender.send([send(path) for path in part])


def _processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
