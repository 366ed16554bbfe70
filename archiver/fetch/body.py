"""A body as it comes: its content coding undone, counted, hashed, bounded and held."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, cast

import brotli
from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFLATE_ERROR = cast("type[Exception]", isal_zlib.error)
_BROTLI_ERROR = cast("type[Exception]", brotli.error)
_MOST_CODINGS = 5
_MEMBER_START = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47  # window bits: either header


class BadCodingError(ValueError):
    """The body is not in the coding its header names."""


class Body:
    """Takes a body chunk by chunk; `size_bytes` and `digest` are of its content-decoded form."""

    def __init__(self, *, coding: str, limit_bytes: int) -> None:
        self.size_bytes = 0
        self.over_limit = False
        self._limit_bytes = limit_bytes
        self._received_bytes = 0
        self._hash = hashlib.sha256()
        self._decoders = [_DECODERS[name]() for name in reversed(_codings(coding))] if coding else []
        self._held: list[bytes] = []
        self._received: list[bytes] = [] if self._decoders else self._held

    @property
    def digest(self) -> str | None:
        """`sha256:…` in hex, None for an empty body."""
        return f"sha256:{self._hash.hexdigest()}" if self.size_bytes else None

    @property
    def held(self) -> bytes:
        """The decoded bytes."""
        return b"".join(self._held)

    @property
    def received(self) -> bytes:
        """The bytes as sent, still in their content coding."""
        return b"".join(self._received)

    @property
    def received_digest(self) -> str | None:
        """`sha256:…` in hex of the bytes as sent, None where there are none."""
        if self._received is self._held:
            return self.digest
        return f"sha256:{hashlib.sha256(self.received).hexdigest()}" if self._received_bytes else None

    @property
    def is_whole(self) -> bool:
        """Whether every coding came to its end."""
        return all(decoder.is_done for decoder in self._decoders) or not self._received_bytes

    def take(self, chunk: bytes) -> bool:
        """Take a chunk as received; False when no more is wanted. Raises BadCodingError."""
        if self._decoders:
            self._received.append(chunk[: max(0, self._limit_bytes - self._received_bytes)])
        self._received_bytes += len(chunk)
        for decoder in self._decoders:
            chunk = decoder.decode(chunk, self._limit_bytes - self.size_bytes + 1)
        room = self._limit_bytes - self.size_bytes
        self.over_limit = len(chunk) > room or self._received_bytes > self._limit_bytes
        self._add(chunk[:room])
        return not self.over_limit

    def _add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self._hash.update(chunk)
        self._held.append(chunk)


class _Decoder(Protocol):
    is_done: bool

    def decode(self, data: bytes, most: int) -> bytes:
        """Undo the coding, giving not many more than `most` bytes."""


class _Deflate:
    """gzip (also in several members, and with rubbish after the last) and zlib."""

    def __init__(self) -> None:
        self.is_done = False
        self._inflate = isal_zlib.decompressobj(_GZIP_OR_ZLIB)
        self._after = b""  # what came after the last member, while it may be the start of another

    def decode(self, data: bytes, most: int) -> bytes:
        decoded: list[bytes] = []
        data = self._after + data
        try:
            while data and most > 0 and not (self.is_done and self._waits(data)):
                decoded.append(self._inflate.decompress(data, most))
                most -= len(decoded[-1])
                self.is_done = self._inflate.eof
                data = self._inflate.unused_data if self.is_done else self._inflate.unconsumed_tail
        except _DEFLATE_ERROR as error:
            raise BadCodingError(str(error)) from error
        return b"".join(decoded)

    def _waits(self, data: bytes) -> bool:
        """Begin the next member, where `data` is one; keep what is too little to tell, drop what is rubbish."""
        if data.startswith(_MEMBER_START):
            self._inflate, self._after = isal_zlib.decompressobj(_GZIP_OR_ZLIB), b""
            return False
        self._after = data if _MEMBER_START.startswith(data) else b"rubbish"
        return True


class _Brotli:
    def __init__(self) -> None:
        self.is_done = False
        self._decoder = brotli.Decompressor()

    def decode(self, data: bytes, most: int) -> bytes:
        if self.is_done and data:
            raise BadCodingError("more than one brotli stream")  # as the decoder itself says of one chunk
        try:
            decoded: bytes = self._decoder.process(data, output_buffer_limit=most)
            while len(decoded) < most and not self._decoder.can_accept_more_data():
                decoded += self._decoder.process(b"", output_buffer_limit=most - len(decoded))
        except _BROTLI_ERROR as error:
            raise BadCodingError(str(error)) from error
        self.is_done = self._decoder.is_finished()
        return decoded


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": _Deflate,
    "x-gzip": _Deflate,
    "deflate": _Deflate,
    "br": _Brotli,
}


def _codings(header: str) -> list[str]:
    """Split a Content-Encoding header; a body in one we cannot undo is counted and hashed as it came."""
    names = [name.strip().lower() for name in header.split(",") if name.strip()]
    return names if len(names) <= _MOST_CODINGS and all(name in _DECODERS for name in names) else []
