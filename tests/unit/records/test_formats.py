from __future__ import annotations

from time import perf_counter

import pytest

from tests.unit.records.builders import front_matter, read_text

A = "https://example.com/a"

ITEMS = {
    "one record": ("a.json", f'{{"webUrl": "{A}"}}', ["article"]),
    "list": ("a.json", f'[{{"webUrl": "{A}"}}, null, {{"webUrl": "{A}"}}]', ["[0]", "[2]"]),
    "feed": ("a.json", f'{{"value": [{{}}, {{"webUrl": "{A}"}}], "@next": "{A}"}}', ["value[1]"]),
    "list of feeds": ("a.json", f'[{{"value": [{{"webUrl": "{A}"}}]}}]', ["[0].value[0]"]),
    "no feed": ("a.json", f'{{"value": [1, 2], "webUrl": "{A}"}}', ["article"]),
    "lines": ("a.jsonl", f'{{}}\n\n  \r\n{{"webUrl": "{A}"}}\r\n', ["[1]"]),
    "one line": ("a.jsonl", f'{{"webUrl": "{A}"}}', ["[0]"]),
    "line separator in a line": ("a.jsonl", f'{{"title": "\u2028", "webUrl": "{A}"}}', ["[0]"]),
    "feed in YAML": ("a.yml", f"value:\n- webUrl: {A}\n", ["value[0]"]),
    "documents": ("a.yaml", f"webUrl: {A}\n---\nwebUrl: {A}\n", ["[0]", "[1]"]),
    "empty documents": ("a.yaml", f"---\n---\nwebUrl: {A}\n---\n", ["article"]),
    "merged": ("a.yaml", f"- &a {{webUrl: '{A}'}}\n- {{<<: *a}}\n- {{<<: [*a, {{webUrl: 1}}]}}", ["[0]", "[1]", "[2]"]),
    "merged and overridden": ("a.yaml", f"- &a {{webUrl: '{A}'}}\n- {{<<: *a, webUrl: null}}", ["[0]"]),
    "a key that is no text": ("a.yaml", f"{{1: '{A}', null: '{A}', yes: '{A}'}}", ["article"] * 3),
    "front matter": ("a.md", front_matter(f"webUrl: {A}"), ["article"]),
    "front matter, CRLF, dots": ("a.markdown", f"\ufeff---\t\r\nwebUrl: {A}\r\n...", ["article"]),
    "capitals": ("A.MD", front_matter(f"webUrl: {A}"), ["article"]),
    "empty front matter": ("a.md", "---\n---\n", []),
    "no front matter": ("a.md", f"# Title\n\n---\nwebUrl: {A}\n---\n", ["article"]),
    "four dashes": ("a.md", f"----\nwebUrl: {A}\n---\n", ["article"]),
    "no front matter, no links": ("a.md", "# Title\n\n[there](/a)\n", []),
    "empty front matter, links": ("a.md", f"---\n---\n<{A}>\n", ["article"]),
    "front matter that is a list": ("a.md", f"---\n- webUrl: {A}\n---\n", ["[0]"]),
    "empty Markdown": ("a.md", "", []),
    "empty YAML": ("a.yaml", "# nothing\n", []),
    "empty JSON": ("a.json", "\ufeff \r\n", []),
    "empty JSON Lines": ("a.jsonl", "", []),
    "empty list": ("a.json", "[]", []),
    "empty feed": ("a.json", '{"value": []}', []),
}


@pytest.mark.parametrize(("name", "text", "items"), ITEMS.values(), ids=ITEMS)
def test_items(name: str, text: str, items: list[str]) -> None:
    found, problems = read_text(text, name)
    assert not problems
    assert [link.item for link in found] == items


