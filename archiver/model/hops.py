"""The unit of work: one hop, and the chains that hops make."""

from __future__ import annotations

from datetime import datetime

import msgspec

from archiver.model.captures import Keeping, Kept
from archiver.model.images import Viewing
from archiver.model.visits import NoAnswer, Reply
from archiver.model.words import Reason


class KnownBy(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a page known for what was linked: no more has to be read of it."""

    titles: tuple[str, ...] = ()  # it goes by all of them; empty: it is always read whole
    is_amp: bool = False  # and says that it is an AMP page


READ_WHOLE = KnownBy()
"""Nothing: all that a page shows is wanted."""


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One request to make: the unit of work."""

    url: str
    cookie: str | None = None  # a cookie wall's, for its chain alone; never stored
    retries: int = 2  # how often it may be asked again when the trouble is passing
    keeping: Keeping | None = None  # None: nothing of it is kept
    viewing: Viewing | None = None  # None: no image is looked into
    known_by: KnownBy = READ_WHOLE  # what is enough to read of its page
    is_requisite: bool = False  # a page needs it to be shown: of what it is, only a style sheet needs more
    heeds_all: bool = False  # robots.txt is heeded to the letter: no reader's click leads here
    keep_body: bool = False  # robots.txt is read by the main process; no other body leaves the worker

    @property
    def unkept(self) -> Hop:
        """The same request, of which nothing is kept."""
        viewing = msgspec.structs.replace(self.viewing, is_kept=False) if self.viewing else None
        return msgspec.structs.replace(self, keeping=None, viewing=viewing)


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One hop, done."""

    url: str
    answer: Reply | NoAnswer
    started_at: datetime  # of the last attempt
    elapsed_ms: float = 0.0  # of the last attempt
    attempts: int = 1  # requests made; 0 where none was
    inconclusive: bool = False  # our own network was away
    kept: Kept | None = None  # what became of it, where it was to be kept
    requisites: tuple[str, ...] | None = None  # what its page needs to be shown; None where that was not looked for


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """All exchanges from a target to where its redirects end."""

    target: str
    exchanges: tuple[Exchange, ...]
    broken: Reason | None = None  # the redirects themselves lead nowhere
    note: str | None = None

    @property
    def last(self) -> Exchange:
        """The exchange the chain ends with."""
        return self.exchanges[-1]
