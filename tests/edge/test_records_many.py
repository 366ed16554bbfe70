"""Rule: several processes read as one does, in the same order; whatever becomes of them, everything is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from archiver.records import ReadingRules, read
from archiver.records.cache import Cache
from archiver.records.many import LEAST_FILES, MOST_PROCESSES, Sent, processes_for, share_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiver.records import Reading

MANY = [f"{number}.md" for number in range(LEAST_FILES)]
LAST = MANY[-1]


def told(path: str) -> Sent:
    return Sent(path.encode(), str(os.getpid()).encode())


def dies_at_the_last(path: str) -> Sent:
    if path == LAST:
        os._exit(1)
    return told(path)


def fails_at_the_last(path: str) -> Sent:
    if path == LAST:
        raise OSError("no more memory, say")
    return told(path)


def names(parsed: list[Sent | None]) -> list[str | None]:
    return [each and each.packed.decode() for each in parsed]


def test_they_give_all_in_order() -> None:
    parsed = list(share_out(MANY, told, 2))
    assert names(parsed) == MANY
    assert str(os.getpid()).encode() not in {each.digest for each in parsed if each}


NUMBERS = [
    (1, 8, 1),
    (LEAST_FILES - 1, 8, 1),
    (LEAST_FILES, 8, 8),
    (LEAST_FILES, 1, 1),
    (LEAST_FILES, 64, MOST_PROCESSES),
]


@pytest.mark.parametrize(("files", "processors", "processes"), NUMBERS)
def test_few_files_or_processors_are_not_worth_it(files: int, processors: int, processes: int) -> None:
    assert processes_for(files, processors) == processes


@pytest.mark.parametrize("send", [dies_at_the_last, fails_at_the_last], ids=lambda send: send.__name__)
def test_what_they_owe_is_told(send: Callable[[str], Sent]) -> None:
    """As nothing, for the caller to read it; what came before holds."""
    parsed = names(list(share_out(MANY, send, 2)))
    assert len(parsed) == len(MANY)
    assert parsed[-1] is None
    assert all(name in (None, path) for name, path in zip(parsed, MANY, strict=True))


def problems(reading: Reading) -> list[tuple[str, int | None, str]]:
    return [(problem.record, problem.line, problem.message) for problem in reading.problems]


def told_of(reading: Reading) -> tuple[object, ...]:
    return reading.links, problems(reading), reading.records, reading.unpublished


RULES = {"default": ReadingRules(), "others": ReadingRules(unpublished=True, base_url="https://b.example/")}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_many_files_are_read_as_one_by_one(tmp_path: Path, rules: ReadingRules) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for number in range(LEAST_FILES + 10):
        (folder / f"{number:03}.md").write_text(f"---\nwebUrl: https://e.com/{number}\n---\n[x](/y)\n")
    (folder / "001.md").write_bytes(b"---\na: \xff\n---\n")
    (folder / "002.md").write_text("---\na: [\n---\n")
    (folder / "003.md").write_text("---\npublished: false\nwebUrl: https://e.com/\n---\n")
    together = read([str(folder)], rules)
    one_by_one = [read([str(path)], rules) for path in sorted(folder.iterdir())]
    assert told_of(together) == (
        tuple(link for reading in one_by_one for link in reading.links),
        [problem for reading in one_by_one for problem in problems(reading)],
        sum(reading.records for reading in one_by_one),
        sum(reading.unpublished for reading in one_by_one),
    )
    for _ in range(2):
        with Cache(tmp_path / "cache.db", rules) as cache:
            assert told_of(read([str(folder)], rules, cache)) == told_of(together)
