"""Rule: several processes read as one does, in the same order; whatever becomes of them, everything is read."""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archiver.records import ReadingRules, read
from archiver.records.cache import Cache
from archiver.records.many import LEAST_BYTES, MOST_PROCESSES, Sent, processes_for, share_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from archiver.records import Reading

MANY = [f"{number}.md" for number in range(400)]
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


HALF = LEAST_BYTES // 2
NUMBERS = [
    ([], 8, 0),
    ([HALF, HALF - 1], 8, 0),
    ([HALF, HALF], 8, 2),
    ([HALF, HALF, 0], 8, 3),
    ([HALF] * 99, 8, 8),
    ([HALF] * 99, 1, 0),
    ([HALF] * 99, 64, MOST_PROCESSES),
    ([LEAST_BYTES], 8, 0),
]


@pytest.mark.parametrize(("sizes_bytes", "processors", "processes"), NUMBERS)
def test_little_to_read_or_one_processor_is_not_worth_it(
    sizes_bytes: list[int], processors: int, processes: int
) -> None:
    assert processes_for(sizes_bytes, processors) == processes


@pytest.mark.parametrize(
    ("size_bytes", "processors", "processes"), [(LEAST_BYTES, 2, 1), (LEAST_BYTES, 1, 0), (9, 2, 0)]
)
def test_one_large_file_is_read_beside_other_work(size_bytes: int, processors: int, processes: int) -> None:
    assert processes_for([size_bytes], processors, is_busy=True) == processes


def told_once_there_is(file: Path, path: str) -> Sent:
    while not file.exists():
        time.sleep(0.01)
    return told(path)


def test_other_work_is_done_while_they_read(tmp_path: Path) -> None:
    file = tmp_path / "done"
    parsed = list(share_out([LAST], partial(told_once_there_is, file), 1, meanwhile=file.touch))
    assert names(parsed) == [LAST]


@pytest.mark.parametrize("send", [dies_at_the_last, fails_at_the_last], ids=lambda send: send.__name__)
def test_what_they_owe_is_told(send: Callable[[str], Sent]) -> None:
    """As nothing, for the caller to read it; what came before holds."""
    parsed = names(list(share_out(MANY, send, 2)))
    assert len(parsed) == len(MANY)
    assert parsed[-1] is None
    assert all(name in (None, path) for name, path in zip(parsed, MANY, strict=True))


def is_asked_to_end() -> None:
    raise KeyboardInterrupt


def test_none_outlives_an_early_end(tmp_path: Path) -> None:
    waits_for_ever = partial(told_once_there_is, tmp_path / "never")
    with pytest.raises(KeyboardInterrupt):
        list(share_out(MANY, waits_for_ever, 2, meanwhile=is_asked_to_end))
    assert multiprocessing.active_children() == []


def test_none_outlives_an_interrupt_of_who_takes_it(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "a.md").write_text("---\nwebUrl: https://e.com/\n---\n")
    (folder / "b.json").write_text(f"[{'{},' * 1_000_000}{{}}]")  # which takes a second
    times = iter([1, 2])  # when each file is looked at; then it is to be kept

    def now_ns() -> int:
        for time_ns in times:
            return time_ns
        raise KeyboardInterrupt

    with Cache(tmp_path / "cache.db", ReadingRules(), now_ns) as cache, pytest.raises(KeyboardInterrupt) as raised:
        read([str(folder)], ReadingRules(), cache)
    assert raised.tb is not None  # which holds all that was under way
    assert multiprocessing.active_children() == []


def test_where_no_pipe_can_be_made_nothing_is_given() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        parsed = list(share_out(MANY, told, 2))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert parsed == [None] * len(MANY)


KILLED = """
import os, signal, sys
from multiprocessing import active_children
from pathlib import Path
from archiver.records.many import Sent, share_out
from tests.edge.test_records_many import MANY, told_once_there_is

def much(path):
    told_once_there_is(Path(sys.argv[1]), path)
    return Sent(bytes(100_000), None)  # more than a pipe holds

def tell_whom_and_die():
    print(*(child.pid for child in active_children()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

list(share_out(MANY, much, 2, meanwhile=tell_whom_and_die))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who is there")
def test_none_outlives_a_killed_main_process_for_long(tmp_path: Path) -> None:
    """Once it has what it was reading, and nobody takes it."""
    file = tmp_path / "done"
    command = [sys.executable, "-c", KILLED, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        helpers = [Path("/proc", pid) for pid in killed.stdout.readline().split()]
    assert len(helpers) == 2
    assert all(map(Path.exists, helpers))
    file.touch()
    deadline = time.monotonic() + 20
    while any(map(is_at_work, helpers)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_at_work(process: Path) -> bool:
    """Tell whether a process is there, and no zombie that nobody waits for."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def problems(reading: Reading) -> list[tuple[str, int | None, str]]:
    return [(problem.record, problem.line, problem.message) for problem in reading.problems]


def told_of(reading: Reading) -> tuple[object, ...]:
    return reading.links, problems(reading), reading.records, reading.unpublished


RULES = {"default": ReadingRules(), "others": ReadingRules(unpublished=True, base_url="https://b.example/")}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_many_files_are_read_as_one_by_one(tmp_path: Path, rules: ReadingRules) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for number in range(40):
        body = f"[x](/y) {'and words ' * (LEAST_BYTES // 300)}"
        (folder / f"{number:03}.md").write_text(f"---\nwebUrl: https://e.com/{number}\n---\n{body}\n")
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
