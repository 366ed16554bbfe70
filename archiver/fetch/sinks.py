"""Where bodies go as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from archiver.fetch.body import BadCodingError, Body
from archiver.fetch.failures import ProtocolFailure
from archiver.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiver.model import Limits


class Sink(Protocol):
    """Where a body goes: made once its head is known, fed until it wants no more."""

    needs_body: bool  # whether an answer whose body breaks is no answer, even where its status promises content

    def start(self, headers: Mapping[str, str]) -> None:
        """Learn the headers, by their names in lower case."""

    def take(self, chunk: bytes) -> bool:
        """Take a chunk as received; False when no more is wanted. Raises Failure where it cannot be read."""


class BodySink:
    """Counts, hashes and holds a body, bounded by what its content type may have, as far as it came."""

    def __init__(self, limits: Limits, *, at_most_bytes: int | None = None) -> None:
        self.needs_body = at_most_bytes is None
        self._limits = limits
        self._at_most_bytes = at_most_bytes
        self.body: Body | None = None

    def start(self, headers: Mapping[str, str]) -> None:
        """Choose the limit by the content type."""
        is_image = headers.get("content-type", "").lower().startswith("image/")
        most = self._limits.max_image_bytes if is_image else self._limits.max_page_bytes
        coding = headers.get("content-encoding", "")
        self.body = Body(coding=coding, limit_bytes=self._at_most_bytes or most)

    def take(self, chunk: bytes) -> bool:
        """Take a chunk; raises ProtocolFailure where it is not in the coding its header names."""
        assert self.body is not None
        try:
            return self.body.take(chunk)
        except BadCodingError as error:
            raise ProtocolFailure(Reason.BAD_HTTP, f"the body is not in its content coding ({error})") from error


class Collector:
    """Holds a body as it was sent, for who asks in httpx's words."""

    needs_body = True

    def __init__(self, most: int) -> None:
        self._most = most
        self.received = bytearray()

    def start(self, headers: Mapping[str, str]) -> None:
        """Nothing in the headers matters here."""

    def take(self, chunk: bytes) -> bool:
        """Take a chunk."""
        self.received += chunk
        return len(self.received) <= self._most
