"""queries.sql: every statement has a name, a word on what it does, and a use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import archiver.archive
from archiver.archive.queries import QUERIES, load


def test_load() -> None:
    text = "-- A file.\n\n-- name: one\n-- First.\nSELECT 1;\n\n-- name: two\n-- Second.\nSELECT 2;\n"
    assert load(text) == {"one": "-- First.\nSELECT 1;\n\n", "two": "-- Second.\nSELECT 2;\n"}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_described_and_used(name: str) -> None:
    assert re.match(r"-- .+\.\n[A-Z]", QUERIES[name])
    code = "".join(path.read_text() for path in Path(archiver.archive.__file__).parent.glob("*.py"))
    assert name.startswith("create_") or f'"{name}"' in code
