"""WACZ files: what is written opens in the tools of others, and what is wrong is found."""

from __future__ import annotations

import gzip
import hashlib
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.archive.wacz import LINES_A_BLOCK, Package, Page, Warc, faults, slices, write_wacz
from archiver.model import ArchiveError
from tests.edge.readers import READERS_TIMEOUT_S, run_reader
from tests.edge.replay import Replay
from tests.edge.warcs import Captured, write_warc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)

NOW = datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
A, B = "http://example.com/a", "http://example.com/b?c=d"
ONE = (
    Captured(A, "2026-01-02T03:04:05Z", b"<p>one"),
    Captured(B, "2026-01-02T03:04:06.5Z", "<p>zwei, größer".encode()),
)
TWO = (Captured(A, "2026-01-03T03:04:05Z", b"<p>two"),)


def timestamp(date: str) -> str:
    return "".join(character for character in date if character.isdigit())[:14]


def line(capture: Captured, filename: str) -> bytes:
    key = f"com,example)/{capture.url.removeprefix('http://example.com/')} {timestamp(capture.date)}"
    told = {
        "url": capture.url,
        "mime": "text/html",
        "status": "200",
        "digest": f"sha256:{hashlib.sha256(capture.body).hexdigest()}",
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": filename,
    }
    return f"{key} {json.dumps(told)}\n".encode()


def pages(captures: Iterable[Captured]) -> list[Page]:
    return [
        Page(
            id=f"p{number}",
            url=capture.url,
            captured_at=datetime.fromisoformat(capture.date),
            title=capture.body.decode().removeprefix("<p>") if number else None,
        )
        for number, capture in enumerate(captures)
    ]


def package(folder: Path, **given: Any) -> Package:
    """Two WARCs with three captures of two URLs."""
    one = write_warc(folder / "One.warc.gz", ONE)
    two = write_warc(folder / "two.warc.gz", TWO)
    usual: dict[str, Any] = {
        "title": "Wörter",
        "software": "archiver 1.2.3",
        "warcs": [Warc(name=name, chunks=slices(folder / name)) for name in ("One.warc.gz", "two.warc.gz")],
        "lines": sorted([*(line(each, "One.warc.gz") for each in one), *(line(each, "two.warc.gz") for each in two)]),
        "pages": pages([*ONE, *TWO]),
    }
    return Package(**(usual | given))


@pytest.fixture
def wacz(tmp_path: Path) -> Path:
    path = tmp_path / "new" / "a.wacz"
    write_wacz(path, package(tmp_path), now=NOW)
    return path


# --- what is written ------------------------------------------------------------------------------------------


