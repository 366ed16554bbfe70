"""Images on the disk: what `verify` finds wrong with them, and what it can make anew."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

from archiver.archive.integrity import verify
from archiver.model import ImageLimits, Role
from archiver.records import Reading
from archiver.wiring import draw_thumbnails
from tests.builders import link
from tests.edge.archives import ADVANCE, files, look
from tests.edge.keeping import keep_links
from tests.pictures import saved, scene
from tests.server import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiver.archive.integrity import VerifyReport
    from tests.server import Server


@pytest.fixture
def folder(server: Server, tmp_path: Path) -> Path:
    """An archive with three images, of which two are one."""
    for name, size in (("one", (800, 600)), ("two", (500, 300)), ("three", (800, 600))):
        server.pages[f"{name}.test/i.jpg"] = Page(body=saved(scene(*size), "JPEG"), headers="Content-Type: image/jpeg")
    links = tuple(link(f"http://{name}.test/i.jpg", role=Role.IMAGE) for name in ("one", "two", "three"))
    keep_links(server, tmp_path, Reading(links=links, records=1))
    return tmp_path


def repair(folder: Path) -> VerifyReport:
    return verify(folder, repair=True, advance=ADVANCE, draw=partial(draw_thumbnails, ImageLimits()))


def images(folder: Path) -> list[Path]:
    return sorted(folder.glob("images/*/*"))


def thumbnails(folder: Path) -> list[Path]:
    return sorted(folder.glob("thumbnails/*/*"))


def test_the_same_bytes_are_kept_once(folder: Path) -> None:
    assert (len(images(folder)), len(thumbnails(folder))) == (2, 5)
    found = look(folder)
    assert (found.problems, found.images, found.thumbnails, found.cached) == ((), 2, 5, 3)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


DERIVED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a thumbnail is gone": (lambda folder: thumbnails(folder)[0].unlink(), "is missing"),
    "a thumbnail is empty": (lambda folder: thumbnails(folder)[1].write_bytes(b""), "is damaged"),
    "a thumbnail is cut": (lambda folder: cut(thumbnails(folder)[2]), "is damaged"),
    "a thumbnail is another one": (
        lambda folder: thumbnails(folder)[0].write_bytes(saved(scene(30, 20), "WEBP")),
        "is 30x20",
    ),
    "all thumbnails are gone": (lambda folder: shutil.rmtree(folder / "thumbnails"), "is missing"),
    "the manifest is gone": (lambda folder: (folder / "images.json").unlink(), "images.json is missing"),
    "the manifest is another one": (lambda folder: cut(folder / "images.json"), "is not what the checks tell"),
    "the database is gone": (lambda folder: (folder / "archive.db").unlink(), "archive.db is missing"),
}


@pytest.mark.parametrize(("damage", "said"), DERIVED.values(), ids=list(DERIVED))
def test_what_is_derived_is_told_and_made_anew(folder: Path, damage: Callable[[Path], object], said: str) -> None:
    before = {name: content for name, content in files(folder).items() if not name.startswith(("archive.db", ".lock"))}
    damage(folder)
    damaged = files(folder)
    found = look(folder)
    assert any(said in problem for problem in found.problems)
    assert files(folder) == damaged
    mended = repair(folder)
    assert mended.problems == ()
    assert mended.repaired
    assert look(folder).problems == ()
    assert {name: content for name, content in files(folder).items() if name in before} == before


LOST: dict[str, tuple[Callable[[Path], object], str]] = {
    "an image is gone": (lambda folder: images(folder)[0].unlink(), "is gone"),
    "an image is cut": (lambda folder: cut(images(folder)[0]), "is damaged: its digest is"),
    "an image has another name": (
        lambda folder: images(folder)[0].rename(images(folder)[0].with_stem("0" * 64)),
        "is damaged: its digest is",
    ),
}


@pytest.mark.parametrize(("damage", "said"), LOST.values(), ids=list(LOST))
def test_what_is_truth_stays_reported(folder: Path, damage: Callable[[Path], object], said: str) -> None:
    damage(folder)
    for found in (look(folder), repair(folder), look(folder)):
        assert any(said in problem for problem in found.problems)


def test_thumbnails_of_an_image_that_is_gone_stay_reported(folder: Path) -> None:
    gone = images(folder)[0]
    gone.unlink()
    for path in thumbnails(folder):
        path.unlink()
    found = repair(folder)
    assert {problem.partition(" ")[0].rpartition("/")[2][:64] for problem in found.problems} == {gone.stem}


def test_what_has_no_name_yet_goes_with_the_next_run(server: Server, folder: Path) -> None:
    torn = images(folder)[0].with_name("torn.jpg.0badf00d.tmp")
    torn.write_bytes(b"half")
    assert look(folder).problems == ()
    keep_links(server, folder, Reading(links=(link("http://other.test/"),), records=1))
    assert not torn.exists()


def test_an_archive_without_images_has_no_manifest(server: Server, tmp_path: Path) -> None:
    keep_links(server, tmp_path, Reading(links=(link("http://other.test/"),), records=1))
    assert not (tmp_path / "images.json").exists()
    assert look(tmp_path).problems == ()


def test_images_merge_with_their_archives(server: Server, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    server.pages["four.test/i.jpg"] = Page(body=saved(scene(640, 200), "PNG"), headers="Content-Type: image/png")
    four = link("http://four.test/i.jpg", role=Role.IMAGE)
    keep_links(server, other, Reading(links=(four,), records=1))
    for part in ("checks", "warc", "images", "thumbnails"):
        for path in (other / part).rglob("*"):
            if path.is_file():
                goal = folder / path.relative_to(other)
                goal.parent.mkdir(parents=True, exist_ok=True)
                goal.write_bytes(path.read_bytes())
    assert repair(folder).problems == ()
    found = look(folder)
    assert (found.problems, found.images, found.cached) == ((), 3, 4)
    assert b"four.test" in (folder / "images.json").read_bytes()
