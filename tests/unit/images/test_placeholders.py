"""The same bytes under unrelated addresses of a host."""

from __future__ import annotations

import pytest

from archiver.images.placeholders import SeenImage, placeholders, subject
from archiver.model import HostKey

HOST = HostKey("example.com")


def found(*paths: str, digest: str = "sha256:a") -> set[str]:
    """The paths that are placeholders, of those that got the same bytes."""
    images = [SeenImage(f"https://example.com{path}", digest) for path in paths]
    return {url.removeprefix("https://example.com") for url in placeholders({HOST: images})}


def test_three_unrelated_addresses_with_the_same_bytes() -> None:
    assert found("/a.jpg", "/b.jpg", "/c.jpg") == {"/a.jpg", "/b.jpg", "/c.jpg"}
    assert found("/a.jpg", "/b.jpg") == set()


RELATED = {
    "queries": ("/a.jpg", "/a.jpg?w=1", "/a.jpg?w=2"),
    "sizes": ("/320x180/a.jpg", "/640x360/a.jpg", "/1600x900/a.jpg"),
    "sizes in names": ("/a-320x180.jpg", "/a-640x360.jpg", "/a-1600x.jpg"),
    "widths": ("/w320/a.jpg", "/w_640/a.jpg", "/w=1280/a.jpg"),
    "case": ("/A.jpg", "/a.JPG", "/a.jpg"),
    "the same twice": ("/a.jpg", "/a.jpg", "/b.jpg"),
}


@pytest.mark.parametrize("paths", RELATED.values(), ids=RELATED)
def test_related_addresses_count_once(paths: tuple[str, ...]) -> None:
    assert found(*paths) == set()


def test_related_ones_are_placeholders_with_the_rest() -> None:
    assert found("/a.jpg", "/a.jpg?w=1", "/b.jpg", "/c.jpg") == {"/a.jpg", "/a.jpg?w=1", "/b.jpg", "/c.jpg"}


def test_hosts_and_digests_are_told_apart() -> None:
    images = {
        HOST: [SeenImage("https://example.com/a", "1"), SeenImage("https://example.com/b", "1")],
        HostKey("example.org"): [SeenImage("https://example.org/c", "1"), SeenImage("https://example.org/d", "2")],
    }
    assert placeholders(images) == frozenset()


@pytest.mark.parametrize("path", ["/2021/08/a.jpg", "/gallery2/b.jpg", "/box/c.jpg", "/0x.jpg5", "/w/d.jpg"])
def test_numbers_that_are_no_sizes_stay(path: str) -> None:
    assert subject(f"https://example.com{path}") == path
