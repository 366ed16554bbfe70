"""Answers, from their first bytes to their last: their heads read, their bodies fed to sinks on arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.fetch.answer import Answer
from archiver.fetch.failures import Failure, ProtocolFailure
from archiver.fetch.head import MOST_BYTES, HeadReader
from archiver.model import SHOWS_CONTENT, Cut, Reason

if TYPE_CHECKING:
    from archiver.fetch.head import Head
    from archiver.fetch.sinks import Sink

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

    def expect(self, request: bytes, sink: Sink, *, head_only: bool = False) -> None:
        """Make ready for the answer to `request`; one to CONNECT is over with its head."""
        self.answer = None
        self.is_over, self.is_last = False, True
        self._request = request
        self._sink = sink
        self._head_only = head_only
        self._reader = HeadReader()
        self._head: Head | None = None
        self._beside_bytes = 0  # heads, trailers, and what parts chunks, but for as much as there is of a body

    def let_go(self) -> None:
        """Hold on to nothing of an answer that was taken."""
        self.answer = self._sink = self._head = None

    def take(self, data: bytes) -> None:
        """Take what came. Raises Failure where it is not HTTP, or the sink cannot read it."""
        self._beside_bytes += len(data)
        head = self._head
        if head is None:
            begun = self._reader.take(data)
            if begun is not None:
                head, data = begun
                self._begin(head)
        if head is not None and data:
            self._take_body(head, data)
        if self._beside_bytes > _MOST_BESIDE_BYTES:
            raise ProtocolFailure(Reason.BAD_HTTP, "what stands beside the body is too large")

    def _begin(self, head: Head) -> None:
        self._head = head
        self.answer = Answer(
            status=head.status,
            request=self._request,
            headers=head.named,
            all_headers=head.headers,
            head=head.block,
            peer=self._peer,
        )
        assert self._sink is not None
        self._sink.start(head.named)
        if self._head_only or head.framing.is_over:
            self._end(head)

    def _take_body(self, head: Head, data: bytes) -> None:
        """Feed the sink, while it wants more; what follows the body was not asked for."""
        if self.is_over:
            self.is_last = True
            return
        assert self.answer is not None
        assert self._sink is not None
        for chunk in head.framing.take(data):
            self._beside_bytes -= 2 * len(chunk)
            if not self._sink.take(chunk):
                self.answer = replace(self.answer, cut=Cut.LENGTH)
                self.is_over = True
                return
        if head.framing.is_over:
            self._end(head)
            self.is_last = self.is_last or head.framing.rest != b""

    def _end(self, head: Head) -> None:
        self.is_over = True
        self.is_last = self._head_only or not head.stays

    def end(self) -> Answer | None:
        """Give the whole answer where the connection's end is its end, too; else None."""
        return self.answer if self._head is not None and self._head.framing.ends_with_connection else None

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
