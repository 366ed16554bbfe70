"""The record cache, as a user meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def links(cwd: Path, *more: str, cache: Path) -> str:
    command = [sys.executable, "-W", "error", "-m", "archiver", "links", "a.md", "--format", "jsonl", *more]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout


def test_a_second_listing_is_as_the_first(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nwebUrl: https://e.com/a\n---\nhttps://e.com/b\n")
    cache = tmp_path / "cache"
    first = links(tmp_path, cache=cache)
    assert [path.parent.name for path in cache.rglob("records-*.db")] == ["archiver"]
    assert links(tmp_path, cache=cache) == first
    (tmp_path / "a.md").write_text("---\nwebUrl: https://e.com/A\n---\nhttps://e.com/b\n")
    assert links(tmp_path, cache=cache) == first.replace("/a", "/A")


def test_it_may_be_done_without(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("https://e.com/b\n")
    cache = tmp_path / "cache"
    assert "https://e.com/b" in links(tmp_path, "--no-record-cache", cache=cache)
    assert not cache.exists()


def test_a_cache_that_cannot_be_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("https://e.com/b\n")
    (tmp_path / "cache").write_text("a file, not a folder")
    assert "https://e.com/b" in links(tmp_path, cache=tmp_path / "cache")
