"""Answers, from their first bytes to their last: parsed by httptools (llhttp), their bodies fed to sinks on arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools
from msgspec.structs import replace

from archiver.fetch.answer import Answer
from archiver.fetch.failures import Failure, ProtocolFailure
from archiver.fetch.head import MOST_BYTES, HeadReader, ends_in_chunks
from archiver.model import SHOWS_CONTENT, Cut, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archiver.fetch.sinks import Sink

MAX_HEADER_BYTES = 65_536  # of one line, name and value
MAX_HEADERS = 256

_INTERIM = frozenset({100, *range(102, 200)})  # 101 is final: nothing of HTTP follows it
_UPGRADED = 101
_MOST_BESIDE_BYTES = 2 * MOST_BYTES
_CUT_BY = {Reason.TIMEOUT: Cut.TIME, Reason.BAD_HTTP: Cut.UNSPECIFIED}
"""Why a body broke off, where it was not the peer who ended it."""


class Receiver:
    """Takes the answers of one connection as their bytes arrive: each is expected first, and taken up to its end.

    None comes after one that `is_last`: the peer closes the connection then, or nobody knows where the next one begins.
    """

    def __init__(self, peer: str | None) -> None:
        self.answer: Answer | None = None  # once its head is known
        self.is_over = self.is_last = True
        self._sink: Sink | None = None
        self._peer = peer
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )

    def expect(self, request: bytes, sink: Sink, *, head_only: bool = False) -> None:
        """Make ready for the answer to `request`; one to CONNECT is over with its head."""
        self.answer = None
        self.is_over, self.is_last = False, True
        self._request = request
        self._sink = sink
        self._head_only = head_only
        self._reader = HeadReader()
        self._headers: list[tuple[bytes, bytes]] = []
        self._failure: Failure | None = None
        self._beside_bytes = 0  # since the last of the body's: heads, trailers, and what parts chunks

    def let_go(self) -> None:
        """Hold on to nothing of an answer that was taken."""
        self.answer = self._sink = None

    def take(self, data: bytes) -> None:
        """Take what came. Raises Failure where it is not HTTP, or the sink cannot read it."""
        self._beside_bytes += len(data)
        for piece in self._reader.take(data):
            if not self.is_over:
                self._parse(piece)
            else:
                self.is_last = True  # something follows that nobody asked for
            if self._failure is not None:
                raise self._failure
        if self._beside_bytes > _MOST_BESIDE_BYTES and not self.is_over:
            raise ProtocolFailure(Reason.BAD_HTTP, "what stands beside the body is too large")
        if self._reader.gave_up and self.answer is None:
            raise ProtocolFailure(Reason.BAD_HTTP, "the header block is too large")

    def _parse(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.is_over = self.is_last = True
        except httptools.HttpParserCallbackError as error:
            raise error.__context__ or error from None
        except httptools.HttpParserError as error:
            self.is_last = True
            if not self.is_over:
                self._failure = ProtocolFailure(Reason.BAD_HTTP, str(error))

    def end(self) -> Answer | None:
        """Give the whole answer where the connection's end is its end, too; else None."""
        return self.answer if self.answer is not None and _ends_with_connection(self.answer) else None

    def broken_off(self, failure: Failure | None = None) -> Answer:
        """Give what came of an answer that breaks off, by a failure or by the connection's end. Raises `failure`.

        A body that stalls or makes no sense counts only where the status promises content: a redirect or an error has
        said all with its head.
        """
        answer = self.answer
        assert answer is not None or failure is not None
        if failure is not None:
            cut = _CUT_BY.get(failure.reason, Cut.DISCONNECT)
            failure.part = answer and replace(answer, cut=cut)
            if answer is None or (answer.status in SHOWS_CONTENT and self._sink and self._sink.needs_body):
                raise failure
        assert answer is not None
        return replace(answer, cut=Cut.DISCONNECT)

    # --- what the parser calls

    def on_message_begin(self) -> None:
        """Begin; what follows an answer that is over was not asked for."""
        self.is_last = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Learn a header; what trails the body is none."""
        if self.answer is None:
            self._headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """Learn that the head is whole; it may be an interim one, which tells nothing, or one that nobody asked for."""
        if self.is_over or self._sink is None:
            return
        status, headers, self._headers = self._parser.get_status_code(), self._headers, []
        if status in _INTERIM:
            return
        block = self._reader.block
        if fault := _fault(block, headers):
            self._failure = ProtocolFailure(Reason.BAD_HTTP, fault)
            return
        named = _named(headers)
        self.answer = Answer(
            status=status,
            request=self._request,
            headers=named,
            raw_headers=headers,
            head=block,
            peer=self._peer,
        )
        self._sink.start(named)
        self.is_over = self._head_only

    def on_body(self, chunk: bytes) -> None:
        """Feed the sink, while it wants more."""
        if self.is_over or self._failure is not None or self.answer is None or self._sink is None:
            return
        self._beside_bytes = 0
        try:
            if not self._sink.take(chunk):
                self.answer = replace(self.answer, cut=Cut.LENGTH)
                self.is_over = True
        except Failure as failure:
            self._failure = failure

    def on_message_complete(self) -> None:
        """Learn that all has come."""
        if self.answer is not None and not self.is_over:
            self.is_over = True
            self.is_last = self.answer.status == _UPGRADED or not self._parser.should_keep_alive()


def _fault(block: bytes, headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """Give what is wrong with a header block, and the headers in it, beyond what the parser minds."""
    if len(headers) > MAX_HEADERS:
        return "too many headers"
    if b"\0" in block:
        return "a header holds a null"
    if len(block) > MAX_HEADER_BYTES and any(len(name) + len(value) > MAX_HEADER_BYTES for name, value in headers):
        return "a header is too long"
    return None


def _ends_with_connection(answer: Answer) -> bool:
    """Tell whether nothing but the connection's end ends the body (RFC 9112, section 6.3)."""
    codings = answer.headers.get("transfer-encoding")  # one at most, as the parser was fed it
    if codings is not None:
        return not ends_in_chunks(codings.encode(errors="replace"))
    return "content-length" not in answer.headers


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give headers by their names in lower case: the first of each, but all cookies, a line each."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = _decoded(raw_name).lower(), _decoded(raw_value)
        if name not in found:
            found[name] = value
        elif name == "set-cookie":
            found[name] = f"{found[name]}\n{value}"
    return found


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
