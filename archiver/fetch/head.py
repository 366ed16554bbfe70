"""An answer's header block, parted from its body and read as browsers read it. Pure.

A page that people are shown is there, however oddly its server words the head: what Chromium makes of such heads was
tried one by one (docs/decisions/0001-transport.md).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from archiver.fetch.failures import ProtocolFailure
from archiver.fetch.framing import Chunked, Endless, Sized
from archiver.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiver.fetch.framing import Framing

MOST_BYTES = 1_048_576
MAX_HEADERS = 256
MAX_HEADER_BYTES = 65_536  # of one line, name and value
UPGRADED = 101

_END = re.compile(rb"\n\r?\n")
_MOST_BEFORE = 4
_MOST_INTERIM = 100
_BEGINNING = b"http"
_STATUS_LINE = re.compile(rb"http(?:/(\d+\.\d+))?[^\r\n ]*+ *+(\d{0,9})", re.IGNORECASE)
_PLAIN_LINE = re.compile(rb"HTTP/\d\.\d \d{3}(?=[ \r\n])")
_FOLD = re.compile(rb"(?:\r\n?|\n)[ \t]++")
_FOLDS = (b"\n ", b"\n\t", b"\r ", b"\r\t")
_HEADER = re.compile(r"[\r\n]([!#-'*+\-.0-9A-Z^-z|~]++)[ \t]*+:[ \t]*+([^\r\n]*+)")
_LENGTH = re.compile(r"[0-9]{1,18}")
_BETWEEN = {"set-cookie": "\n", "content-length": ", ", "transfer-encoding": ", ", "connection": ", "}
"""The headers that may stand on several lines, and what is put between these."""
_INTERIM = frozenset({100, *range(102, 200)})  # 101 is final: nothing of HTTP follows it
_BODILESS = frozenset({UPGRADED, 204, 205, 304})


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a final answer. Its text is UTF-8, with surrogates for the bytes that are none."""

    block: bytes  # as received, without what stood before it, and with a status line that others can read
    status: int
    headers: Sequence[tuple[str, str]]  # whatever has a name, in their order; blanks may trail a value
    named: Mapping[str, str]  # by names in lower case: the first of each, but all of those that are lists
    framing: Framing  # of what follows
    stays: bool  # the connection is there for another request, once the body is over


class HeadReader:
    """Takes bytes as they arrive, until a final answer's head is whole."""

    def __init__(self) -> None:
        self._held: bytes | bytearray = b""
        self._has_begun = False
        self._interim = 0

    def take(self, data: bytes) -> tuple[Head, bytes] | None:
        """Give the head, and what came after it; None while it is not whole. Raises ProtocolFailure."""
        while (parted := self._part(data)) is not None:
            block, data = parted
            head = read_head(block)
            if head is not None:
                return head, data
            self._interim += 1
            if self._interim > _MOST_INTERIM:
                raise ProtocolFailure(Reason.BAD_HTTP, "too many interim answers")
        return None

    def _part(self, data: bytes) -> tuple[bytes, bytes] | None:
        """Give the next header block, and what came after it; None, holding what there is, while it is not whole."""
        searched = max(0, len(self._held) - 3) if self._has_begun else 0
        held = self._joined(data) if self._held else data
        if not self._has_begun:
            held = _from_start(held)
            self._has_begun = _begins(held)
        end = _END.search(held, searched) if self._has_begun else None
        if (len(held) if end is None else end.end()) > MOST_BYTES:
            raise ProtocolFailure(Reason.BAD_HTTP, "the header block is too large")
        if end is None:
            self._held = held
            return None
        self._held, self._has_begun = b"", False
        return bytes(held[: end.end()]), bytes(held[end.end() :])

    def _joined(self, data: bytes) -> bytearray:
        held = self._held if isinstance(self._held, bytearray) else bytearray(self._held)
        held += data
        return held


def _from_start(data: bytes | bytearray) -> bytes | bytearray:
    """Leave out empty lines, and up to four bytes, before a head: they are none of it. Raises ProtocolFailure."""
    if _begins(data):
        return data
    data = data.lstrip(b"\r\n")
    beginnings = [bytes(data[place : place + len(_BEGINNING)]).lower() for place in range(_MOST_BEFORE + 1)]
    if not any(map(_BEGINNING.startswith, beginnings)):  # nor can any become one
        raise ProtocolFailure(Reason.BAD_HTTP, "what came does not begin as HTTP does")
    return data[beginnings.index(_BEGINNING) :] if _BEGINNING in beginnings else data


def _begins(data: bytes | bytearray) -> bool:
    return data[: len(_BEGINNING)].lower() == _BEGINNING


def read_head(block: bytes) -> Head | None:
    """Read a header block; None for an interim answer's, which tells nothing. Raises ProtocolFailure."""
    line = _STATUS_LINE.match(block)
    assert line is not None
    status = int(line[2]) if line[2] else 200
    if status in _INTERIM:
        return None
    headers = _headers(block)
    named = _named(headers)
    framing = _framing(status, named)
    if not _PLAIN_LINE.match(block):
        block = b"HTTP/1.1 %03d\r\n" % status + block.partition(b"\n")[2]
    stays = status != UPGRADED and not framing.ends_with_connection and _stays(line[1], named)
    return Head(block=block, status=status, headers=headers, named=named, framing=framing, stays=stays)


def _headers(block: bytes) -> Sequence[tuple[str, str]]:
    if b"\0" in block:
        raise ProtocolFailure(Reason.BAD_HTTP, "a header holds a null")
    plain = _FOLD.sub(b" ", block) if any(map(block.__contains__, _FOLDS)) else block
    headers: list[tuple[str, str]] = _HEADER.findall(plain.decode("utf-8", "surrogateescape"))
    if len(headers) > MAX_HEADERS:
        raise ProtocolFailure(Reason.BAD_HTTP, "too many headers")
    if len(block) > MAX_HEADER_BYTES and max(map(len, plain.splitlines())) > MAX_HEADER_BYTES:
        raise ProtocolFailure(Reason.BAD_HTTP, "a header is too long")
    return headers


def _named(headers: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key not in found:
            found[key] = value.rstrip(" \t")
        elif key in _BETWEEN:
            found[key] += _BETWEEN[key] + value.rstrip(" \t")
    return found


def _framing(status: int, named: Mapping[str, str]) -> Framing:
    """Decide how a body ends: chunks go before a length, and what makes no length is none."""
    if status in _BODILESS:
        return Sized(0)
    codings, length = named.get("transfer-encoding"), named.get("content-length")
    if codings is not None and "chunked" in _listed(codings):
        return Chunked()
    if length is None:
        return Endless()
    sizes = _listed(length)
    if len(sizes) > 1:
        raise ProtocolFailure(Reason.BAD_HTTP, "lengths that differ")
    size = sizes.pop()
    return Sized(int(size)) if _LENGTH.fullmatch(size) else Endless()


def _listed(value: str) -> set[str]:
    return {item.strip().lower() for item in value.split(",")}


def _stays(version: bytes | None, named: Mapping[str, str]) -> bool:
    told = named.get("connection", "").lower()
    if "close" in told:
        return False
    return "keep-alive" in told or (version or b"") > b"1.0"
