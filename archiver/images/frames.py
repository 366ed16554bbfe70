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
    """One image to look into: the first bytes of the shared file."""

    size_bytes: int
    content_type: str | None


def framed(message: bytes) -> bytes:
    """Give a message with its length before it."""
    return LENGTH.pack(len(message)) + message


class SharedFile:
    """A file without a name, in memory where the system has such files; a child inherits its number."""

    def __init__(self) -> None:
        if hasattr(os, "memfd_create"):
            self.number = os.memfd_create("archiver-image")
        else:
            with tempfile.TemporaryFile() as file:
                self.number = os.dup(file.fileno())

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


def read_shared(number: int, size_bytes: int) -> bytes:
    """Give the image that stands in a shared file."""
    pieces: list[bytes] = []
    at = 0
    while at < size_bytes and (piece := os.pread(number, size_bytes - at, at)):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)
