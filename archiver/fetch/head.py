"""An answer's header block, as it comes: parted from the body before a parser sees either. Pure.

So no verdict hangs on how the bytes fell into packets, the block is kept as received, and what browsers forgive in it
is forgiven here.
"""

from __future__ import annotations

import re

MOST_BYTES = 1_048_576

_END = re.compile(rb"\n\r?\n")
_FRAMING = re.compile(
    rb"^(content-length|transfer-encoding)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)\r?\n",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD = re.compile(rb"\n[ \t]")
_STATUS = re.compile(rb"HTTP/\d\.\d +(\d{3})")
_INTERIM = frozenset({b"100", *(str(status).encode() for status in range(102, 200))})  # 101 is final: no HTTP follows
_START = b"HTTP/"


class HeadReader:
    """Takes bytes as they arrive, and gives what a parser is to be fed, piece by piece."""

    def __init__(self) -> None:
        self.block = b""  # the final answer's header block as received, once it is whole
        self.gave_up = False  # what came is no header block, or is too large for one
        self._held = bytearray()
        self._is_done = False

    def take(self, data: bytes) -> list[bytes]:
        """Give what can be parsed now: each header block by itself, then the body's bytes; nothing while in a block."""
        pieces: list[bytes] = []
        while data and not self._is_done:
            if not self._held:
                data = data.lstrip(b"\r\n")  # empty lines before a head are none of it: browsers overlook them
            if self._held or (end := _END.search(data)) is None:
                searched = max(0, len(self._held) - 3)
                self._held += data
                end = _END.search(self._held, searched)
                if end is None:
                    return pieces + self._give_up() if self._is_hopeless() else pieces
                data = bytes(self._held)
                self._held.clear()
            block, data = data[: end.end()], data[end.end() :]
            if not _is_interim(block):
                self.block, self._is_done = block, True
            pieces.append(with_one_framing(block))
        return [*pieces, data] if data else pieces

    def _is_hopeless(self) -> bool:
        return len(self._held) > MOST_BYTES or not _START.startswith(self._held[: len(_START)])

    def _give_up(self) -> list[bytes]:
        """Let the parser say what is wrong with it."""
        self._is_done = self.gave_up = True
        return [bytes(self._held)]


def with_one_framing(block: bytes) -> bytes:
    """Give a header block that says but once where its body ends, as browsers read it (RFC 9112, section 6.3).

    Chunks go before any length, a length before other codings, and equal lengths are one; lengths that differ are left
    for the parser to refuse.
    """
    if _names_once(block):
        return block
    lines = [(line[1].lower(), b" ".join(line[2].split())) for line in _FRAMING.finditer(block)]
    codings = b", ".join(value for name, value in lines if name == b"transfer-encoding" and value)
    lengths = {value for name, value in lines if name == b"content-length"}
    if ends_in_chunks(codings) or (codings and not lengths):
        return _framed(block, b"Transfer-Encoding: " + codings)
    return _framed(block, b"Content-Length: " + lengths.pop()) if len(lengths) == 1 else block


def ends_in_chunks(codings: bytes) -> bool:
    """Tell whether by its transfer codings a body says itself where it ends."""
    return codings.rpartition(b",")[2].strip().lower() == b"chunked"


def _framed(block: bytes, line: bytes) -> bytes:
    """Give a header block with `line` after its status line, and no other that tells where its body ends."""
    status, end, headers = block.partition(b"\n")
    return status + end + line + b"\r\n" + _FRAMING.sub(b"", headers)


def _names_once(block: bytes) -> bool:
    """Tell at a glance of most blocks that they name no two framings, and none on several lines."""
    lower = block.lower()
    return lower.count(b"content-length") + lower.count(b"transfer-encoding") <= 1 and not _FOLD.search(block)


def _is_interim(block: bytes) -> bool:
    status = _STATUS.match(block)
    return status is not None and status[1] in _INTERIM
