"""Runs: their ids sort by time and differ by chance."""

from __future__ import annotations

import re
from datetime import timedelta

from archiver.archive import new_run
from tests.edge.archives import DAY_0


def test_an_id_is_time_and_chance() -> None:
    run = new_run("archiver run seeds/", "0.1.0", DAY_0, "ab12cd")
    assert run.run == "20260130T120304567Z-ab12cd"
    assert run.started_at == "2026-01-30T12:03:04.567Z"


def test_ids_of_one_moment_differ() -> None:
    ids = {new_run("", "", DAY_0).run for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"20260130T120304567Z-[0-9a-f]{6}", each) for each in ids)


def test_ids_sort_by_time() -> None:
    ids = [new_run("", "", DAY_0 + timedelta(milliseconds=ms)).run for ms in (0, 1, 999, 86_400_000)]
    assert ids == sorted(ids)


def test_no_password_is_kept() -> None:
    run = new_run("archiver run https://me:secret@a.example/ --x https://you:secret@b.example/", "0.1.0", DAY_0)
    assert run.command == "archiver run https://***@a.example/ --x https://***@b.example/"
