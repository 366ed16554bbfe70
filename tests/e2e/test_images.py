"""Images through the command: looked into, kept, told."""

from __future__ import annotations

import gzip
import hashlib
import random
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.e2e.test_command import archiver, led_to, lines
from tests.e2e.test_keeping import on_a_small_disk, words
from tests.e2e.test_workers import children, wait_until_gone
from tests.pictures import png, saved, scene
from tests.server import PAGE, Page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

JPEG = saved(scene(800, 600), "JPEG")
PICTURE = Page(body=JPEG, headers="Content-Type: image/jpeg")


def write_images(folder: Path, *images: str, name: str = "a.md") -> None:
    """Write a record with images, each an address and, after blanks, more of its lines."""
    rows = "".join(
        f"  - url: {address}\n" + "".join(f"    {line}\n" for line in more)
        for address, *more in (image.split(" | ") for image in images)
    )
    (folder / name).write_text(f"---\ntitle: An article\nimages:\n{rows}---\nText.\n")


def told(folder: Path, server: Server, *words: str, command: str = "run") -> list[dict[str, Any]]:
    done = archiver(command, "a.md", "--format", "jsonl", *words, *led_to(server), cwd=folder)
    assert done.stderr == ""
    return lines(done.stdout)[:-1]


def shown(body: bytes, content_type: str = "image/jpeg") -> Page:
    return Page(body=body, headers=f"Content-Type: {content_type}")


