"""Segments: every observation of a run, one file a run, `checks/2026/01/<run>.jsonl.gz`. They are the truth.

A segment is a row of gzip members (RFC 1952, section 2.2), one a batch: a torn tail costs that batch alone, and any
gzip tool reads the whole. While it is written its name ends in `.open`; a sealed one never changes.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec
from isal import igzip, isal_zlib

from archiver.archive.lines import CheckLine, EndLine, Line, LinkLine, RunLine, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from mmap import mmap
    from pathlib import Path

SEALED = ".jsonl.gz"
OPEN = ".jsonl.gz.open"
TEMPORARY = ".tmp"

MEMBER_START = b"\x1f\x8b\x08"
_DAMAGED = cast("type[Exception]", isal_zlib.error)  # isal's stub takes the class for an instance
CHUNK_BYTES = 65_536
GZIP_WINDOW_BITS = 31  # zlib's way to ask for the gzip format
_LEVEL = 2  # of 3: the next one takes four times as long for lines like ours, and makes no less of them

sync: Callable[[int], None] = os.fsync if sys.platform == "darwin" else os.fdatasync
"""Put a file's bytes, and its size, on the disk."""


class Member(NamedTuple):
    """A gzip member of a file; `text` is None where it cannot be read."""

    start: int
    end: int
    text: bytes | None


@dataclass(slots=True, kw_only=True)
class Segment:
    """A run's file, as far as it can be read."""

    path: Path
    run: str  # by the file's name, which holds also where the first line is lost
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what cannot be read, in sentences
    line_count: int = 0  # with those that cannot be read

    @property
    def start(self) -> RunLine | None:
        """The line it opens with."""
        return next((line for line in self.lines if isinstance(line, RunLine)), None)

    @property
    def end(self) -> EndLine | None:
        """The line that closes it."""
        return next((line for line in self.lines if isinstance(line, EndLine)), None)


def path_of(folder: Path, run: str, suffix: str) -> Path:
    """Give where the segment of `run` stands."""
    return folder / "checks" / run[:4] / run[4:6] / (run + suffix)


def run_of(path: Path) -> str:
    """Give the run whose segment `path` is."""
    return path.name.partition(".")[0]


def sealed(folder: Path) -> list[Path]:
    """List the sealed segments of an archive, by name: in the order of their runs."""
    return sorted(folder.glob(f"checks/*/*/*{SEALED}"), key=lambda path: path.name)


def left_open(folder: Path) -> list[Path]:
    """List the segments that a run writes, or that a killed one left."""
    return sorted(folder.glob(f"checks/*/*/*{OPEN}"), key=lambda path: path.name)


def end_line(lines: Iterable[Line], ended: str) -> EndLine:
    """Give the line that closes a segment of `lines`."""
    kinds = Counter(type(line) for line in lines)
    return EndLine(ended, links=kinds[LinkLine], checks=kinds[CheckLine])


def pack(lines: Iterable[Line]) -> bytes:
    """Give a batch of lines as one gzip member."""
    packed: bytes = igzip.compress(encode(lines), _LEVEL, mtime=0)
    return packed


# --- reading --------------------------------------------------------------------------------------------------


def read(path: Path) -> Segment:
    """Read all that can be read of a segment; damaged members and lines are passed over, and told in `faults`."""
    segment = Segment(path=path, run=run_of(path))
    for member in members(path.read_bytes()):
        if member.text is None:
            segment.faults.append(f"bytes {member.start} to {member.end} cannot be decompressed")
        else:
            _take_lines(segment, member.text)
    return segment


def members(raw: bytes | mmap) -> Iterator[Member]:
    """Give each gzip member of `raw`; after a damaged one, go on where the next one starts."""
    at = 0
    while at < len(raw):
        start, member = at, _member(raw, at)
        while member is None and (at := raw.find(MEMBER_START, at + 1)) >= 0:
            member = _member(raw, at)
        if member is None:
            yield Member(start, len(raw), None)
            return
        if member.start > start:
            yield Member(start, member.start, None)
        yield member
        at = member.end


def _member(raw: bytes | mmap, start: int) -> Member | None:
    """Give the member at `start`; None where it is torn or damaged."""
    stream = isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
    text, at, view = [], start, memoryview(raw)
    try:
        while not stream.eof and at < len(raw):
            text.append(stream.decompress(view[at : at + CHUNK_BYTES]))
            at = min(at + CHUNK_BYTES, len(raw))
    except _DAMAGED:
        return None
    return Member(start, at - len(stream.unused_data), b"".join(text)) if stream.eof else None


def _take_lines(segment: Segment, text: bytes) -> None:
    for number, line in enumerate(text.splitlines(), start=segment.line_count + 1):
        segment.line_count = number
        try:
            segment.lines.append(decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            segment.faults.append(f"line {number} cannot be read: {error}")


# --- writing --------------------------------------------------------------------------------------------------


def write(path: Path, parts: Iterable[bytes]) -> None:
    """Put a whole file in its place: all of it is on the disk before it has its name."""
    temporary = path.with_name(path.name + TEMPORARY)
    make_folder(path.parent)
    with temporary.open("wb") as file:
        file.writelines(parts)
        file.flush()
        sync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, on the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
