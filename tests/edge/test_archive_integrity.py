"""Is every promised byte there and right: what `verify` names, what it repairs, and what it leaves alone."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from archiver.archive import Archive, history, new_run
from archiver.archive.segments import members
from archiver.model import ArchiveError
from tests.edge.archives import (
    ADVANCE,
    change,
    check,
    day,
    dump,
    files,
    five_days,
    keep,
    link,
    look,
    observed,
    repair,
    segments,
    url,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of five runs on five days."""
    five_days(tmp_path)
    return tmp_path


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x10
    path.write_bytes(bytes(raw))


# --- what is right --------------------------------------------------------------------------------------------


def test_an_archive_that_is_right(archive: Path) -> None:
    report = look(archive)
    assert (report.problems, report.notes, report.repaired) == ((), (), ())
    assert (report.runs, report.checks, report.links, report.targets) == (5, 23, 6, 6)


def test_repairing_what_is_right_changes_no_row_and_no_segment(archive: Path) -> None:
    before, rows = files(archive / "checks"), dump(archive)
    assert repair(archive).repaired == ()
    assert (files(archive / "checks"), dump(archive)) == (before, rows)


@pytest.mark.parametrize("repairs", [False, True])
def test_no_archive(tmp_path: Path, repairs: bool) -> None:  # noqa: FBT001
    (tmp_path / "README.md").write_text("Results go here.")
    with pytest.raises(ArchiveError, match="there is no archive in"):
        repair(tmp_path) if repairs else look(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_run_at_work_is_right(tmp_path: Path) -> None:
    async def look_meanwhile() -> None:
        async with Archive.open(tmp_path, new_run("", "", day(0)), advance=ADVANCE) as archive:
            await archive.begin([link("a")])
            await archive.keep([check("a")])
            report = look(tmp_path)
            assert report.problems == ()
            assert "0 of 3 lines are not in archive.db yet" in report.notes[0]
            assert (report.runs, report.checks) == (1, 1)

    asyncio.run(look_meanwhile())


def test_an_uncommitted_tail_is_a_note(archive: Path) -> None:
    last = segments(archive)[-1]
    raw = last.read_bytes()
    *_, final, end = members(raw)
    last.unlink()
    last.with_name(last.name + ".open").write_bytes(raw[: end.start] + b"\x1f\x8b\x08torn")
    change(archive, "UPDATE runs SET ended = NULL WHERE run = (SELECT max(run) FROM runs)")
    change(archive, "DELETE FROM checks WHERE target LIKE '%/new'")
    change(archive, "DELETE FROM targets WHERE target LIKE '%/new'")
    report = look(archive)
    assert report.problems == ()
    assert "1 of 9 lines are not in archive.db yet" in report.notes[0]
    assert f"bytes {final.end} to {final.end + 7} cannot be decompressed" in report.notes[1]
    assert report.checks == 22
    assert (repair(archive).problems, look(archive).checks) == ((), 23)


# --- what is wrong --------------------------------------------------------------------------------------------


def test_a_deleted_database(archive: Path) -> None:
    """Every check, state, strike and date comes back from the segments."""
    before = dump(archive)
    (archive / "archive.db").unlink()
    assert look(archive).problems == ("archive.db is missing",)
    report = repair(archive)
    assert report.problems == ()
    assert report.repaired[0].startswith("archive.db has taken in 5 segments, such as 20260130T120304567Z-")
    assert dump(archive) == before
    assert look(archive).problems == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "DELETE FROM checks WHERE target LIKE '%/new'",
            "archive.db lacks 1 checks that the files tell of, such as https://example.com/new 2026-02-13T",
        ),
        (
            "UPDATE checks SET verdict = 'alive' WHERE target LIKE '%/gone' AND checked_at LIKE '2026-01-30%'",
            "such as https://example.com/gone 2026-01-30T12:03:04.567Z 20260130T120304567Z-",
        ),
        (
            "UPDATE checks SET verdict = 'alive' WHERE target LIKE '%/gone' AND checked_at LIKE '2026-01-30%'",
            ": verdict is alive, not gone",
        ),
        ("UPDATE targets SET strikes = 1 WHERE target LIKE '%/gone'", "https://example.com/gone: strikes is 1, not 2"),
        ("UPDATE targets SET dead_since = NULL WHERE target LIKE '%/gone'", ": dead_since is None, not 2026-02-05T"),
        ("DELETE FROM targets WHERE target LIKE '%/gone'", "archive.db lacks 1 targets"),
        ("UPDATE links SET line = 99 WHERE target LIKE '%/new'", "https://example.com/new: line is 99, not 18"),
        (
            "UPDATE checks SET target = 'https://x.test/' WHERE target LIKE '%/new'",
            "archive.db has 1 checks that no file tells of, such as https://x.test/",
        ),
    ],
    ids=["row-deleted", "verdict-which", "verdict-how", "strikes", "date", "target", "link", "row-invented"],
)
def test_rows_that_differ_are_named_and_mended(archive: Path, statement: str, told: str) -> None:
    before = dump(archive)
    change(archive, statement)
    assert told in "\n".join(look(archive).problems)
    report = repair(archive)
    assert report.problems == ()
    assert told in "\n".join(report.repaired)
    assert dump(archive) == before


