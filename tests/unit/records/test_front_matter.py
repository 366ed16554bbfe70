"""Rule: front matter is YAML, TOML or JSON, and each of its addresses has its exact place."""

# ruff: noqa: E501 (a row of a table reads best on one line)
from __future__ import annotations

import random
import tomllib
from time import perf_counter
from typing import Any

import pytest

from archiver.model import Role
from tests.unit.records.builders import at, marked, one_link, read_text

A = "https://example.com/a"

TOML = {
    "basic": 'webUrl = "«https://e.com/a»"',
    "literal": "webUrl = '«https://e.com/a»'",
    "comments": "# webUrl = 'https://e.com/no'\na = '#' # 'https://e.com/no'\nwebUrl = '«https://e.com/a»' # \"",
    "quotes in strings": "a = \"it's \\\" 'https://e.com/no'\"\nb = 'say \"'\nc = '«https://e.com/a»'",
    "multi-line": 'a = """«https://e.com/a»"""\nb = \'\'\'\n«https://e.com/b»\n\'\'\'\nc = """\nsee "https://e.com/no"\n\\""""\nd = "«https://e.com/c»"',
    "quotes at the end": "a = '''x''''\nb = \"\"\"y\"\"\"\"\"\nc = '«https://e.com/a»'",
    "keys": "a.\"b.c\" . 'd' = '«https://e.com/a»'\n\"\" = '«https://e.com/b»'\n\"\\u0041\" = '«https://e.com/c»'",
    "arrays": "a = [ '«https://e.com/a»', # ']'\n  [\"«https://e.com/b»\"],\n\n '«https://e.com/c»',\n]",
    "inline tables": "a = { b = '«https://e.com/a»', c.d = [{ e = '«https://e.com/b»' }, {}] }",
    "tables": "x = '«https://e.com/a»'\n[a]\nx = '«https://e.com/b»'\n[ a . 'b' ] # [c]\nx = '«https://e.com/c»'",
    "tables in arrays": "[[a]]\nb = '«https://e.com/a»'\n[[a]]\nb = '«https://e.com/b»'\n[a.c]\nd = '«https://e.com/c»'\n[[a.e]]\nf = '«https://e.com/d»'",
    "a table that is left and added to": "[a]\nb = '«https://e.com/a»'\n[c]\nd = '«https://e.com/b»'\n[a.e]\nf = '«https://e.com/c»'",
    "other values": "a = 2020-01-01\nb = 2020-01-01 10:00:00.5\nc = 2020-01-01T10:00:00+01:00\nd = 10:00:00\ne = 0xFF\nf = -1_0.5e+3\n"
    "g = inf\nh = true\ni = '«https://e.com/a»'",
    "one address again": "a = '«https://e.com/a»'\nb = ['«https://e.com/a»', '«https://e.com/a»']",
    "CRLF": "a = 'b'\r\nc = '«https://e.com/a»'\r\n\r\n[d]\r\ne = '''\r\n«https://e.com/b»'''",
    "beyond ASCII": "'é' = '\U0001f600'\nb = { 'ü' = 1, c = '«https://e.com/a»' }",
    "blanks": "  a\t=  ' «https://e.com/a» '  ",
}


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
@pytest.mark.parametrize(
    "fences", [("+++", "+++"), ("---toml", "---"), ("+++ \t", "+++ ")], ids=["+++", "---toml", "blanks"]
)
def test_places_in_toml(text: str, fences: tuple[str, str]) -> None:
    plain, places = marked(f"{fences[0]}\n{text}\n{fences[1]}\nBody «{A}»")
    found, problems = read_text(plain, "a.md")
    assert not problems
    assert [(link.line, link.column) for link in found] == places
    assert all(at(plain, link).startswith(link.url) for link in found)


def test_an_escaped_value_in_toml_stands_where_its_string_does() -> None:
    link = one_link('+++\nwebUrl = "https:\\u002F/example.com/a"\n+++\n', "a.md")
    assert (link.target, link.line, link.column) == (A, 2, 10)


