from __future__ import annotations

import json

import pytest

from archiver.model import Reason, Role
from archiver.records import ReadingRules, read
from archiver.records.formats import kind_of
from tests.unit.records.builders import read_text

A = "https://example.com/a"

FIELDS = {
    "bare": ("cover", "cover: /a", "cover"),
    "bare, on any level": ("cover", "x: [{y: {cover: /a}}]", "x[0].y.cover"),
    "path": ("hero.image", "hero: {image: /a}", "hero.image"),
    "path, on any level": ("hero.image", "seo: {hero: {image: /a}}", "seo.hero.image"),
    "index": ("gallery[].src", "gallery: [{alt: b}, {src: /a}]", "gallery[1].src"),
    "elements": ("gallery", "gallery: [/a]", "gallery[0]"),
    "elements, said so": ("gallery[]", "gallery: [/a]", "gallery[0]"),
    "elements of elements": ("rows[][]", "rows: [[/a]]", "rows[0][0]"),
    "a record's own": ("webUrl", "webUrl: /a", "webUrl"),
    "in a related item": ("cover", "related: [{cover: /a}]", "cover"),
}


@pytest.mark.parametrize(("path", "text", "field"), FIELDS.values(), ids=FIELDS)
def test_a_field_can_be_given_a_role(path: str, text: str, field: str) -> None:
    (link,), problems = read_text(text, roles_by_field={path: Role.IMAGE})
    assert (link.field, link.role, link.fault, problems) == (field, Role.IMAGE, Reason.BAD_URL, [])
    (link,), _ = read_text(text, roles_by_field={path: Role.IMAGE}, base_url="https://example.com/")
    assert (link.url, link.target, link.fault) == ("/a", A, None)


NOT_MAPPED = {
    "part of a name": ("cover", "discover: /a\ncovers: /a\n"),
    "other end": ("hero.image", "image: /a\nhero: {images: /a}\nhero image: /a"),
    "mapping": ("cover", "cover: {src: /a}"),
    "empty": ("cover", "cover: ''\nx: {cover: null}"),
    "no index": ("gallery.src", "gallery: [{src: /a}]"),
}


@pytest.mark.parametrize(("path", "text"), NOT_MAPPED.values(), ids=NOT_MAPPED)
def test_what_a_path_does_not_name(path: str, text: str) -> None:
    assert read_text(text, roles_by_field={path: Role.IMAGE}) == ([], [])


def test_the_longest_path_holds_and_other_fields_keep_their_roles() -> None:
    text = f"image: {A}\nhero: {{image: {A}}}\nwebUrl: {A}\nx: {A}\nimages: [{{url: {A}}}]"
    found, _ = read_text(text, roles_by_field={"image": Role.IMAGE, "hero.image": Role.EMBED})
    roles = [Role.IMAGE, Role.EMBED, Role.WEB, Role.OTHER, Role.IMAGE]
    assert [link.role for link in found] == roles


ADDRESSES = {
    "relative": ("webUrl: b", "https://example.com/dir/b", None),
    "absolute path": ("webUrl: /b", "https://example.com/b", None),
    "query": ("webUrl: ?b", "https://example.com/dir/?b", None),
    "no scheme": ("webUrl: //b.example/", "https://b.example/", None),
    "fragment": ("webUrl: '#b'", "#b", Reason.BAD_URL),
    "number": ("webUrl: 5", "5", Reason.BAD_URL),
    "number in quotes": ("webUrl: '5'", "https://example.com/dir/5", None),
    "other scheme": ("webUrl: mailto:b@example.com", "mailto:b@example.com", Reason.BAD_SCHEME),
    "bad port": ("webUrl: https://b.example:x/", "https://b.example:x/", Reason.BAD_URL),
    "space": ("webUrl: https://b .example/", "https://b .example/", Reason.BAD_URL),
    "embedded": ("featuredContent: <img src=/b>", "https://example.com/b", None),
}


