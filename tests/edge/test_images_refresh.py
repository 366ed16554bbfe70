"""Cached images over time: what a refresh makes of what their addresses show, in rows, manifest and files."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from PIL import Image

from archiver.archive.reader import NAME, Reader
from archiver.model import CachedImage, Caution, Role
from archiver.records import Reading
from tests.builders import link
from tests.edge.archives import dump, look
from tests.edge.keeping import REFRESH, RUN, keep_links
from tests.pictures import saved, scene
from tests.server import PAGE, Page

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.wiring import Errand
    from tests.server import Server

ACCEPTING = replace(REFRESH, accepts_changes=True)
URL = "http://a.test/i.jpg"
PICTURE = scene(800, 600)
OTHER = Image.effect_mandelbrot((800, 600), (-2.0, -1.5, 1.0, 1.5), 100).convert("RGB")


def page(picture: Image.Image, quality: int = 90, etag: str | None = None) -> Page:
    return Page(body=saved(picture, "JPEG", quality=quality), headers="Content-Type: image/jpeg", etag=etag)


ORIGINAL = page(PICTURE, etag='"1"')
REENCODED = page(PICTURE, 60)
RESIZED = page(PICTURE.resize((400, 300)))
CROPPED = page(PICTURE.crop((24, 18, 776, 582)))
REPLACED = page(OTHER)
PLACEHOLDER = page(Image.new("RGB", (800, 600), "#eeeeee"))
GONE = Page(status=404)
IN_ITS_PLACE = Page(body=PAGE, headers="Content-Type: image/jpeg")
HANGS = None


class Step(NamedTuple):
    """What the address shows from now on, and what is to come of it."""

    shown: Page | None
    reason: str
    cached: Page  # whose bytes are the cached copy then
    warnings: tuple[Caution, ...] = ()
    errand: Errand = REFRESH


CHANGED = (Caution.IMAGE_CHANGED,)
LIVES: dict[str, list[Step]] = {
    "unchanged": [Step(ORIGINAL, "ok", ORIGINAL), Step(ORIGINAL, "not_modified", ORIGINAL)],
    "re-encoded": [Step(ORIGINAL, "ok", ORIGINAL), Step(REENCODED, "ok", REENCODED), Step(ORIGINAL, "ok", ORIGINAL)],
    "resized": [Step(ORIGINAL, "ok", ORIGINAL), Step(RESIZED, "ok", RESIZED), Step(ORIGINAL, "ok", ORIGINAL)],
    "cropped": [Step(ORIGINAL, "ok", ORIGINAL), Step(CROPPED, "ok", CROPPED), Step(ORIGINAL, "ok", ORIGINAL)],
    "replaced, and back": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(REPLACED, "ok", ORIGINAL, CHANGED),
        Step(REPLACED, "ok", ORIGINAL, CHANGED),
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(ORIGINAL, "not_modified", ORIGINAL),
    ],
    "replaced, and accepted": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(replace(REPLACED, etag='"2"'), "ok", ORIGINAL, CHANGED),
        Step(replace(REPLACED, etag='"2"'), "not_modified", ORIGINAL, CHANGED),
        Step(replace(REPLACED, etag='"2"'), "not_modified", REPLACED, CHANGED, ACCEPTING),
        Step(replace(REPLACED, etag='"2"'), "not_modified", REPLACED),
    ],
    "a placeholder, then back": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(PLACEHOLDER, "image_placeholder", ORIGINAL),
        Step(ORIGINAL, "not_modified", ORIGINAL),
    ],
    "a placeholder is accepted by nobody": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(PLACEHOLDER, "image_placeholder", ORIGINAL, (), ACCEPTING),
    ],
    "404, then back": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(GONE, "status_404", ORIGINAL),
        Step(IN_ITS_PLACE, "image_is_html", ORIGINAL),
        Step(REENCODED, "ok", REENCODED),
    ],
    "a time-out, then back": [
        Step(ORIGINAL, "ok", ORIGINAL),
        Step(HANGS, "timeout", ORIGINAL),
        Step(ORIGINAL, "not_modified", ORIGINAL),
    ],
    "with runs between": [
        Step(ORIGINAL, "ok", ORIGINAL, (), RUN),
        Step(ORIGINAL, "not_modified", ORIGINAL),
        Step(REPLACED, "ok", ORIGINAL, CHANGED),
        Step(ORIGINAL, "ok", ORIGINAL, (), RUN),
        Step(ORIGINAL, "not_modified", ORIGINAL, (), RUN),
        Step(GONE, "status_404", ORIGINAL, (), RUN),
    ],
}


def show(server: Server, shown: Page | None) -> None:
    server.answers.clear()
    server.pages.pop("a.test/i.jpg", None)
    server.pages.pop("a.test/silent", None)
    if shown is HANGS:
        server.pages["a.test/i.jpg"] = Page(status=302, headers="Location: http://a.test/silent")
    else:
        server.pages["a.test/i.jpg"] = shown


def images() -> Reading:
    place = link(URL, role=Role.IMAGE, field="images[0].url")
    return Reading(links=(place,), records=1)


def digest_of(shown: Page) -> str:
    return hashlib.sha256(shown.body).hexdigest()


def cached(folder: Path) -> CachedImage:
    with closing(Reader.open(folder / NAME)) as reader:
        return reader.cached([URL])[URL]


@pytest.mark.parametrize("steps", LIVES.values(), ids=list(LIVES))
def test_the_cached_copy_is_the_last_good_one(server: Server, tmp_path: Path, steps: list[Step]) -> None:
    good: set[str] = set()
    for number, step in enumerate(steps):
        show(server, step.shown)
        report = keep_links(server, tmp_path, images(), days=number, errand=step.errand)
        (row,) = report.links
        assert row.check
        assert row.image
        where = f"step {number}"
        assert (row.check.reason, row.check.warnings) == (step.reason, step.warnings), where
        assert row.image.current.digest == f"sha256:{digest_of(step.cached)}", where
        assert cached(tmp_path) == row.image, where
        entry = json.loads((tmp_path / "images.json").read_text())["images"][URL]
        assert (tmp_path / entry["path"]).read_bytes() == step.cached.body, where
        for thumbnail in entry["thumbnails"]:
            with Image.open(tmp_path / thumbnail["path"]) as small:
                assert small.size == (thumbnail["width"], thumbnail["height"])
        if step.shown and row.check.outcome in ("alive", "moved"):
            good.add(digest_of(step.shown))
        assert {path.stem for path in (tmp_path / "images").rglob("*.*")} == good, where
        verified = look(tmp_path)
        assert verified.problems == (), where
        assert verified.notes == (), where


def written(folder: Path) -> dict[Path, int]:
    """When each file was written last, but for the segments."""
    files = [path for path in folder.rglob("*") if path.is_file() and "checks" not in path.parts]
    return {path: path.stat().st_mtime_ns for path in files}


def test_what_is_as_it_was_writes_no_file_but_the_check(server: Server, tmp_path: Path) -> None:
    show(server, ORIGINAL)
    keep_links(server, tmp_path, images(), errand=REFRESH)
    before = written(tmp_path)
    keep_links(server, tmp_path, images(), days=1, errand=REFRESH)
    after = written(tmp_path)
    changed = {path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed <= {"archive.db", "archive.db-wal", "archive.db-shm", ".lock"}
    assert not (tmp_path / "warc").exists()


def test_a_server_without_validators_has_its_image_looked_into_once(server: Server, tmp_path: Path) -> None:
    show(server, REENCODED)
    for number in range(2):
        (row,) = keep_links(server, tmp_path, images(), days=number, errand=REFRESH).links
        assert row.check
        assert row.check.reason == "ok"
        assert row.image
        assert row.image.current.thumbnails
    asked = [arrival.headers for arrival in server.arrivals if arrival.path == "/i.jpg"]
    assert [headers.get("if-none-match") for headers in asked] == [None, None]


def test_an_image_whose_file_is_gone_is_had_again(server: Server, tmp_path: Path) -> None:
    show(server, ORIGINAL)
    keep_links(server, tmp_path, images(), errand=REFRESH)
    (path,) = (tmp_path / "images").rglob("*.jpg")
    path.unlink()
    assert look(tmp_path).problems
    keep_links(server, tmp_path, images(), days=1, errand=REFRESH)
    assert path.read_bytes() == ORIGINAL.body
    assert look(tmp_path).problems == ()


def test_the_rows_of_images_are_made_anew_of_the_segments(server: Server, tmp_path: Path) -> None:
    for number, step in enumerate(LIVES["replaced, and accepted"]):
        show(server, step.shown)
        keep_links(server, tmp_path, images(), days=number, errand=step.errand)
    tables = ("images", "thumbnails", "cached", "checks", "targets")
    before = dump(tmp_path, tables)
    assert all(before.values())
    for path in tmp_path.glob("archive.db*"):
        path.unlink()
    manifest = (tmp_path / "images.json").read_bytes()
    (tmp_path / "images.json").unlink()
    show(server, GONE)
    keep_links(server, tmp_path, Reading(links=(link("http://b.test/"),), records=1), days=9)
    after = dump(tmp_path, tables[:3])
    assert after == {table: before[table] for table in tables[:3]}
    assert (tmp_path / "images.json").read_bytes() == manifest
