"""The command that keeps pages, where it is killed and where the disk is full."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_command import archiver, led_to, write_record
from tests.edge.archives import look
from tests.edge.raw_warcs import records

if TYPE_CHECKING:
    from tests.server import Server

PAGES = [f"http://site-{number % 20}.test/page?{number}" for number in range(120)]


def words(server: Server) -> list[str]:
    return [*led_to(server), "--control", "http://control.test/", "--min-free", "1", "--per-host", "1"]


def committed(folder: Path) -> set[tuple[str, int, int, str]]:
    """Give the captures that rows know, from a copy: SQLite would change the database that a killed run left."""
    with TemporaryDirectory() as scratch:
        for path in folder.glob("archive.db*"):
            shutil.copy(path, scratch)
        with closing(sqlite3.connect(Path(scratch) / "archive.db")) as rows:
            return set(rows.execute('SELECT warc, "offset", length, url FROM captures'))


# --- kills ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_leaves_what_the_next_one_puts_in_order(server: Server, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    write_record(tmp_path, *PAGES, "http://slow.test/silent")
    command = [sys.executable, "-m", "archiver", "run", "a.md", *words(server), "--timeout", "60s"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        wanted, end = chance.randrange(1, 2 * len(PAGES)), time.monotonic() + 30
        while len(server.arrivals) < min(wanted, len(PAGES)) and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(chance.random())
        os.kill(run.pid, signal.SIGKILL)
    promised = committed(tmp_path / "archive")
    write_record(tmp_path, "http://other.test/")
    assert archiver("run", "a.md", *words(server), cwd=tmp_path).returncode == 0
    assert look(tmp_path / "archive").problems == ()
    assert promised <= {
        (record.warc, record.offset, record.length, record.url) for record in records(tmp_path / "archive")
    }
    verified = archiver("verify", cwd=tmp_path)
    assert (verified.returncode, verified.stderr) == (0, "")


# --- a full disk ----------------------------------------------------------------------------------------------

NOISE = [f"http://site-{number % 20}.test/noise?{number}" for number in range(100)]  # 2 MB, whatever packs them

ON_A_SMALL_DISK = """
set -u
mount -t tmpfs -o size=$SIZE tmpfs archive
"$@" run noise.md $WORDS >first.out 2>first.err; echo $? >first.code
mount -o remount,size=50M archive
"$@" run quiet.md $WORDS >second.out 2>second.err; echo $? >second.code
"$@" verify >verify.out 2>verify.err; echo $? >verify.code
find archive -name '*.open' >left_open
"""
WITH_A_LIMIT = """
set -u
(ulimit -f $(($SIZE / 1024)); exec "$@" run noise.md $WORDS) >first.out 2>first.err; echo $? >first.code
"$@" run quiet.md $WORDS >second.out 2>second.err; echo $? >second.code
"$@" verify >verify.out 2>verify.err; echo $? >verify.code
find archive -name '*.open' >left_open
"""
UNSHARE = ("unshare", "--map-root-user", "--mount")


def may_mount() -> bool:
    """Tell whether the kernel lets us have a small disk of our own."""
    words = [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which("unshare")) and not subprocess.run(words, capture_output=True, check=False).returncode


def on_a_small_disk(folder: Path, words: list[str], size: int) -> dict[str, str]:
    """Run `noise.md`, which does not fit, then `quiet.md` with room for it; give all that was told, by file."""
    (folder / "archive").mkdir()
    shell = [*UNSHARE, "bash", "-c", ON_A_SMALL_DISK] if may_mount() else ["bash", "-c", WITH_A_LIMIT]
    subprocess.run(
        [*shell, "bash", sys.executable, "-m", "archiver"],
        cwd=folder,
        env={**os.environ, "WORDS": " ".join(words), "SIZE": str(size)},
        check=True,
        timeout=100,
    )
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("size", [100_000, 200_000, 400_000, 1_000_000], ids=lambda size: f"{size // 1000} KB")
def test_a_full_disk_ends_a_run_with_a_sentence_and_harms_nothing(server: Server, tmp_path: Path, size: int) -> None:
    """Where no disk can be mounted, the longest file that a process may write is limited instead."""
    write_record(tmp_path, *NOISE, name="noise.md")
    write_record(tmp_path, "http://quiet.test/", name="quiet.md")
    told = on_a_small_disk(tmp_path, words(server), size)
    assert told["first.code"] == "2\n", told["first.err"]
    assert re.fullmatch(r"archiver: the archive cannot be used: archive\S*: [^\n]*\n", told["first.err"]), told[
        "first.err"
    ]
    assert told["first.out"] == ""
    assert (told["second.code"], told["second.err"]) == ("0\n", "")
    assert (told["verify.code"], told["verify.err"]) == ("0\n", ""), told["verify.out"]
    assert "wrong" not in told["verify.out"]
    assert told["left_open"] == ""


@pytest.mark.parametrize("goal", ["a.md", "archive/out.wacz", "archive", "/dev/null"])
def test_an_export_harms_nothing(server: Server, tmp_path: Path, goal: str) -> None:
    record = write_record(tmp_path, "http://a.test/1")
    archiver("run", "a.md", *led_to(server), cwd=tmp_path)
    before = record.read_bytes()
    done = archiver("export", "wacz", "--record", "a.md", "--output", goal, cwd=tmp_path)
    assert (done.returncode, "--output: " in done.stderr) == (2, True), done.stderr
    assert record.read_bytes() == before
    assert Path("/dev/null").is_char_device()


def test_a_listing_does_not_replace_what_it_lists(tmp_path: Path) -> None:
    record = write_record(tmp_path, "http://a.test/1")
    before = record.read_bytes()
    assert archiver("links", "a.md", "--output", "a.md", cwd=tmp_path).returncode == 2
    assert record.read_bytes() == before