@pytest.mark.parametrize(("text", "target", "fault"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_are_resolved_against_the_base(text: str, target: str, fault: Reason | None) -> None:
    (link,), _ = read_text(f"{text}\nother: b/c", base_url="https://example.com/dir/")
    assert (link.target, link.fault) == (target, fault)


# --- standard input ---------------------------------------------------------------------------------------------

LOOKS = {
    "JSON": ('{"webUrl": "%s"}', ".json"),
    "JSON, several lines": ('\ufeff\n{\n"webUrl":\n"%s"\n}\n', ".json"),
    "JSON list": ('[{"webUrl": "%s"}]', ".json"),
    "JSON Lines": ('{"webUrl": "%s"}\n{}\n', ".jsonl"),
    "JSON front matter": ('{"webUrl": "%s"}\n\n# Title\n', ".md"),
    "YAML": ("webUrl: %s\n", ".yaml"),
    "YAML, a comment first": ("# note\n\n'title': a\nwebUrl: %s\n", ".yaml"),
    "YAML list": ("- webUrl: %s\n", ".yaml"),
    "YAML document": ("---\nwebUrl: %s\n", ".yaml"),
    "YAML front matter": ("---\nwebUrl: %s\n---\nBody", ".md"),
    "TOML front matter": ("+++\nwebUrl = '%s'\n+++\n", ".md"),
    "Markdown": ("# Title\n\nSee %s.\n", ".md"),
    "Markdown, a link first": ("[a](%s)", ".md"),
    "Markdown, an address alone": ("%s", ".md"),
    "Markdown, an autolink first": ("<%s>", ".md"),
    "Markdown, HTML first": ("<p align=center></p>\n\n[a](%s)", ".md"),
    "Markdown, a shortcode first": ("{{< a >}}\n\n[a](%s)", ".md"),
    "Markdown, list": ("- see %s\n", ".md"),
    "HTML": ("<!DOCTYPE html>\n\n    <a href='%s'>", ".html"),
    "HTML without a type": ("\n<html><a href='%s'>", ".html"),
}


@pytest.mark.parametrize(("text", "kind"), LOOKS.values(), ids=LOOKS)
def test_standard_input_is_read_by_what_it_looks_like(text: str, kind: str) -> None:
    assert kind_of(text % A) == kind
    reading = read(["-", "-"], ReadingRules(stdin=text % A))
    assert [(link.record, link.target) for link in reading.links] == [("-", A)]
    assert reading.problems == ()


BROKEN = {
    "JSON": ('{"a": 1,\n"b" 2}', 2, "not JSON"),
    "JSON list": ('[{"a": 1},\n{"b" 2}]', 2, "not JSON"),
    "JSON, more": ("[1]\n5 a", 2, "not JSON"),
    "JSON Lines": ('{}\n{"b" 2}', 2, "not JSON"),
    "YAML": ("a: 1\nb: c: d\n", 2, "not YAML"),
    "front matter": ("+++\na = 1\n", 1, "does not end"),
    "deep": ("[" * 100_000, 1, "nested"),
}


@pytest.mark.parametrize(("text", "line", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_standard_input(text: str, line: int, message: str) -> None:
    (problem,) = read(["-"], ReadingRules(stdin=text)).problems
    assert (problem.record, problem.line) == ("-", line)
    assert message in problem.message


def test_no_standard_input() -> None:
    (problem,) = read(["-"]).problems
    assert (problem.record, problem.message) == ("-", "there is no standard input")
    assert read(["-"], ReadingRules(stdin="")).problems == ()


# --- addresses in the place of paths ------------------------------------------------------------------------------


def test_addresses_are_links_themselves() -> None:
    given = ["https://me:pw@e.com/*?a=[b]#c", "-", "HTTP://e.com:99999/", "https://e.com/a b", "https://e.com/a b"]
    reading = read(given, ReadingRules(stdin=json.dumps({"webUrl": A})))
    assert [(link.record, link.field, link.role, link.url, link.fault) for link in reading.links] == [
        ("(arguments)", "[0]", Role.OTHER, "https://***@e.com/*?a=[b]#c", None),
        ("-", "webUrl", Role.WEB, A, None),
        ("(arguments)", "[1]", Role.OTHER, "HTTP://e.com:99999/", Reason.BAD_URL),
        ("(arguments)", "[2]", Role.OTHER, "https://e.com/a b", None),
        ("(arguments)", "[3]", Role.OTHER, "https://e.com/a b", None),
    ]
    assert {(link.item, link.line, link.column) for link in reading.links[2:]} == {("article", 1, 1)}
    assert (reading.records, reading.problems) == (2, ())


def test_a_page_without_links_is_no_record() -> None:
    readings = [
        read(["-"], ReadingRules(stdin=text)) for text in ("# Title\n", f"# Title\n{A}", "---\ntitle: a\n---\n")
    ]
    assert [(reading.records, len(reading.links)) for reading in readings] == [(0, 0), (1, 1), (1, 0)]


def test_an_unpublished_page_is_left_out_with_its_body() -> None:
    text = f"+++\npublished = false\nwebUrl = '{A}'\n+++\n{A}"
    reading = read(["-"], ReadingRules(stdin=text))
    assert (reading.records, reading.unpublished, reading.links) == (0, 1, ())
    assert len(read(["-"], ReadingRules(stdin=text, unpublished=True)).links) == 2
