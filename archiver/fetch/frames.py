"""Messages between the main process and the others, as frames on a stream: a length of four bytes, then msgpack."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import msgspec

from archiver.model import Feed, Fetched, Forgive, Lease, Probe, Probed, Release, Released

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")

_LENGTH = struct.Struct(">I")


class Enlist(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The first order: for which run, and as which of its workers."""

    run: str
    number: int  # from 1: the main process's own worker is 0


class Dismiss(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The last order: end what is under way, and close what was written."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The last news: which WARCs were written, and how many captures each holds."""

    warcs: dict[str, int]


class Broken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The news of a worker that cannot go on."""

    message: str


FromMain: TypeAlias = Enlist | Lease | Feed | Release | Probe | Forgive | Dismiss
FromWorker: TypeAlias = Fetched | Released | Probed | Sealed | Broken

_encode = msgspec.msgpack.Encoder().encode


def frame(messages: Sequence[FromMain | FromWorker]) -> bytes:
    """Give messages as one frame."""
    packed = _encode(messages)
    return _LENGTH.pack(len(packed)) + packed


class Frames(Generic[T]):
    """Takes bytes as they arrive, and gives the messages of whole frames."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[list[T]]) -> None:
        self._decoder = decoder
        self._held = bytearray()

    def take(self, data: bytes) -> Iterator[T]:
        """Give the messages that are whole now."""
        self._held += data
        while len(self._held) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._held)[0]
            if len(self._held) < end:
                return
            packed = bytes(self._held[_LENGTH.size : end])
            del self._held[:end]
            yield from self._decoder.decode(packed)


def frames_of_main() -> Frames[FromMain]:
    """Read what the main process says."""
    return Frames(msgspec.msgpack.Decoder(list[FromMain]))


def frames_of_worker() -> Frames[FromWorker]:
    """Read what a worker says."""
    return Frames(msgspec.msgpack.Decoder(list[FromWorker]))
