"""`python -m bench.sampled OUT.json COMMAND …`: run archiver, and count where it is at each tick of its work."""

from __future__ import annotations

import atexit
import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

EVERY_S = 0.001  # or as often as the kernel ticks
STARTING, ELSEWHERE = "starting: imports", "event loop"

STAGES: Counter[str] = Counter()
PLACES: Counter[str] = Counter()


def look(_: int, frame: FrameType | None) -> None:
    """Count one moment, for the innermost function of archiver."""
    is_importing = False
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        is_importing = is_importing or module.startswith("importlib.")
        if module.startswith("archiver.") and module != "archiver.cli" and not is_importing:
            STAGES[".".join(module.split(".")[1:2])] += 1
            PLACES[f"{module.removeprefix('archiver.')} `{frame.f_code.co_qualname}`"] += 1
            return
        frame = frame.f_back
    STAGES[STARTING if is_importing else ELSEWHERE] += 1


def main(out: Path) -> None:
    """Run the command; the counts are written at its exit."""

    def finish() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)  # Python takes its handlers away before it ends
        out.write_text(json.dumps({"stages": STAGES, "places": PLACES, "cpu_s": time.process_time()}))

    atexit.register(finish)
    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    from archiver.cli import main as archiver  # noqa: PLC0415 (what importing takes is counted too)

    archiver()


if __name__ == "__main__":
    goal = Path(sys.argv[1])
    sys.argv = ["archiver", *sys.argv[2:]]
    main(goal)
