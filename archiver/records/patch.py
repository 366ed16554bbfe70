"""Changing single values of a record in place: every other byte of its file stays as it is.

Only what is certain is written: a patched file is read again, and has to say what it said, but for the changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from archiver.model import RecordError
from archiver.records.edits import Edit, Value, applied_to, deletion, insertion, overwriting, written
from archiver.records.formats import read_root
from archiver.records.tree import Node, Scalar, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_Path: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value to write: `field` and `item` are a link's, as in `related[1]` and `images[0].width`."""

    item: str
    field: str
    value: Value | None  # None takes the key out

    @property
    def path(self) -> _Path:
        """Where the value stands in the file's tree."""
        text = self.field if self.item == "article" else f"{self.item}.{self.field}"
        return tuple(int(step[2]) if step[2] else step[1] for step in _STEP.finditer(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What becomes of a file's text; a change that asks for what is there already is neither applied nor proposed."""

    name: str
    kind: str  # the format, as a suffix
    before: str
    after: str
    applied: tuple[Change, ...] = ()
    proposed: tuple[Change, ...] = ()  # where only its owner can write it, as a new key in JSON, TOML or flow style


def patch(source: Source, changes: Sequence[Change]) -> Patch:
    """Give a file's text with as many of the changes as can be made. Raises RecordError where it cannot be read.

    A value is written over by its span, quotes stay; in block YAML a key that is missing gets a line of its own, after
    `url` and what else comes before it, and one that goes takes its lines with it.
    """
    original = _Original(source)
    asked = {change.path: change for change in changes}.values()
    wanted = [change for change in asked if not original.says(change)]
    applied = _most(original, wanted)
    return Patch(
        name=source.name,
        kind=source.kind,
        before=source.text,
        after=original.edited(applied) or source.text,
        applied=tuple(applied),
        proposed=tuple(change for change in wanted if change not in applied),
    )


def patch_bytes(raw: bytes, changes: Sequence[Change], name: str) -> bytes:
    """Give a file's bytes with as many of the changes as can be made; its name tells the format. Raises RecordError."""
    try:
        source = Source(name, raw.decode())
    except UnicodeDecodeError as error:
        raise RecordError(f"the byte 0x{raw[error.start]:02X} is not UTF-8", record=name) from None
    return patch(source, changes).after.encode()


def _most(original: _Original, changes: list[Change]) -> list[Change]:
    """Give the changes that come out right together: all, or those of each half that do."""
    if original.edited(changes) is not None:
        return changes
    if len(changes) == 1:
        return []
    half = len(changes) // 2
    first = _most(original, changes[:half])
    both = first + _most(original, changes[half:])
    return both if original.edited(both) is not None else first


class _Original:
    """A file as it was read."""

    def __init__(self, source: Source) -> None:
        self.source = Source(source.name, source.text, kind=source.kind)
        self._root, body = read_root(self.source)
        self._tail = source.text[body:] if body is not None else ""
        self._meant = _meaning(self._root)

    def says(self, change: Change) -> bool:
        """Tell whether a value is what the change would make it."""
        node = _at(self._root, change.path)
        if change.value is None:
            return node is None
        return isinstance(node, Scalar) and repr(node.value) in (repr(change.value), repr(written(change.value)))

    def edited(self, changes: list[Change]) -> str | None:
        """Give the text with all changes made, None where that cannot be, or would change more than these."""
        edits, wanted = [], _copied(self._meant)
        for change in changes:
            made = self._edit(change)
            if made is None:
                return None
            edit, means = made
            edits.append(edit)
            _set(wanted, change.path, means)
        text = applied_to(self.source.text, edits)
        return text if self._comes_out(text, wanted) else None

    def _edit(self, change: Change) -> tuple[Edit, str | None] | None:
        """Give the edit that makes a change, and what the value will mean then, None for one that goes."""
        *above, key = change.path
        mapping = _at(self._root, tuple(above))
        if not isinstance(mapping, dict) or not isinstance(key, str):
            return None
        text, node, value = self.source.text, mapping.get(key), change.value
        if node is None:
            edit = insertion(text, mapping, key, value) if value is not None else None
        elif not isinstance(node, Scalar):
            edit = None
        else:
            edit = overwriting(text, node, value) if value is not None else deletion(text, key, node)
        return (edit, _meant(edit, node, value)) if edit else None

    def _comes_out(self, text: str, wanted: Any) -> bool:
        """Tell whether a text reads as what is wanted, and its body is what it was."""
        source = Source(self.source.name, text, kind=self.source.kind)
        try:
            root, body = read_root(source)
        except RecordError:
            return False
        is_sound = len(source.problems) == len(self.source.problems)
        tail = text[body:] if body is not None else ""
        return is_sound and _meaning(root) == wanted and tail == self._tail


def _meant(edit: Edit, node: Node | None, value: Value | None) -> str | None:
    """Give what is read of a value that was written: within the quotes of a text, text."""
    if value is None:
        return None
    is_text = edit.is_quoted and isinstance(node, Scalar) and isinstance(node.value, str) and not isinstance(value, str)
    return repr(written(value) if is_text else value)


# --- trees -------------------------------------------------------------------------------------------------------


def _at(node: Node | None, path: _Path) -> Node | None:
    for step in path:
        if isinstance(node, dict) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def _meaning(node: Node | None) -> Any:
    """Give what a tree says, without its places: pairs in their order, values as they are told apart."""
    if isinstance(node, dict):
        return {key: _meaning(child) for key, child in node.items()}
    if isinstance(node, list):
        return [_meaning(child) for child in node]
    return repr(node.value if node else None)


def _copied(meaning: Any) -> Any:
    if isinstance(meaning, dict):
        return {key: _copied(child) for key, child in meaning.items()}
    return [_copied(child) for child in meaning] if isinstance(meaning, list) else meaning


def _set(meaning: Any, path: _Path, value: str | None) -> None:
    for step in path[:-1]:
        meaning = meaning[step]
    if value is None:
        del meaning[path[-1]]
    else:
        meaning[path[-1]] = value
