"""One connection, and what is said on it: one request at a time, each with its answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, cast

from archiver.fetch.failures import Failure, connection_failure
from archiver.fetch.receiver import Receiver
from archiver.model import FetchError

if TYPE_CHECKING:
    from archiver.fetch.answer import Answer, Request
    from archiver.fetch.sinks import Sink

_RECEIVE_BYTES = 65_536
"""What is read of a socket at once: asyncio's 256 KB are mapped into memory and unmapped for every packet."""


class Patience(NamedTuple):
    """How long an exchange may take, in seconds."""

    first_byte_s: float
    idle_s: float  # from one arrival to the next
    total_s: float


class Conversation(asyncio.Protocol):
    """Asks, and gives the answer as a future. What aiohttp's connector wants of a protocol is here as well."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.transport: asyncio.Transport | None = None
        self.peer: str | None = None
        self.requests = 0
        self.should_close = False  # nobody else may have the connection
        self._loop = loop
        self._patience: Patience | None = None
        self._sent_at = self._heard_at = 0.0
        self._heard = False  # a byte has come since the last request
        self._receiver = Receiver(None)
        self._is_asking = False  # an answer is awaited
        self._answered: asyncio.Future[Answer] | None = None
        self._closed: asyncio.Future[None] | None = None
        self._is_lost = False
        self._early = b""  # what came before anything was asked

    def ask(
        self, request: Request, sink: Sink, patience: Patience, *, head_only: bool = False
    ) -> asyncio.Future[Answer]:
        """Send a request; give its answer to come, whose body goes to `sink`.

        It fails with a Failure, or with what is no fault of the peer's: FetchError, or whatever the sink raises.
        """
        self.requests += 1
        self._patience = patience
        self._heard = False
        self.should_close = True
        answered = self._answered = self._loop.create_future()
        self._sent_at = self._heard_at = self._loop.time()
        self._is_asking = True
        self._receiver.expect(request.told, sink, head_only=head_only)
        if self.transport is not None:
            self.transport.write(request.sent)
        if self._early:
            self._take_early()
        if self.transport is None:
            self.connection_lost(None)
        return answered

    def is_late(self, now: float) -> bool:
        """Tell whether the exchange under way has taken longer than there is patience for."""
        patience = self._patience
        if patience is None:
            return False
        if now - self._sent_at > patience.total_s:
            return True
        return now - self._heard_at > (patience.idle_s if self._heard else patience.first_byte_s)

    def break_off(self, failure: Failure) -> None:
        """End the exchange under way with `failure`."""
        if self._is_asking:
            failure.heard = self._heard
            try:
                self._settle(self._receiver.broken_off(failure))
            except Failure:
                self._settle(failure)

    def _settle(self, outcome: Answer | Exception) -> None:
        answered, self._answered, self._is_asking = self._answered, None, False
        self._receiver.let_go()
        if answered is None or answered.done():
            return
        if isinstance(outcome, Exception):
            answered.set_exception(outcome)
        else:
            answered.set_result(outcome)

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the peer's address: it is gone once the connection is."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.max_size = _RECEIVE_BYTES  # type: ignore[attr-defined]  # of asyncio's own transports
        where = transport.get_extra_info("peername")
        self.peer = where[0] if where else None
        self._receiver = Receiver(self.peer)

    def data_received(self, data: bytes) -> None:
        """Take what came. Who speaks first is heard when asked; who adds to an answer is not asked again."""
        if not self._is_asking:
            self._take_unasked(data)
            return
        receiver = self._receiver
        self._heard = True
        self._heard_at = self._loop.time()
        try:
            receiver.take(data)
        except Failure as failure:
            self.break_off(failure)
            return
        except Exception as fault:  # noqa: BLE001 (whatever it is, it is no word of the peer's: who asked gets it)
            self._settle(fault)
            return
        if receiver.is_over and receiver.answer is not None:
            self.should_close = receiver.is_last
            self._settle(receiver.answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """End or break off the answer that was awaited."""
        self.transport, self._is_lost = None, True
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)
        if self._is_asking:
            self._settle(self._last_word(exc))

    def _last_word(self, error: Exception | None) -> Answer | Exception:
        """Give what came until the connection was lost, or what it was lost by."""
        if error is not None and not isinstance(error, OSError):
            return error
        try:
            failure = connection_failure(error, heard=self._heard)
        except FetchError as fault:
            return fault
        if self._receiver.answer is None:
            return failure
        whole = self._receiver.end() if error is None else None
        return whole or self._receiver.broken_off()

    def _take_unasked(self, data: bytes) -> None:
        if self.requests or self.transport is None:
            self.close()
        else:
            self._early += data
            if len(self._early) > _RECEIVE_BYTES:
                self.transport.pause_reading()  # the request may never be made

    def _take_early(self) -> None:
        early, self._early = self._early, b""
        if self.transport is not None:
            self.transport.resume_reading()
        self.data_received(early)

    # --- what aiohttp's connector asks

    @property
    def closed(self) -> asyncio.Future[None] | None:
        """What is done once the connection is gone; None where it is."""
        if self._closed is None and not self._is_lost:
            self._closed = self._loop.create_future()
        return self._closed

    def is_connected(self) -> bool:
        """Tell whether the connection is open."""
        return self.transport is not None and not self.transport.is_closing()

    def close(self) -> None:
        """Close the connection."""
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()