HOSTILE = {
    "unterminated front matter": ("a.md", f"---\nwebUrl: {A}\n", 1, "does not end"),
    "only dashes": ("a.md", "---", 1, "does not end"),
    "huge front matter": ("a.md", front_matter("a" * 1_000_001), 1, "over 1,000,000 characters"),
    "no record": ("a.md", front_matter("Just a line"), 2, "where a record is wanted"),
    "no records": ("a.json", '[{},\n"a",\n2]', 2, "and 1 more below"),
    "unclosed list": ("a.md", front_matter("a: 1\nb: [1\nc: 2"), 4, "that begins in line 3"),
    "unclosed quote": ("a.md", front_matter('a: 1\nb: "x\nc: 2'), 3, "end of stream"),
    "two colons": ("a.yaml", "title: a\nexcerpt: b: c\n", 2, "mapping values are not allowed"),
    "wrong indent": ("a.yaml", "a:\n  b: 1\n c: 2\n", 3, "did not find expected key"),
    "after CRLF and beyond ASCII": ("a.yaml", "é: \U0001f600\r\nb: c: d\r\n", 2, "mapping values"),
    "tab": ("a.yaml", "a:\n\tb: 1\n", 2, "a tab"),
    "control character": ("a.yaml", "é: 1\nb: \x01\n", 2, "U+0001"),
    "unknown alias": ("a.yaml", "a: 1\nb: *c\n", 2, "no anchor"),
    "alias within its anchor": ("a.yaml", "a: 1\nb: &c [*c]\n", 2, "no anchor"),
    "template": ("a.yaml", "a: 1\nb: {{ c }}\n", 2, "cannot be a key"),
    "deep YAML": ("a.yaml", "a: 1\nb: " + "[" * 100_000, 2, "nested"),
    "deep front matter": ("a.md", front_matter("a: " + "{b: " * 100_000), 2, "nested"),
    "deep by aliases": (
        "a.yaml",
        "".join(f"- &a{i} [*a{i - 1}]\n" if i else "- &a0 []\n" for i in range(500)),
        0,
        "nested",
    ),
    "deep JSON": ("a.json", "[" * 100_000, 1, "nested"),
    "rather deep JSON": ("a.json", '{"a":' * 101 + "1" + "}" * 101, 1, "nested"),
    "alias bomb": (
        "a.yaml",
        "a: &a0 [x, x]\n" + "".join(f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)),
        0,
        "aliases repeat",
    ),
    "JSON syntax": ("a.json", '{"a": 1,\n"b" 2}', 2, "not JSON: expecting ':'"),
    "JSON, trailing": ("a.json", "{}\n{}", 2, "not JSON: extra data"),
    "endless number": ("a.json", '{"a": ' + "1" * 5000 + "}", 1, "too many digits"),
}


@pytest.mark.parametrize(("name", "text", "line", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_one_problem(name: str, text: str, line: int, message: str) -> None:
    started_at = perf_counter()
    found, (problem,) = read_text(text, name)
    assert not found
    assert message in problem.message
    assert problem.record == name
    assert problem.line == line or not line
    assert perf_counter() - started_at < 5


TWICE = {
    "YAML": ("a.yaml", "webUrl: https://example.com/\ntitle: a\nwebUrl: https://example.com/a\n"),
    "JSON": ("a.json", '{"webUrl": "https://example.com/",\n"title": "a",\n"webUrl": "https://example.com/a"}'),
}


@pytest.mark.parametrize(("name", "text"), TWICE.values(), ids=TWICE)
def test_the_last_of_two_keys_holds(name: str, text: str) -> None:
    (link,), (problem,) = read_text(text, name)
    assert (link.target, link.line) == (A, 3)
    assert (problem.line, problem.message) == (3, "the key 'webUrl' stands here again: the last value holds")


def test_a_bad_line_spares_the_others() -> None:
    found, (problem, stray) = read_text(f'{{"webUrl": "{A}"}}\n{{"a"\n5\n{{"webUrl": "{A}"}}', "a.jsonl")
    assert [(link.item, link.line) for link in found] == [("[0]", 1), ("[3]", 4)]
    assert (problem.line, stray.line) == (2, 3)


def test_half_a_surrogate_pair_is_mended() -> None:
    (link,), _ = read_text('{"title": "\\ud83d", "webUrl": "https://example.com/\\ude00", "\\ud83d": 1}', "a.json")
    assert link.expected.title == "\ufffd"
    assert link.url == "https://example.com/\ufffd"


def test_a_long_plain_number_is_text() -> None:
    started_at = perf_counter()
    found, problems = read_text("webUrl: 1" + ":59" * 300_000)
    assert (len(found), problems) == (1, [])
    assert perf_counter() - started_at < 5
