"""Handing snapshots over: what of an archive a WACZ holds, and that it opens elsewhere."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from archiver.archive.export import Exported, Wanted, export_wacz
from archiver.archive.wacz import faults
from archiver.model import ArchiveError
from tests.edge.keeping import FULL_PAGES, keep_run
from tests.edge.readers import READERS_TIMEOUT_S, run_reader
from tests.edge.replay import Replay

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
A, B, C, HOP = "http://site.test/a", "http://site.test/b", "http://other.test/c", "http://site.test/301"


@pytest.fixture
def archive(server: Server, tmp_path: Path) -> Path:
    """Two days: the second one sees the same again, and one page more."""
    keep_run(server, tmp_path / "archive", [A, B, HOP])
    keep_run(server, tmp_path / "archive", [A, B, C], days=4)
    return tmp_path / "archive"


def export(archive: Path, wanted: Wanted | None = None) -> tuple[Path, Exported]:
    goal = archive.parent / "out.wacz"
    return goal, export_wacz(archive, goal, wanted or Wanted(), software="archiver/test", now=NOW)


def names(wacz: Path) -> list[str]:
    with zipfile.ZipFile(wacz) as file:
        return [name.rpartition("/")[2] for name in file.namelist() if name.startswith("archive/")]


def pages(wacz: Path) -> list[str]:
    with zipfile.ZipFile(wacz) as file:
        lines = file.read("pages/pages.jsonl").splitlines()[1:]
    return [json.loads(line)["url"] for line in lines]


def shown(replay: Replay, url: str) -> list[bytes]:
    """Give the body of each capture of `url`, the oldest first."""
    return [replay.memento(url, timestamp).body for timestamp, _ in replay.timemap(url)]


def test_all_of_an_archive_opens_elsewhere(archive: Path) -> None:
    wacz, done = export(archive)
    assert (done.captures, done.pages) == (7, 6)
    assert faults(wacz) == []
    assert run_reader("wacz", "validate", "-f", wacz).returncode == 0
    with Replay(waczs=[wacz]) as replay:
        first, again = shown(replay, A)
        assert first == again
        assert first.endswith(b"/a")
        [other] = shown(replay, C)
        assert other.endswith(b"/c")


def test_whole_files_are_taken_as_they_are(archive: Path) -> None:
    wacz, _ = export(archive)
    for path in archive.glob("warc/*/*/*.gz"):
        with zipfile.ZipFile(wacz) as file:
            assert file.read(f"archive/{path.name}") == path.read_bytes()


def test_some_links_take_along_their_redirects_and_the_bodies_they_refer_to(archive: Path) -> None:
    """B is seen twice; the second capture is a revisit of the first. The redirect's target comes with it."""
    wacz, done = export(archive, Wanted(targets={B, HOP}))
    assert (done.captures, sorted(pages(wacz))) == (
        4,
        ["http://site.test/b", "http://site.test/b", "http://site.test/landing"],
    )
    assert all(name.startswith("part-of-archiver-") for name in names(wacz))
    assert faults(wacz) == []
    assert run_reader("wacz", "validate", "-f", wacz).returncode == 0
    with Replay(waczs=[wacz]) as replay:
        first, again = shown(replay, B)
        assert first == again
        assert shown(replay, A) == []


def test_what_was_kept_since_takes_along_older_bodies(archive: Path) -> None:
    wacz, done = export(archive, Wanted(since=datetime.now(UTC) + timedelta(days=2)))
    assert done.captures == 5  # three of the second day, and two of the first that they refer to
    with Replay(waczs=[wacz]) as replay:
        for url in (A, B, C):
            assert shown(replay, url)[-1].endswith(url[-2:].encode())


def test_what_is_damaged_is_not_handed_on(archive: Path) -> None:
    first = min(archive.glob("warc/*/*/*.gz"))
    raw = bytearray(first.read_bytes())
    raw[-40] ^= 0xFF  # in a record that no index line leads to
    first.write_bytes(raw)
    with pytest.raises(ArchiveError, match=f"{first.name} is damaged"):
        export(archive)


def test_rows_that_are_gone_can_be_made_anew(archive: Path) -> None:
    (archive / "archive.db").unlink()
    with pytest.raises(ArchiveError, match=r"archive.db is missing: run `archiver verify --repair`"):
        export(archive)


def test_nothing_to_export(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="holds no capture of what is asked for"):
        export(archive, Wanted(targets={"http://site.test/never-seen"}))
    with pytest.raises(ArchiveError, match="there is no archive in"):
        export(tmp_path / "nowhere")
    assert not (tmp_path / "out.wacz").exists()


def test_a_page_takes_along_what_it_needs(server: Server, tmp_path: Path) -> None:
    page, style = "http://site.test/with-requisites", "http://site.test/style.css"
    keep_run(server, tmp_path / "archive", [page, A], snapshots=FULL_PAGES)
    wacz, _ = export(tmp_path / "archive", Wanted(targets={page}))
    with Replay(waczs=[wacz]) as replay:
        assert shown(replay, style) == [b"@import 'more.css'; p { background: url(b.png) }"]
        assert all(shown(replay, f"http://site.test/{name}") for name in ("more.css", "i.png", "b.png"))
        assert shown(replay, A) == []
