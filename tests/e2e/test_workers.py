"""More than one process: the results are those of one, hosts are asked as politely, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.test_command import archiver, led_to, lines

if TYPE_CHECKING:
    from tests.server import Server

HOSTS = [f"{name}.test" for name in "abcdefgh"]
TROUBLES = ["/1", "/2", "/gzip", "/status/404", "/301", "/count-down?3", "/cookie-wall", "/empty", "/429-then-200"]
VARYING = {"checked_at", "elapsed_ms", "first_seen_at", "last_ok_at", "first_failed_at", "dead_since", "snapshot"}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    related = "".join(f"  - webUrl: http://{host}{path}\n" for host in HOSTS for path in TROUBLES)
    path = tmp_path / "a.md"
    path.write_text(f"---\ntitle: An article\nrelated:\n{related}---\n")
    return path


def run(server: Server, record: Path, workers: int, *more: str) -> list[dict[str, Any]]:
    folder = f"with-{workers}"
    words = ["--format", "jsonl", "--workers", str(workers), "--archive", folder, *led_to(server), *more]
    done = archiver("run", record.name, *words, cwd=record.parent)
    assert (done.returncode, done.stderr) == (0, "")
    verified = archiver("verify", "--archive", folder, cwd=record.parent)
    assert verified.returncode == 0, verified.stdout
    return lines(done.stdout)


def told(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in link.items() if key not in VARYING} for link in links[:-1]]


def test_the_results_are_those_of_one(record: Path) -> None:
    from tests.server import Server  # noqa: PLC0415 (each run has a server of its own, which counts anew)

    results = []
    for workers in (1, 4):
        with Server() as server:
            results.append(told(run(server, record, workers)))
            assert max(server.asked(host, "/1") for host in HOSTS) == 1
    assert results[0] == results[1]
    assert {link["verdict"] for link in results[0]} == {"alive", "blocked", "gone", "moved", "unknown"}
    assert len(list(record.parent.glob("with-1/warc/*/*/*.gz"))) == 1
    assert len(list(record.parent.glob("with-4/warc/*/*/*.gz"))) == 4


def test_each_host_is_asked_as_politely_as_by_one(server: Server, record: Path) -> None:
    run(server, record, 4, "--host-delay", "100ms", "--per-host", "2", "--snapshot", "page")
    for host in HOSTS:
        times = server.times(host)
        assert len(times) > len(TROUBLES)
        spaced_s = 0.1 * (len(times) - 1)
        assert times[-1] - times[0] > 0.8 * spaced_s, host  # the first may have been seen a little late
        assert server.most_open[host] <= 2


def hanging(server: Server, folder: Path, *more: str) -> subprocess.Popen[str]:
    """Start a run over hosts that never answer, with three processes; give it once they are at work."""
    related = "".join(f"  - webUrl: http://{host}/silent\n" for host in HOSTS)
    (folder / "a.md").write_text(f"---\ntitle: An article\nrelated:\n{related}---\n")
    words = ["run", "a.md", *led_to(server), "--timeout", "30s", "--workers", "3", "--robots", "ignore", *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.arrivals) < len(HOSTS):
        time.sleep(0.02)
    return process


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pids: list[int]) -> None:
    while any(map(is_there, pids)):
        time.sleep(0.02)


def test_an_archive_in_use_lets_no_process_hang(server: Server, tmp_path: Path) -> None:
    """Three processes are hired, and none of them is ever given an order."""
    process = hanging(server, tmp_path)
    second = archiver("run", "a.md", *led_to(server), "--workers", "3", cwd=tmp_path)
    assert (second.returncode, f"in use by process {process.pid}" in second.stderr) == (75, True)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_an_interrupted_run_takes_its_processes_along(server: Server, tmp_path: Path) -> None:
    process = hanging(server, tmp_path)
    crew = children(process.pid)
    assert len(crew) == 2
    for pid in (process.pid, *crew):
        os.kill(pid, signal.SIGINT)  # as a terminal does it
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (130, "")
    wait_until_gone(crew)


def test_a_killed_run_takes_its_processes_along(server: Server, tmp_path: Path) -> None:
    process = hanging(server, tmp_path)
    crew = children(process.pid)
    process.kill()
    process.communicate(timeout=30)
    wait_until_gone(crew)
    assert archiver("verify", "--repair", cwd=tmp_path).returncode == 0


def test_a_process_that_is_killed_takes_along_no_more_than_it_was_asking(server: Server, tmp_path: Path) -> None:
    limits = ["--timeout", "2s", "--retries", "0", "--control", "http://control.test/1", "--format", "jsonl"]
    process = hanging(server, tmp_path, *limits)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0
    assert stderr == "archiver: a worker process ended before its time: what it was asking was not reached\n"
    reasons = Counter(link["reason"] for link in lines(stdout)[:-1])
    assert reasons.keys() == {"not_reached", "timeout"}
    assert reasons.total() == len(HOSTS)
    assert archiver("verify", "--repair", cwd=tmp_path).returncode == 0


def test_the_hosts_of_a_killed_process_go_to_others(server: Server, tmp_path: Path) -> None:
    related = "".join(f"  - webUrl: http://{host}/{number}\n" for host in HOSTS for number in range(40))
    (tmp_path / "a.md").write_text(f"---\ntitle: An article\nrelated:\n{related}---\n")
    words = ["run", "a.md", *led_to(server), "--workers", "2", "--format", "jsonl", "--host-delay", "50ms"]
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.arrivals) < 40:
        time.sleep(0.02)
    os.kill(children(process.pid)[0], signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, "ended before its time" in stderr) == (0, True)
    verdicts = Counter((link["verdict"], link["reason"]) for link in lines(stdout)[:-1])
    assert verdicts.keys() == {("alive", "ok"), ("skipped", "not_reached")}
    assert verdicts["alive", "ok"] > len(HOSTS) * 20
    assert archiver("verify", "--repair", cwd=tmp_path).returncode == 0