def test_the_layout(wacz: Path) -> None:
    assert faults(wacz) == []
    assert [path.name for path in wacz.parent.iterdir()] == ["a.wacz"]
    with zipfile.ZipFile(wacz) as stored:
        assert stored.namelist() == [
            "archive/One.warc.gz",
            "archive/two.warc.gz",
            "indexes/index.cdx.gz",
            "indexes/index.idx",
            "pages/pages.jsonl",
            "datapackage.json",
            "datapackage-digest.json",
        ]
        assert {entry.compress_type for entry in stored.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in stored.infolist()} == {(2026, 2, 3, 4, 5, 6)}
        manifest = json.loads(stored.read("datapackage.json"))
        listed = [json.loads(text) for text in stored.read("pages/pages.jsonl").splitlines()]
    assert manifest["resources"][0]["name"] == "one.warc.gz"
    del manifest["resources"]
    assert manifest == {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": "Wörter",
        "software": "archiver 1.2.3",
        "created": "2026-02-03T04:05:06.789Z",
    }
    assert listed == [
        {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"},
        {"id": "p0", "url": A, "ts": "2026-01-02T03:04:05.000Z"},
        {"id": "p1", "url": B, "ts": "2026-01-02T03:04:06.500Z", "title": "zwei, größer"},
        {"id": "p2", "url": A, "ts": "2026-01-03T03:04:05.000Z", "title": "two"},
    ]


def test_one_package_gives_the_same_bytes_again(tmp_path: Path) -> None:
    made = package(tmp_path)
    chunks = {warc.name: list(warc.chunks) for warc in made.warcs}
    for name, now in ("a", NOW), ("b", NOW), ("c", NOW + timedelta(days=1)):
        warcs = [Warc(name=warc, chunks=parts) for warc, parts in chunks.items()]
        write_wacz(tmp_path / name, package(tmp_path, warcs=warcs, lines=made.lines), now=now)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_a_large_index_is_in_blocks(tmp_path: Path) -> None:
    """The secondary index leads to each block, by its first line's key."""
    [capture] = write_warc(tmp_path / "one.warc.gz", ONE[:1])
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(2 * LINES_A_BLOCK + 1)]
    lines = [line(capture._replace(date=hour.isoformat()), "one.warc.gz") for hour in hours]
    warc = Warc(name="one.warc.gz", chunks=slices(tmp_path / "one.warc.gz"))
    write_wacz(tmp_path / "a.wacz", package(tmp_path, warcs=[warc], lines=lines, pages=pages(ONE[:1])), now=NOW)
    with zipfile.ZipFile(tmp_path / "a.wacz") as stored:
        index, secondary = stored.read("indexes/index.cdx.gz"), stored.read("indexes/index.idx").splitlines()
    assert gzip.decompress(index) == b"".join(lines)
    assert secondary[0] == b'!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}'
    for number, told in enumerate(secondary[1:]):
        key, _, place = told.partition(b" {")
        block = json.loads(b"{" + place)
        member = index[block["offset"] : block["offset"] + block["length"]]
        assert gzip.decompress(member) == b"".join(lines[number * LINES_A_BLOCK : (number + 1) * LINES_A_BLOCK])
        assert lines[number * LINES_A_BLOCK].startswith(key + b" {")
        assert block["digest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
    assert len(secondary) == 4


def test_slices_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(range(256)) * 1000)
    assert b"".join(slices(tmp_path / "a")) == bytes(range(256)) * 1000
    assert b"".join(slices(tmp_path / "a", [(1, 3), (255_999, 10), (0, 1)])) == b"\x01\x02\x03\xff\x00"
    assert max(map(len, slices(tmp_path / "a", [(0, 200_000)]))) == 65_536


def test_records_picked_from_a_warc(tmp_path: Path) -> None:
    """A package of some captures: their members one after the other, the index with their new places."""
    _, second = write_warc(tmp_path / "one.warc.gz", ONE)
    warc = Warc(name="some.warc.gz", chunks=slices(tmp_path / "one.warc.gz", [(second.offset, second.length)]))
    lines = [line(second._replace(offset=0), "some.warc.gz")]
    write_wacz(tmp_path / "a.wacz", package(tmp_path, warcs=[warc], lines=lines, pages=pages(ONE[1:])), now=NOW)
    assert faults(tmp_path / "a.wacz") == []


def test_a_warc_of_any_size_takes_no_memory(tmp_path: Path) -> None:
    made = package(tmp_path)
    rest = repeat(bytes(65_536), 1_000)
    warcs = [made.warcs[0], Warc(name="two.warc.gz", chunks=chain(made.warcs[1].chunks, rest))]
    large = package(tmp_path, warcs=warcs)
    tracemalloc.start()
    try:
        write_wacz(tmp_path / "a.wacz", large, now=NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "a.wacz").stat().st_size > 65_536_000
    assert peak < 4_000_000


# --- what cannot be written -----------------------------------------------------------------------------------


def test_what_does_not_fit_together_takes_no_place(wacz: Path, tmp_path: Path) -> None:
    before = wacz.read_bytes()
    lines = [line(ONE[0], "three.warc.gz")]
    with pytest.raises(ArchiveError, match=r"line 1 names three\.warc\.gz, which is not there"):
        write_wacz(wacz, package(tmp_path, lines=lines), now=NOW)
    assert wacz.read_bytes() == before
    assert [path.name for path in wacz.parent.iterdir()] == ["a.wacz"]


