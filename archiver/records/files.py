"""Finding the files that hold records, and reading their text."""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archiver.model import RecordError
from archiver.records.tree import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

MAX_FILE_BYTES = 50_000_000

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


class File(NamedTuple):
    """A file that should hold records, and what it was when it was found."""

    path: str
    status: os.stat_result | None  # None where it cannot be had


STANDARD_INPUT = File("-", None)


class Argument(NamedTuple):
    """An address given in the place of a path, counted from 0."""

    address: str
    number: int


Found: TypeAlias = "File | Argument | RecordError"


def find(paths: Sequence[str], suffixes: Collection[str]) -> Iterator[Found]:
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
                continue
            file = _looked_at(found)
            if (identity := _identity(file)) not in seen:
                seen.add(identity)
                yield file


_ADDRESS = re.compile(r"\s*https?:[\\/]{2}", re.IGNORECASE)


RACY_NS = 2_000_000_000
"""A file written so shortly before it was read may be written again without a sign (git's rule for its index,
Documentation/technical/racy-git; two seconds is the coarsest clock of a file system)."""


def stamp_of(status: os.stat_result | None, now_ns: int) -> str | None:
    """Give what tells a file from what it becomes by any later write; None where it is too young for that, or away.

    Its size, times, inode and device: `ctime` changes also where a tool sets the modification time back.
    """
    if status is None or max(status.st_mtime_ns, status.st_ctime_ns) > now_ns - RACY_NS:
        return None
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_dev}"


def content_of(path: str | Path) -> bytes:
    """Give a file's bytes. Raises RecordError: not to be read, too large."""
    try:
        status = os.stat(path)  # noqa: PTH116 (of thousands of files, and half the price)
        if not stat.S_ISREG(status.st_mode):
            raise _error(path, "this is not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            raise _error(path, f"the file is over {MAX_FILE_BYTES // 1_000_000} MB")
        return Path(path).read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def decoded(path: str | Path, content: bytes) -> Source:
    """Give a file's bytes as text. Raises RecordError: not UTF-8."""
    try:
        return Source(name_of(path), content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{content[error.start]:02X} is not UTF-8"
        raise RecordError(message, record=name_of(path), line=line) from None


def name_of(path: str | Path) -> str:
    """Write a path as text that can be printed whatever bytes its names have."""
    return os.fspath(path).encode(errors="surrogateescape").decode(errors="replace")


def _named(named: str, suffixes: Collection[str]) -> list[str | RecordError]:
    path = Path(named)
    if named == STANDARD_INPUT.path:
        return [named]
    try:
        if path.is_dir():
            return _below(str(path), suffixes) or [_error(path, "the folder holds no records")]
        if path.exists() or path.is_symlink():
            kinds = " ".join(suffixes)
            unknown = _error(path, f"files of this kind are not read, only {kinds}")
            return [str(path) if _is_record(path.name, suffixes) else unknown]
        if glob.has_magic(named):
            return _matching(path, suffixes) or [_error(path, "no record matches this pattern")]
    except OSError as error:
        return [_unreadable(path, error)]
    return [_error(path, "there is no such file or folder")]


def _matching(pattern: Path, suffixes: Collection[str]) -> list[str | RecordError]:
    """Give the files that match, and those below the folders that match."""
    found: list[str | RecordError] = []
    for match in _glob(pattern):
        if any(_is_left_out(part) for part in match.parts if part not in pattern.parts):
            continue
        if match.is_dir():
            found += _below(str(match), suffixes)
        elif _is_record(match.name, suffixes):
            found.append(str(match))
    return found


def _glob(pattern: Path) -> list[Path]:
    try:
        return sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor))))
    except (ValueError, OSError):  # no pattern after all, or a folder that cannot be listed
        return []


def _below(folder: str, suffixes: Collection[str]) -> list[str | RecordError]:
    """Give the files below a folder that are not hidden; symbolic links to folders are not followed."""
    found: list[str] = []
    problems: list[str | RecordError] = []
    folders = [folder]
    while folders:
        here = folders.pop()
        before = "" if here == os.curdir else os.path.join(here, "")  # noqa: PTH118 (as for all of thousands of files)
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if _is_left_out(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(before + entry.name)
                    elif _is_record(entry.name, suffixes):
                        found.append(before + entry.name)
        except OSError as error:
            problems.append(_unreadable(here, error))
    return problems + sorted(found, key=lambda path: path.split("/"))


def _is_record(name: str, suffixes: Collection[str]) -> bool:
    return os.path.splitext(name)[1].lower() in suffixes  # noqa: PTH122 (likewise)


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name in LEFT_OUT


def _looked_at(path: str) -> File:
    if path == STANDARD_INPUT.path:
        return STANDARD_INPUT
    try:
        return File(path, os.stat(path))  # noqa: PTH116 (likewise)
    except OSError:
        return File(path, None)


def _identity(file: File) -> Hashable:
    """Tell a file from others, whatever names it has."""
    return (file.status.st_dev, file.status.st_ino) if file.status else file.path


def _error(path: str | Path, message: str) -> RecordError:
    return RecordError(message, record=name_of(path))


def _unreadable(path: str | Path, error: OSError) -> RecordError:
    if error.errno in (errno.ENOENT, errno.ELOOP) and os.path.islink(path):  # noqa: PTH114 (likewise)
        return _error(path, "the symbolic link leads nowhere")
    return _error(path, f"it cannot be read: {(error.strerror or 'unknown error').lower()}")
