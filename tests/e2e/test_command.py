"""The command as a user runs it: a process, its two outputs, its exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archiver.cli import app
from archiver.options import SETTINGS

if TYPE_CHECKING:
    from tests.server import Server

ROOT = Path(__file__).parents[2]
HURRIED = ["--host-delay", "0ms", "--retries", "0", "--timeout", "1s", "--allow-net", "127.0.0.0/8", "--no-progress"]


def archiver(*words: str | Path, cwd: Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "archiver", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=False)


def led_to(server: Server) -> list[str]:
    return [*HURRIED, *(word for rule in server.connect_to for word in ("--connect-to", rule))]


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def write_record(folder: Path, *addresses: str, name: str = "a.md") -> Path:
    related = "".join(f"  - webUrl: {address}\n" for address in addresses[1:])
    path = folder / name
    path.write_text(f"---\ntitle: An article\nwebUrl: {addresses[0]}\nrelated:\n{related}---\nText.\n")
    return path


def test_links_of_the_example_record() -> None:
    done = archiver("links", "seeds/", "--format", "jsonl", cwd=ROOT)
    *links, summary = lines(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert summary == {
        "type": "summary",
        "records": 1,
        "unpublished": 0,
        "record_errors": 0,
        "links": 15,
        "targets": 14,
    }
    places = [(link["item"], link["role"]) for link in links]
    assert places == [
        *(("article", role) for role in ("original", "web", "amp", "cdn_amp", "image")),
        *(("related[0]", role) for role in ("web", "amp", "cdn_amp", "image")),
        *(("related[1]", role) for role in ("web", "image")),
        *(("related[2]", role) for role in ("web", "amp", "cdn_amp", "image")),
    ]
    for link in links:
        text = (ROOT / link["record"]).read_text().splitlines()[link["line"] - 1]
        assert text[link["column"] - 1 :].startswith(link["url"])


def test_a_check_tells_keeps_and_fails_on_what_is_gone(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/", "http://b.test/status/404", "http://c.test/301", "mailto:me@c.test")
    done = archiver("check", "a.md", "--format", "jsonl", *led_to(server), cwd=tmp_path)
    *links, summary = lines(done.stdout)
    assert done.returncode == 1, done.stderr
    assert [(link["verdict"], link["reason"], link["state"]) for link in links] == [
        ("alive", "ok", "alive"),
        ("gone", "status_404", "suspect"),
        ("moved", "redirect_301", "alive"),
        ("invalid", "bad_scheme", "dead"),
    ]
    assert links[2]["redirects"] == [{"status": 301, "url": "http://c.test/301"}]
    assert links[2]["final_url"] == "http://c.test/landing"
    assert links[3]["target"] is None
    assert summary["by_verdict"] == {"alive": 1, "gone": 1, "moved": 1, "invalid": 1}

    history = archiver("history", "http://b.test/status/404#part", "--format", "jsonl", cwd=tmp_path)
    place, check, state = lines(history.stdout)
    assert (place["record"], place["item"], place["line"]) == ("a.md", "related[0]", 5)
    assert (check["verdict"], check["status"]) == ("gone", 404)
    assert (state["state"], state["strikes"]) == ("suspect", 1)
    assert "gone" in archiver("history", "http://b.test/status/404", cwd=tmp_path).stdout

    verified = archiver("verify", cwd=tmp_path)
    assert (verified.returncode, verified.stdout) == (0, "1 run, 4 checks, 4 targets, 4 links\n")


def test_a_hundred_links_to_one_target_are_one_request(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, *(f"http://a.test/page#part-{number}" for number in range(100)))
    told = archiver("check", "a.md", "--format", "jsonl", *led_to(server), cwd=tmp_path).stdout
    *links, summary = lines(told)
    assert (len(links), summary["targets"]) == (100, 1)
    assert {(link["target"], link["verdict"]) for link in links} == {("http://a.test/page", "alive")}
    assert server.asked("a.test", "/page") == 1


def test_a_run_is_the_same_but_does_not_fail(server: Server, tmp_path: Path) -> None:
    server.robots["b.test"] = b"User-agent: *\nDisallow: /\n"
    write_record(tmp_path, "http://a.test/status/410", "http://b.test/")
    done = archiver("run", ".", *led_to(server), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "410: the page is gone for good (1st strike; dead after 2)" in done.stdout
    told = archiver("run", ".", "--format", "jsonl", *led_to(server), cwd=tmp_path).stdout
    assert [link["warnings"] for link in lines(told)[:-1]] == [[], ["robots"]]
    checked = archiver("check", ".", "--format", "jsonl", *led_to(server), cwd=tmp_path).stdout
    assert [link["warnings"] for link in lines(checked)[:-1]] == [[], []]


def test_the_text_tells_findings_by_record_and_line(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/", "http://b.test/status/404")
    told = archiver("check", "a.md", *led_to(server), cwd=tmp_path).stdout
    assert told == (
        "Suspect, with strong evidence: 1 link\n"
        "  http://b.test/status/404\n"
        "    404: the page is gone (1st strike; dead after 3)\n"
        "    a.md:5:13  related[0] webUrl\n"
        "\n"
        "2 links in 1 record: 1 alive, 1 gone\n"
        "100% judged\n"
        "By all that was seen so far: 1 alive, 1 suspect\n"
        "\n"
        "Next:\n"
        "  - Check again in 3 days: one bad visit makes no link dead.\n"
    )
    everything = archiver("check", "a.md", "--verbose", *led_to(server), cwd=tmp_path).stdout
    assert "a.md:3:9  webUrl" in everything


def test_the_text_of_a_history(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://b.test/status/404")
    archiver("check", "a.md", *led_to(server), cwd=tmp_path)
    told = archiver("history", "http://b.test/status/404", cwd=tmp_path).stdout.splitlines()
    assert told[0] == "http://b.test/status/404"
    assert told[3:5] == ["Stands in", "  a.md:3:9  webUrl"]
    assert told[7].endswith("  suspect  gone  404: the page is gone")
    assert told[10].startswith("  Dead after 2 more strikes; the next counts from ")


@pytest.mark.parametrize(("more", "painted"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_text_on_a_terminal(tmp_path: Path, more: dict[str, str], painted: bool) -> None:  # noqa: FBT001
    write_record(tmp_path, "https://example.com/an-address-of-some-length")
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    environment |= {"TERM": "xterm", "COLUMNS": "40", **more}
    command = [sys.executable, "-m", "archiver", "links", "a.md"]
    subprocess.run(command, cwd=tmp_path, stdout=theirs, check=True, env=environment)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert ("\x1b[" in shown) is painted
    assert "\r\n  3:9  webUrl  web\r\n    https://example.com/an-address-of-some-length\r\n" in shown


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_text_needs_no_locale(tmp_path: Path, locale: str) -> None:
    write_record(tmp_path, "https://日本.example/テスト")
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-W", "error", "-m", "archiver", "links", "a.md"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "https://日本.example/テスト".encode() in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["check", "nothing-here"], "no readable record"),
        (["check", "a.md", "--timeout", "soon"], "--timeout: 'soon' is not a duration, such as 250ms, 20s or 7d"),
        (["check", "a.md", "--max-page-bytes", "lots"], "--max-page-bytes: 'lots' is not a size"),
        (["check", "a.md", "--allow-net", "here"], "--allow-net: 'here' is not a network"),
        (["check", "a.md", "--connect-to", "here"], "--connect-to: 'here' is not HOST:PORT:TOHOST:TOPORT"),
        (["check", "a.md", "--ca-file", "none.pem"], "--ca-file: there is no file none.pem"),
        (["check", "a.md", "--contact", "x\r\nCookie: a=1"], "--contact: "),
        (["check", "a.md", "--per-host", "0"], "--per-host: '0' is not a whole number from 1 on"),
        (["check", "a.md", "--no-such-option"], "No such option: --no-such-option"),
        (["history", "http://never.test/"], "there is no archive"),
        (["verify"], "there is no archive"),
        (["links", "a.md", "--output", "no/such/folder/x"], "--output: no/such/folder/x cannot be written"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    write_record(tmp_path, "http://a.test/")
    done = archiver(*words, cwd=tmp_path)
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert not (tmp_path / "archive").exists()


def test_an_unreadable_record_does_not_stop_the_others(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/")
    (tmp_path / "b.md").write_text("---\ntitle: [never closed\n---\n")
    done = archiver("check", ".", "--format", "jsonl", *led_to(server), cwd=tmp_path)
    link, problem, summary = lines(done.stdout)
    assert (link["verdict"], problem["record"], problem["line"]) == ("alive", "b.md", 2)
    assert (done.returncode, summary["record_errors"]) == (1, 1)


def test_no_secret_leaves_the_record(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://me:hunter2@a.test/", "http://a.test/cookie-wall", "http://me:hunter2@[bad/")
    with (tmp_path / "a.md").open("a") as file:
        file.write("")
    done = archiver("check", "a.md", "--verbose", *led_to(server), cwd=tmp_path)
    told = (
        done.stdout + done.stderr + archiver("check", "a.md", "--format", "jsonl", *led_to(server), cwd=tmp_path).stdout
    )
    assert "http://***@a.test/" in told
    kept = b"".join(path.read_bytes() for path in (tmp_path / "archive").rglob("*") if path.is_file())
    for segment in (tmp_path / "archive").rglob("*.gz"):
        kept += subprocess.run(["gzip", "-dc", str(segment)], capture_output=True, check=True).stdout
    assert b"hunter2" not in told.encode() + kept
    assert b"seen=yes" not in kept
    assert all("authorization" not in arrival.headers for arrival in server.arrivals)


@pytest.mark.parametrize("module", ["archiver.model.hops", "typer", "archiver.cli", "archiver.fetch.wire"])
def test_ctrl_c_ends_a_command_quietly_while_it_is_imported(server: Server, tmp_path: Path, module: str) -> None:
    write_record(tmp_path, "http://a.test/silent")
    command = [sys.executable, "-X", "importtime", "-m", "archiver", "check", "a.md", *led_to(server)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(line.endswith(f" {module}\n") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGINT
    assert [line for line in errors.splitlines() if not line.startswith("import time:")] == []


STUCK = """
import archiver.__main__, archiver.cli

