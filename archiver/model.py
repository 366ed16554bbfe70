"""The words of archiver: values, enumerations and the error tree. Each word is told in docs/glossary.md."""

from __future__ import annotations

import dataclasses
import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HostKey = NewType("HostKey", str)
"""Names all that is asked politely as one: `www.example.com`, or `cdn.ampproject.org` for all its subdomains."""

Origin = NewType("Origin", str)
"""Scheme, host and port, as in `https://www.example.com`: what one robots.txt speaks for."""


def stamp(at: datetime) -> str:
    """Write a time for people and other tools: `2026-01-02T03:04:05.678Z`. Stamps sort as their times do."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_stamp(text: str) -> datetime:
    """Give the time that `stamp` wrote. Raises ValueError."""
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is not a time such as 2026-01-02T03:04:05.678Z")
    return datetime.fromisoformat(text)


_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


# --- errors: *we* failed. A dead link is a verdict, never an exception. ---------------------------------------


class ArchiverError(Exception):
    """The root of all that archiver raises; its text is a sentence for the user."""


class SettingsError(ArchiverError):
    """The run cannot start as it was asked for."""


class RecordError(ArchiverError):
    """One record, or a part of it, is unreadable: it is reported, the others go on."""

    def __init__(self, message: str, *, record: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.record = record
        self.line = line


class FetchError(ArchiverError):
    """This machine cannot fetch (no file handles, no memory): nothing is held against a link."""


class ArchiveError(ArchiverError):
    """The archive cannot be read or written: the run stops, and nothing that was kept is lost."""


class ArchiveBusyError(ArchiveError):
    """Another process writes to the archive."""


# --- records --------------------------------------------------------------------------------------------------


class Role(StrEnum):
    """What an address is to its article."""

    ORIGINAL = "original"
    WEB = "web"
    AMP = "amp"
    CDN_AMP = "cdn_amp"
    IMAGE = "image"
    PROVIDER_IMAGE = "provider_image"
    EMBED = "embed"
    BODY = "body"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a record says its pages show; None where it says nothing."""

    title: str | None = None
    excerpt: str | None = None
    published_at: datetime | None = None
    provider_domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One address, in the place of the record it stands in."""

    record: str  # the file, as the user would name it
    item: str  # `article`, `related[0]`, `value[3].related[0]`
    field: str  # `webUrl`, `images[0].url`
    role: Role
    line: int  # of the address's first character, from 1
    column: int  # in code points, from 1
    url: str  # as written, with user info masked
    target: str  # what is fetched: normalised, without fragment; as written where `fault` is set
    fault: Reason | None = None  # why it can never be fetched
    expected: Expectation = dataclasses.field(default_factory=Expectation)
    rank: tuple[float, float, float] = (0.0, 0.0, 0.0)  # heat, quality, date: the greater is visited first


# --- visits ---------------------------------------------------------------------------------------------------


class Cut(StrEnum):
    """Why a body was not read to its end (the words of WARC-Truncated)."""

    LENGTH = "length"  # our limit
    DISCONNECT = "disconnect"  # the peer ended early


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request to make: the unit of work."""

    url: str
    cookie: str | None = None  # a cookie wall's, for its chain alone; never stored
    retries: int = 2  # how often it may be asked again when the trouble is passing
    keep_body: bool = False  # robots.txt is read by the main process; no other body leaves the worker


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvidence:
    """What a body and its header block tell a judge; extracted where the bytes are."""

    challenge: str | None = None  # the vendor whose bot wall answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer came."""

    status: int
    location: str | None = None
    content_type: str | None = None
    content_range: str | None = None
    size_bytes: int = 0  # of the body, content-decoded
    digest: str | None = None  # `sha256:…` of the same; None for an empty body
    cut: Cut | None = None
    set_cookies: tuple[str, ...] = ()  # in memory alone
    evidence: PageEvidence = dataclasses.field(default_factory=PageEvidence)
    body: bytes | None = None  # where the hop asked for it


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """No HTTP answer came, or none was asked for."""

    reason: Reason
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One hop, done."""

    url: str
    answer: Reply | NoAnswer
    started_at: datetime  # of the last attempt
    elapsed_ms: float = 0.0  # of the last attempt
    attempts: int = 1  # requests made; 0 where none was


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All exchanges from a target to where its redirects end."""

    target: str
    exchanges: tuple[Exchange, ...]
    broken: Reason | None = None  # the redirects themselves lead nowhere
    note: str | None = None

    @property
    def last(self) -> Exchange:
        """The exchange the chain ends with."""
        return self.exchanges[-1]


# --- the seam: main decides, a worker visits the hosts it holds the lease of. Values only: a pipe can carry them ---


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMemory:
    """What a run has learnt of a host: it travels with the lease."""

    opens_at: float = 0.0  # time.monotonic() of the next allowed request
    penalty_s: float = 0.0  # the last hold for a 429 that named no time
    silent_urls: frozenset[str] = frozenset()  # failed in a row to give a first byte
    proven: bool = False  # it has answered
    ended: NoAnswer | None = None  # nothing more is asked of it in this run


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to ask one host, and how."""

    host: HostKey
    pacing: Pacing
    memory: HostMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Hops for a leased host; `left` more wait."""

    host: HostKey
    hops: tuple[Hop, ...]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Asks for a lease back; the worker answers `Released`."""

    host: HostKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One hop of a leased host, done."""

    host: HostKey
    hop: Hop
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A lease given back, with what was learnt."""

    host: HostKey
    memory: HostMemory


PERMANENT_REDIRECTS = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses a browser follows (WHATWG Fetch, redirect status)."""