def test_a_record_in_toml() -> None:
    text = (
        f"+++\ntitle = 'T'\npublishedDateTime = 2021-08-23T09:27:00Z\nheat = 7\nwebUrl = '{A}'\n"
        f"[[images]]\nurl = '{A}'\n[provider]\ndomain = 'd.example'\nimages = [{{ url = '{A}' }}]\n"
        f"[[related]]\nwebUrl = '{A}'\n[[related]]\ncover = '/a'\n+++\n"
    )
    found, _ = read_text(text, "a.md", roles_by_field={"cover": Role.IMAGE})
    assert [(link.item, link.field, link.role) for link in found] == [
        ("article", "webUrl", Role.WEB),
        ("article", "images[0].url", Role.IMAGE),
        ("article", "provider.images[0].url", Role.PROVIDER_IMAGE),
        ("related[0]", "webUrl", Role.WEB),
        ("related[1]", "cover", Role.IMAGE),
    ]
    assert found[0].expected.title == "T"
    assert found[0].rank == (7.0, 0.0, 1629710820.0)


def to_toml(value: Any, chance: random.Random) -> str:
    """Write a value on one line, in one of the ways there are."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{to_key(key, chance)} = {to_toml(child, chance)}" for key, child in value.items()) + "}"
        )
    if isinstance(value, list):
        comma = chance.choice([",", " ,\n # 'https://no.example' ]\n"])
        return (
            "["
            + comma.join(to_toml(child, chance) for child in value)
            + chance.choice(["", ","][: 1 + bool(value)])
            + "]"
        )
    if isinstance(value, str):
        return chance.choice(['"{}"', "'{}'", '"""{}"""', "'''{}'''", "'''\n{}'''"]).format(value)
    return str(value).lower()


def to_key(key: str, chance: random.Random) -> str:
    return chance.choice(["{}", '"{}"', "'{}'"]).format(key)


def make_value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(6 if depth < 4 else 4)
    if kind < 2:
        return f"https://e.com/{chance.randrange(50)}"
    if kind == 2:
        return chance.choice(["see https://no.example/ # there", "[x] = {y}", "a,b"])
    if kind == 3:
        return chance.choice([True, 1, -2.5])
    made = [make_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return made if kind == 4 else {f"key-{index}": child for index, child in enumerate(made)}


@pytest.mark.parametrize("seed", range(60))
def test_law_every_place_in_toml_shows_its_address(seed: int) -> None:
    chance = random.Random(seed)
    lines = []
    for table in range(6):
        header = chance.choice([f"[t{table}.a]", f"[[t{table % 2}x]]", f"[[t{table % 2}x]]\n[t{table % 2}x.sub]"])
        lines.append(header)
        lines += [f"{to_key(f'k{row}', chance)} = {to_toml(make_value(chance), chance)} # 'c'" for row in range(5)]
    text = "+++\n" + "\n".join(lines) + "\n+++\n"
    tomllib.loads(text.replace("+++", ""))
    found, problems = read_text(text, "a.md")
    assert not problems
    assert len(found) == text.count("https://e.com/")
    assert all(at(text, link).startswith(link.url) for link in found)
    assert [(link.line, link.column) for link in found] == sorted((link.line, link.column) for link in found)


OTHERS = {
    "JSON": f'{{\n "webUrl": "«{A}»",\n "a": {{"b": ["«{A}»"]}}\n}}\nBody «{A}»\n',
    "JSON, one line": f'\ufeff{{"webUrl": "«{A}»"}}\r\n\r\nBody «{A}»',
    "JSON, no body": f'{{"webUrl": "«{A}»"}}',
    "JSON in fences": f'---json\n{{"webUrl": "«{A}»"}}\n---\nBody «{A}»',
    "empty JSON": f"{{}}\nBody «{A}»",
    "YAML by name": f"---yaml\nwebUrl: «{A}»\n---\nBody «{A}»",
    "empty TOML": f"+++\n+++\n«{A}»",
    "a template is no JSON": f"{{{{< x >}}}}\n«{A}»",
    "an expression is none either": f"{{% x %}}\n{{#a}} «{A}»",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("name", ["a.md", "a.markdown"])
def test_places_in_other_front_matter(text: str, name: str) -> None:
    plain, places = marked(text)
    found, problems = read_text(plain, name)
    assert not problems
    assert [(link.line, link.column) for link in found] == [
        (line, column) for line, column in places_shown(plain, places)
    ]


def places_shown(plain: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take a byte order mark out of the columns of the first line."""
    mark = plain.startswith("\ufeff")
    return [(line, column - (mark and line == 1)) for line, column in places]


