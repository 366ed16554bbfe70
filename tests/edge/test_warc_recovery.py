"""WARCs after a kill: what was committed is there, what was torn is cut off, and the next start brings all in order."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from archiver.archive import Archive, new_run
from archiver.archive.recorder import Recorder
from archiver.archive.recovery import salvage_warcs
from archiver.archive.warc.reading import read
from archiver.archive.warc.writer import WarcWriter
from archiver.model import ArchiveError
from tests.edge.archives import ADVANCE, day, look
from tests.edge.capturing import Promise, Writers, keep_pages, keeping, taken
from tests.edge.raw_warcs import digest_of, records, warcs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ARCHIVES = 8
KILLS = 12


def start(folder: Path) -> None:
    """Let a run begin and end that does nothing: it brings the archive in order."""

    async def do_nothing() -> None:
        async with Archive.open(folder, new_run("archiver check", "0.1.0", day(99)), advance=ADVANCE):
            pass

    asyncio.run(do_nothing())


def broken(folder: Path, promises: Iterable[Promise]) -> list[Promise]:
    """Give those of `promises` that are not kept, or whose body is not the one that was promised."""
    found = records(folder)
    by_place = {(record.warc, record.offset, record.length): record for record in found}
    by_id = {record.get("WARC-Record-ID"): record for record in found}

    def holds(promise: Promise) -> bool:
        record = by_place.get((promise.warc, promise.offset, promise.length))
        holder = by_id.get(record.get("WARC-Refers-To")) if record and record.kind == "revisit" else record
        body = digest_of(holder.body) if holder and holder.body else ""
        return record is not None and record.url == promise.url and body == promise.digest

    return [promise for promise in promises if not holds(promise)]


# --- kills ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    with Writers() as running:
        yield running


@pytest.mark.parametrize("number", range(ARCHIVES))
def test_nothing_that_was_committed_is_lost_by_a_kill(writers: Writers, tmp_path: Path, number: int) -> None:
    """Each archive sees twelve runs killed; now and then the run that would bring it in order is killed itself."""
    chance = random.Random(number)
    promises: list[Promise] = []
    for kill in range(KILLS):
        promises += writers.run_and_kill(tmp_path, number * KILLS + kill)
        if kill == KILLS - 1 or chance.random() < 2 / 3:
            start(tmp_path)
            assert look(tmp_path).problems == ()
            assert broken(tmp_path, promises) == []
            assert not list(tmp_path.rglob("*.open"))
    assert promises


# --- torn tails -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def left_open(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A WARC of three captures whose run was killed, and where each of them ends."""
    folder = tmp_path_factory.mktemp("killed")

    async def write() -> list[int]:
        writer = WarcWriter(folder, "run", [("software", "archiver/0.1.0")], lambda: day(0))
        ends = []
        for name in "abc":
            page = taken(name, name.encode() * 9, day(0))
            place = await writer.append(page, keeping(), page.payload_digest, None)
            ends.append(place.offset + place.unit_length)
        await writer.close()
        return ends

    ends = asyncio.run(write())
    [path] = folder.rglob("*.open")
    assert path.stat().st_size == ends[-1]
    return path, ends


def torn(left_open: Path, folder: Path, size: int) -> Path:
    """Give a copy of which `size` bytes are left."""
    path = folder / "warc" / "2026" / "01" / left_open.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(left_open.read_bytes()[:size])
    return path


def test_a_tail_torn_at_any_byte_is_none_of_the_whole(left_open: tuple[Path, list[int]], tmp_path: Path) -> None:
    path, ends = left_open
    for size in range(ends[-2], ends[-1]):
        warc = read(tmp_path, torn(path, tmp_path, size))
        assert (warc.whole_bytes, len(warc.captures)) == (ends[-2], 2)


def test_a_torn_tail_is_cut_off(left_open: tuple[Path, list[int]], tmp_path: Path) -> None:
    path, ends = left_open
    for size in (*range(ends[-2], ends[-1], 101), ends[-1] - 1, ends[-1]):
        torn(path, tmp_path, size)
        [sentence] = salvage_warcs(tmp_path)
        [sealed] = warcs(tmp_path)
        whole = ends[-1] if size == ends[-1] else ends[-2]
        assert sealed.stat().st_size == whole
        assert sentence.endswith(f"{size - whole} torn bytes are cut off") is (size != whole)
        sealed.unlink()


