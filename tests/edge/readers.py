"""The commands that other people read web archives with, in a virtual environment of their own (see readers.txt).

It is made by the first test that asks for one of them, beside the tests' own packages, and again where readers.txt
changes. A test module that asks for one gives it the time: `pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)`.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

READERS_TIMEOUT_S = 900
_PINS = Path(__file__).with_name("readers.txt")


def reader(command: str) -> Path:
    """Give where a command stands: `wayback`, `wb-manager`, `wacz`, `fastwarc`, `cdxj-indexer`, `warcio`."""
    return _environment() / "bin" / command


def run_reader(command: str, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; its exit code is for the test to look at."""
    line = [str(reader(command)), *map(str, words)]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


@cache
def _environment() -> Path:
    """Give the environment's folder, whole: one process makes it, the others wait."""
    digest = hashlib.sha256(_PINS.read_bytes()).hexdigest()[:12]
    folder = Path(sys.prefix) / f"readers-{digest}"
    whole = folder / "whole"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            venv.create(folder, clear=True, with_pip=True)
            install = [str(folder / "bin" / "pip"), "install", "--quiet", "--no-deps", "--requirement", str(_PINS)]
            subprocess.run(install, check=True, capture_output=True, timeout=READERS_TIMEOUT_S)
            whole.touch()
    return folder
