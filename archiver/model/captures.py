"""Snapshots: what is kept of an exchange, why, and where it stands."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from archiver.model.visits import Cut, PageEvidence


class Depth(StrEnum):
    """How much of a link's page is kept."""

    NONE = "none"
    PAGE = "page"  # the answers of its chain alone
    FULL = "full"  # and what the page needs to be shown


class How(StrEnum):
    """How an exchange was kept."""

    STORED = "stored"  # with its body
    IDENTICAL = "identical"  # a revisit: the body is held already
    SAME_TEXT = "same_text"  # not at all: the page held says the same


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The record that a revisit stands for."""

    url: str
    captured_at: datetime
    record_id: str


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange in a WARC: what the index and the database know of it, all of which the WARC itself tells."""

    url: str
    captured_at: datetime  # of its request; WARC-Date
    warc: str  # the file, seen from the archive's folder
    offset: int  # of the response's or revisit's gzip member
    length: int
    unit_length: int  # from there to the end of all its records
    record_id: str
    status: int
    content_type: str | None = None
    payload_digest: str | None = None  # `sha256:…` of the body as sent; None for an empty one
    cut: Cut | None = None
    original: Original | None = None  # of a revisit
    etag: str | None = None
    last_modified: str | None = None
    evidence: PageEvidence | None = None  # of a revisit: its original's
    via: str | None = None  # the URL that led here
    places: tuple[str, ...] = ()  # of the links it was asked for
    requisites: tuple[str, ...] | None = (
        None  # what the page needs; None where nobody looked; of a revisit: its original's
    )

    @property
    def is_page(self) -> bool:
        """Whether it may need other things to be shown."""
        return self.evidence is not None and self.evidence.is_page

    @property
    def source(self) -> Original:
        """The record that holds its body."""
        return self.original or Original(url=self.url, captured_at=self.captured_at, record_id=self.record_id)

    def snapshot(self, how: How) -> Snapshot:
        """Give it as what a check points at."""
        return Snapshot(warc=self.warc, offset=self.offset, length=self.length, captured_at=self.captured_at, how=how)


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The capture that stands for what a check saw."""

    warc: str
    offset: int
    length: int
    captured_at: datetime
    how: How


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How a hop's exchange is to be kept: it travels with the hop, so that a visit looks nothing up."""

    depth: Depth
    held: Capture | None = None  # the newest capture of the URL
    wants_whole: bool = False  # what was read of the page held is not enough for what its links expect now
    same_text_since: datetime | None = None  # what was held before that is stored anew, whatever it says
    via: str | None = None
    places: tuple[str, ...] = ()

    @property
    def validators(self) -> tuple[str | None, str | None]:
        """The ETag and Last-Modified that ask for no more than a 304; both None where a whole body is wanted."""
        held = self.held
        if held and self.depth is Depth.FULL and held.requisites is None and held.is_page:
            return (None, None)  # what it needs was never looked for
        if self.wants_whole:
            return (None, None)
        is_whole = held is not None and held.status == _OK and held.cut is None and held.payload_digest is not None
        return (held.etag, held.last_modified) if held and is_whole else (None, None)


_OK = 200


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange as it went over the wire."""

    url: str
    at: datetime
    elapsed_ms: float
    peer: str | None
    request: bytes  # without what is secret
    head: bytes  # the answer's header block as received
    body: bytes  # as sent: its chunks undone, its content coding kept
    payload_digest: str | None  # `sha256:…` of the same; None where it is empty
    cut: Cut | None
    status: int
    content_type: str | None
    etag: str | None
    last_modified: str | None
    confirms: bool  # a 304 to our validators: the body is the one held
    evidence: PageEvidence
    requisites: tuple[str, ...] | None = None  # None where nobody looked


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an exchange that was to be kept."""

    how: How
    capture: Capture  # the new one, or with the same text the one held

    @property
    def is_new(self) -> bool:
        """Whether the capture was written now."""
        return self.how is not How.SAME_TEXT

    @property
    def snapshot(self) -> Snapshot:
        """What a check points at."""
        return self.capture.snapshot(self.how)