def test_a_damaged_database_is_put_aside(archive: Path) -> None:
    before = dump(archive)
    raw = bytearray((archive / "archive.db").read_bytes())
    raw[4096:12_288] = b"\xa5" * 8_192
    (archive / "archive.db").write_bytes(raw)
    assert "archive.db is damaged" in look(archive).problems[0]
    assert repair(archive).problems == ()
    assert dump(archive) == before
    assert (archive / "archive.db.damaged").read_bytes() == raw


def test_a_vanished_segment(archive: Path) -> None:
    before = observed(archive)
    segments(archive)[1].unlink()
    assert "archive.db has 1 runs that no file tells of" in look(archive).problems[0]
    report = repair(archive)
    assert report.problems == ()
    assert "is written from archive.db, the only copy left: 5 checks" in report.repaired[0]
    assert observed(archive) == before


@pytest.mark.parametrize("number", range(7))
def test_a_flipped_byte_in_a_segment(archive: Path, number: int) -> None:
    """What can be read is kept, what only the rows knew is written beside it, and the damage stays told."""
    before, path = observed(archive), segments(archive)[0]
    spans = list(members(path.read_bytes()))
    flip(path, (spans[number].start + spans[number].end) // 2)
    damaged = path.read_bytes()
    expected = f"{path.name}: bytes {spans[number].start} to {spans[number].end} cannot be decompressed"
    assert expected in look(archive).problems
    report = repair(archive)
    assert expected in report.problems
    assert path.read_bytes() == damaged
    assert not any("archive.db" in problem for problem in report.problems)
    after = dump(archive)
    assert observed(archive) == before
    (archive / "archive.db").unlink()
    repair(archive)
    assert dump(archive) == after


def test_damage_where_the_database_is_lost_too(archive: Path) -> None:
    path = segments(archive)[0]
    spans = list(members(path.read_bytes()))
    flip(path, spans[2].start + 30)
    (archive / "archive.db").unlink()
    report = repair(archive)
    assert f"{path.name}: it holds 4 checks and 5 links, but its end line says 5 and 5" in report.problems
    assert report.checks == 22
    assert history(archive, url("dies"))


def test_a_segment_that_is_cut(archive: Path) -> None:
    path = segments(archive)[-1]
    path.write_bytes(path.read_bytes()[: list(members(path.read_bytes()))[-1].start])
    assert f"{path.name}: it ends without an end line: some of it is lost" in look(archive).problems


def test_a_segment_of_another_run(archive: Path) -> None:
    first, second = segments(archive)[:2]
    second.write_bytes(first.read_bytes())
    assert f"{second.name}: it is of another run, {first.name.partition('.')[0]}" in look(archive).problems


def test_a_line_that_was_changed(archive: Path) -> None:
    """Repacked with other people's tools: only what is in the lines counts."""
    path = segments(archive)[-1]
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(text))
    assert look(archive).problems == ()
    path.write_bytes(gzip.compress(text.replace(b'"verdict":"alive"', b'"verdict":"lively"', 1)))
    problems = look(archive).problems
    assert f"{path.name}: line 6 cannot be read: Invalid enum value 'lively' - at `$.verdict`" in problems


# --- looking changes nothing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", ["clean", "left-open", "no-database", "damaged-database", "with-log", "no-lock", "other-version"]
)
def test_looking_changes_nothing(archive: Path, state: str) -> None:
    """Not a byte, not a name: also where SQLite would like to make files beside its own."""
    match state:
        case "left-open":
            last = segments(archive)[-1]
            last.rename(last.with_name(last.name + ".open"))
        case "no-database":
            (archive / "archive.db").unlink()
        case "damaged-database":
            (archive / "archive.db").write_bytes(b"no database" * 1000)
        case "no-lock":
            (archive / ".lock").unlink()
        case "other-version":
            with closing(sqlite3.connect(archive / "archive.db")) as rows:
                rows.execute("PRAGMA user_version = 99")
    if state == "with-log":
        with closing(sqlite3.connect(archive / "archive.db")) as rows:
            rows.execute("CREATE TABLE other (x)")
            before = files(archive)
            look(archive)
            assert files(archive) == before
            assert "archive.db-wal" in before
    else:
        before = files(archive)
        look(archive)
        assert files(archive) == before


def test_looking_at_what_a_run_left_sees_the_log(tmp_path: Path) -> None:
    """Rows that stand in SQLite's log alone count as rows."""
    keep(tmp_path, 0, {"a": "ok"})
    with closing(sqlite3.connect(tmp_path / "archive.db")) as rows:
        rows.execute("DELETE FROM targets")
        rows.commit()
        assert (tmp_path / "archive.db-wal").stat().st_size > 0
        assert "archive.db lacks 1 targets" in look(tmp_path).problems[0]
