"""Photographs of 1600x900 as JPEG to thumbnails of 320 px as WebP: archiver's pool beside pyvips, on two cores. Linux.

`python -m bench.thumbnails [--files 500] [--runs 5]` prints a Markdown section. Each contender is a whole process, from
its start to its last file; archiver also looks into each image (hashes, colours, faults), pyvips does not.
pyvips is no dependency: `pip install pyvips pyvips-binary`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

from archiver.images.pool import SEATS, Pool
from archiver.model import LookRules, ThumbnailRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = (1600, 900)
WIDTH = 320
CORES = 2
LOOK_EVERY_S = 0.05
QUALITY = 75
PEER = "pyvips"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took."""

    wall_s: float
    peak_mb: float  # PSS, summed over its processes, at its greatest


def bench(folder: Path, *, runs: int = 5, files: int = 500) -> str:
    """Give the Markdown of this bench's section; `folder` is empty, and thrown away afterwards."""
    photographs = folder / "photographs"
    draw_photographs(photographs, files)
    costs: dict[str, list[Cost]] = {name: [] for name in CONTENDERS}
    for run in range(runs):
        for name in CONTENDERS:  # in turn: what disturbs one disturbs all
            made = folder / f"{name}-{run}"
            made.mkdir()
            costs[name].append(_measured(name, photographs, made))
            _require(made, files)
    return f"{files} files, each once; {_surroundings()}\n\n{table(costs)}"


def table(costs: dict[str, list[Cost]]) -> str:
    """Give the medians, and their ratio to the peer's."""
    base = median(cost.wall_s for cost in costs[PEER])
    rows = [["", "runs", "wall s", "from - to", "PSS MB", f"wall / {PEER}"], ["---", *["---:"] * 5]]
    for name, each in costs.items():
        walls = [cost.wall_s for cost in each]
        spread = f"{min(walls):.2f} - {max(walls):.2f}"
        peak = f"{median(cost.peak_mb for cost in each):.0f}"
        rows.append([name, str(len(walls)), f"{median(walls):.2f}", spread, peak, f"{median(walls) / base:.2f}"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def draw_photographs(folder: Path, files: int) -> None:
    """Write JPEGs with edges, gradients and grain, the same at every call."""
    folder.mkdir()
    chance = random.Random(4)  # noqa: S311 (the same pictures every time)
    grain = Image.effect_noise(SIZE, 30)
    for number in range(files):
        base = Image.merge("RGB", [grain.rotate(chance.choice((0, 180))).point(_shift(chance)) for _ in range(3)])
        draw = ImageDraw.Draw(base)
        for _ in range(30):
            x, y, side = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randrange(20, 400)
            draw.ellipse((x, y, x + side, y + side), fill=f"#{chance.randrange(1 << 24):06x}")
        base.filter(ImageFilter.GaussianBlur(1)).save(folder / f"{number:04}.jpg", quality=85)


def _shift(chance: random.Random) -> list[int]:
    by = chance.randrange(-60, 60)
    return [min(255, max(0, value + by)) for value in range(256)]


# --- contenders --------------------------------------------------------------------------------------------------


def with_archiver(photographs: Iterable[Path], made: Path) -> None:
    """Look into each file in the pool, and write its thumbnail."""
    asyncio.run(_look_into_all(list(photographs), made))


async def _look_into_all(photographs: list[Path], made: Path) -> None:
    left = iter(photographs)
    async with Pool(CORES, LookRules(thumbnails=ThumbnailRules(widths=(WIDTH,)))) as pool:

        async def look_into_the_next() -> None:
            for path in left:
                look = await pool.look(path.read_bytes(), "image/jpeg")
                (made / f"{path.stem}.webp").write_bytes(look.thumbnails[0].content)

        await asyncio.gather(*(look_into_the_next() for _ in range(CORES * SEATS)))


def with_pyvips(photographs: Iterable[Path], made: Path) -> None:
    """Let libvips shrink while it loads, a file on each core."""
    import pyvips  # noqa: PLC0415 (no dependency)

    def shrink(path: Path) -> None:
        small = pyvips.Image.thumbnail(str(path), WIDTH, size="down")
        small.webpsave(str(made / f"{path.stem}.webp"), Q=QUALITY, keep=0)

    with ThreadPoolExecutor(CORES) as threads:
        list(threads.map(shrink, photographs))


CONTENDERS = {"archiver": with_archiver, PEER: with_pyvips}


# --- measuring ---------------------------------------------------------------------------------------------------


def _measured(name: str, photographs: Path, made: Path) -> Cost:
    """Run a contender in a process, and a session, of its own."""
    command = [sys.executable, "-m", "bench.thumbnails", "--contender", name, str(photographs), str(made)]
    environment = {**os.environ, "VIPS_CONCURRENCY": "1"}  # the files are what is done side by side
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    peak_kb = 0
    while process.poll() is None:
        peak_kb = max(peak_kb, sum(map(_pss_kb, _session(process.pid))))
        time.sleep(LOOK_EVERY_S)
    wall_s = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{name} ended with {process.returncode}: are pyvips and pyvips-binary installed?")
    return Cost(wall_s=wall_s, peak_mb=peak_kb / 1000)


def _session(leader: int) -> list[Path]:
    return [folder for folder in Path("/proc").glob("[0-9]*") if _session_of(folder) == leader]


def _session_of(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[3])
    except OSError:  # it has ended
        return None


def _pss_kb(folder: Path) -> int:
    """Give a process's proportional set size (proc(5), smaps_rollup)."""
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _require(made: Path, files: int) -> None:
    """See that a contender did what it was to do."""
    thumbnails = sorted(made.glob("*.webp"))
    with Image.open(thumbnails[0]) as first:
        if len(thumbnails) != files or first.size != (WIDTH, WIDTH * SIZE[1] // SIZE[0]):
            raise SystemExit(f"{made.name}: {len(thumbnails)} thumbnails, the first of {first.size}")


def _surroundings() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("pillow", "pyvips", "pyvips-binary"))
    return f"Python {platform.python_version()}, {versions}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main(words: Sequence[str] | None = None) -> None:
    """Print the section, or be a contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--contender", nargs=3, metavar=("NAME", "FROM", "TO"), help=argparse.SUPPRESS)
    told = parser.parse_args(words)
    if told.contender:
        name, photographs, made = told.contender
        CONTENDERS[name](sorted(Path(photographs).iterdir()), Path(made))
        return
    with tempfile.TemporaryDirectory(prefix="archiver-bench-thumbnails-") as folder:
        sys.stdout.write(bench(Path(folder), runs=told.runs, files=told.files) + "\n")


if __name__ == "__main__":
    main()
