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

    Header = tuple[bytes, bytes]

MOST_BYTES = 1_048_576
MAX_HEADERS = 256
MAX_HEADER_BYTES = 65_536  # of one line, name and value
UPGRADED = 101

_END = re.compile(rb"\n\r?\n")
_START = re.compile(rb".{0,4}?(?=http)", re.IGNORECASE | re.DOTALL)
_START_BYTES = 8
_STATUS_LINE = re.compile(rb"http(?:/(\d+\.\d+))?[^\r\n ]*+ *+(\d{0,9})", re.IGNORECASE)
_PLAIN_LINE = re.compile(rb"HTTP/\d\.\d \d{3}(?=[ \r\n])")
_FOLD = re.compile(rb"\r?\n[ \t]++")
_HEADER = re.compile(rb"[\r\n]([!#-'*+\-.0-9A-Z^-z|~]++)[ \t]*+:[ \t]*+([^\r\n]*+)")
_MOST_DIGITS = 19  # of a length that anybody believes
_INTERIM = frozenset({100, *range(102, 200)})  # 101 is final: nothing of HTTP follows it
_BODILESS = frozenset({UPGRADED, 204, 304})


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a final answer."""

    block: bytes  # as received, without what stood before it, and with a status line that others can read
    status: int
    headers: Sequence[Header]  # whatever has a name, in their order
    named: Mapping[str, str]  # by names in lower case: the first of each, but all cookies, a line each
    framing: Framing  # of what follows
    stays: bool  # the connection is there for another request, once the body is over


class HeadReader:
    """Takes bytes as they arrive, until a final answer's head is whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._has_begun = False

    def take(self, data: bytes) -> tuple[Head, bytes] | None:
        """Give the head, and what came after it; None while it is not whole. Raises ProtocolFailure."""
        block = self._next_block(data)
        while block is not None:
            head = read_head(block)
            if head is not None:
                return head, bytes(self._held)
            block = self._next_block(b"")
        return None

    def _next_block(self, data: bytes) -> bytes | None:
        searched = max(0, len(self._held) - 3) if self._has_begun else 0
        self._held += data
        if not self._has_begun:
            self._skip()
        end = _END.search(self._held, searched) if self._has_begun else None
        if end is None:
            if len(self._held) > MOST_BYTES:
                raise ProtocolFailure(Reason.BAD_HTTP, "the header block is too large")
            return None
        size = end.end()
        end = None  # it holds on to the bytes
        block = bytes(self._held[:size])
        del self._held[:size]
        self._has_begun = False
        return block

    def _skip(self) -> None:
        """Leave out empty lines, and up to four bytes, before a head: they are none of it. Raises ProtocolFailure."""
        del self._held[: len(self._held) - len(self._held.lstrip(b"\r\n"))]
        start = _START.match(self._held)
        if start is None and len(self._held) >= _START_BYTES:
            raise ProtocolFailure(Reason.BAD_HTTP, "what came does not begin as HTTP does")
        if start is not None:
            size, start = start.end(), None
            del self._held[:size]
            self._has_begun = True


def read_head(block: bytes) -> Head | None:
    """Read a header block; None for an interim answer's, which tells nothing. Raises ProtocolFailure."""
    line = _STATUS_LINE.match(block)
    assert line is not None
    status = int(line[2]) if line[2] else 200
    if status in _INTERIM:
        return None
    headers = _headers(block)
    named = _named(headers)
    framing = _framing(status, headers, named)
    if not _PLAIN_LINE.match(block):
        block = b"HTTP/1.1 %03d\r\n" % status + block.partition(b"\n")[2]
    stays = status != UPGRADED and not framing.ends_with_connection and _stays(line[1], named)
    return Head(block=block, status=status, headers=headers, named=named, framing=framing, stays=stays)


def _headers(block: bytes) -> Sequence[Header]:
    if b"\0" in block:
        raise ProtocolFailure(Reason.BAD_HTTP, "a header holds a null")
    plain = _FOLD.sub(b" ", block) if b"\n " in block or b"\n\t" in block else block
    headers = _HEADER.findall(plain)
    if len(headers) > MAX_HEADERS:
        raise ProtocolFailure(Reason.BAD_HTTP, "too many headers")
    if len(block) > MAX_HEADER_BYTES and any(len(name) + len(value) > MAX_HEADER_BYTES for name, value in headers):
        raise ProtocolFailure(Reason.BAD_HTTP, "a header is too long")
    return [(name, value.rstrip(b" \t")) for name, value in headers]


def _named(headers: Sequence[Header]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode().lower(), raw_value.decode("utf-8", "surrogateescape")
        if name not in found:
            found[name] = value
        elif name == "set-cookie":
            found[name] = f"{found[name]}\n{value}"
    return found


def _framing(status: int, headers: Sequence[Header], named: Mapping[str, str]) -> Framing:
    """Decide how a body ends: chunks go before a length, and what makes no length is none."""
    if status in _BODILESS:
        return Sized(0)
    if "transfer-encoding" in named and b"chunked" in _listed(b"transfer-encoding", headers):
        return Chunked()
    if "content-length" not in named:
        return Endless()
    sizes = _listed(b"content-length", headers)
    if len(sizes) > 1:
        raise ProtocolFailure(Reason.BAD_HTTP, "lengths that differ")
    size = sizes.pop()
    return Sized(int(size)) if size.isdigit() and len(size) < _MOST_DIGITS else Endless()


def _listed(name: bytes, headers: Sequence[Header]) -> set[bytes]:
    """Give all that headers of that name list, in lower case."""
    values = [value for each, value in headers if each.lower() == name]
    return {item.strip().lower() for value in values for item in value.split(b",")}


def _stays(version: bytes | None, named: Mapping[str, str]) -> bool:
    told = named.get("connection", "").lower()
    if "close" in told:
        return False
    return "keep-alive" in told or (version or b"") > b"1.0"
