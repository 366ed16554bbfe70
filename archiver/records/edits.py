"""Edits of a record's text: a value written over, a line for a key that comes, or taken out for one that goes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archiver.records.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

Value: TypeAlias = "str | int"  # a bool is an int

KEY_ORDER = ("url", "width", "height", "isCached")
"""How an image's keys follow one another: a missing one comes after those before it."""

LINE_BREAK = re.compile(r"\r\n?|\n")

_QUOTES = re.compile(r"\"\"\"|'''|[\"']")
_BLOCK_INDICATORS = ("|", ">")
_KEY_CHARS = 500


class Edit(NamedTuple):
    """What stands in the place of a span of the text."""

    start: int
    end: int
    text: str
    is_quoted: bool = False


def applied_to(text: str, edits: Iterable[Edit]) -> str:
    """Give a text with all edits made; of those at one place, the first comes first."""
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def written(value: Value) -> str:
    """Give a value as all formats write it: text in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def overwriting(text: str, node: Scalar, value: Value) -> Edit | None:
    """Write over a value's span, within its quotes if it has any; None for a block, where there is no telling."""
    start, end = node.start, node.end
    if start == end:
        return Edit(start, end, f" {written(value)}")  # after the colon of a key without a value
    if text.startswith(_BLOCK_INDICATORS, start):
        return None
    if quotes := _QUOTES.match(text, start):
        width = len(quotes[0])
        return Edit(start + width, end - width, _quoted(value, quotes[0]), is_quoted=True)
    is_plain_text = isinstance(node.value, str) and isinstance(value, str)
    return Edit(start, end, str(value) if is_plain_text else written(value))


def _quoted(value: Value, quotes: str) -> str:
    """Give what stands between quotes for a value."""
    if not isinstance(value, str):
        return written(value)
    return value.replace("'", "''") if quotes == "'" else written(value)[1:-1]


def insertion(text: str, mapping: Mapping, key: str, value: Value) -> Edit | None:
    """Give a missing key a line of its own after the one it follows; None where the text is no block YAML there."""
    anchor = _anchor(mapping, key)
    if anchor is None:
        return None
    name, node = anchor
    key_line = _key_line(text, name, node.start)
    if key_line is None:
        return None
    line = f"{' ' * len(key_line.lead)}{key}: {written(value)}"
    if _ends_a_line(text, node):
        return Edit(node.end, node.end, line + _line_break(text, node.start))
    end = _line_end(text, node.end)
    return Edit(end, end, _line_break(text, end) + line)


def deletion(text: str, key: str, node: Scalar) -> Edit | None:
    """Take out the lines of a key; None where it shares them, or the text is no block YAML there."""
    key_line = _key_line(text, key, node.start)
    if key_line is None or key_line.lead.strip():
        return None
    if _ends_a_line(text, node):
        return Edit(key_line.start, node.end, "")
    if line_break := LINE_BREAK.search(text, node.end):
        return Edit(key_line.start, line_break.end(), "")
    before = [found.start() for found in LINE_BREAK.finditer(text, 0, key_line.start)]
    return Edit(before[-1] if before else 0, len(text), "")


class _KeyLine(NamedTuple):
    """Where a key's line starts, and what stands before the key: indentation, and the dashes of lists."""

    start: int
    lead: str


def _key_line(text: str, name: str, start: int) -> _KeyLine | None:
    """Find the line of the key whose value starts at an offset."""
    forms = "|".join(re.escape(form) for form in (name, f'"{name}"', f"'{name}'"))
    first = max(0, start - _KEY_CHARS)
    pattern = rf"(?:\A|(?<=[\r\n]))( *(?:- +)*)(?:{forms})[ \t]*:(?:\s|#[^\r\n]*|[&!]\S*)*\Z"
    found = re.search(pattern, text[first:start])
    if found is None or (found.start() == 0 and first > 0):
        return None
    return _KeyLine(first + found.start(), found[1])


def _anchor(mapping: Mapping, key: str) -> tuple[str, Scalar] | None:
    """Give the key that a missing one comes after, and its value."""
    before = KEY_ORDER[: KEY_ORDER.index(key)] if key in KEY_ORDER else KEY_ORDER
    present = [(name, mapping[name]) for name in before if name in mapping] or list(mapping.items())[:1]
    name, node = present[-1] if present else (key, None)
    return (name, node) if isinstance(node, Scalar) else None


def _ends_a_line(text: str, node: Scalar) -> bool:
    """Tell whether a value's span takes in its last line break, as a block's does."""
    return text.startswith(_BLOCK_INDICATORS, node.start) and text[node.end - 1] in "\r\n"


def _line_end(text: str, start: int) -> int:
    found = LINE_BREAK.search(text, start)
    return found.start() if found else len(text)


def _line_break(text: str, start: int) -> str:
    """Give the line break at or after an offset, else the file's first."""
    found = LINE_BREAK.search(text, start) or LINE_BREAK.search(text)
    return found[0] if found else "\n"
