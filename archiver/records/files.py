"""Finding the files that hold records, and reading their text."""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archiver.model import RecordError
from archiver.records.tree import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

MAX_FILE_BYTES = 50_000_000

STANDARD_INPUT = Path("-")

LEFT_OUT = frozenset(
    {
        "_site",
        "bower_components",
        "bun.lock",
        "composer.json",
        "deno.json",
        "jsconfig.json",
        "node_modules",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "package.json",
        "pnpm-lock.yaml",
        "tsconfig.json",
    }
)
"""What tools put among records, of addresses of their own; it is read where it is named."""


class Argument(NamedTuple):
    """An address given in the place of a path, counted from 0."""

    address: str
    number: int


def find(paths: Sequence[str], suffixes: Collection[str]) -> Iterator[Path | Argument | RecordError]:
    """Give each file with records once, in the order of `paths`, and an error for what is not to be had."""
    seen: set[Hashable] = set()
    addresses = 0
    for named in paths:
        if _ADDRESS.match(named):
            yield Argument(named, addresses)
            addresses += 1
            continue
        for found in _named(named, suffixes):
            if isinstance(found, RecordError):
                yield found
            elif (identity := _identity(found)) not in seen:
                seen.add(identity)
                yield found


_ADDRESS = re.compile(r"\s*https?:[\\/]{2}", re.IGNORECASE)


def load(path: Path) -> Source:
    """Give a file's text. Raises RecordError: not to be read, too large, not UTF-8."""
    content = _content(path)
    try:
        return Source(_name(path), content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        raise RecordError(message, record=_name(path), line=line) from None


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _error(path, "this is not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            raise _error(path, f"the file is over {MAX_FILE_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _named(named: str, suffixes: Collection[str]) -> list[Path | RecordError]:
    path = Path(named)
    if named == "-":
        return [STANDARD_INPUT]
    try:
        if path.is_dir():
            return _below(path, suffixes) or [_error(path, "the folder holds no records")]
        if path.exists() or path.is_symlink():
            kinds = " ".join(suffixes)
            unknown = _error(path, f"files of this kind are not read, only {kinds}")
            return [path if _is_record(path, suffixes) else unknown]
        if glob.has_magic(named):
            return _matching(path, suffixes) or [_error(path, "no record matches this pattern")]
    except OSError as error:
        return [_unreadable(path, error)]
    return [_error(path, "there is no such file or folder")]


def _matching(pattern: Path, suffixes: Collection[str]) -> list[Path | RecordError]:
    """Give the files that match, and those below the folders that match."""
    found: list[Path | RecordError] = []
    for match in _glob(pattern):
        if any(_is_left_out(part) for part in match.parts if part not in pattern.parts):
            continue
        if match.is_dir():
            found += _below(match, suffixes)
        elif _is_record(match, suffixes):
            found.append(match)
    return found


def _glob(pattern: Path) -> list[Path]:
    try:
        return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    except (ValueError, OSError):  # no pattern after all, or a folder that cannot be listed
        return []


def _below(folder: Path, suffixes: Collection[str]) -> list[Path | RecordError]:
    """Give the files below a folder that are not hidden; symbolic links to folders are not followed."""
    found: list[Path] = []
    problems: list[Path | RecordError] = []
    folders = [folder]
    while folders:
        here = folders.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if _is_left_out(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(here / entry.name)
                    elif _is_record(path := here / entry.name, suffixes):
                        found.append(path)
        except OSError as error:
            problems.append(_unreadable(here, error))
    return problems + sorted(found)


def _is_record(path: Path, suffixes: Collection[str]) -> bool:
    return path.suffix.lower() in suffixes


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name in LEFT_OUT


def _identity(path: Path) -> Hashable:
    """Tell a file from others, whatever names it has."""
    if path is STANDARD_INPUT:
        return path, None
    try:
        status = path.stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino


def _name(path: Path) -> str:
    """Write a path with slashes, and as text that can be printed whatever bytes its names have."""
    return path.as_posix().encode(errors="surrogateescape").decode(errors="replace")


def _error(path: Path, message: str) -> RecordError:
    return RecordError(message, record=_name(path))


def _unreadable(path: Path, error: OSError) -> RecordError:
    if error.errno in (errno.ENOENT, errno.ELOOP) and path.is_symlink():
        return _error(path, "the symbolic link leads nowhere")
    return _error(path, f"it cannot be read: {(error.strerror or 'unknown error').lower()}")
