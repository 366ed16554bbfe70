"""Where a body ends: after a length, after its chunks, or with its connection (RFC 9112, section 6.3). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from archiver.fetch.failures import ProtocolFailure
from archiver.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIZE = re.compile(rb"(?=[0-9A-Fa-f])0*+([0-9A-Fa-f]{0,15})[ \t]*+(?:;.*)?", re.DOTALL)


class Framing(Protocol):
    """Takes the bytes behind a head, and tells the body's from what follows it."""

    is_over: bool
    ends_with_connection: bool
    rest: bytes  # what followed the body in what was taken last

    def take(self, data: bytes) -> Iterator[bytes]:
        """Give the body's bytes in `data`, while it is not over. Raises ProtocolFailure."""


class Sized:
    """A body of so many bytes."""

    ends_with_connection = False

    def __init__(self, size_bytes: int) -> None:
        self.is_over = not size_bytes
        self.rest = b""
        self._left = size_bytes

    def take(self, data: bytes) -> Iterator[bytes]:
        """Give as many of the bytes as are the body's."""
        body, self.rest = data[: self._left], data[self._left :]
        self._left -= len(body)
        self.is_over = not self._left
        yield body


class Endless:
    """A body that is over with its connection."""

    is_over = False
    ends_with_connection = True
    rest = b""

    def take(self, data: bytes) -> Iterator[bytes]:
        """Give all."""
        yield data


class Chunked:
    """A body in chunks. A line may end without its carriage return, as browsers have it."""

    ends_with_connection = False

    def __init__(self) -> None:
        self.is_over = False
        self.rest = b""
        self._left = 0  # of the chunk
        self._line = bytearray()  # what came of it
        self._heed: Callable[[bytes], None] = self._begin_chunk

    def take(self, data: bytes) -> Iterator[bytes]:
        """Give the bytes in the chunks, those before a fault, too: as one, since chunks may be as small as a byte."""
        pieces: list[bytes] = []
        fault: ProtocolFailure | None = None
        try:
            self._collect(data, pieces)
        except ProtocolFailure as failure:
            fault = failure
        if pieces:
            yield b"".join(pieces)
        if fault is not None:
            raise fault

    def _collect(self, data: bytes, pieces: list[bytes]) -> None:
        place = 0
        while place < len(data) and not self.is_over:
            if self._left:
                pieces.append(data[place : place + self._left])
                self._left -= len(pieces[-1])
                place += len(pieces[-1])
            else:
                end = data.find(b"\n", place) + 1 or len(data)
                self._line += data[place:end]
                place = end
                if self._line.endswith(b"\n"):
                    line = bytes(self._line).rstrip(b"\r\n")
                    self._line.clear()
                    self._heed(line)
        self.rest = data[place:]

    def _begin_chunk(self, line: bytes) -> None:
        size = _SIZE.fullmatch(line)
        if size is None:
            raise ProtocolFailure(Reason.BAD_HTTP, "a chunk does not tell its size")
        self._left = int(size[1] or b"0", 16)
        self._heed = self._end_chunk if self._left else self._read_trailer

    def _end_chunk(self, line: bytes) -> None:
        if line:
            raise ProtocolFailure(Reason.BAD_HTTP, "a chunk is longer than it says")
        self._heed = self._begin_chunk

    def _read_trailer(self, line: bytes) -> None:
        self.is_over = not line
