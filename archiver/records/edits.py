"""Edits of a record's text: a value written over, or a line of its own for a key that is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from archiver.records.tree import LINE_BREAK, Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY_ORDER = ("url", "width", "height", "isCached")
"""How an image's keys follow one another: a missing one comes after those before it."""

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


def overwriting(text: str, node: Scalar, written: str) -> Edit | None:
    """Write over a value's span, within its quotes if it has any; None for a block, where there is no telling."""
    start, end = node.start, node.end
    if start == end:
        return Edit(start, end, f" {written}")  # after the colon of a key without a value
    if text.startswith(_BLOCK_INDICATORS, start):
        return None
    if quotes := _QUOTES.match(text, start):
        width = len(quotes[0])
        return Edit(start + width, end - width, written, is_quoted=True)
    return Edit(start, end, written)


def insertion(text: str, mapping: Mapping, key: str, written: str) -> Edit | None:
    """Give a missing key a line of its own after the one it follows; None where the text is no block YAML there."""
    anchor = _anchor(mapping, key)
    if anchor is None:
        return None
    name, node = anchor
    lead = _lead(text, name, node.start)
    if lead is None:
        return None
    line = f"{' ' * len(lead)}{key}: {written}"
    if text.startswith(_BLOCK_INDICATORS, node.start) and text[node.end - 1] in "\r\n":
        return Edit(node.end, node.end, line + _line_break(text, node.start))
    end = _line_end(text, node.end)
    return Edit(end, end, _line_break(text, end) + line)


def _anchor(mapping: Mapping, key: str) -> tuple[str, Scalar] | None:
    """Give the key that a missing one comes after, and its value."""
    before = KEY_ORDER[: KEY_ORDER.index(key)] if key in KEY_ORDER else KEY_ORDER
    present = [(name, mapping[name]) for name in before if name in mapping] or list(mapping.items())[:1]
    name, node = present[-1] if present else (key, None)
    return (name, node) if isinstance(node, Scalar) else None


def _lead(text: str, name: str, start: int) -> str | None:
    """Give what stands before a key in its line: indentation, and the dashes of lists."""
    forms = "|".join(re.escape(form) for form in (name, f'"{name}"', f"'{name}'"))
    before = "\n" + text[:start] if start < _KEY_CHARS else text[start - _KEY_CHARS : start]
    found = re.search(rf"[\r\n]( *(?:- +)*)(?:{forms})[ \t]*:(?:\s|#[^\r\n]*|[&!]\S*)*\Z", before)
    return found[1] if found else None


def _line_end(text: str, start: int) -> int:
    found = LINE_BREAK.search(text, start)
    return found.start() if found else len(text)


def _line_break(text: str, start: int) -> str:
    """Give the line break at or after an offset, else the file's first."""
    found = LINE_BREAK.search(text, start) or LINE_BREAK.search(text)
    return found[0] if found else "\n"
