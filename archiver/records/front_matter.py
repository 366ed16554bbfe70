"""Front matter: what a page says of itself before its body, in YAML, TOML or JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from archiver.records import json_tree
from archiver.records.tree import Node, Source, nothing

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_FRONT_MATTER_CHARS = 1_000_000


class Fence(NamedTuple):
    """How front matter is told and read: its opening and closing lines."""

    line: str
    opening: re.Pattern[str]
    closing: re.Pattern[str]
    parse: Callable[[Source, int, int], Node]


def read_yaml(source: Source, start: int, end: int) -> Node:
    """Give the tree of the YAML between two offsets. Raises RecordError."""
    from archiver.records import yaml_tree  # noqa: PLC0415 (slow to import, and what was parsed before needs none)

    return yaml_tree.parse_one(source, start, end)


def _read_toml(source: Source, start: int, end: int) -> Node:
    from archiver.records import toml_tree  # noqa: PLC0415

    return toml_tree.parse(source, start, end)


def _fence(line: str, languages: str, closing: str, parse: Callable[[Source, int, int], Node]) -> Fence:
    return Fence(
        line,
        re.compile(rf"{re.escape(line)}(?:{languages})[ \t]*(?=[\r\n]|\Z)"),
        re.compile(rf"(?:\r\n|[\r\n])(?:{closing})[ \t]*(?=[\r\n]|\Z)"),
        parse,
    )


FENCES = (
    _fence("---", r"|[ \t]*ya?ml", r"---|\.\.\.", read_yaml),
    _fence("+++", "", r"\+\+\+", _read_toml),
    _fence("---", r"[ \t]*toml", "---", _read_toml),
    _fence("---", r"[ \t]*json5?", "---", json_tree.parse),
)
_UNREAD = re.compile(r"---[ \t]*(js|javascript|coffee|cson|ts)[ \t]*(?=[\r\n])")
_OBJECT = re.compile(r"\{\s*[\"}]")
_BLANK_REST = re.compile(r"[ \t]*(?=[\r\n]|\Z)")


def split(source: Source) -> tuple[Node | None, int]:
    """Give a page's front matter, None where it has none, and where its body begins. Raises RecordError."""
    for fence in FENCES:
        opening = fence.opening.match(source.text, source.start)
        if opening:
            return _fenced(source, fence, opening)
    if unread := _UNREAD.match(source.text, source.start):
        raise source.error(f"front matter in {unread[1]} is not read, only YAML, TOML and JSON", unread.start())
    if _OBJECT.match(source.text, source.start):
        return _object(source)
    return None, source.start


def _fenced(source: Source, fence: Fence, opening: re.Match[str]) -> tuple[Node, int]:
    closing = fence.closing.search(source.text, opening.end())
    if closing is None:
        raise source.error(f"the front matter does not end: no line `{fence.line}` closes it", opening.start())
    if closing.start() - opening.end() > MAX_FRONT_MATTER_CHARS:
        raise _too_large(source)
    if source.text[opening.end() : closing.start()].isspace() or closing.start() == opening.end():
        return nothing(source), closing.end()
    return fence.parse(source, opening.end(), closing.start()), closing.end()


def _object(source: Source) -> tuple[Node, int]:
    """Read the JSON object that the page begins with, as Hugo has it."""
    limit = source.start + MAX_FRONT_MATTER_CHARS
    end = json_tree.end_of_value(source, source.start, limit)
    if end is None and len(source.text) > limit:
        raise _too_large(source)
    node = json_tree.parse(source, source.start, len(source.text) if end is None else end)
    assert end is not None
    if not _BLANK_REST.match(source.text, end):
        raise source.error("something stands after the front matter's last brace", end)
    return node, end


def _too_large(source: Source) -> Exception:
    return source.error(f"the front matter is over {MAX_FRONT_MATTER_CHARS:,} characters", source.start)
