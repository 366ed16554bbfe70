"""Patching: the named values change, and not one other byte."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.model import RecordError
from archiver.records.formats import read_root
from archiver.records.patch import Change, Patch, patch, patch_bytes
from archiver.records.rewriting import diff, write
from archiver.records.tree import Scalar, Source

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.records.tree import Node

U = "https://example.com/a.jpg"
SECRET = "c2VjcmV0=="


def change(key: str, value: int | str | None, image: str = "images[0]", item: str = "article") -> Change:
    return Change(item=item, field=f"{image}.{key}", value=value)


SIZE = (change("width", 1200), change("height", 675))


def patched(text: str, *changes: Change, name: str = "a.yaml") -> str:
    return patch_bytes(text.encode(), changes or SIZE, name).decode()


def meaning(text: str, name: str) -> Any:
    def of(node: Node | None) -> Any:
        if isinstance(node, dict):
            return {key: of(child) for key, child in node.items()}
        if isinstance(node, list):
            return [of(child) for child in node]
        return (type(node.value), node.value) if isinstance(node, Scalar) else None

    return of(read_root(Source(name, text))[0])


# --- values written over ----------------------------------------------------------------------------------------

OVERWRITTEN = {
    "plain": ("images:\n- url: u\n  width: «1»\n  height: «2»\n", "1200", "675"),
    "quotes stay": ("images:\n- {width: «'1'», height: «\"2\"»}", "'1200'", '"675"'),
    "comments stay": ("images: # a\n- width: «1» # b\n  # c\n  height:   «2»  # d\n", "1200", "675"),
    "empty": ("images:\n- width:«»\n  height:«»  # none\n", " 1200", " 675"),
    "null": ("images:\n- width: «~»\n  height: «null»\n", "1200", "675"),
    "other numbers": ("images:\n- width: «1_6»\n  height: «0x10»\n", "1200", "675"),
    "a fraction": ("images:\n- width: «1200.0»\n  height: «1e3»\n", "1200", "675"),
    "text": ("images:\n- width: «auto»\n  height: «16 px»\n", "1200", "675"),
    "anchored, tagged": ("images:\n- width: &w «1»\n  height: !!int «'2'»\n", "1200", "'675'"),
    "flow": ("{images: [{width: «1», height: «2»}]}", "1200", "675"),
    "CRLF": ("images:\r\n- width: «1»\r\n  height: «2»\r\n", "1200", "675"),
    "CR": ("images:\r- width: «1»\r  height: «2»\r", "1200", "675"),
    "no line break at the end": ("images:\n- width: «1»\n  height: «2»", "1200", "675"),
    "byte order mark": ("\ufeffimages:\n- width: «1»\n  height: «2»\n", "1200", "675"),
    "beyond ASCII": ("t: né日\U0001f600\nimages:\n- {alt: '\U0001f600', width: «1», height: «2»}\n", "1200", "675"),
}


@pytest.mark.parametrize(("text", "width", "height"), OVERWRITTEN.values(), ids=OVERWRITTEN)
def test_a_value_is_written_over_where_it_stands(text: str, width: str, height: str) -> None:
    before = text.replace("«", "").replace("»", "")
    head, rest = text.split("«", 1)
    middle, tail = rest.split("»", 1)[1].split("«", 1)
    assert patched(before) == head + width + middle + height + tail.split("»", 1)[1]


JSON = '{"secured": "x", "images": [ {"url":"u", "width" : %s,"height":"%s"} ], "n": 1.0e3}'
FORMATS = {
    "a.json": (JSON, ""),
    "a.jsonl": ("\r\n" + JSON + "\r\n", "[0]"),
    "feed.json": ('{"@a": 1,\n "value": [' + JSON + "]}", "value[0]"),
    "front matter in JSON.md": (JSON + "\n\nBody 100\n", ""),
    "front matter in TOML.md": (
        "+++\n[[images]]\nurl = 'u'\nwidth = %s # w\nheight = \"%s\"\n+++\nwidth = 100",
        "",
    ),
    "front matter in YAML.md": ("---\nimages:\n- url: u\n  width: %s\n  height: '%s'\n---\nwidth: 100\n", ""),
    "flow.md": ("---\nimages: [\n {url: u,\n width: %s,\n height: '%s'}]\n...\nwidth: 100\n", ""),
    "documents.yml": ("a: 1\n---\nimages:\n- width: %s\n  height: '%s'\n", "[1]"),
    "list.yaml": ("- images:\n  - width: %s\n    height: '%s'\n", "[0]"),
}


@pytest.mark.parametrize(("text", "item"), FORMATS.values(), ids=FORMATS)
def test_every_format_is_patched(text: str, item: str, request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.id
    changes = [change("width", 1200, item=item or "article"), change("height", 675, item=item or "article")]
    assert patched(text % (100, 50), *changes, name=name) == text % (1200, 675)


def test_items_are_told_apart() -> None:
    text = "images: [{isCached: true}]\nrelated:\n- images:\n  - isCached: true\n  - isCached: yes\n"
    after = patched(text, change("isCached", value=False, image="images[1]", item="related[0]"))
    assert after == text.replace("yes", "false")


@pytest.mark.parametrize("text", ["images: [{width: 1200, height: 675}]", "images: [{width: '1200', height: '675'}]"])
def test_what_is_there_already_is_no_change(text: str) -> None:
    made = patch(Source("a.yaml", text), SIZE)
    assert (made.after, made.applied, made.proposed) == (text, (), ())


# --- lines put in -----------------------------------------------------------------------------------------------

INSERTED = {
    "after url": ("images:\n  - url: u«\n    width: 1200\n    height: 675»\n    alt: b\n"),
    "at the end": ("images:\n  - url: u«\n    width: 1200\n    height: 675»"),
    "after the width": "images:\n- width: 1200«\n  height: 675»\n  alt: a\n  url: u\n- x\n",
    "height alone is there": ("images:\n- url: u«\n  width: 1200»\n  height: 675\n"),
    "url later": ("images:\n- alt: a\n  url: u«\n  width: 1200\n  height: 675»\n"),
    "no url": ("images:\n- alt: a«\n  width: 1200\n  height: 675»\n"),
    "a comment": ("images:\n- url: 'u' # here, with a space after it «\n  width: 1200\n  height: 675»\n"),
    "quoted key": ("images:\n- 'url' : \"u\"«\n  width: 1200\n  height: 675»\n"),
    "on its own line": ("images:\n-   url:\n      # where\n      u«\n    width: 1200\n    height: 675»\n"),
    "over two lines": ('images:\n- url: "u\\\n    v"«\n  width: 1200\n  height: 675»\n'),
    "folded": ("images:\n- url: >-\n    u\n    v\n«  width: 1200\n  height: 675\n»  alt: b\n"),
    "folded, at the end": ("images:\n- url: >-\n    u«\n  width: 1200\n  height: 675»"),
    "CRLF": ("a: 1\r\nimages:\r\n- url: u«\r\n  width: 1200\r\n  height: 675»\r\n"),
    "CR": ("images:\r- url: u«\r  width: 1200\r  height: 675»\r"),
    "anchored": ("images:\n- url: &a u«\n  width: 1200\n  height: 675»\nwebUrl: *a\n"),
}


@pytest.mark.parametrize("text", INSERTED.values(), ids=INSERTED)
def test_a_missing_key_gets_a_line_of_its_own(text: str) -> None:
    pieces = text.replace("»", "«").split("«")
    assert patched("".join(pieces[::2])) == "".join(pieces)


@pytest.mark.parametrize("text", [INSERTED["after url"], INSERTED["folded"]])
def test_front_matter_gets_it_too(text: str) -> None:
    pieces = f"\ufeff---\n{text}---\nBody".replace("»", "«").split("«")
    assert patched("".join(pieces[::2]), name="a.md") == "".join(pieces)


DELETED = {
    "in the middle": "images:\n- url: u\n«  width: 1 # a\n»  height: 2\n",
    "at the end": "images:\n- url: u\n«  width: 1\n»",
    "without a line break after it": "a: 1\nimages:\n- url: u«\n  width: 1»",
    "CRLF": "images:\r\n- url: u\r\n«  width: 1\r\n»  height: 2",
    "a block": "images:\n- url: u\n«  width: >\n    1\n    2\n»  height: 2\n",
    "over two lines": "images:\n- url: u\n«  'width':\n      1\n»  # b\n",
    "alone on top": "images:\n  - alt: a\n\n«    width: 1\n»    # c\n\n    url: u",
}


@pytest.mark.parametrize("text", DELETED.values(), ids=DELETED)
def test_a_key_that_goes_takes_its_lines_with_it(text: str) -> None:
    pieces = text.replace("»", "«").split("«")
    assert patched("".join(pieces), change("width", None)) == "".join(pieces[::2])


@pytest.mark.parametrize(
    "text", ["images:\n- width: 1\n  url: u\n", "images: [{width: 1}]", "images:\n-\n  width: 1\n", "- width: 1\n"]
)
def test_a_key_that_cannot_go_alone_stays(text: str) -> None:
    """With its line would go a dash, a brace, or the whole mapping."""
    assert patched(text, change("width", None)) == text


TEXTS = {
    "plain": ("url: «https://example.com/old» # a", "https://example.com/é'\"?a=1"),
    "single quotes": ("url: '«old»'", "https://example.com/é''\"?a=1"),
    "double quotes": ('url: "«\\x41old»"', "https://example.com/é'\\\"?a=1"),
    "null": ("url: «~»", '"https://example.com/é\'\\"?a=1"'),
}


@pytest.mark.parametrize(("text", "written"), TEXTS.values(), ids=TEXTS)
def test_text_is_written_as_its_quotes_want_it(text: str, written: str) -> None:
    before = text.replace("«", "").replace("»", "")
    head, _, rest = text.partition("«")
    new = Change(item="article", field="url", value="https://example.com/é'\"?a=1")
    assert patched(before, new) == head + written + rest.partition("»")[2]


def test_text_that_plain_style_cannot_hold_is_proposed() -> None:
    assert patched("title: a", Change(item="article", field="title", value="b: c #d")) == "title: a"


PROPOSED = {
    "flow": ("a.yaml", "images: [{url: u}]"),
    "flow over lines": ("a.yaml", "images: [\n  {\n  url: u\n  }]\n"),
    "flow, more after": ("a.yaml", "images: [\n  {\n  url: u,\n  alt: b}]\n"),
    "JSON": ("a.json", '{"images": [\n{\n  "url": "u"\n}\n]}'),
    "a feed in JSON": ("a.json", '{"value": [{"images": [{"url": "u"}]}]}'),
    "TOML": ("a.md", "+++\n[[images]]\nurl = 'u'\n+++\n"),
    "one mapping in two places": ("a.yaml", "logos: &l\n- url: u\nimages: *l\n"),
    "an alias": ("a.yaml", "first: {url: &u u}\nimages:\n- url: *u\n"),
    "a merged mapping": ("a.yaml", "b: &b\n  url: u\nimages:\n- <<: *b\n"),
    "no mapping": ("a.yaml", "images:\n- u\n"),
    "no such image": ("a.yaml", "images: []\n"),
    "nothing at all": ("a.md", "Just a body.\n"),
    "a block for a value": ("a.yaml", "images:\n- width: |\n    1\n  height: [1]\n"),
    "a complex key": ("a.yaml", "images:\n- ? url\n  : u\n"),
}


@pytest.mark.parametrize(("name", "text"), PROPOSED.values(), ids=PROPOSED)
def test_what_cannot_be_written_for_certain_is_proposed(name: str, text: str) -> None:
    made = patch(Source(name, text), [change("width", 1)])
    assert (made.after, made.applied, made.proposed) == (text, (), (change("width", 1),))


def test_what_can_be_written_is_beside_what_cannot() -> None:
    text = "images:\n- url: u\n- {url: v}\n- width: 1\n  url: w\n"
    made = patch(Source("a.yaml", text), [change("width", 5, f"images[{number}]") for number in range(4)])
    assert made.after == "images:\n- url: u\n  width: 5\n- {url: v}\n- width: 5\n  url: w\n"
    assert [each.field for each in made.proposed] == ["images[1].width", "images[3].width"]


def test_a_shared_value_is_not_written_over() -> None:
    """The article's size is the related item's too: to change one would change the other."""
    text = "images:\n- &a {width: 1}\nrelated:\n- images: [*a]\n"
    assert patched(text, change("width", 5)) == text


def test_bytes_that_are_no_text_are_not_patched() -> None:
    with pytest.raises(RecordError, match="0xFF is not UTF-8"):
        patch_bytes(b"a: \xff", SIZE, "a.yaml")


def test_an_unreadable_record_is_not_patched() -> None:
    with pytest.raises(RecordError, match="not YAML"):
        patched("a: b: c")


# --- law --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Example:
    """A record before and after, put together from the same pieces."""

    before: str
    after: str
    changes: tuple[Change, ...]


words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\ufeff"), min_size=1, max_size=6)
plain = st.sampled_from(["news", "né日", "\U0001f600 a", "it's", "12", "true", "a b", "x#y", "a:b"])
comments = st.sampled_from(["", "", "  # note", " # width: 3 \U0001f600", "\t# é"])
values = st.one_of(
    plain,
    words.map(lambda text: json.dumps(text, ensure_ascii=False)),
    words.map(lambda text: "'" + text.replace("'", "''") + "'"),
)
numbers = st.one_of(
    st.integers(0, 9999).map(lambda number: (str(number), "%s")),
    st.integers(0, 9999).map(lambda number: (f"'{number}'", "'%s'")),
    st.integers(0, 9999).map(lambda number: (f'"{number}"', '"%s"')),
    st.sampled_from([("~", "%s"), ("0x1F", "%s"), ("1_0", "%s"), ("auto", "%s")]),
)
flags = st.sampled_from([("true", "%s"), ("no", "%s"), ("'false'", "'%s'")])
FOLDED = (
    ">-\n{}    https://example.com/é\n{}    \U0001f600",
    "|\n{}    https://example.com/x",
    '"https:\\\n{}    //example.com/"',
)
addresses = st.one_of(
    st.sampled_from(["https://example.com/a.jpg", "'https://example.com/it''s'", '"https://example.com/\\u00e9"']),
    st.sampled_from(FOLDED),
)


@st.composite
def images(draw: st.DrawFn, indent: str, path: tuple[str, str]) -> tuple[list[str], list[str], list[Change]]:
    """Lines of an image before and after, and the changes between them."""
    before: list[str] = []
    after: list[str] = []
    changes: list[Change] = []
    item, image = path
    address = draw(addresses).replace("{}", indent)
    comment = "" if "\n" in address else draw(comments)
    new = {"width": draw(st.integers(10_000, 20_000)), "height": draw(st.integers(10_000, 20_000)), "isCached": False}
    lines: list[tuple[str, str | None]] = [("url", None)]
    is_sized = draw(st.booleans())
    lines += [(key, key) for key in new if is_sized or key == "isCached"]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), ("alt", None))
    for key, changed in lines:
        if changed:
            old, form = draw(flags if key == "isCached" else numbers)
            value = new[key] if key != "isCached" else old != "true"
            end = draw(comments)
            before.append(f"{key}: {old}{end}")
            after.append(f"{key}: {form % str(value).lower()}{end}")
            changes.append(Change(item=item, field=f"{image}.{key}", value=value))
        else:
            line = f"{key}: {address}{comment}" if key == "url" else f"alt: {draw(values)}{draw(comments)}"
            before.append(line)
            after.append(line)
            if key == "url" and not is_sized:
                after += [f"width: {new['width']}", f"height: {new['height']}"]
                changes += [Change(item=item, field=f"{image}.{size}", value=new[size]) for size in ("width", "height")]
    return before, after, changes


def listed(lines: list[str], indent: str) -> str:
    return "".join(f"{indent}{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines))


@st.composite
def examples(draw: st.DrawFn) -> Example:
    before = after = "".join(f"{key}: {draw(values)}{draw(comments)}\n" for key in ("title", "type"))
    changes: list[Change] = []

    def both(text: str) -> None:
        nonlocal before, after
        before += text
        after += text

    def image_list(indent: str, item: str) -> None:
        nonlocal before, after
        both(f"{indent}images:{draw(comments)}\n")
        for number in range(draw(st.integers(1, 2))):
            one, other, made = draw(images(f"{indent}  ", (item, f"images[{number}]")))
            before += listed(one, f"{indent}  ")
            after += listed(other, f"{indent}  ")
            changes.extend(made)
            both(draw(st.sampled_from(["", f"{indent}  # more\n", "\n"])))

    image_list("", "article")
    both(f"secured: '{SECRET}'\nexcerpt: >\n  width: 1\n  height: \U0001f600 2\n\n")
    if draw(st.booleans()):
        both(f"related:\n- title: {draw(values)}\n")
        image_list("  ", "related[0]")
    break_ = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    start = draw(st.sampled_from(["", "\ufeff"]))
    end = draw(st.sampled_from([0, len(break_)]))
    texts = [start + text.replace("\n", break_) for text in (before, after)]
    before, after = (text[: len(text) - end] if text.endswith(break_) else text for text in texts)
    return Example(before=before, after=after, changes=tuple(changes))


@settings(max_examples=1_000)
@given(example=examples(), front=st.sampled_from(["", "\n", "\r\n"]))
def test_law_only_the_named_values_change(example: Example, front: str) -> None:
    """The expected text is put together from the same pieces: not one other byte may differ."""
    name, before, after = "a.yaml", example.before, example.after
    if front:
        name = "a.md"
        form = f"\ufeff---{front}%s{front}---{front}width: 1{front}\U0001f600"
        before, after = (form % text.lstrip("\ufeff") for text in (before, after))
    made = patch(Source(name, before), example.changes)
    assert made.after.encode() == after.encode()
    assert not made.proposed
    wanted = meaning(before, name)
    for each in made.applied:
        *above, key = each.path
        there = wanted
        for step in above:
            there = there[step]
        is_text = there.get(key, (int, 0))[0] is str and there[key][1] != "auto"
        there[key] = (str, str(each.value).lower()) if is_text else (type(each.value), each.value)
    assert meaning(made.after, name) == wanted
    assert patch(Source(name, made.after), example.changes).applied == ()


# --- files and diffs --------------------------------------------------------------------------------------------


def file_with(folder: Path, text: str) -> tuple[Path, Patch]:
    path = folder / "a.yaml"
    path.write_bytes(text.encode())
    return path, patch(Source(str(path), text), SIZE)


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path, made = file_with(tmp_path, "images:\r\n- url: u")
    path.chmod(0o640)
    write(path, made)
    assert path.read_bytes() == b"images:\r\n- url: u\r\n  width: 1200\r\n  height: 675"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    path, made = file_with(tmp_path, "images:\n- url: u\n")
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    write(link, made)
    assert link.is_symlink()
    assert path.read_text() == made.after


def test_a_file_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    path, made = file_with(tmp_path, "images:\n- url: u\n")
    path.write_text("images: []\n")
    with pytest.raises(RecordError, match="changed since it was read"):
        write(path, made)
    assert path.read_text() == "images: []\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    path, made = file_with(tmp_path, "images:\n- url: u\n")
    path.unlink()
    with pytest.raises(RecordError, match="cannot be written: no such file"):
        write(path, made)


def test_a_file_without_changes_is_not_touched(tmp_path: Path) -> None:
    path, made = file_with(tmp_path, "images: []\n")
    before = path.stat()
    write(path, made)
    assert path.stat().st_ino == before.st_ino


def test_a_diff_shows_the_changed_lines_and_no_secret() -> None:
    text = f"a: 1\nimages:\n- url: u\n  width: 3\nsecured: |\n  {SECRET}\n  {SECRET}\nb: 1"
    assert diff(patch(Source("a.yaml", text), SIZE)).splitlines() == [
        "--- a/a.yaml",
        "+++ b/a.yaml",
        "@@ -1,7 +1,8 @@",
        " a: 1",
        " images:",
        " - url: u",
        "-  width: 3",
        "+  width: 1200",
        "+  height: 675",
        " secured: …",
        " …",
        " …",
    ]


def test_a_diff_of_one_line_of_json_shows_no_secret() -> None:
    text = json.dumps({"images": [{"width": 1, "height": 2}], "secured": SECRET})
    shown = diff(patch(Source("a.json", text), SIZE))
    assert shown.splitlines()[3:] == [
        '-{"images": [{"width": 1, "height": 2}], "secured": …}',
        "\\ No newline at end of file",
        '+{"images": [{"width": 1200, "height": 675}], "secured": …}',
        "\\ No newline at end of file",
    ]


def test_no_change_has_no_diff() -> None:
    assert diff(patch(Source("a.yaml", "images: []"), SIZE)) == ""