@archiver.cli.app.command("stuck")
def stuck():
    exec("import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)")

archiver.__main__.main()
"""


def test_ctrl_c_ends_a_command_by_its_exit_code_where_it_meets_code_made_of_a_text(tmp_path: Path) -> None:
    """As named tuples and data classes make it; `python -m` would die by the signal, whatever code was asked for."""
    (tmp_path / "stuck.py").write_text(STUCK)
    command = [sys.executable, "-m", "stuck", "stuck"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + signal.SIGINT, "", "")


def begin(server: Server, folder: Path, *addresses: str) -> subprocess.Popen[str]:
    """Begin a run that the slow of `addresses` hold up, and come back once the quick ones are kept."""
    write_record(folder, *addresses)
    patient = [*led_to(server), "--timeout", "60s", "--robots", "ignore", "--concurrency", "500"]
    command = [sys.executable, "-m", "archiver", "check", "a.md", "--format", "jsonl", *patient]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expected = sum("silent" not in address for address in addresses)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and kept(folder) < expected:
        time.sleep(0.05)
    return process


def kept(folder: Path) -> int:
    """Give the number of checks that a run under way has kept."""
    segments = list((folder / "archive").rglob("*.open"))
    if not segments:
        return 0
    text = subprocess.run(["gzip", "-dcq", str(segments[0])], capture_output=True, text=True, check=False).stdout
    return text.count('"type":"check"')


QUICK = [f"http://q{number}.test/" for number in range(5)]
SLOW = [f"http://s{number}.test/silent" for number in range(5)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_was_done(server: Server, tmp_path: Path, number: signal.Signals) -> None:
    process = begin(server, tmp_path, *QUICK, *SLOW)
    process.send_signal(number)
    told, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (128 + number, "")
    *links, summary = lines(told)
    assert [link["verdict"] for link in links] == ["alive"] * 5 + ["skipped"] * 5
    assert {(link["reason"], link["checked_at"], link["state"]) for link in links[5:]} == {
        ("not_reached", None, "unknown")
    }
    assert summary["interrupted"] is True
    assert archiver("verify", cwd=tmp_path).stdout == "1 run, 5 checks, 5 targets, 10 links\n"
    write_record(tmp_path, *QUICK)
    assert archiver("check", "a.md", *led_to(server), cwd=tmp_path).returncode == 0


def test_a_killed_run_keeps_what_was_done(server: Server, tmp_path: Path) -> None:
    process = begin(server, tmp_path, *QUICK, *SLOW)
    process.kill()
    process.communicate(timeout=30)
    write_record(tmp_path, *QUICK)
    assert archiver("check", "a.md", *led_to(server), cwd=tmp_path).returncode == 0
    verified = archiver("verify", cwd=tmp_path)
    assert (verified.returncode, verified.stdout) == (0, "2 runs, 10 checks, 5 targets, 10 links\n")


def test_a_second_run_says_who_holds_the_archive(server: Server, tmp_path: Path) -> None:
    process = begin(server, tmp_path, *QUICK, *SLOW)
    second = archiver("check", "a.md", *led_to(server), cwd=tmp_path)
    assert (second.returncode, second.stdout) == (75, "")
    assert f"in use by process {process.pid} (archiver check a.md" in second.stderr
    reader = archiver("history", QUICK[0], cwd=tmp_path)
    assert (reader.returncode, reader.stderr) == (0, "")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_help_names_every_command_and_the_readme_too() -> None:
    help_text = archiver("--help", cwd=ROOT).stdout
    readme = (ROOT / "README.md").read_text()
    names = [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]
    assert names == ["run", "check", "links", "plan", "history", "refresh", "verify", "config", "demo", "export"]
    for name in names:
        assert f"  {name} " in help_text
        assert f"archiver {name}" in readme


def test_every_option_stands_in_the_documentation() -> None:
    documentation = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    for command in ("check", "history", "verify", "links", "refresh"):
        for option in re.findall(r"(--[a-z-]+)", archiver(command, "--help", cwd=ROOT).stdout):
            assert option in documentation or option == "--help", option


def test_every_setting_stands_in_its_page() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for row in SETTINGS:
        option = f"`{row.option}" if row.in_command else ""
        assert f"\n| `{row.key}` | {option}" in page, row.key
        for text in row.default_texts:
            assert f"`{text}`" in page.partition(f"\n| `{row.key}` |")[2].partition("\n")[0], row.key


def test_output_goes_to_a_file_and_survives_a_closed_pipe(server: Server, tmp_path: Path) -> None:
    write_record(tmp_path, "http://a.test/")
    done = archiver("check", "a.md", "--format", "jsonl", "--output", "out.jsonl", *led_to(server), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(lines((tmp_path / "out.jsonl").read_text())) == 2
    command = f"{sys.executable} -m archiver links {ROOT / 'seeds'} | head -1"
    piped = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, env=os.environ)
    assert "Traceback" not in piped.stderr