VERDICTS: dict[str, tuple[Page, str, str, list[str]]] = {
    "fine": (PICTURE, "alive", "ok", []),
    "a page in its place": (shown(PAGE, "image/jpeg"), "soft_404", "image_is_html", []),
    "a page that says so": (shown(PAGE, "text/html"), "soft_404", "image_is_html", []),
    "one pixel": (shown(saved(scene(1, 1), "GIF"), "image/gif"), "soft_404", "image_placeholder", []),
    "one colour": (shown(png(20, 10, 8, 0, bytes(21 * 10)), "image/png"), "soft_404", "image_placeholder", []),
    "cut": (shown(JPEG[: len(JPEG) // 3]), "broken", "truncated", []),
    "rubbish": (shown(b"no image at all"), "broken", "undecodable_image", []),
    "nothing": (shown(b""), "unknown", "empty", []),
    "60 megapixels": (shown(png(10_000, 6_000, 1, 0, b"\0" * 100), "image/png"), "unknown", "too_large", []),
    "called a page": (shown(JPEG, "text/html"), "alive", "ok", ["content_type"]),
    "gone": (Page(body=JPEG, status=404, headers="Content-Type: image/jpeg"), "gone", "status_404", []),
}


@pytest.mark.parametrize("command", ["check", "run"])
def test_what_images_show_is_judged(server: Server, tmp_path: Path, command: str) -> None:
    for number, (page, *_) in enumerate(VERDICTS.values()):
        server.pages[f"{number}.test/i"] = page
    write_images(tmp_path, *(f"http://{number}.test/i" for number in range(len(VERDICTS))))
    links = told(tmp_path, server, command=command)
    seen = {
        name: (link["verdict"], link["reason"], link["warnings"]) for name, link in zip(VERDICTS, links, strict=True)
    }
    assert seen == {name: (verdict, reason, warnings) for name, (_, verdict, reason, warnings) in VERDICTS.items()}


def test_a_run_keeps_images_and_thumbnails_and_a_check_does_not(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/i.jpg"] = PICTURE
    write_images(tmp_path, "http://a.test/i.jpg")
    (checked,) = told(tmp_path, server, command="check")
    assert (checked["image"]["width"], checked["image"]["path"], checked["image"]["thumbnails"]) == (800, None, [])
    assert not (tmp_path / "archive" / "images").exists()
    (link,) = told(tmp_path, server)
    digest = hashlib.sha256(JPEG).hexdigest()
    assert (tmp_path / "archive" / link["image"]["path"]).read_bytes() == JPEG
    assert link["image"].pop("thumbhash")
    assert link["image"] == {
        "format": "JPEG",
        "width": 800,
        "height": 600,
        "path": f"images/{digest[:2]}/{digest}.jpg",
        "thumbnails": [
            {"width": width, "height": width * 3 // 4, "path": f"thumbnails/{digest[:2]}/{digest}-{width}.webp"}
            for width in (320, 640, 800)
        ],
    }
    for thumbnail in link["image"]["thumbnails"]:
        assert (tmp_path / "archive" / thumbnail["path"]).read_bytes().startswith(b"RIFF")
    state = lines(archiver("history", "http://a.test/i.jpg", "--format", "jsonl", cwd=tmp_path).stdout)[-1]
    assert state["image"]["path"] == link["image"]["path"]


def test_a_declared_size_is_held_against_the_image_link_by_link(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/i"] = PICTURE
    write_images(
        tmp_path,
        "http://a.test/i | width: 1600 | height: 1200",
        "http://a.test/i | width: 800 | height: 600",
        "http://a.test/i | width: 800 | height: '500'",
        "http://a.test/i",
        "http://a.test/i | width: auto",
    )
    told_of = [(link["warnings"], link["note"]) for link in told(tmp_path, server, command="check")]
    assert told_of == [
        (["image_dimensions"], "declared 1600x1200, is 800x600, the same ratio"),
        ([], None),
        (["image_dimensions"], "declared 800x500, is 800x600, another ratio"),
        ([], None),
        ([], None),
    ]


@pytest.mark.parametrize("workers", ["1", "3"])
def test_one_picture_under_unrelated_addresses_is_a_placeholder(server: Server, tmp_path: Path, workers: str) -> None:
    same, other = PICTURE, shown(saved(scene(300, 200), "PNG"), "image/png")
    server.pages |= {f"a.test/{name}": same for name in ("one.jpg", "two.jpg", "three.jpg")}
    server.pages |= {f"b.test/{size}/one.jpg": same for size in ("320x240", "640x480", "800x600")}
    server.pages |= {"a.test/own.png": other, "b.test/two.jpg": same}
    write_images(tmp_path, *(f"http://{place}" for place in server.pages))
    links = told(tmp_path, server, "--workers", workers)
    assert {link["url"]: link["reason"] for link in links} == {
        f"http://{place}": "image_placeholder" if place[:6] == "a.test" and "own" not in place else "ok"
        for place in server.pages
    }
    assert {link["note"] for link in links} == {None, "3 images of its host are one and the same"}
    held = [bool(link["image"]) for link in links]
    assert held == [link["reason"] == "ok" for link in links]
    assert archiver("verify", cwd=tmp_path).returncode == 0


FOR_OTHERS: dict[str, tuple[bytes, str]] = {
    "a pixel": (saved(scene(1, 1), "GIF"), "image_placeholder"),
    "one colour": (saved(Image.new("RGB", (400, 300), "#ddd"), "JPEG"), "image_placeholder"),
    "a page": (PAGE, "image_is_html"),
}


@pytest.mark.parametrize(("for_others", "reason"), FOR_OTHERS.values(), ids=list(FOR_OTHERS))
def test_a_host_that_minds_who_refers_shows_what_a_site_would_be_shown(
    server: Server, tmp_path: Path, for_others: bytes, reason: str
) -> None:
    server.pages["a.test/i"] = replace(PICTURE, for_others=for_others)
    write_images(tmp_path, "http://a.test/i")
    (link,) = told(tmp_path, server)
    assert (link["reason"], bool(link["image"])) == ("ok", True)
    (tmp_path / "archiver.toml").write_text('[images]\nreferer = "https://site.example/"\n')
    (link,) = told(tmp_path, server)
    assert (link["reason"], link["image"]["width"]) == (reason, 800)
    referers = [arrival.headers.get("referer") for arrival in server.arrivals if arrival.path == "/i"]
    assert referers == [None, "https://site.example/"]
    warc = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.warc.gz"))
    assert warc.count(b"Referer: https://site.example/") == 1


def test_thumbnails_are_as_the_settings_want_them(server: Server, tmp_path: Path) -> None:
    server.pages["a.test/i"] = replace(PICTURE, etag='"1"')
    write_images(tmp_path, "http://a.test/i")
    for widths, formats in (([100], ["webp"]), ([100], ["webp"]), ([200, 100], ["avif", "jpeg"])):
        (tmp_path / "archiver.toml").write_text(f"[images]\nwidths = {widths}\nformats = {formats}\n")
        (link,) = told(tmp_path, server)
        made = sorted((each["width"], each["path"].rpartition(".")[2]) for each in link["image"]["thumbnails"])
        assert made == sorted((width, kind) for width in widths for kind in formats)
    conditions = [arrival.headers.get("if-none-match") for arrival in server.arrivals if arrival.path == "/i"]
    assert conditions == [None, '"1"', None]


@pytest.mark.parametrize("command", ["run", "refresh"])
def test_an_image_that_may_not_be_kept_is_looked_into_only(server: Server, tmp_path: Path, command: str) -> None:
    server.robots["a.test"] = b"User-agent: *\nDisallow: /\n"
    server.pages["a.test/i"] = PICTURE
    write_images(tmp_path, "http://a.test/i | width: 5")
    (link,) = told(tmp_path, server, command=command)
    assert (link["verdict"], link["warnings"]) == ("alive", ["robots", "image_dimensions"])
    assert (link["image"]["width"], link["image"]["path"], link["snapshot"]) == (800, None, None)
    assert not (tmp_path / "archive" / "images").exists()


# --- worker processes and kills -------------------------------------------------------------------------------

VARYING = {"checked_at", "elapsed_ms", "first_seen_at", "last_ok_at", "first_failed_at", "dead_since", "snapshot"}


def many(server: Server, folder: Path) -> list[str]:
    """Write a record with images of many hosts; give their addresses."""
    addresses = []
    for number in range(48):
        body = saved(scene(40 + number, 30), "JPEG") if number % 6 else PAGE
        server.pages[f"{number % 12}.test/{number}.jpg"] = shown(body)
        addresses.append(f"http://{number % 12}.test/{number}.jpg")
    write_images(folder, *addresses)
    return addresses


def test_worker_processes_see_what_one_sees(server: Server, tmp_path: Path) -> None:
    many(server, tmp_path)
    results = []
    for workers in ("1", "3"):
        links = told(tmp_path, server, "--workers", workers, "--archive", f"with-{workers}")
        results.append([{key: value for key, value in link.items() if key not in VARYING} for link in links])
        verified = archiver("verify", "--archive", f"with-{workers}", cwd=tmp_path)
        assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
    assert results[0] == results[1]
    assert {link["reason"] for link in results[0]} == {"ok", "image_is_html"}
    kept = [
        sorted(path.relative_to(tmp_path / f"with-{workers}") for path in tmp_path.glob(f"with-{workers}/*s/??/*"))
        for workers in "13"
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 80


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_leaves_no_row_without_its_image(server: Server, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    addresses = many(server, tmp_path)
    words = ["run", "a.md", *led_to(server), "--workers", str(1 + seed % 2), "--per-host", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "archiver", *words],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        wanted, end = chance.randrange(1, len(addresses)), time.monotonic() + 30
        while len(server.arrivals) < wanted and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(chance.random() / 2)
        family = descendants(run.pid)
        run.kill()
    wait_until_gone(family)
    done = archiver("run", "a.md", "--format", "jsonl", *led_to(server), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    images = [link["image"] for link in lines(done.stdout)[:-1]]
    assert sum(image is not None for image in images) == 40
    assert all((tmp_path / "archive" / image["path"]).exists() for image in images if image)
    verified = archiver("verify", cwd=tmp_path)
    assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [each for child in found for each in descendants(child)]


@pytest.mark.parametrize("size", [300_000, 500_000], ids=lambda size: f"{size // 1000} KB")
def test_a_full_disk_leaves_no_torn_image(server: Server, tmp_path: Path, size: int) -> None:
    for number in range(40):
        noise = saved(Image.effect_noise((400, 300), 60 + number), "JPEG", quality=95)
        server.pages[f"{number}.test/i"] = shown(noise)
    write_images(tmp_path, *(f"http://{number}.test/i" for number in range(40)), name="noise.md")
    server.pages["quiet.test/i"] = PICTURE
    write_images(tmp_path, "http://quiet.test/i", name="quiet.md")
    outcome = on_a_small_disk(tmp_path, [*words(server), "--snapshot", "none"], size)
    assert outcome["first.code"] == "2\n", outcome["first.err"]
    assert outcome["first.err"].startswith("archiver: the archive cannot be used: archive")
    assert (outcome["second.code"], outcome["second.err"]) == ("0\n", "")
    assert (outcome["verify.code"], outcome["verify.err"]) == ("0\n", ""), outcome["verify.out"]
