"""The formats of records: a file's suffix names its reader."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeGuard

from archiver.model import RecordError
from archiver.records import json_tree, yaml_tree
from archiver.records.tree import Mapping, Node, Scalar, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_FRONT_MATTER_CHARS = 1_000_000

_FENCE = re.compile(r"---[ \t]*(?=[\r\n]|\Z)")
_CLOSING_FENCE = re.compile(r"[\r\n](?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)")


def read_records(source: Source) -> Iterator[tuple[str, Mapping]]:
    """Give each record of a file under its item's name; what is unreadable, or no record, is noted in `source`."""
    strays: list[Scalar] = []
    for item, entry in _entries(_root(source)):
        if isinstance(entry, dict):
            yield item, entry
        elif entry.value is not None:
            strays.append(entry)
    if strays:
        more = f", and {len(strays) - 1} more below" if strays[1:] else ""
        message = f"a single value stands where a record is wanted{more}"
        source.problems.append(source.error(message, strays[0].start))


def _root(source: Source) -> Node:
    try:
        return READERS[PurePath(source.name).suffix.lower()](source)
    except RecordError as error:
        source.problems.append(error)
        return _nothing(source)


def _entries(node: Node, item: str = "") -> Iterator[tuple[str, Mapping | Scalar]]:
    """Give what should be records: those of a list, those of a feed, or the one there is."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _entries(child, f"{item}[{index}]")
    elif isinstance(node, dict) and _is_feed(feed := node.get("value")):
        yield from _entries(feed, f"{item}.value" if item else "value")
    else:
        yield item or "article", node


def _is_feed(node: Node | None) -> TypeGuard[list[Node]]:
    """Tell a feed's records from any list of plain values that happens to be called `value`."""
    return isinstance(node, list) and not any(isinstance(child, Scalar) and child.value is not None for child in node)


# --- readers: each gives a file's tree, null where it says nothing, and raises RecordError -----------------------


def _yaml(source: Source) -> Node:
    return _yaml_between(source, source.start, len(source.text))


def _json(source: Source) -> Node:
    if not source.text[source.start :].strip():
        return _nothing(source)
    return json_tree.parse(source, source.start, len(source.text))


def _markdown(source: Source) -> Node:
    fence = _FENCE.match(source.text, source.start)
    if fence is None:
        return _nothing(source)
    closing = _CLOSING_FENCE.search(source.text, fence.end())
    if closing is None:
        raise source.error("the front matter does not end: no line `---` closes it", fence.start())
    if closing.start() - fence.end() > MAX_FRONT_MATTER_CHARS:
        raise source.error(f"the front matter is over {MAX_FRONT_MATTER_CHARS:,} characters", fence.start())
    return _yaml_between(source, fence.end(), closing.start())


def _yaml_between(source: Source, start: int, end: int) -> Node:
    """Give the one document, or the list of several; empty ones do not count."""
    documents = [
        node for node in yaml_tree.parse(source, start, end) if not (isinstance(node, Scalar) and node.value is None)
    ]
    if len(documents) > 1:
        return documents
    return documents[0] if documents else _nothing(source)


def _nothing(source: Source) -> Scalar:
    return Scalar(None, source.start, source.start)


READERS: dict[str, Callable[[Source], Node]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
    ".jsonl": json_tree.parse_lines,
}
