"""Killed runs, torn tails, merged archives and lost files: the next start brings all in order."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.archive import history
from archiver.archive.segments import members
from archiver.model import State
from tests.edge.archives import change, dump, files, five_days, keep, look, observed, repair, segments, url

ROOT = Path(__file__).parents[2]

# --- killed runs ----------------------------------------------------------------------------------------------

WRITE = """
import asyncio, sys
from pathlib import Path
from archiver.archive import Archive, new_run
from tests.edge.archives import ADVANCE, DAY_0, check, link

async def main():
    async with Archive.open(Path(sys.argv[1]), new_run("archiver run", "0.1.0", DAY_0), advance=ADVANCE) as archive:
        await archive.begin([link("a")])
        for batch in range(10_000):
            await archive.keep([check(f"{batch}-{each}", "status_410") for each in range(5)])
            print(batch, flush=True)

asyncio.run(main())
"""


def kill_after(folder: Path, batches: int, delay_s: float) -> int:
    """Kill a run some time after so many batches, and give the number of those that it kept for sure."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as run:
        assert run.stdout
        for _ in range(batches):
            run.stdout.readline()
        try:
            run.wait(delay_s)
        except subprocess.TimeoutExpired:
            os.kill(run.pid, signal.SIGKILL)
        return batches + len([line for line in run.stdout if line.endswith("\n")])


@pytest.mark.parametrize("batches", [1, 2, 7, 40])
@pytest.mark.parametrize("delay_s", [0.0, 0.0007, 0.002, 0.005])
def test_a_killed_run_loses_nothing_that_was_kept(tmp_path: Path, batches: int, delay_s: float) -> None:
    """Between body and row, in the middle of a body, in the middle of a row: the next start converges."""
    kept = kill_after(tmp_path, batches, delay_s)
    before = look(tmp_path)
    assert before.problems == ()
    assert ".jsonl.gz.open: a run is at work, or was killed" in before.notes[0]
    keep(tmp_path, 3, {"0-0": "status_410"})
    after = look(tmp_path)
    assert (after.problems, after.notes) == ((), ())
    assert after.checks >= kept * 5 + 1
    known = history(tmp_path, url("0-0"))
    assert known
    assert (known.track.state, len(known.checks)) == (State.DEAD, 2)
    assert [path.suffix for path in segments(tmp_path)] == [".gz", ".gz"]
    assert gzip.decompress(segments(tmp_path)[0].read_bytes()).splitlines()[-1].startswith(b'{"type":"end"')
    assert b'"ended":"cut short"' in gzip.decompress(segments(tmp_path)[0].read_bytes())


def reopened(path: Path, raw: bytes) -> None:
    """Make a sealed segment one that a killed run left."""
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(raw)


def test_a_tail_torn_at_every_byte(tmp_path: Path) -> None:
    """The whole members are kept, whatever is left of the last."""
    keep(tmp_path / "whole", 0, {"a": "ok", "b": "status_410"}, token="ab12cd")
    [path] = segments(tmp_path / "whole")
    raw = path.read_bytes()
    *_, last, _end = members(raw)
    for size in range(last.start, last.end):
        folder = tmp_path / "torn"
        shutil.copytree(tmp_path / "whole" / "checks", folder / "checks")
        reopened(segments(folder)[0], raw[:size])
        report = repair(folder)
        assert (report.problems, report.checks, report.links) == ((), 1, 2), size
        assert repair(folder).repaired == ()
        shutil.rmtree(folder)


def test_a_segment_without_a_whole_batch_is_removed(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    left = segments(tmp_path)[0].with_name("20260201T000000000Z-ab12cd.jsonl.gz.open")
    left.write_bytes(b"\x1f\x8b\x08torn")
    assert repair(tmp_path).repaired == ("20260201T000000000Z-ab12cd.jsonl.gz.open held nothing and is removed",)
    assert len(segments(tmp_path)) == 1


def test_killed_between_the_two_names_of_a_segment(tmp_path: Path) -> None:
    """The sealed one holds."""
    keep(tmp_path, 0, {"a": "ok", "b": "ok"})
    before = dump(tmp_path)
    [path] = segments(tmp_path)
    path.with_name(path.name + ".open").write_bytes(path.read_bytes()[:300])
    path.with_name(path.name + ".tmp").write_bytes(b"half")
    keep(tmp_path, 1, {})
    assert segments(tmp_path) == [path]
    assert dump(tmp_path) == before


def test_killed_before_the_rows_knew_that_the_segment_is_sealed(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok", "b": "ok"})
    before = dump(tmp_path)
    change(tmp_path, "UPDATE runs SET ended = NULL")
    change(tmp_path, "DELETE FROM checks WHERE target LIKE '%/b'")
    change(tmp_path, "DELETE FROM targets WHERE target LIKE '%/b'")
    keep(tmp_path, 1, {})
    assert dump(tmp_path) == before


# --- the database is derived ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:3000]),
        lambda path: subprocess.run(["sqlite3", str(path), "DROP TABLE links"], check=False),
    ],
    ids=["deleted", "emptied", "overwritten", "cut", "table-dropped"],
)
def test_a_lost_database_is_made_anew_by_the_next_run(tmp_path: Path, damage: object) -> None:
    five_days(tmp_path)
    before = dump(tmp_path)
    assert callable(damage)
    damage(tmp_path / "archive.db")
    keep(tmp_path, 20, {})
    assert dump(tmp_path) == before


# --- two archives become one ----------------------------------------------------------------------------------


def test_two_archives_merge_by_their_files(tmp_path: Path) -> None:
    """Rows and states are those of one archive that had seen it all."""
    reasons = {0: "status_410", 1: "ok", 3: "status_410", 5: "status_410", 6: "status_410", 9: "status_410"}
    for number, reason in reasons.items():
        for folder in ("one", "even" if number % 2 == 0 else "odd"):
            keep(tmp_path / folder, number, {"a": reason, f"b{number}": "ok"}, token=f"{number:06x}")
    shutil.copytree(tmp_path / "odd" / "checks", tmp_path / "even" / "checks", dirs_exist_ok=True)
    report = look(tmp_path / "even")
    assert any("archive.db lacks 4 runs" in problem for problem in report.problems)
    keep(tmp_path / "even", 20, {})
    assert dump(tmp_path / "even") == dump(tmp_path / "one")
    assert look(tmp_path / "even").problems == ()


def test_merging_twice_changes_nothing(tmp_path: Path) -> None:
    five_days(tmp_path)
    before = files(tmp_path / "checks")
    shutil.copytree(tmp_path / "checks", tmp_path / "other")
    shutil.copytree(tmp_path / "other", tmp_path / "checks", dirs_exist_ok=True)
    assert repair(tmp_path).repaired == ()
    assert files(tmp_path / "checks") == before


# --- files that vanish ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(5))
def test_a_vanished_segment_is_written_back_from_the_rows(tmp_path: Path, number: int) -> None:
    """The rows are the only copy: a start must not drop them."""
    runs = five_days(tmp_path)
    before = observed(tmp_path)
    segments(tmp_path)[number].unlink()
    keep(tmp_path, 20, {})
    assert [path.name for path in segments(tmp_path)] == [f"{run}.jsonl.gz" for run in runs]
    assert observed(tmp_path) == before
    assert look(tmp_path).problems == ()
    (tmp_path / "archive.db").unlink()
    assert repair(tmp_path).problems == ()
    assert observed(tmp_path) == before
