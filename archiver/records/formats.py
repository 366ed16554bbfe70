"""The formats of records: a file's kind, that is its suffix, names its reader."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from archiver.model import RecordError
from archiver.records import front_matter, json_tree
from archiver.records.bodies import html
from archiver.records.tree import Mapping, Node, Scalar, Source, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archiver.records.addresses import Written


class Entry(NamedTuple):
    """A record as it is read, under its item's name."""

    item: str
    mapping: Mapping
    body: int | None = None  # where it begins
    says_nothing: bool = False  # a page without front matter: a record if its body has links


def read_records(source: Source) -> Iterator[Entry]:
    """Give each record of a file; what is unreadable, or no record, is noted in `source`."""
    try:
        root, body = read_root(source)
    except RecordError as error:
        source.problems.append(error)
        return
    yield from _records(root or nothing(source), body, source)


def read_root(source: Source) -> tuple[Node | None, int | None]:
    """Give a file's tree, None for a page without front matter, and where a page's body begins. Raises RecordError."""
    if source.kind in BODIES:
        return front_matter.split(source)
    return READERS[source.kind](source), None


def _records(root: Node, body: int | None, source: Source) -> Iterator[Entry]:
    strays: list[Scalar] = []
    if body is not None and isinstance(root, Scalar) and root.value is None:
        yield Entry("article", {}, body, says_nothing=True)
        return
    for item, entry in _entries(root):
        if isinstance(entry, dict):
            yield Entry(item, entry, body if item == "article" else None)
        elif entry.value is not None:
            strays.append(entry)
    if strays:
        more = f", and {len(strays) - 1} more below" if strays[1:] else ""
        message = f"a single value stands where a record is wanted{more}"
        source.problems.append(source.error(message, strays[0].start))


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
    return isinstance(node, list) and (not node or any(isinstance(child, dict) for child in node))


# --- readers: each gives a file's tree, null where it says nothing, and raises RecordError -----------------------


def _yaml(source: Source) -> Node:
    return front_matter.read_yaml(source, source.start, len(source.text))


def _json(source: Source) -> Node:
    if not source.text[source.start :].strip():
        return nothing(source)
    return json_tree.parse(source, source.start, len(source.text))


READERS: dict[str, Callable[[Source], Node]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
    ".jsonl": json_tree.parse_lines,
}


# --- bodies: each reader gives the addresses from an offset on ----------------------------------------------------


def _markdown(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    from archiver.records.bodies import markdown  # noqa: PLC0415 (slow to import, and feeds have no bodies)

    return markdown.addresses(source, start, with_relative=with_relative)


def _mdx(source: Source, start: int, *, with_relative: bool) -> Iterator[Written]:
    from archiver.records.bodies import markdown  # noqa: PLC0415

    return markdown.mdx_addresses(source, start, with_relative=with_relative)


BODIES: dict[str, Callable[..., Iterator[Written]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".mdx": _mdx,
    ".html": html.page_addresses,
    ".htm": html.page_addresses,
}

KINDS = (*BODIES, *READERS)


# --- what comes without a name -------------------------------------------------------------------------------------

_JSON_START = re.compile(r"\{\s*[\"}]|\[\s*(?:[\[{\"\]\d-]|true|false|null)")
_FIRST_LINE = re.compile(r"\s*([^\r\n]*)")
_HTML_START = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_YAML_START = re.compile(
    r"(?:\s*(?:#[^\r\n]*)?[\r\n]+)*(?:%YAML|-[ \t]+)?(?:[\w$@.-]+|\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t]*:(?:\s|\Z)"
)
_YAML_DOCUMENT = re.compile(r"---[ \t]*(?=[\r\n])")


def kind_of(text: str) -> str:
    """Tell what a text without a name looks like, as the suffix of such a file."""
    text = text.lstrip("\ufeff")
    if _JSON_START.match(text.lstrip()):
        return _kind_of_json(text)
    if _HTML_START.match(text):
        return ".html"
    fence = _YAML_DOCUMENT.match(text)
    if fence and not front_matter.FENCES[0].closing.search(text, fence.end()):
        return ".yaml"
    return ".yaml" if _YAML_START.match(text) else ".md"


def _kind_of_json(text: str) -> str:
    """Tell one JSON value from one a line, and from the front matter of a page."""
    try:
        _, end = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        first = _FIRST_LINE.match(text)
        return ".jsonl" if first and _is_json(first[1]) else ".json"
    rest = text.lstrip()[end:]
    if not rest.strip():
        return ".json"
    if _JSON_START.match(rest.lstrip()):
        return ".jsonl"
    return ".md" if text.lstrip().startswith("{") else ".json"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
