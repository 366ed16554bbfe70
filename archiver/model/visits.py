"""What came of a request."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

import msgspec

from archiver.model.images import SeenImage
from archiver.model.words import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping


HostKey = NewType("HostKey", str)
"""Names all that is asked politely as one: `www.example.com`, or `cdn.ampproject.org` for all its subdomains."""

Origin = NewType("Origin", str)
"""Scheme, host and port, as in `https://www.example.com`: what one robots.txt speaks for."""

PERMANENT_REDIRECTS = frozenset({301, 308})
SHOWS_CONTENT = frozenset({200, 203, 206})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""The statuses a browser follows (WHATWG Fetch, redirect status)."""


class Cut(StrEnum):
    """Why a body was not read to its end (the words of WARC-Truncated)."""

    LENGTH = "length"  # our limit
    TIME = "time"  # our patience
    DISCONNECT = "disconnect"  # the peer ended early
    UNSPECIFIED = "unspecified"  # it made no sense any more


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, as those who look inside it see it."""

    url: str
    status: int
    headers: Mapping[str, str]  # by names in lower case: the first of each, but all cookies, a line each
    body: bytes  # its content coding undone, as far as it came


class Mark(StrEnum):
    """What a page says of itself, besides what it shows."""

    PAYWALL = "paywall"  # not free to read
    LOGIN = "login"  # asks for a password
    CONSENT = "consent"  # asks for consent first
    FOR_SALE = "for_sale"  # its domain can be bought, or holds nothing but advertisements
    MISSING = "missing"  # its heading says that there is no such page
    MISSING_IN_TEXT = "missing_in_text"  # its short text says so
    SEARCH = "search"  # lists what was found for some words
    SCRIPTED = "scripted"  # shows nothing without running its scripts


class PageEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a body and its header block tell a judge; extracted where the bytes are, at most some 4 KB as JSON."""

    challenge: str | None = None  # the vendor whose bot wall answered
    wall: str | None = None  # the vendor whose bot wall may have: another title would tell
    is_page: bool = False  # HTML was read: all that follows is of it
    titles: tuple[str, ...] = ()  # distinct, the most telling first; at most 4, each at most 160 characters
    words: int = 0  # of the main text
    characters: int = 0  # of the main text: letters of scripts that set no spaces between words
    shingles: bytes = b""  # of main text and description: verdict/texts.py
    vocabulary: bytes = b""  # of the main text, to compare it with another page's
    dates: tuple[datetime, ...] = ()  # aware; when published and changed, at most 4
    canonical: str | None = None  # absolute
    amphtml: str | None = None  # absolute
    is_amp: bool = False
    leads_to: str | None = None  # absolute: where its `<meta>` or its script sends a reader
    marks: tuple[Mark, ...] = ()
    phrase: str | None = None  # the words that told a mark
    by_title: bool = False  # known by its titles: no more was read than these and its addresses

    @property
    def title(self) -> str | None:
        """The page's title to show to people."""
        return self.titles[0] if self.titles else None


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An HTTP answer came."""

    status: int
    location: str | None = None
    content_type: str | None = None
    content_range: str | None = None
    size_bytes: int = 0  # of the body, content-decoded
    digest: str | None = None  # `sha256:…` of the same; None for an empty body
    cut: Cut | None = None
    confirms: bool = False  # a 304: what is held still stands, and is told here in its place
    set_cookies: tuple[str, ...] = ()  # in memory alone
    evidence: PageEvidence = msgspec.field(default_factory=PageEvidence)
    body: bytes | None = None  # where the hop asked for it
    image: SeenImage | None = None  # where the hop's image was looked into


class NoAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """No HTTP answer came, or none was asked for."""

    reason: Reason
    note: str | None = None
