"""Lost and damaged files: what is wrong is told, what is derived is made anew, and nothing else is lost."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from archiver.archive import Archive, new_run
from archiver.model import How
from tests.edge.archives import ADVANCE, change, check, day, dump, link, look, repair, url
from tests.edge.capturing import keep_pages, keeping, taken
from tests.edge.raw_warcs import records, warcs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiver.model import Capture

TABLES = ("runs", "targets", "links", "checks", "captures", "warcs")
PAGES = {name: name.encode() * 500 for name in "abcdefgh"}


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that checks what it keeps, one that revisits, and one that sees half of it changed."""
    folder = tmp_path_factory.mktemp("archive")
    keep_and_check(folder, PAGES, 0)
    keep_and_check(folder, PAGES, 1)
    keep_and_check(folder, {name: PAGES[name] + b"new" * (name < "e") for name in PAGES}, 2)
    assert look(folder).problems == ()
    return folder


@pytest.fixture
def archive(three_days: Path, tmp_path: Path) -> Path:
    return shutil.copytree(three_days, tmp_path / "archive")


def keep_and_check(folder: Path, pages: dict[str, bytes], number: float) -> None:
    async def keep_all() -> None:
        run = new_run("archiver run", "0.1.0", day(number))
        async with Archive.open(folder, run, advance=ADVANCE) as archive:
            recorder = archive.recorder([], lambda: day(number))
            await archive.begin([link(name) for name in pages])
            for name, body in pages.items():
                page = taken(name, body, day(number), etag=f'"{name}"')
                kept = await recorder.keep(page, keeping(held=archive.held(url(name))))
                seen = replace(check(name, at=day(number)), snapshot=kept.snapshot)
                await archive.keep([seen], [kept.capture])

    asyncio.run(keep_all())


def held(folder: Path, name: str) -> Capture | None:
    async def ask() -> Capture | None:
        async with Archive.open(folder, new_run("archiver run", "0.1.0", day(50)), advance=ADVANCE) as archive:
            return archive.held(url(name))

    return asyncio.run(ask())


# --- what is derived ------------------------------------------------------------------------------------------


def test_a_deleted_database_comes_back_whole(archive: Path) -> None:
    rows, index = dump(archive, TABLES), (archive / "index.cdxj").read_bytes()
    for path in archive.glob("archive.db*"):
        path.unlink()
    assert "archive.db is missing" in look(archive).problems
    assert repair(archive).problems == ()
    assert dump(archive, TABLES) == rows
    assert (archive / "index.cdxj").read_bytes() == index


def test_a_database_and_an_index_that_are_deleted_come_back_by_a_run_too(archive: Path) -> None:
    index = (archive / "index.cdxj").read_bytes()
    for path in (*archive.glob("archive.db*"), archive / "index.cdxj"):
        path.unlink()
    assert held(archive, "a") is not None
    assert (archive / "index.cdxj").read_bytes() == index
    assert look(archive).problems == ()


ALTERED = {
    "deleted": lambda _: None,
    "emptied": lambda _: b"",
    "a line lost": lambda index: b"".join(index.splitlines(keepends=True)[1:]),
    "a line twice": lambda index: index + index.splitlines(keepends=True)[-1],
    "lines in another order": lambda index: b"".join(reversed(index.splitlines(keepends=True))),
    "an offset altered": lambda index: index.replace(b'"offset":"', b'"offset":"1', 1),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_an_index_that_is_not_the_warcs_is_told_and_made_anew(
    archive: Path, alter: Callable[[bytes], bytes | None]
) -> None:
    path = archive / "index.cdxj"
    index = path.read_bytes()
    altered = alter(index)
    path.unlink()
    if altered is not None:
        path.write_bytes(altered)
    [problem] = look(archive).problems
    assert problem.startswith("index.cdxj is ")
    report = repair(archive)
    assert (report.problems, path.read_bytes()) == ((), index)


def test_a_row_that_is_not_what_the_warc_tells_is_told_and_made_anew(archive: Path) -> None:
    rows = dump(archive, TABLES)
    change(archive, """UPDATE captures SET length = length + 1 WHERE rowid = 3""")
    [problem] = look(archive).problems
    assert "captures otherwise than the files" in problem
    assert repair(archive).problems == ()
    assert dump(archive, TABLES) == rows


# --- WARCs ----------------------------------------------------------------------------------------------------


DAMAGES = {
    "one bit": lambda some: bytes([some[0] ^ 1]) + some[1:],
    "a hole": lambda some: bytes(len(some)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_in_the_middle_costs_one_capture_alone(archive: Path, damage: Callable[[bytes], bytes]) -> None:
    """Here that of page c on day 2, whose check pointed at it."""
    path = warcs(archive)[2]
    [c] = [it for it in records(archive) if it.kind == "response" and it.url == url("c") and "new" in it.body.decode()]
    raw = bytearray(path.read_bytes())
    part = slice(c.offset + 300, c.offset + 308)
    raw[part] = damage(bytes(raw[part]))
    path.write_bytes(raw)
    before = look(archive)
    assert any(f"bytes {c.offset} to" in problem for problem in before.problems)
    after = repair(archive)
    assert after.captures == 3 * len(PAGES) - 1
    assert [problem for problem in after.problems if f"bytes {c.offset} to" not in problem] == [
        f"the snapshot of {url('c')} of 2026-02-01 is gone: {c.warc} does not hold it"
    ]


def test_a_warc_that_vanished_is_told_also_after_a_repair(archive: Path) -> None:
    """The checks point at it, and so do the revisits of what it held."""
    first = warcs(archive)[0]
    name = first.relative_to(archive).as_posix()
    first.unlink()
    for report in (look(archive), repair(archive), look(archive)):
        for page in PAGES:
            assert f"the snapshot of {url(page)} of 2026-01-30 is gone: {name} does not hold it" in report.problems
        [revisits] = [problem for problem in report.problems if "revisits" in problem]
        assert revisits.startswith("12 revisits refer to records that no WARC holds, such as ")
    assert look(archive).captures == 2 * len(PAGES)


def test_what_a_lost_body_was_is_stored_again(archive: Path) -> None:
    """A revisit whose original is gone holds nothing: no validators go out for it, and nothing refers to it."""
    warcs(archive)[0].unlink()
    repair(archive)
    assert held(archive, "h") is None
    [kept] = keep_pages(archive, {"h": PAGES["h"]}, 9)
    assert kept.how is How.STORED
    assert held(archive, "a") is not None


def test_an_archive_merged_from_two_tells_of_both(tmp_path: Path) -> None:
    keep_pages(tmp_path / "ours", PAGES)
    keep_pages(tmp_path / "theirs", {"z": b"other"}, 1)
    shutil.copytree(tmp_path / "theirs" / "warc", tmp_path / "ours" / "warc", dirs_exist_ok=True)
    assert held(tmp_path / "ours", "z") is not None
    report = look(tmp_path / "ours")
    assert (report.problems, report.captures, report.warcs) == ((), len(PAGES) + 1, 2)