def test_a_warc_that_is_gone_meanwhile(tmp_path: Path) -> None:
    warcs = [Warc(name="two.warc.gz", chunks=slices(tmp_path / "gone.warc.gz"))]
    with pytest.raises(ArchiveError, match=r"gone\.warc\.gz: No such file"):
        write_wacz(tmp_path / "out" / "a.wacz", package(tmp_path, warcs=warcs), now=NOW)
    assert list((tmp_path / "out").iterdir()) == []


# --- the tools of others --------------------------------------------------------------------------------------


def is_valid(path: Path) -> bool:
    """Ask py-wacz."""
    done = run_reader("wacz", "validate", "-f", path)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode == 0


def test_py_wacz_finds_it_valid(wacz: Path) -> None:
    assert is_valid(wacz)


def test_pywb_replays_every_capture_once(wacz: Path) -> None:
    with Replay(waczs=[wacz]) as replay:
        assert replay.timemap(A) == [("20260102030405", A), ("20260103030405", A)]
        assert replay.timemap(B) == [("20260102030406", B)]
        for capture in (*ONE, *TWO):
            memento = replay.memento(capture.url, timestamp(capture.date))
            assert (memento.status, memento.body) == (200, capture.body)
            assert memento.headers["content-type"] == "text/html; charset=utf-8"


# --- what is found --------------------------------------------------------------------------------------------


class Opened(dict[str, bytes]):
    """The files of a WACZ, to be changed and written back."""

    packed: set[str]  # compressed by the ZIP
    signed = True  # hashes and sizes are set right again

    @classmethod
    def read(cls, path: Path) -> Opened:
        with zipfile.ZipFile(path) as stored:
            opened = cls({name: stored.read(name) for name in stored.namelist()})
        opened.packed = set()
        return opened

    def lines(self, change: Callable[[list[bytes]], Iterable[bytes]]) -> None:
        """Change the index, and its secondary index so that it leads to the new one."""
        changed = list(change(gzip.decompress(self["indexes/index.cdx.gz"]).splitlines(keepends=True)))
        block = gzip.compress(b"".join(changed))
        self["indexes/index.cdx.gz"] = block
        meta = self["indexes/index.idx"].splitlines(keepends=True)[0]
        key = (changed or [b"x {"])[0].partition(b" {")[0]
        self["indexes/index.idx"] = meta + key + b' {"offset": 0, "length": %d}\n' % len(block)

    def manifest(self, **given: Any) -> None:
        self["datapackage.json"] = json.dumps(json.loads(self["datapackage.json"]) | given).encode()

    def write(self, path: Path) -> None:
        if self.signed:
            self._sign()
        with zipfile.ZipFile(path, "w") as stored:
            for name, body in self.items():
                way = zipfile.ZIP_DEFLATED if name in self.packed else zipfile.ZIP_STORED
                stored.writestr(name, body, compress_type=way)

    def _sign(self) -> None:
        resources = json.loads(self["datapackage.json"])["resources"]
        kept = [resource for resource in resources if resource["path"] in self]
        for resource in kept:
            body = self[resource["path"]]
            resource |= {"hash": f"sha256:{hashlib.sha256(body).hexdigest()}", "bytes": len(body)}
        self.manifest(resources=kept)
        digest = f"sha256:{hashlib.sha256(self['datapackage.json']).hexdigest()}"
        if "datapackage-digest.json" in self:
            self["datapackage-digest.json"] = json.dumps({"path": "datapackage.json", "hash": digest}).encode()


Change = "Callable[[Opened], object]"


def lines(change: Callable[[list[bytes]], Iterable[bytes]]) -> Callable[[Opened], None]:
    return lambda opened: opened.lines(change)


def told(old: bytes, new: bytes, number: int = 0) -> Callable[[Opened], None]:
    """Change a line of the index."""

    def change(before: list[bytes]) -> list[bytes]:
        assert old in before[number]
        return [each.replace(old, new) if at == number else each for at, each in enumerate(before)]

    return lines(change)


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Opened], None]:
    def change(opened: Opened) -> None:
        assert old in opened[name]
        opened[name] = opened[name].replace(old, new)

    return change


