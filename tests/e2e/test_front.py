"""The first five minutes: the demonstration, a plan, what is due, and a network that is away."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_command import archiver, led_to, lines, write_record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server


def test_the_demonstration_shows_states_move_and_leaves_nothing(tmp_path: Path) -> None:
    done = archiver("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, second = done.stdout.partition("four days later")
    assert "Suspect, with strong evidence" in first
    assert "Newly dead: 1 link" in second
    assert "93% judged, 7% blocked" in first
    assert list(tmp_path.iterdir()) == []


def test_the_demonstration_keeps_its_results_where_it_is_told(tmp_path: Path) -> None:
    assert archiver("demo", "--archive", "kept", cwd=tmp_path).returncode == 0
    verified = archiver("verify", "--archive", "kept", cwd=tmp_path)
    assert (verified.returncode, verified.stdout) == (
        0,
        "2 runs, 28 checks, 14 targets, 15 links, 29 captures, 2 warcs, 4 images, 12 thumbnails\n",
    )


def test_the_demonstration_needs_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "93% judged, 7% blocked" in archiver("demo", cwd=tmp_path).stdout


def test_the_demonstration_stays_out_of_a_real_archive(tmp_path: Path) -> None:
    (tmp_path / "archive" / "checks").mkdir(parents=True)
    done = archiver("demo", "--archive", "archive", cwd=tmp_path)
    assert done.returncode == 2
    assert "archive holds checks already" in done.stderr


def test_a_plan_tells_what_it_could_not_read(tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/")
    (tmp_path / "b.md").write_text("---\ntitle: [never closed\n---\n")
    done = archiver("plan", ".", cwd=tmp_path)
    assert (done.returncode, done.stderr[:7]) == (1, "b.md:2:")


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("links a.md > /dev/full", 2, "standard output cannot be written"),
        ("links a.md >&-", 2, "standard output is closed"),
        ("links - <&-", 2, "standard input is closed"),
        ("printf '\\377' | archiver links -", 2, "standard input: the byte 0xFF is not UTF-8"),
        ("check a.md --max-age 999999999999d", 2, "is longer than a hundred years"),
        ("check a.md --timeout 0s", 2, "leaves no time for any answer"),
        ("check a.md --output a.md", 2, "is a record, or in the archive"),
        ("check a.md --output archive/archive.db", 2, "is a record, or in the archive"),
        ("check a.md --ca-file a.md --allow-net 127.0.0.1", 2, "a.md holds no certificates in PEM form"),
        ("check a.md --control 'https://me:hunter2@exa mple/'", 2, "https://***@exa mple/"),
    ],
)
def test_first_mistakes_are_told_in_a_sentence(tmp_path: Path, command: str, code: int, sentence: str) -> None:
    write_record(tmp_path, "http://a.test/")
    script = f"{sys.executable} -m archiver"
    line = command.replace("archiver", script) if "|" in command else f"{script} {command}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code


@pytest.mark.parametrize("command", ["links", "plan"])
def test_what_asks_nothing_loads_little(command: str, tmp_path: Path) -> None:
    write_record(tmp_path, "https://example.org/")
    code = (
        "import sys; from archiver.cli import app; app(standalone_mode=False)\n"
        "print({'aiohttp', 'archiver.fetch', 'asyncio', 'httpx', 'pydantic', 'rich', 'ssl'} & {*sys.modules})"
    )
    words = [sys.executable, "-c", code, command, "."]
    said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "set()"


def test_a_plan_asks_nothing(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, *(f"http://a.test/{number}" for number in range(9)), "http://b.test/")
    done = archiver("plan", "a.md", "--format", "jsonl", "--host-delay", "10s", "--snapshot", "page", cwd=tmp_path)
    first, second, plan = lines(done.stdout)
    assert (first["host"], first["requests"], second["requests"]) == ("a.test", 10, 2)
    assert (plan["requests"], plan["left_out"]) == (12, 0)
    assert 90 <= plan["duration_s"] <= 91
    assert (
        "about 90 s, of which 90 s are politeness"
        in archiver("plan", "a.md", "--host-delay", "10s", "--snapshot", "page", cwd=tmp_path).stdout
    )
    assert server.arrivals == []
    assert not (tmp_path / "archive").exists()


def test_only_what_is_due_is_visited(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/", "http://b.test/")
    archiver("check", "a.md", *led_to(server), cwd=tmp_path)
    server.arrivals.clear()
    write_record(tmp_path, "http://a.test/", "http://b.test/", "http://new.test/")
    *links, _ = lines(archiver("check", "a.md", "--due", "--format", "jsonl", *led_to(server), cwd=tmp_path).stdout)
    assert [(link["verdict"], link["reason"], link["state"]) for link in links] == [
        ("skipped", "not_due", "alive"),
        ("skipped", "not_due", "alive"),
        ("alive", "ok", "alive"),
    ]
    assert {arrival.host for arrival in server.arrivals} == {"new.test"}
    (plan,) = lines(archiver("plan", "a.md", "--due", "--format", "jsonl", cwd=tmp_path).stdout)
    assert (plan["requests"], plan["left_out"]) == (0, 3)


def test_a_young_verdict_is_told_again(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/status/404")
    archiver("check", "a.md", *led_to(server), cwd=tmp_path)
    server.arrivals.clear()
    done = archiver("check", "a.md", "--max-age", "1d", "--format", "jsonl", *led_to(server), cwd=tmp_path)
    link, _ = lines(done.stdout)
    assert (link["verdict"], link["cached"], link["strikes"], done.returncode) == ("gone", True, 1, 1)
    assert server.arrivals == []
    assert archiver("verify", cwd=tmp_path).stdout == "2 runs, 1 check, 1 target, 1 link\n"


def test_a_network_that_is_away_makes_a_run_inconclusive(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, *(f"http://h{number}.test/" for number in range(6)))
    words = ["check", "a.md", "--format", "jsonl", *led_to(server), "--outage-wait", "0s"]
    server.go_away()
    done = archiver(*words, cwd=tmp_path)
    *links, summary = lines(done.stdout)
    assert (done.returncode, summary["inconclusive"]) == (3, True)
    assert {(link["verdict"], *link["warnings"], link["state"]) for link in links} == {
        ("unreachable", "inconclusive", "unknown")
    }
    server.come_back()
    done = archiver(*words, cwd=tmp_path)
    *links, summary = lines(done.stdout)
    assert (done.returncode, summary["inconclusive"]) == (0, False)
    assert {link["state"] for link in links} == {"alive"}


def test_standard_input_and_addresses_are_records_too(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "archiver", "check", "-", "http://b.test/x", "--format", "jsonl", *led_to(server)]
    text = "See [this](http://a.test/page) and <http://a.test/other>.\n"
    done = subprocess.run(command, input=text, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    links = [json.loads(line) for line in done.stdout.splitlines()][:-1]
    assert [(link["record"], link["role"], link["line"], link["column"], link["verdict"]) for link in links] == [
        ("-", "body", 1, 12, "alive"),
        ("-", "body", 1, 37, "alive"),
        ("(arguments)", "other", 1, 1, "alive"),
    ]
