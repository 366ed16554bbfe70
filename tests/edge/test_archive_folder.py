"""The archive, open for a run: on real files, real SQLite and a disk that is really full."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sqlite3
import subprocess
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from archiver.archive import Archive, RunLine, history, new_run
from archiver.archive.reader import AT_ONCE, NAME, Reader
from archiver.model import ArchiveError, State
from tests.edge.archives import ADVANCE, DAY_0, change, check, day, dump, five_days, keep, link, look, segments, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(number: float = 0) -> RunLine:
    return new_run("archiver check seeds/", "0.1.0", day(number), f"{int(number):06x}")


# --- what is kept ---------------------------------------------------------------------------------------------


async def _one_run(folder: Path) -> None:
    async with Archive.open(folder, run(), advance=ADVANCE) as archive:
        assert archive.tracks([url("a")]) == {}
        await archive.begin([link("a"), link("b")])
        tracks = await archive.keep([check("a"), check("b", "status_410")])
        assert {target: track.state for target, track in tracks.items()} == {
            url("a"): State.ALIVE,
            url("b"): State.SUSPECT,
        }
        assert archive.tracks([url("a"), url("b"), url("c")]) == tracks


def test_a_run_leaves_a_segment_that_every_tool_reads(tmp_path: Path) -> None:
    asyncio.run(_one_run(tmp_path))
    [path] = segments(tmp_path)
    assert path.relative_to(tmp_path).as_posix() == "checks/2026/01/20260130T120304567Z-000000.jsonl.gz"
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert [line["type"] for line in lines] == ["run", "link", "link", "check", "check", "end"]
    assert lines[0] == {
        "type": "run",
        "run": "20260130T120304567Z-000000",
        "version": "0.1.0",
        "command": "archiver check seeds/",
        "started_at": "2026-01-30T12:03:04.567Z",
    }
    assert lines[-1] == {"type": "end", "ended": "whole", "links": 2, "checks": 2}
    assert look(tmp_path).problems == ()


def test_nothing_but_the_archive_is_left(tmp_path: Path) -> None:
    asyncio.run(_one_run(tmp_path / "new" / "archive"))
    assert {path.name for path in (tmp_path / "new" / "archive").iterdir()} == {".lock", "archive.db", "checks"}


def test_a_run_that_keeps_nothing_leaves_no_segment(tmp_path: Path) -> None:
    async def idle() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.begin([])
            assert await archive.keep([]) == {}

    asyncio.run(idle())
    assert segments(tmp_path) == []
    assert dump(tmp_path)["runs"] == []


def test_what_keep_returned_from_is_committed(tmp_path: Path) -> None:
    async def keep_and_look() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.begin([link("a")])
            await archive.keep([check("a")])
            [path] = segments(tmp_path)
            assert path.name.endswith(".open")
            assert len(gzip.decompress(path.read_bytes()).splitlines()) == 3
            assert history(tmp_path, url("a"))

    asyncio.run(keep_and_look())


def test_stray_bytes_are_found_again(tmp_path: Path) -> None:
    async def keep_stray() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.begin([link("\udcff", record="\udcff.md")])
            tracks = await archive.keep([check("\udcff")])
            assert list(tracks) == list(archive.tracks([url("\udcff")])) == [url("\udcff")]

    asyncio.run(keep_stray())
    assert history(tmp_path, url("\udcff"))


def test_batches_may_be_kept_at_once_and_are_sealed_when_done(tmp_path: Path) -> None:
    async def keep_at_once() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            for number in range(50):
                asyncio.get_running_loop().create_task(archive.keep([check(str(number))]))
            await asyncio.sleep(0)

    asyncio.run(keep_at_once())
    assert len(dump(tmp_path)["checks"]) == 50
    assert look(tmp_path).problems == ()


def test_a_run_that_is_cancelled_keeps_the_batch_at_hand(tmp_path: Path) -> None:
    async def cancelled() -> None:
        async def work() -> None:
            async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
                await archive.keep([check(str(number)) for number in range(2_000)])

        task = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert len(dump(tmp_path)["checks"]) == 2_000
    assert look(tmp_path).problems == ()


def test_a_run_that_fails_keeps_what_it_has(tmp_path: Path) -> None:
    async def fail() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.keep([check("a")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(fail())
    assert [path.suffix for path in segments(tmp_path)] == [".gz"]
    assert look(tmp_path).problems == ()


def test_a_sealed_run_takes_nothing_more(tmp_path: Path) -> None:
    async def keep_late() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.keep([check("a")])
        with pytest.raises(AssertionError):
            await archive.keep([check("b")])

    asyncio.run(keep_late())
    assert look(tmp_path).checks == 1


# --- states over runs -----------------------------------------------------------------------------------------


def test_five_days(tmp_path: Path) -> None:
    five_days(tmp_path)
    states = {name: known.track.state for name in NAMES if (known := history(tmp_path, url(name)))}
    assert states == {
        "alive": State.ALIVE,
        "dies": State.DEAD,
        "gone": State.DEAD,
        "comes-back": State.SUSPECT,
        "slow": State.DEAD,
        "new": State.ALIVE,
    }


NAMES = ("alive", "dies", "gone", "comes-back", "slow", "new")


def test_history_tells_checks_places_and_state(tmp_path: Path) -> None:
    five_days(tmp_path)
    known = history(tmp_path, url("gone"))
    assert known
    assert known.checks == (
        check("gone", "status_410", day(0)),
        check("gone", "status_403", day(3)),
        check("gone", "status_410", day(6)),
    )
    assert known.links == (link("gone", line=10),)
    assert (known.track.strikes, known.track.dead_since) == (2, day(6))
    assert history(tmp_path, url("never-seen")) is None


def test_a_clock_that_goes_backwards_gives_what_a_clock_in_order_gives(tmp_path: Path) -> None:
    """Rows are folded in the order of time, whatever the order of runs."""
    reasons = {0: "ok", 3: "status_410", 6: "status_410", 9: "ok", 12: "status_404"}
    for name, numbers in {"forwards": (0, 3, 6, 9, 12), "backwards": (12, 6, 9, 0, 3)}.items():
        for number in numbers:
            keep(tmp_path / name, number, {"a": reasons[number]}, token=f"{number:06x}")
        assert look(tmp_path / name).problems == ()
    assert dump(tmp_path / "backwards") == dump(tmp_path / "forwards")


def test_two_checks_of_one_target_in_one_batch(tmp_path: Path) -> None:
    async def keep_both() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            later = DAY_0 + timedelta(days=3)
            tracks = await archive.keep([check("a", "status_410", later), check("a", "status_410")])
            assert tracks[url("a")].dead_since == later

    asyncio.run(keep_both())
    assert look(tmp_path).problems == ()


# --- readers --------------------------------------------------------------------------------------------------


def test_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive in"):
        history(tmp_path, url("a"))
    assert list(tmp_path.iterdir()) == []


def test_no_database(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    (tmp_path / "archive.db").unlink()
    with pytest.raises(ArchiveError, match=r"archive.db is missing: run `archiver verify --repair`"):
        history(tmp_path, url("a"))


def test_a_database_that_is_none(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    (tmp_path / "archive.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveError, match=r"is damaged .*: run `archiver verify --repair`"):
        history(tmp_path, url("a"))


def test_a_database_of_another_version(tmp_path: Path) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    with closing(sqlite3.connect(tmp_path / "archive.db")) as rows:
        rows.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match="another version of archiver: run"):
        history(tmp_path, url("a"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE checks SET verdict = 'lively'", "UPDATE checks SET redirects = '['", "UPDATE targets SET state = '?'"],
    ids=["verdict", "json", "state"],
)
def test_rows_that_make_no_sense(tmp_path: Path, statement: str) -> None:
    keep(tmp_path, 0, {"a": "ok"})
    change(tmp_path, statement)
    with pytest.raises(ArchiveError, match="is damaged"):
        history(tmp_path, url("a"))


def test_a_reader_is_not_blocked_and_does_not_block(tmp_path: Path) -> None:
    async def read_while_writing() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE) as archive:
            await archive.keep([check("a")])
            with closing(sqlite3.connect(f"file:{tmp_path}/archive.db?mode=ro", uri=True)) as reader:
                reader.execute("BEGIN")
                assert reader.execute("SELECT count(*) FROM checks").fetchone() == (1,)
                await archive.keep([check("b")])
                assert reader.execute("SELECT count(*) FROM checks").fetchone() == (1,)
                assert history(tmp_path, url("b"))

    asyncio.run(read_while_writing())


# --- disks ----------------------------------------------------------------------------------------------------


def test_a_run_needs_room_to_start(tmp_path: Path) -> None:
    async def start() -> None:
        async with Archive.open(tmp_path, run(), advance=ADVANCE, min_free_bytes=10**18):
            pass

    with pytest.raises(ArchiveError, match=r"MB are free on the disk of .*: a run needs 1,000,000,000,000 MB"):
        asyncio.run(start())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a full disk needs a disk of its own: only root may mount one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_stops_the_run_and_loses_nothing(small_disk: Path) -> None:
    """What was kept is there; the batch that failed is kept by nobody, and the next start brings all in order."""
    kept: list[str] = []

    async def fill() -> None:
        async with Archive.open(small_disk, run(), advance=ADVANCE, min_free_bytes=0) as archive:
            for number in range(1_000):
                batch = [replace(check(f"{number}-{each}"), note=os.urandom(500).hex()) for each in range(20)]
                await archive.keep(batch)
                kept.extend(each.target for each in batch)

    with pytest.raises(ArchiveError, match=r"the archive cannot be used: .*(No space left|disk is full)"):
        asyncio.run(fill())
    assert kept
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    keep(small_disk, 1, {"a": "ok"})
    assert {row[0] for row in dump(small_disk)["checks"]} >= {*kept, url("a")}
    assert look(small_disk).problems == ()


def test_a_run_stops_while_there_is_still_room(small_disk: Path) -> None:
    async def fill() -> None:
        async with Archive.open(small_disk, run(), advance=ADVANCE, min_free_bytes=300_000) as archive:
            for number in range(1_000):
                await archive.keep([replace(check(str(number)), note=os.urandom(5_000).hex())])

    with pytest.raises(ArchiveError, match="0 MB are free"):
        asyncio.run(fill())
    assert [path.suffix for path in segments(small_disk)] == [".gz"]  # sealed: nothing failed
    assert look(small_disk).problems == ()


def test_a_read_only_disk_can_be_read(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    keep(small_disk, 3, {"a": "ok"})
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert history(small_disk, url("a"))
    assert look(small_disk).problems == ()
    with pytest.raises(ArchiveError, match="Read-only file system"):
        keep(small_disk, 4, {"a": "ok"})


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file")
    with pytest.raises(ArchiveError, match=r"the archive cannot be used: .*archive"):
        keep(tmp_path / "archive", 0, {"a": "ok"})


def test_of_any_number_of_targets_can_be_asked(tmp_path: Path) -> None:
    """They are asked for in parts: whether one is due, and what was last seen of it, is found in each of them."""
    keep(tmp_path, 0, {"first": "ok", "last": "status_404"})
    keep(tmp_path, 7, {"last": "status_403"})
    others = [url(f"other-{number}") for number in range(AT_ONCE)]
    targets = [url("first"), *others, url("last")]
    with closing(Reader.open(tmp_path / NAME)) as reader:
        known, standings = reader.known(targets), reader.standings(targets)
        assert reader.tracks(targets).keys() == standings.keys() == {url("first"), url("last")}
    assert {target: each.last.reason for target, each in known.items()} == {
        url("first"): "ok",
        url("last"): "status_403",
    }
    assert {target: each.standing for target, each in known.items()} == standings
