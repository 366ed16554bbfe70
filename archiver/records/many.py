"""Reading many files with all processors there are: each reads some, and sends what it found as bytes."""

from __future__ import annotations

import os
import signal
import sys
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

LEAST_FILES = 400
"""Fewer are read sooner than processes are started."""

MOST_PROCESSES = 8

_AT_ONCE = 50


class Parsed(NamedTuple):
    """A file's reading, as it travels."""

    packed: bytes
    digest: bytes | None  # SHA-256 of the file; None where it could not be read


def parse_all(
    paths: Sequence[Path], parse: Callable[[Path], Parsed | None], processes: int | None = None
) -> Iterator[Parsed | None]:
    """Give `parse` of each path, in their order, by several processes where it is worth it.

    None stands also for what no process gave: where none can be started, or one died.
    """
    processes = min(MOST_PROCESSES, _processors()) if processes is None else processes
    if len(paths) < LEAST_FILES or processes < 2:  # noqa: PLR2004 (one process is this one)
        yield from map(parse, paths)
        return
    given = 0
    for parsed in _shared_out(paths, parse, processes):
        given += 1
        yield parsed
    yield from (None for _ in islice(paths, given, None))


def _shared_out(
    paths: Sequence[Path], parse: Callable[[Path], Parsed | None], processes: int
) -> Iterator[Parsed | None]:
    """Give what the processes give, as far as they come."""
    import multiprocessing  # noqa: PLC0415 (slow to import, and few read so many files)
    from concurrent import futures  # noqa: PLC0415

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        pool = futures.ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_signals_to_main)
    except (OSError, ImportError):  # no semaphores here
        return
    try:
        yield from pool.map(parse, paths, chunksize=_AT_ONCE)
    except (OSError, futures.BrokenExecutor):
        return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
