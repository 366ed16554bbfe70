"""Rule: the cache spares work, and changes nothing: what is read with it is what is read without it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from archiver.model import Role
from archiver.records import ReadingRules, read
from archiver.records.cache import MAX_AGE_S, Cache, cache_folder, open_cache
from archiver.records.files import RACY_NS, stamp_of
from archiver.records.packing import pack
from archiver.records.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = "---\ntitle: An article\nwebUrl: https://e.com/a\ncover: https://e.com/c\n---\n[b](/b) https://e.com/d\n"
HIDDEN = RECORD.replace("title:", "published: false\ntitle:")
RULES = ReadingRules()
MARK = "https://e.com/from-the-cache"


def write(folder: Path, text: str = RECORD, name: str = "a.md") -> Path:
    path = folder / "records" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def database(folder: Path) -> Path:
    return folder / "cache" / "records-test.db"


def soon() -> int:
    """Now, for files that were written just now and should be old enough."""
    return time.time_ns() + 2 * RACY_NS


def read_all(folder: Path, rules: ReadingRules = RULES, now_ns: Callable[[], int] = soon) -> Reading:
    with Cache(database(folder), rules, now_ns) as cache:
        return read([str(folder / "records")], rules, cache)


def mark(folder: Path, path: Path, *, stamped: str | None, digest: bytes) -> None:
    """Keep of a file what it does not say, so that it shows when that is taken for it."""
    link = replace(read([str(path)]).links[0], url=MARK)
    with Cache(database(folder), RULES) as cache:
        cache.keep(path, stamped, digest, pack(Reading(links=(link,))))


def urls(reading: Reading) -> list[str]:
    return [link.url for link in reading.links]


def kept(folder: Path) -> list[tuple[str | None, int]]:
    """The stamp and the time of every reading that is kept."""
    connection = sqlite3.connect(database(folder))
    rows = connection.execute("SELECT stamp, kept_at_ns FROM readings").fetchall()
    connection.close()
    return rows


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(database(folder))
    with connection:
        connection.execute(statement)
    connection.close()


def write_another_address(file: Path) -> None:
    connection = sqlite3.connect(file)
    with connection:
        ((packed,),) = connection.execute("SELECT packed FROM readings").fetchall()
        assert b"//e.com/d" in packed
        connection.execute("UPDATE readings SET packed = ?", (packed.replace(b"//e.com/d", b"//e.com/x"),))
    connection.close()


def test_a_second_reading_is_as_the_first(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "---\na: [\n---\n", "bad.md")
    write(tmp_path, HIDDEN, "hidden.md")
    first, second, plain = read_all(tmp_path), read_all(tmp_path), read([str(tmp_path / "records")])
    assert (first.links, first.records, first.unpublished) == (plain.links, 1, 1)
    assert (second.links, second.records, second.unpublished) == (plain.links, 1, 1)
    assert [(each.record, each.line, each.message) for each in second.problems] == [
        (each.record, each.line, each.message) for each in plain.problems
    ]


def test_a_file_that_was_not_touched_is_not_opened(tmp_path: Path) -> None:
    record = write(tmp_path)
    mark(tmp_path, record, stamped=stamp_of(record.stat(), soon()), digest=b"not its own")
    assert urls(read_all(tmp_path)) == [MARK]


def test_a_file_that_was_touched_is_opened_and_not_parsed(tmp_path: Path) -> None:
    record = write(tmp_path)
    mark(tmp_path, record, stamped="another", digest=hashlib.sha256(record.read_bytes()).digest())
    assert urls(read_all(tmp_path)) == [MARK]
    assert [stamp for stamp, _ in kept(tmp_path)] == [stamp_of(record.stat(), soon())]


def test_a_file_that_was_young_when_it_was_read_is_opened(tmp_path: Path) -> None:
    """It may have been written again within the same tick of the clock."""
    record = write(tmp_path)
    read_all(tmp_path, now_ns=time.time_ns)
    assert [stamp for stamp, _ in kept(tmp_path)] == [None]
    mark(tmp_path, record, stamped=None, digest=b"not its own")
    assert urls(read_all(tmp_path)) == urls(read([str(record)]))


def test_a_file_is_young_for_two_seconds(tmp_path: Path) -> None:
    record = write(tmp_path)
    touched_at_ns = record.stat().st_ctime_ns
    assert stamp_of(record.stat(), touched_at_ns + RACY_NS - 1) is None
    assert stamp_of(record.stat(), touched_at_ns + RACY_NS) is not None


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: path.write_text(RECORD + "https://e.com/more\n"),
    "as long": lambda path: path.write_text(RECORD.replace("/d", "/D")),
    "another file in its place": lambda path: write(path.parents[1], RECORD.replace("/d", "/D"), "b.md").replace(path),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("backdates", [False, True], ids=["", "and its time set back"])
@pytest.mark.parametrize("change_it", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_read_anew(tmp_path: Path, change_it: Callable[[Path], object], *, backdates: bool) -> None:
    """Also where size and modification time are the same."""
    record = write(tmp_path)
    write(tmp_path, name="other.md")
    status = record.stat()
    before = read_all(tmp_path)
    change_it(record)
    if backdates and record.exists():
        os.utime(record, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert read_all(tmp_path).links == read([str(tmp_path / "records")]).links != before.links


DIFFERENT = {
    "unpublished": ReadingRules(unpublished=True),
    "base_url": ReadingRules(base_url="https://base.example/"),
    "fields": ReadingRules(roles_by_field={"cover": Role.IMAGE}),
    "other fields": ReadingRules(roles_by_field={"cover": Role.EMBED}),
}


@pytest.mark.parametrize("rules", DIFFERENT.values(), ids=DIFFERENT)
def test_other_rules_have_readings_of_their_own(tmp_path: Path, rules: ReadingRules) -> None:
    for name, text in {"a.md": RECORD, "hidden.md": HIDDEN}.items():
        write(tmp_path, text, name)
    records = [str(tmp_path / "records")]
    for each in (RULES, rules, RULES, rules):
        assert read_all(tmp_path, each).links == read(records, each).links
    assert read(records, rules).links != read(records).links


def test_a_file_keeps_the_name_it_is_called_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    read_all(tmp_path)
    monkeypatch.chdir(tmp_path)
    with Cache(database(tmp_path), RULES) as cache:
        names = {link.record for link in read(["records"], RULES, cache).links}
    assert names == {"records/a.md"}
    assert len(kept(tmp_path)) == 1


def test_a_folder_of_the_same_name_elsewhere_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        here = tmp_path / name
        here.mkdir()
        write(here, RECORD.replace("e.com", f"{name}.example"))
        monkeypatch.chdir(here)
        with Cache(tmp_path / "cache.db", RULES) as cache:
            assert f"https://{name}.example/a" in urls(read(["records"], RULES, cache))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no database": lambda file: file.write_bytes(b"rubbish" * 1000),
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: os.truncate(file, 5000),
    "another's table": lambda file: change(file.parents[1], "ALTER TABLE readings RENAME COLUMN packed TO a"),
    "no table": lambda file: change(file.parents[1], "DROP TABLE readings"),
    "bytes": lambda file: change(file.parents[1], "UPDATE readings SET packed = x'00'"),
    "another address": write_another_address,
    "text for bytes": lambda file: change(file.parents[1], "UPDATE readings SET packed = 'a'"),
    "null": lambda file: change(file.parents[1], "UPDATE readings SET checksum = NULL"),
    "a folder": lambda file: file.rename(file.with_name("away")).with_name(file.name).mkdir(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_costs_time_alone(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    write(tmp_path)
    first = read_all(tmp_path)
    damage(database(tmp_path))
    assert read_all(tmp_path).links == first.links
    assert read_all(tmp_path).links == first.links


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_byte_never_makes_another_link(tmp_path: Path, data: st.DataObject) -> None:
    write(tmp_path)
    database(tmp_path).unlink(missing_ok=True)
    first = read_all(tmp_path)
    content = bytearray(database(tmp_path).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    database(tmp_path).write_bytes(content)
    assert read_all(tmp_path).links == first.links


def test_two_may_read_at_once(tmp_path: Path) -> None:
    write(tmp_path)
    with Cache(database(tmp_path), RULES) as one, Cache(database(tmp_path), RULES) as other:
        records = [str(tmp_path / "records")]
        assert read(records, RULES, one).links == read(records, RULES, other).links
    assert len(kept(tmp_path)) == 1


def test_a_cache_that_another_writes_to_is_done_without(tmp_path: Path) -> None:
    write(tmp_path)
    first = read_all(tmp_path)
    other = sqlite3.connect(database(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert read_all(tmp_path).links == first.links
    other.close()


def test_what_is_kept_is_nobody_elses_business(tmp_path: Path) -> None:
    write(tmp_path)
    read_all(tmp_path)
    file = database(tmp_path)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    """Readings of files, and what other versions of archiver left behind; not what they use."""
    write(tmp_path)
    read_all(tmp_path)
    change(tmp_path, f"UPDATE readings SET kept_at_ns = {time.time_ns() - int((MAX_AGE_S + 60) * 1e9)}, path = x'00'")
    left, used = database(tmp_path).with_name("records-left.db"), database(tmp_path).with_name("records-used.db")
    left.touch()
    used.touch()
    os.utime(left, (0, time.time() - MAX_AGE_S - 60))
    read_all(tmp_path)
    assert len(kept(tmp_path)) == 1
    assert (left.exists(), used.exists()) == (False, True)


def test_each_version_has_a_cache_of_its_own(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, RULES)
    assert cache is not None
    with cache:
        pass
    assert [path.name.removeprefix("records-").isascii() for path in tmp_path.glob("records-*.db")] == [True]


FOLDERS = [
    ({"XDG_CACHE_HOME": "/x", "HOME": "/home/me"}, Path("/x/archiver")),
    ({"XDG_CACHE_HOME": "x", "HOME": "/home/me"}, Path("/home/me/.cache/archiver")),
    ({"XDG_CACHE_HOME": "", "HOME": "/home/me"}, Path("/home/me/.cache/archiver")),
    ({"HOME": "/home/me"}, Path("/home/me/.cache/archiver")),
    ({"HOME": ""}, None),
    ({}, None),
]


@pytest.mark.parametrize(("environment", "folder"), FOLDERS, ids=repr)
def test_where_it_is(environment: dict[str, str], folder: Path | None) -> None:
    """By the XDG Base Directory Specification: relative paths there are ignored."""
    assert cache_folder(environment) == folder