HOSTILE = {
    "TOML does not end": ("+++\na = 1\n", 1, "does not end: no line `+++`"),
    "TOML closed by dashes": ("+++\na = 1\n---\n", 1, "does not end"),
    "TOML syntax": ("+++\na = 1\nb = \n+++\n", 3, "not TOML: invalid value"),
    "TOML, no value": ("+++\na = 1\nb\n+++\n", 3, "not TOML: expected '='"),
    "TOML, open string": ("+++\na = 'b\nc = 1\n+++\n", 2, "not TOML"),
    "TOML, open text": ('+++\na = """b\nc = 1\n+++\n', 2, "not TOML"),
    "TOML, key twice": ("+++\na = 1\na = 2\n+++\n", 3, "cannot overwrite"),
    "TOML, table twice": ("+++\n[a]\n[a]\n+++\n", 3, "not TOML"),
    "TOML after CRLF": ("+++\r\na = 1\r\nb = c\r\n+++\r\n", 3, "not TOML"),
    "TOML, no date": ("+++\na = 2021-02-30\n+++\n", 2, "not TOML"),
    "TOML, endless number": (f"+++\na = {'1' * 5000}\n+++\n", 0, "cannot be"),
    "TOML, deep arrays": (f"+++\na = {'[' * 100_000}\n+++\n", 2, "nested"),
    "TOML, deep tables": (f"+++\na = {'{a=' * 100_000}\n+++\n", 2, "nested"),
    "TOML, deep key": (f"+++\n{'a.' * 100_000}a = 1\n+++\n", 1, "nested"),
    "TOML, deep header": (f"+++\n[{'a.' * 100_000}a]\n+++\n", 1, "nested"),
    "TOML, deep by header and key": (f"+++\n[{'a.' * 60}a]\n{'a.' * 60}a=1\n+++\n", 3, "nested"),
    "TOML, huge": (f"+++\na = '{'a' * 1_000_001}'\n+++\n", 1, "over 1,000,000 characters"),
    "TOML that is YAML": ("+++\na: 1\n+++\n", 2, "not TOML"),
    "JSON does not end": ('{"a": 1,\n"b": 2\n\nBody', 4, "not JSON"),
    "JSON syntax": ('{"a": 1,\n"b" 2}\nBody', 2, "not JSON: expecting ':'"),
    "JSON, more in its line": ('{"a": 1} b\n', 1, "after the front matter's last brace"),
    "JSON, deep": ('{"a": ' * 100_000, 1, "nested"),
    "JSON, rather deep": ('{"a": ' * 101 + "1" + "}" * 101, 1, "nested"),
    "JSON, huge": (f'{{"a": "{"a" * 1_000_001}"}}\n', 1, "over 1,000,000 characters"),
    "JSON, endless number": (f'{{"a": {"1" * 5000}}}', 1, "too many digits"),
    "JavaScript": ("---js\n{}\n---\n", 1, "front matter in js is not read"),
    "YAML, tab": ("---\na:\n\tb: 1\n---\n", 3, "a tab"),
    "YAML, alias bomb": ("---\na: &a [x, x]\n" + "".join(f"a{i}: &a{i} [{'*a,' * 9}*a]\n".replace("*a", f"*a{i - 1}" if i > 1 else "*a") for i in range(1, 9)) + "---\n", 0, "aliases repeat"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.md", "a.mdx", "a.html"])
@pytest.mark.parametrize(("text", "line", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_front_matter_is_one_problem(text: str, line: int, message: str, name: str) -> None:
    started_at = perf_counter()
    found, (problem,) = read_text(f"{text}", name)
    assert not found
    assert message in problem.message
    assert problem.line == line or not line
    assert perf_counter() - started_at < 5


def test_a_key_twice_in_json_front_matter() -> None:
    (link,), (problem,) = read_text(f'{{"webUrl": "https://no.example/",\n"webUrl": "{A}"}}\n', "a.md")
    assert (link.target, problem.line) == (A, 2)
