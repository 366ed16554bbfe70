"""`archiver refresh` as a user runs it: what it asks, tells, and writes into records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_command import archiver, led_to, lines
from tests.e2e.test_images import JPEG, PICTURE, write_images
from tests.pictures import saved, scene
from tests.server import Page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

RECORD = """\
---
# kept by hand
title: 'An article'  # with a comment
webUrl: http://page.test/
secured: "AAEC/secret+blob=="
images:
  - url: http://a.test/i.jpg
    width: 1600   # wrong
    height: '900'
  - url: "http://a.test/i.jpg?neither"
  - url: http://a.test/gone.jpg
    isCached: true
related:
  - title: Another
    images:
      - url: http://a.test/i.jpg?right
        width: 800
        height: 600
        isCached: false
---
Text: http://page.test/body
"""
TRUE = (
    RECORD.replace("width: 1600   # wrong", "width: 800   # wrong")
    .replace("height: '900'", "height: '600'")
    .replace('?neither"\n', '?neither"\n    width: 800\n    height: 600\n')
)
MARKED = (
    TRUE.replace("height: '600'\n", "height: '600'\n    isCached: true\n")
    .replace("    height: 600\n  - url", "    height: 600\n    isCached: true\n  - url")
    .replace("gone.jpg\n    isCached: true", "gone.jpg\n    isCached: false")
    .replace("        isCached: false\n---", "        isCached: true\n---")
)


@pytest.fixture
def record(server: Server, tmp_path: Path) -> Path:
    server.pages |= {"a.test/i.jpg": PICTURE, "a.test/gone.jpg": Page(status=404)}
    path = tmp_path / "a.md"
    path.write_bytes(RECORD.encode())
    return path


def refresh(server: Server, record: Path, *words: str) -> str:
    done = archiver("refresh", record.name, *words, *led_to(server), cwd=record.parent)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_images_alone_are_asked_for_and_a_diff_is_shown(server: Server, record: Path) -> None:
    told = refresh(server, record)
    assert {arrival.host for arrival in server.arrivals} == {"a.test"}
    assert record.read_bytes() == RECORD.encode()
    removed = [line for line in told.splitlines() if line.startswith("-") and not line.startswith("---")]
    added = [line for line in told.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert removed == ["-    width: 1600   # wrong", "-    height: '900'"]
    assert added == ["+    width: 800   # wrong", "+    height: '600'", "+    width: 800", "+    height: 600"]
    assert "secret" not in told
    assert "Images: 3 cached copies" in told


@pytest.mark.parametrize(
    ("words", "line_break", "expected"),
    [
        (["--write"], "\n", TRUE),
        (["--write"], "\r\n", TRUE),
        (["--write-cached"], "\n", MARKED),
        (["--write", "--write-cached"], "\r\n", MARKED),
    ],
)
def test_the_records_are_made_true(
    server: Server, record: Path, words: list[str], line_break: str, expected: str
) -> None:
    record.write_bytes(RECORD.replace("\n", line_break).encode())
    told = refresh(server, record, *words)
    assert record.read_bytes() == expected.replace("\n", line_break).encode()
    assert f"a.md: {4 if words == ['--write'] else 8} values written" in told
    assert "written" not in refresh(server, record, *words)
    assert record.read_bytes() == expected.replace("\n", line_break).encode()


def test_the_diff_is_one_that_can_be_applied(server: Server, record: Path) -> None:
    told = lines(refresh(server, record, "--format", "jsonl"))
    correction = told[-1]
    assert (correction["type"], correction["record"], correction["written"]) == ("correction", "a.md", False)
    assert correction["diff"].startswith("--- a/a.md\n+++ b/a.md\n@@")
    assert correction["proposed"] == []
    assert [line["type"] for line in told] == ["link"] * 4 + ["summary", "correction"]


def test_what_only_its_owner_can_write_is_proposed(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/i.jpg"] = PICTURE
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"title": "An article", "images": [{"url": "http://a.test/i.jpg"}]}))
    told = refresh(server, path, "--write")
    assert "a.json: write yourself: images[0].width: 800" in told
    assert "width" not in path.read_text()


def test_the_last_good_copy_is_told_of(server: Server, record: Path) -> None:
    refresh(server, record)
    server.pages["a.test/i.jpg"] = Page(status=410)
    told = refresh(server, record)
    assert "410: the image is gone for good" in told
    assert "stays the cached one" in told
    server.pages["a.test/i.jpg"] = Page(
        body=saved(scene(800, 600).rotate(180), "JPEG"), headers="Content-Type: image/jpeg"
    )
    assert "archiver refresh --accept-changes" in refresh(server, record)


def test_only_what_is_due_is_asked_for(server: Server, record: Path) -> None:
    refresh(server, record)
    for words in (["--due"], ["--max-age", "1d"]):
        before = server.asked("a.test", "/i.jpg")
        told = lines(refresh(server, record, "--format", "jsonl", *words))
        assert server.asked("a.test", "/i.jpg") == before
        assert told[0]["image"]["width"] == 800


def test_the_hottest_come_first(server: Server, tmp_path: Path) -> None:
    for name, heat in (("cold", 1), ("hot", 90), ("warm", 40)):
        server.pages[f"a.test/{name}.jpg"] = PICTURE
        write_images(tmp_path, f"http://a.test/{name}.jpg", name=f"{name}.md")
        path = tmp_path / f"{name}.md"
        path.write_text(path.read_text().replace("title:", f"heat: {heat}\ntitle:"))
    done = archiver("refresh", ".", "--per-host", "1", *led_to(server), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    asked = [arrival.path for arrival in server.arrivals if arrival.path.endswith(".jpg")]
    assert asked == ["/hot.jpg", "/warm.jpg", "/cold.jpg"]


def test_a_site_generator_finds_an_image_by_its_address_as_written(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/i.jpg"] = PICTURE
    write_images(tmp_path, "HTTP://A.test:80/i.jpg#top")
    (tmp_path / "archiver.toml").write_text('[images]\nwidths = [100, 200]\nformats = ["jpeg", "webp", "avif"]\n')
    refresh(server, tmp_path / "a.md")
    assert json.loads((tmp_path / "archive" / "images.json").read_text()) == json.loads(
        archiver("export", "images", cwd=tmp_path).stdout
    )
    exported = json.loads(archiver("export", "images", "--prefix", "/cache/", cwd=tmp_path).stdout)
    assert sorted(exported["images"]) == ["HTTP://A.test:80/i.jpg#top", "http://a.test/i.jpg"]
    entry = exported["images"]["HTTP://A.test:80/i.jpg#top"]
    assert entry == exported["images"]["http://a.test/i.jpg"]
    place = entry["path"].removeprefix("/cache/")
    assert (tmp_path / "archive" / place).read_bytes() == JPEG
    assert (entry["width"], entry["height"], entry["format"], entry["bytes"]) == (800, 600, "JPEG", len(JPEG))
    assert [source["type"] for source in entry["sources"]] == ["image/avif", "image/webp", "image/jpeg"]
    stem = place.replace("images/", "thumbnails/").removesuffix(".jpg")
    assert entry["srcset"] == f"/cache/{stem}-100.webp 100w, /cache/{stem}-200.webp 200w"
    for source in entry["sources"]:
        for candidate in source["srcset"].split(", "):
            assert (tmp_path / "archive" / candidate.split(" ")[0].removeprefix("/cache/")).exists()
