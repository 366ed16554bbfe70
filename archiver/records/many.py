"""Reading many files with all processors there are: each reads some, and sends what it found as bytes."""

from __future__ import annotations

import os
import signal
import sys
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LEAST_FILES = 400
"""Fewer are read sooner than processes are started."""

MOST_PROCESSES = 8

_AT_ONCE = 50


class Sent(NamedTuple):
    """A file's reading, as it travels."""

    packed: bytes
    digest: bytes | None  # SHA-256 of the file; None where it could not be read


def processes_for(files: int, processors: int | None = None) -> int:
    """Give how many processes should read so many files: one is this one."""
    return min(MOST_PROCESSES, processors or _processors()) if files >= LEAST_FILES else 1


def share_out(paths: Sequence[str], send: Callable[[str], Sent | None], processes: int) -> Iterator[Sent | None]:
    """Give `send` of each path, in their order, by so many processes.

    None stands also for what no process gave: where none can be started, or one died.
    """
    given = 0
    for sent in _shared_out(paths, send, processes):
        given += 1
        yield sent
    yield from (None for _ in islice(paths, given, None))


def _shared_out(paths: Sequence[str], send: Callable[[str], Sent | None], processes: int) -> Iterator[Sent | None]:
    """Give what the processes give, as far as they come."""
    import multiprocessing  # noqa: PLC0415 (slow to import, and few read so many files)
    from concurrent import futures  # noqa: PLC0415

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        pool = futures.ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_signals_to_main)
    except (OSError, ImportError):  # no semaphores here
        return
    try:
        yield from pool.map(send, paths, chunksize=_AT_ONCE)
    except (OSError, futures.BrokenExecutor):
        return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
