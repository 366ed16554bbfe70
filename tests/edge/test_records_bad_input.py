"""Rule: what is bad is told with its file, its line and a sentence, and the rest is read as if it were not there."""

# ruff: noqa: E501 (a row of a table reads best on one line)
from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from archiver.model import Reason
from archiver.records import read

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "---\nwebUrl: https://e.com/good\n---\nhttps://e.com/body\n"
BOMB = "a: &a0 [x, x]\n" + "".join(f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))

FILES: dict[str, tuple[bytes, int | None, str]] = {
    "unterminated.md": (b"---\nwebUrl: https://e.com/\n", 1, "the front matter does not end: no line `---` closes it"),
    "unterminated-toml.md": (b"+++\na = 1\n", 1, "the front matter does not end: no line `+++` closes it"),
    "unterminated-json.md": (b'{"a": 1,\n\nText', 3, "this is not JSON: expecting property name enclosed in double quotes"),
    "syntax.md": (b"---\na: 1\nb: c: d\n---\n", 3, "this is not YAML: mapping values are not allowed in this context"),
    "syntax-toml.mdx": (b"+++\na = 1\nb = c\n+++\n", 3, "this is not TOML: invalid value"),
    "syntax-json.html": (b'{"a": 1,\n "b" 2}\n', 2, "this is not JSON: expecting ':' delimiter"),
    "tab.md": (b"---\na:\n\tb: 1\n---\n", 3, "a tab stands where YAML wants spaces"),
    "bomb.md": (f"---\n{BOMB}---\n".encode(), 7, "aliases repeat more than 100,000 values"),
    "deep.md": (b"---\na: 1\nb: " + b"[" * 100_000 + b"\n---\n", 3, "the record is nested more than 100 deep"),
    "deep-toml.md": (b"+++\na = " + b"[" * 100_000 + b"\n+++\n", 2, "the record is nested more than 100 deep"),
    "deep-json.md": (b'{"a": ' + b"[" * 100_000 + b"}\n", 1, "the record is nested more than 100 deep"),
    "deep.json": (b"[" * 100_000, 1, "the record is nested more than 100 deep"),
    "large.md": (b"---\na: " + b"a" * 1_000_001 + b"\n---\n", 1, "the front matter is over 1,000,000 characters"),
    "large-toml.md": (b"+++\na = '" + b"a" * 1_000_001 + b"'\n+++\n", 1, "the front matter is over 1,000,000 characters"),
    "large-json.md": (b'{"a": "' + b"a" * 1_000_001 + b'"}\n', 1, "the front matter is over 1,000,000 characters"),
    "latin.md": (b"---\na: b\n---\ncaf\xe9\n", 4, "the byte 0xE9 is not UTF-8"),
    "latin.html": (b"<p>\n<a href='\xff'>", 2, "the byte 0xFF is not UTF-8"),
    "utf-16.json": ("\ufeff{}".encode("utf-16-le"), 1, "the byte 0xFF is not UTF-8"),
    "value.md": (b"---\njust a line\n---\n", 2, "a single value stands where a record is wanted"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "row"), FILES.items(), ids=FILES)
def test_a_bad_file_is_a_problem_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, row: tuple[bytes, int | None, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    content, line, message = row
    (tmp_path / "0.md").write_text(GOOD)
    (tmp_path / name).write_bytes(content)
    (tmp_path / "z.md").write_text(GOOD)
    reading = read(["."])
    assert [(problem.record, problem.line, problem.message) for problem in reading.problems] == [(name, line, message)]
    assert [link.record for link in reading.links] == ["0.md", "0.md", "z.md", "z.md"]
    assert reading.records == 2


TWICE = {
    "a.md": "---\nwebUrl: https://no.example/\nwebUrl: https://e.com/a\n---\nhttps://e.com/b\n",
    "b.md": '{"webUrl": "https://no.example/",\n\n"webUrl": "https://e.com/a"}\nhttps://e.com/b\n',
}


@pytest.mark.parametrize(("name", "text"), TWICE.items(), ids=TWICE)
def test_a_key_twice_is_a_problem_and_the_last_value_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    reading = read([str(path)])
    assert [(problem.line, problem.message) for problem in reading.problems] == [
        (3, "the key 'webUrl' stands here again: the last value holds")
    ]
    assert [link.url for link in reading.links] == ["https://e.com/a", "https://e.com/b"]


def test_what_is_no_file_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling.mdx").symlink_to("nowhere")
    (tmp_path / "folder.md").mkdir()
    paths = ["empty", "dangling.mdx", "folder.md", "nowhere.html", "*.htm", "good.md"]
    if os.geteuid():
        (tmp_path / "closed.html").touch(mode=0)
        paths.append("closed.html")
    reading = read(paths)
    assert [(problem.record, problem.message) for problem in reading.problems] == [
        ("empty", "the folder holds no records"),
        ("dangling.mdx", "the symbolic link leads nowhere"),
        ("folder.md", "the folder holds no records"),
        ("nowhere.html", "there is no such file or folder"),
        ("*.htm", "no record matches this pattern"),
        *([("closed.html", "it cannot be read: permission denied")] if os.geteuid() else []),
    ]
    assert [link.url for link in reading.links] == ["https://e.com/good", "https://e.com/body"]


ADDRESSES: dict[str, tuple[str | int, str, Reason | None]] = {
    "space in the host": ("https://e .com/", "https://e .com/", Reason.BAD_URL),
    "space in the path": ("https://e.com/a b", "https://e.com/a%20b", None),
    "spaces around": ("  https://e.com/a  ", "https://e.com/a", None),
    "newline": ("https://e.com/a\nb", "https://e.com/ab", None),
    "port out of range": ("https://e.com:65536/", "https://e.com:65536/", Reason.BAD_URL),
    "port that is no number": ("https://e.com:port/", "https://e.com:port/", Reason.BAD_URL),
    "javascript": ("javascript:alert(1)", "javascript:alert(1)", Reason.BAD_SCHEME),
    "mailto": ("mailto:a@e.com", "mailto:a@e.com", Reason.BAD_SCHEME),
    "no scheme": ("//e.com/a", "https://e.com/a", None),
    "number": (12, "12", Reason.BAD_URL),
    "very long": (f"https://e.com/{'a' * 100_000}", f"https://e.com/{'a' * 100_000}", Reason.BAD_URL),
}


@pytest.mark.parametrize(("address", "target", "fault"), ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.parametrize("opening", ["---\n{}\n---\n", "{}\n", "+++\n{}\n+++\n"], ids=["YAML", "JSON", "TOML"])
def test_odd_addresses(tmp_path: Path, opening: str, address: str | int, target: str, fault: Reason | None) -> None:
    path = tmp_path / "a.md"
    written = json.dumps(address)  # as YAML and TOML have it too
    fields = f"webUrl = {written}" if "+" in opening else f'{{"webUrl": {written}}}'
    path.write_text(opening.replace("{}", fields) + "https://e.com/body")
    reading = read([str(path)])
    assert not reading.problems
    odd, body = reading.links
    assert (odd.target, odd.fault, odd.line) == (target, fault, opening.partition("{}")[0].count("\n") + 1)
    assert body.target == "https://e.com/body"