# --- verdicts -------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """A verdict's word (docs/verdicts.md)."""

    ALIVE = "alive"
    MOVED = "moved"
    RESTRICTED = "restricted"
    BLOCKED = "blocked"
    INSECURE = "insecure"
    FAILING = "failing"
    UNREACHABLE = "unreachable"
    GONE = "gone"
    SOFT_404 = "soft_404"
    PARKED = "parked"
    BROKEN = "broken"
    DRIFTED = "drifted"
    AMP_RETIRED = "amp_retired"
    INVALID = "invalid"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why, where the reason is not a status: `status_404` and `redirect_301` are built from their numbers."""

    OK = "ok"
    # unreachable
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_FAILURE = "dns_failure"
    REFUSED = "refused"
    RESET = "reset"
    TIMEOUT = "timeout"
    CONNECT_TIMEOUT = "connect_timeout"
    EMPTY_REPLY = "empty_reply"
    BAD_HTTP = "bad_http"
    TLS_ERROR = "tls_error"
    NO_ROUTE = "no_route"
    HOST_DOWN = "host_down"
    # insecure
    TLS_EXPIRED = "tls_expired"
    TLS_HOSTNAME = "tls_hostname"
    TLS_UNTRUSTED = "tls_untrusted"
    # failing
    ROBOTS_5XX = "robots_5xx"
    # blocked
    CHALLENGE = "challenge"
    # broken
    REDIRECT_LOOP = "redirect_loop"
    REDIRECT_LIMIT = "redirect_limit"
    REDIRECT_WITHOUT_LOCATION = "redirect_without_location"
    REDIRECT_SCHEME = "redirect_scheme"
    TRUNCATED = "truncated"
    # invalid
    BAD_URL = "bad_url"
    BAD_SCHEME = "bad_scheme"
    # skipped
    ROBOTS = "robots"
    PRIVATE_ADDRESS = "private_address"
    NOT_REACHED = "not_reached"
    # unknown
    EMPTY = "empty"
    NO_CONTENT = "no_content"
    TOO_LARGE = "too_large"


class Caution(StrEnum):
    """A warning: true of the link, but no verdict."""

    ROBOTS = "robots"  # its robots.txt asks that the page not be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one check says of its target."""

    outcome: Outcome
    reason: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One redirect of a chain: the URL that answered so."""

    status: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One observation of a target: never overwritten."""

    target: str
    checked_at: datetime  # aware, UTC, to the millisecond
    outcome: Outcome
    reason: str
    note: str | None = None
    status: int | None = None
    final_url: str | None = None  # where the redirects ended
    redirects: tuple[Redirect, ...] = ()
    content_type: str | None = None
    size_bytes: int | None = None
    digest: str | None = None
    attempts: int = 0
    elapsed_ms: float | None = None
    warnings: tuple[Caution, ...] = ()

    @property
    def mend(self) -> str | None:
        """The address to write instead, or None."""
        return mended(self.redirects, self.final_url)


def mended(redirects: Sequence[Redirect], final_url: str | None) -> str | None:
    """Give the address after the last *leading* permanent redirect, None where the first is not permanent."""
    leading = list(itertools.takewhile(lambda redirect: redirect.status in PERMANENT_REDIRECTS, redirects))
    after = [*(redirect.url for redirect in redirects), final_url]
    return after[len(leading)] if leading else None


class State(StrEnum):
    """What a target's whole history says."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    SUSPECT = "suspect"
    DEAD = "dead"
    DRIFTED = "drifted"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A target's history, folded: its state and the evidence that decides the next one."""

    state: State = State.UNKNOWN
    first_seen_at: datetime
    last_checked_at: datetime
    last_ok_at: datetime | None = None
    first_failed_at: datetime | None = None  # of the failures since the last success
    dead_since: datetime | None = None
    strikes: int = 0  # counted checks with strong evidence since the last success
    last_strike_at: datetime | None = None
    all_definite: bool = True  # every strike so far was a 410 or an unknown name
    failing_days: int = 0  # UTC days with a failing check since the last success
    last_failing_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of a target."""

    target: str
    track: Track
    checks: tuple[Check, ...]  # the oldest first
    links: tuple[Link, ...]  # where it stands, or once stood; without what the records expect of it


# --- policies -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one exchange."""

    connect_timeout_s: float = 5.0  # name, TCP and TLS together
    first_byte_timeout_s: float = 20.0
    idle_timeout_s: float = 10.0  # between two arrivals of a body
    total_timeout_s: float = 120.0
    max_page_bytes: int = 10_000_000
    max_image_bytes: int = 25_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacing:
    """How politely a host is asked."""

    delay_s: float = 0.5  # between the starts of two requests
    at_once: int = 2  # requests in flight

    def work_s(self, requests: int) -> float:
        """Give how long so many requests take at the least, never nothing: hosts are ordered by it."""
        return requests * max(self.delay_s, 0.001)


@dataclass(frozen=True, slots=True, kw_only=True)
class RotRules:
    """How much evidence makes a link dead (docs/verdicts.md)."""

    strikes: int = 3
    definite_strikes: int = 2  # when all are 410 or an unknown name
    spacing_s: float = 3 * 86_400.0
    slow_days: int = 5
    slow_span_days: int = 14


# --- what is told ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """One link with what is known of it; no check and no track where nothing is."""

    link: Link
    check: Check | None = None
    track: Track | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """All that a run has to tell, links in record order."""

    links: tuple[LinkReport, ...]
    problems: tuple[RecordError, ...] = ()
    records: int = 0
    unpublished: int = 0  # records left out
    targets: int = 0
    elapsed_s: float = 0.0
    inconclusive: bool = False
    interrupted: bool = False
