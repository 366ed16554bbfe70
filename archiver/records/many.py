"""Reading many files with all processors there are: each reads some, and sends what it found as bytes."""

from __future__ import annotations

import math
import os
import signal
import sys
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
) -> Iterator[Sent | None]:
    """Give `send` of each path, in their order, by so many processes; `meanwhile` is called while they read.

    None stands also for what no process gave: where none can be started, or one died.
    """
    given = 0
    for sent in _shared_out(paths, send, processes, meanwhile):
        given += 1
        yield sent
    yield from (None for _ in islice(paths, given, None))


def _shared_out(
    paths: Sequence[str], send: Callable[[str], Sent | None], processes: int, meanwhile: Callable[[], object] | None
) -> Iterator[Sent | None]:
    """Give what the processes give, as far as they come."""
    import multiprocessing  # noqa: PLC0415 (slow to import, and few read so many files)
    from concurrent import futures  # noqa: PLC0415

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    try:
        pool = futures.ProcessPoolExecutor(processes, mp_context=context, initializer=_leave_signals_to_main)
    except (OSError, ImportError):  # no semaphores here
        return
    try:
        sent = pool.map(send, paths, chunksize=min(_AT_ONCE, math.ceil(len(paths) / processes)))
        if meanwhile:
            meanwhile()
        yield from sent
    except (OSError, futures.BrokenExecutor):
        return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