@pytest.mark.parametrize("size", [0, 1, 300], ids=lambda size: f"{size} bytes")
def test_a_warc_without_a_capture_is_none(left_open: tuple[Path, list[int]], tmp_path: Path, size: int) -> None:
    torn(left_open[0], tmp_path, size)
    start(tmp_path)
    assert list(tmp_path.rglob("*.warc.gz*")) == []


def test_whole_captures_of_a_killed_run_become_rows(left_open: tuple[Path, list[int]], tmp_path: Path) -> None:
    path, ends = left_open
    torn(path, tmp_path, ends[1] + 7)
    start(tmp_path)
    report = look(tmp_path)
    assert (report.problems, report.captures, report.warcs) == ((), 2, 1)
    subprocess.run(["gzip", "-t", *warcs(tmp_path)], check=True)


# --- the index follows the rows --------------------------------------------------------------------------------


def test_an_index_that_could_not_be_written_is_written_by_the_next_start(tmp_path: Path) -> None:
    """As if the run was killed after its rows were committed, and before the index was made."""
    keep_pages(tmp_path, {"a": b"one"})
    obstacle = tmp_path / "index.cdxj.tmp"
    obstacle.mkdir()
    with pytest.raises(ArchiveError, match="index"):
        keep_pages(tmp_path, {"b": b"two"}, 1)
    obstacle.rmdir()
    start(tmp_path)
    assert look(tmp_path).problems == ()
    assert len((tmp_path / "index.cdxj").read_bytes().splitlines()) == 2


def test_an_index_that_could_not_be_written_after_a_merge_is_written_by_the_next_start(tmp_path: Path) -> None:
    keep_pages(tmp_path / "ours", {"a": b"one"})
    keep_pages(tmp_path / "theirs", {"b": b"two"}, 1)
    shutil.copytree(tmp_path / "theirs" / "warc", tmp_path / "ours" / "warc", dirs_exist_ok=True)
    obstacle = tmp_path / "ours" / "index.cdxj.tmp"
    obstacle.mkdir()
    with pytest.raises(ArchiveError, match="index"):
        start(tmp_path / "ours")
    obstacle.rmdir()
    start(tmp_path / "ours")
    assert look(tmp_path / "ours").problems == ()


# --- a look at a run at work -----------------------------------------------------------------------------------


def test_a_run_at_work_is_nothing_wrong(tmp_path: Path) -> None:
    """Also while captures are not told of yet, and where a file has grown full and another one is begun."""

    async def look_now_and_then() -> list[tuple[str, ...]]:
        run = new_run("archiver run", "0.1.0", day(0))
        async with Archive.open(tmp_path, run, advance=ADVANCE) as archive:
            own = archive.recorder([], lambda: day(0))
            writer = WarcWriter(tmp_path, run.run, [], lambda: day(0), worker=1, most_bytes=2000)
            recorder, problems = Recorder(tmp_path, writer, own._committed), []  # noqa: SLF001 (as a second worker has it)
            for number in range(8):
                kept = await recorder.keep(taken(f"page-{number}", b"%d" % number * 99, day(0)), keeping())
                problems.append(look(tmp_path).problems)
                await archive.keep([], [kept.capture])
                problems.append(look(tmp_path).problems)
            await recorder.close()
            problems.append(look(tmp_path).problems)
        return problems

    keep_pages(tmp_path, {"a": b"one"})
    assert set(asyncio.run(look_now_and_then())) == {()}
    assert len(list(tmp_path.rglob("*.warc.gz.open"))) > 2
    start(tmp_path)
    report = look(tmp_path)
    assert (report.problems, report.captures) == ((), 9)


def test_a_run_that_ends_is_nothing_wrong(tmp_path: Path) -> None:
    """All of it is rows and stands in the index before its files have the names of sealed ones."""
    keep_pages(tmp_path, {"a": b"one"})
    keep_pages(tmp_path, {"b": b"two"}, 1)
    for last in (max(tmp_path.rglob("*.warc.gz")), max(tmp_path.rglob("*.jsonl.gz"))):
        last.rename(f"{last}.open")
        report = look(tmp_path)
        assert report.problems == ()
        assert report.notes
    start(tmp_path)
    assert look(tmp_path).problems == ()