def torn(opened: Opened) -> None:
    """Change the last byte of the WARC whose last member line 2 leads to: a part of that member's size."""
    opened["archive/two.warc.gz"] = opened["archive/two.warc.gz"][:-1] + b"\x01"


def unsigned(change: Callable[[Opened], object]) -> Callable[[Opened], None]:
    def changed(opened: Opened) -> None:
        change(opened)
        opened.signed = False

    return changed


def resource(number: int, **given: Any) -> Callable[[Opened], None]:
    def change(opened: Opened) -> None:
        resources = json.loads(opened["datapackage.json"])["resources"]
        resources[number] |= given
        opened.manifest(resources=resources)

    return change


INDEX, SECONDARY, PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
PASSED: dict[str, tuple[Callable[[Opened], object], str]] = {
    "no pages file": (lambda opened: opened.pop(PAGES), "pages/pages.jsonl is missing"),
    "no pages": (
        lambda opened: opened.update({PAGES: opened[PAGES].splitlines(keepends=True)[0]}),
        "pages/pages.jsonl names no page",
    ),
    "no index": (lambda opened: (opened.pop(INDEX), opened.pop(SECONDARY)), "indexes/index.cdx.gz is missing"),
    "no secondary index": (lambda opened: opened.pop(SECONDARY), "indexes/index.idx is missing"),
    "an index without lines": (lines(lambda _: []), "indexes/index.cdx.gz is empty"),
    "an index out of order": (lines(reversed), "line 2 is out of order"),
    "a WARC that is not there": (told(b"One.warc", b"one.warc"), "line 1 names one.warc.gz, which is not there"),
    "a place that is not there": (
        told(b'"offset": "', b'"offset": "9999'),
        "line 1 does not lead to a whole gzip member",
    ),
    "a place that is none": (told(b'"offset": "', b'"offset": "1'), "line 1 does not lead to a whole gzip member"),
    "another URL's record": (told(b'"http://example.com/a"', b'"http://example.com/x"'), "to a record of http://example.com/x"),
    "a compressed WARC": (lambda opened: opened.packed.add("archive/One.warc.gz"), "archive/One.warc.gz is compressed"),
    "a compressed index": (lambda opened: opened.packed.add(INDEX), "indexes/index.cdx.gz is compressed by the ZIP"),
}  # fmt: skip

