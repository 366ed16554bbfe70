"""Patches as files and as diffs: how they are put in place, and how they are shown."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.model import RecordError
from archiver.records.edits import Edit, applied_to
from archiver.records.formats import read_root
from archiver.records.tree import Node, Scalar, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.records.patch import Patch

_OPAQUE = "secured"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WITHIN_LINES = re.compile(r"[^\r\n]+")
_NO_LINE_BREAK = "\n\\ No newline at end of file\n"


def write(path: Path, patch: Patch) -> None:
    """Put a patched file in the place of the one that was read: all of it, or nothing; its mode stays.

    Raises RecordError where the file is no longer what was read, or cannot be written.
    """
    if patch.after == patch.before:
        return
    try:
        _replace(path.resolve(strict=True), patch)
    except OSError as error:
        message = f"it cannot be written: {(error.strerror or 'unknown error').lower()}"
        raise RecordError(message, record=patch.name) from None


def _replace(path: Path, patch: Patch) -> None:
    status = path.stat()
    number, name = tempfile.mkstemp(prefix=".archiver-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(patch.after.encode())
            file.flush()
            with suppress(PermissionError):  # only root may give a file away
                os.chown(temporary, status.st_uid, status.st_gid)
            temporary.chmod(status.st_mode & 0o7777)
            os.fsync(file.fileno())
        if path.read_bytes() != patch.before.encode():
            raise RecordError("the file changed since it was read: nothing was written", record=patch.name)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


# --- showing ---------------------------------------------------------------------------------------------------


def diff(patch: Patch) -> str:
    """Give what a patch changes as a unified diff; what is `secured` is never shown. Empty where nothing changes."""
    before, after = (_LINE.findall(_masked(patch, text)) for text in (patch.before, patch.after))
    lines = difflib.unified_diff(before, after, f"a/{patch.name}", f"b/{patch.name}")
    return "".join(line if line.endswith("\n") else line + _NO_LINE_BREAK for line in lines)


def _masked(patch: Patch, text: str) -> str:
    """Put `…` in the place of each line of what is secured."""
    root, _ = read_root(Source(patch.name, text, kind=patch.kind))
    edits = {(node.start, node.end) for node in _opaque(root, is_opaque=False)}
    return applied_to(text, [Edit(*span, _WITHIN_LINES.sub("…", text[slice(*span)])) for span in edits])


def _opaque(node: Node | None, *, is_opaque: bool) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        if is_opaque:
            yield node
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _opaque(child, is_opaque=is_opaque or key == _OPAQUE)
    elif node is not None:
        for child in node:
            yield from _opaque(child, is_opaque=is_opaque)
