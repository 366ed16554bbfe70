"""Where and with what it was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

from archiver import __version__

ARCHIVER = (sys.executable, "-m", "archiver")


def surroundings(*versions: str) -> str:
    """Tell the day, the machine and the versions in one line."""
    load = os.getloadavg()[0]
    own = (f"archiver {__version__}", f"Python {platform.python_version()}", *versions)
    machine = f"{_processor()}, {os.cpu_count()} cores, Linux {platform.release()}, load {load:.1f} before"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {machine}; {', '.join(own)}"


def tool(name: str) -> str | None:
    """Give a program's path, from this environment's folder or the usual ones; None where it is not installed."""
    here = Path(sys.executable).parent
    return which(name, path=os.pathsep.join([str(here), os.environ.get("PATH", ""), "/usr/sbin"]))


def version_of(program: str, *words: str) -> str:
    """Give the first line of what a program says of itself."""
    done = subprocess.run([program, *words], capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).strip().splitlines()[0].replace("nginx version: ", "")


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return " ".join(found[1].split()) if found else platform.machine()