FOUND: dict[str, tuple[Callable[[Opened], object], str]] = {
    **PASSED,
    "a line twice": (lines(lambda before: [before[0], *before]), "line 2 is out of order, or there twice"),
    "a line that is none": (told(b" {", b" "), "line 1 cannot be read"),
    "a line without a time": (told(b" 2026", b" 20x6"), "line 1 cannot be read"),
    "a member that is torn": (torn, "line 2 does not lead to a whole gzip member"),
    "a length too long": (told(b'"length": "', b'"length": "1'), "line 1 does not lead to a whole gzip member"),
    "an index that is no gzip": (lambda opened: opened.update({INDEX: b"x" * 99}), "cannot be decompressed"),
    "a secondary index to nowhere": (
        replaced(SECONDARY, b'"offset":0', b'"offset":7'),
        "line 2 does not lead to a block of indexes/index.cdx.gz",
    ),
    "a secondary index of other keys": (replaced(SECONDARY, b"example)/a", b"example)/0"), "line 2 does not lead"),
    "a secondary index that ends early": (
        lambda opened: opened.update({SECONDARY: opened[SECONDARY].splitlines(keepends=True)[0]}),
        "indexes/index.idx leads to 0 bytes",
    ),
    "a secondary index without its form": (replaced(SECONDARY, b"cdxj-gzip-1.0", b"x"), "does not say that it is cdxj"),
    "pages without their form": (replaced(PAGES, b"json-pages-1.0", b"x"), "does not say that it is json-pages-1.0"),
    "a page without a date": (replaced(PAGES, b'"ts":"2026-01-03', b'"ts":"x'), "line 4 has no url, or no date"),
    "a page without a time zone": (replaced(PAGES, b"03T03:04:05.000Z", b"03T03:04:05"), "line 4 has no time zone"),
    "a page without a capture": (replaced(PAGES, b'com/b?c=d"', b'com/c"'), "http://example.com/c has no capture"),
    "a WARC that no line names": (lines(lambda before: [before[0], before[2]]), "two.warc.gz: no index line names it"),
    "no WARC": (
        lambda opened: (opened.pop("archive/One.warc.gz"), opened.pop("archive/two.warc.gz")),
        "archive/ holds no WARC",
    ),
    "a file that is not listed": (lambda opened: opened.update(x=b"x"), "x is not among the resources"),
    "a file that is listed only": (
        unsigned(lambda opened: opened.pop(PAGES)),
        "pages/pages.jsonl is among the resources, but not there",
    ),
    "another hash": (unsigned(resource(0, hash="sha256:00")), "archive/One.warc.gz has another hash"),
    "another size": (unsigned(resource(0, bytes=7)), "but datapackage.json says 7"),
    "a name in capitals": (resource(0, name="One.warc.gz"), "the name One.warc.gz has capitals"),
    "another version": (lambda opened: opened.manifest(wacz_version="1.1.0"), "wacz_version is '1.1.0', not '1.1.1'"),
    "another profile": (lambda opened: opened.manifest(profile="x"), "profile is 'x'"),
    "no manifest": (unsigned(lambda opened: opened.pop("datapackage.json")), "datapackage.json is missing"),
    "a manifest that is no JSON": (
        unsigned(lambda opened: opened.update({"datapackage.json": b"{"})),
        "datapackage.json is missing or cannot be read",
    ),
    "no digest": (lambda opened: opened.pop("datapackage-digest.json"), "datapackage-digest.json is missing"),
    "another digest": (
        unsigned(replaced("datapackage-digest.json", b'"sha256:', b'"sha256:0')),
        "datapackage-digest.json is not that of datapackage.json",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FOUND.values(), ids=FOUND)
def test_what_is_wrong_is_found(wacz: Path, change: Callable[[Opened], object], expected: str) -> None:
    opened = Opened.read(wacz)
    change(opened)
    opened.write(wacz)
    assert any(expected in fault for fault in faults(wacz)), faults(wacz)


def test_what_is_opened_and_written_back_is_still_right(wacz: Path) -> None:
    """So that what the tests above find is what they changed."""
    opened = Opened.read(wacz)
    opened.lines(lambda before: before)
    opened.write(wacz)
    assert faults(wacz) == []


@pytest.mark.parametrize("change", [change for change, _ in PASSED.values()], ids=PASSED)
def test_what_py_wacz_lets_through(wacz: Path, change: Callable[[Opened], object]) -> None:
    """Why there is a check of our own: should this fail, py-wacz has become better."""
    opened = Opened.read(wacz)
    change(opened)
    opened.write(wacz)
    assert is_valid(wacz)


@pytest.mark.parametrize("size", [0, 10, 500])
def test_a_torn_file(wacz: Path, size: int) -> None:
    wacz.write_bytes(wacz.read_bytes()[:size])
    assert faults(wacz) == ["it is no whole ZIP file: File is not a zip file"]


def test_a_byte_changed_anywhere_is_found(wacz: Path) -> None:
    """But for the ZIP's own times and rights, which nobody reads."""
    whole = wacz.read_bytes()
    with zipfile.ZipFile(wacz) as stored:
        places = [entry.header_offset + 60 + len(entry.filename) for entry in stored.infolist()]
    for place in places:
        wacz.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert faults(wacz)


PLACES = st.integers(0, 1 << 16)


@given(
    st.lists(st.tuples(PLACES, st.integers(0, 255)), min_size=1, max_size=20), st.tuples(PLACES, st.integers(0, 300))
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_told_and_never_raised(wacz: Path, changes: list[tuple[int, int]], cut: tuple[int, int]) -> None:
    """Bytes changed and bytes lost: each look ends, and what is left is told of."""
    damaged = bytearray(wacz.read_bytes())
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    start = cut[0] % len(damaged)
    del damaged[start : start + cut[1]]
    path = wacz.with_name("damaged.wacz")
    path.write_bytes(damaged)
    assert faults(path) or len(damaged) == wacz.stat().st_size
