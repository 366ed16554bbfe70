from __future__ import annotations

import json
from typing import Any, TypeAlias

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.records.builders import at, one_link, read_text

A = "https://example.com/a"

AT_THE_ADDRESS = {
    "plain": f"webUrl: {A}",
    "single quotes": f"webUrl: '{A}'",
    "double quotes": f'webUrl: "{A}"',
    "plain before a comment": f"webUrl: {A}  # {A}",
    "space within the quotes": f'webUrl: "  {A} "',
    "anchored": f"webUrl: &here {A}",
    "anchored and quoted": f'webUrl: &here "{A}"',
    "tagged": f"webUrl: !!str {A}",
    "tagged, anchored, on its own line": f"webUrl: !!str &here\n  # note\n  '{A}'",
    "flow": f"{{title: b, webUrl: {A} }}",
    "flow, as in JSON": f'{{"webUrl": "{A}"}}',
    "after a comment": f"# {A}\nwebUrl: {A}",
    "after characters beyond ASCII": f"{{title: 'né\U0001f600', webUrl: {A} }}",
    "CRLF": f"title: a\r\nwebUrl: {A}\r\n",
    "CR": f"title: a\rwebUrl: {A}\r",
    "byte order mark": f"\ufeffwebUrl: {A}",
    "byte order mark, later line": f"\ufefftitle: a\nwebUrl: {A}",
    "two byte order marks": f"\ufeff\ufeffwebUrl: {A}",
    "after a line separator": f"title: 'a\u2028b'\nwebUrl: {A}",
}

AT_THE_SCALAR = {
    "folded block": (f"title: a\nwebUrl: >-\n  {A}\n", ">-"),
    "literal block": (f"webUrl: |\n  {A}\n", "|"),
    "anchored block": (f"webUrl: &b |\n  {A}\n", "|"),
    "escaped": ('webUrl: "https:\\/\\/example.com/a"', '"https:'),
    "doubled quote": ("webUrl: 'https://example.com/it''s'", "'https:"),
    "over two lines": ('webUrl: "https://example.com/\\\n  a"', '"https:'),
    "embedded": (f"featuredContent: '<iframe src=\"{A}\"></iframe>'", "'<iframe"),
}


@pytest.mark.parametrize("text", AT_THE_ADDRESS.values(), ids=AT_THE_ADDRESS)
def test_a_place_is_the_first_character_of_the_address(text: str) -> None:
    link = one_link(text)
    assert link.target == A
    assert at(text, link).startswith(A)


@pytest.mark.parametrize("text", AT_THE_ADDRESS.values(), ids=AT_THE_ADDRESS)
def test_front_matter_has_the_same_places_three_lines_on(text: str) -> None:
    body = text.lstrip("\ufeff")
    plain, front = one_link(body), one_link(f"\ufeff--- \n\n\n{body}\n...\nbody", "a.md")
    assert (front.line, front.column) == (plain.line + 3, plain.column)


@pytest.mark.parametrize(("text", "there"), AT_THE_SCALAR.values(), ids=AT_THE_SCALAR)
def test_what_is_escaped_or_folded_or_embedded_stands_where_its_scalar_does(text: str, there: str) -> None:
    link = one_link(text)
    assert link.target in (A, "https://example.com/it's")
    assert at(text, link).startswith(there)


def test_an_alias_stands_where_its_anchor_does() -> None:
    first, second = read_text(f"webUrl: &a {A}\nampWebUrl: *a\n")[0]
    assert (first.line, first.column) == (second.line, second.column) == (1, 12)


Record: TypeAlias = dict[str, Any]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
addresses = st.builds("https://example.com/{}".format, st.from_regex(r"[a-z0-9/?=&%._~é日-]{0,30}", fullmatch=True))
images = st.lists(st.fixed_dictionaries({"alt": texts, "url": addresses}))
documents = st.lists(
    st.fixed_dictionaries({"title": texts, "webUrl": addresses, "images": images}, optional={"note": texts}),
    min_size=2,
    max_size=4,
)


def to_json(records: list[Record]) -> str:
    return json.dumps(records, ensure_ascii=False, indent=1)


def to_feed(records: list[Record]) -> str:
    return json.dumps({"@odata.count": 2, "value": records}, ensure_ascii=False)


def to_lines(records: list[Record]) -> str:
    return "\r\n".join(json.dumps(record, ensure_ascii=False) for record in records)


def to_yaml(records: list[Record]) -> str:
    return yaml.safe_dump(records, allow_unicode=True, width=10_000)


def to_documents(records: list[Record]) -> str:
    return yaml.safe_dump_all(records, allow_unicode=True, width=10_000, default_style="'")


WRITERS = {
    "a.json": to_json,
    "feed.json": to_feed,
    "a.jsonl": to_lines,
    "a.yaml": to_yaml,
    "a.yml": to_documents,
}


@pytest.mark.parametrize("name", WRITERS)
@given(records=documents)
def test_law_every_place_shows_its_address(name: str, records: list[Record]) -> None:
    text = WRITERS[name](records)
    found, problems = read_text(text, name)
    assert not problems
    assert len(found) == sum(1 + len(record["images"]) for record in records)
    for link in found:
        assert at(text, link).startswith(link.url)
