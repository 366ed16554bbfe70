"""What a command costs: wall time, processor time and memory of it and all it starts. Linux."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

LOOK_EVERY_S = 0.05

Command: TypeAlias = "Sequence[str | Path]"


class BenchError(Exception):
    """A command did not do what is to be measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a command took."""

    wall_s: float
    cpu_s: float  # user and system, of all its processes that it waited for
    peak_mb: float  # PSS, summed over its processes, at its greatest


def measure(
    command: Command,
    *,
    codes: Collection[int] = (0,),
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Cost:
    """Run a command to its end, with the bytecode that an installed one has. Raises BenchError for other `codes`."""
    words = [str(word) for word in command]
    started = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with _Watch(process.pid) as watch, _Drain(process) as said:
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        raise BenchError(f"{' '.join(words)[:200]} ended with {process.returncode}: {said.text[-500:]}")
    return Cost(wall_s=wall_s, cpu_s=usage.ru_utime + usage.ru_stime, peak_mb=watch.peak_kb / 1000)


class _Watch(threading.Thread):
    """Looks at the memory of a session's processes, 20 times a second, and remembers the most."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.peak_kb = 0
        self._session = session
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Look until it is over."""
        while not self._over.wait(LOOK_EVERY_S):
            self.peak_kb = max(self.peak_kb, sum(map(_pss_kb, _members(self._session))))


class _Drain(threading.Thread):
    """Takes what a process says, so that it never waits for a reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.text = ""
        self._process = process

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.join()

    def run(self) -> None:
        """Read to the end."""
        assert self._process.stderr is not None
        with self._process.stderr as pipe:
            self.text = pipe.read().decode(errors="replace")


def _members(session: int) -> Iterator[int]:
    """Give the processes of a session: those of a command that was started as its leader."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _session_of(folder) == session:
            yield int(folder.name)


def _session_of(folder: Path) -> int | None:
    try:
        stat = (folder / "stat").read_text()
    except OSError:  # it has ended
        return None
    return int(stat.rpartition(")")[2].split()[3])


def _pss_kb(pid: int) -> int:
    """Give a process's proportional set size: what it shares counts for its share (proc(5), smaps_rollup)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
