"""How the pool and its children talk.

Messages are MessagePack, each after its length in four bytes, on the child's standard input and output. An image's
bytes stand in a file that the two share: through a pipe they would come in pieces, and each piece wakes both.
"""

from __future__ import annotations

import os
import struct
import tempfile
from dataclasses import dataclass

LENGTH = struct.Struct(">I")
HELLO = b"ready"
"""A child's first message: whatever befalls it from then on is the image's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One image to look into: the first bytes of a shared file."""

    shared: int  # the file's number
    size_bytes: int
    content_type: str | None


def framed(message: bytes) -> bytes:
    """Give a message with its length before it."""
    return LENGTH.pack(len(message)) + message


class SharedFile:
    """A file without a name, that a child inherits by its number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def write(self, content: bytes) -> None:
        """Put an image in the place of the one before."""
        view, at = memoryview(content), 0
        while at < len(view):
            at += os.pwrite(self.number, view[at:], at)
        os.ftruncate(self.number, len(view))

    def close(self) -> None:
        """Let go of it."""
        os.close(self.number)
        self.number = -1  # another file may get its number: nobody shall write there by mistake


def in_memory() -> SharedFile:
    """Make a shared file that is never on a disk, where the system has such files."""
    return SharedFile(os.memfd_create("archiver-image")) if hasattr(os, "memfd_create") else on_disk()


def on_disk() -> SharedFile:
    """Make a shared file among the temporary ones."""
    with tempfile.TemporaryFile() as file:
        return SharedFile(os.dup(file.fileno()))


def read_shared(number: int, size_bytes: int) -> bytes:
    """Give the image that stands in a shared file."""
    pieces: list[bytes] = []
    at = 0
    while at < size_bytes and (piece := os.pread(number, size_bytes - at, at)):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)
