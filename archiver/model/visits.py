"""What came of a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

import msgspec

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An answer, as those who look inside it see it."""

    url: str
    status: int
    headers: Mapping[str, str]  # names case-insensitive; the first of a name that comes twice
    body: bytes  # its content coding undone, as far as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvidence:
    """What a body and its header block tell a judge; extracted where the bytes are."""

    challenge: str | None = None  # the vendor whose bot wall answered
    title: str | None = None
    text_digest: str | None = None  # of the main text; None where there is none worth the name


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


class NoAnswer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """No HTTP answer came, or none was asked for."""

    reason: Reason
    note: str | None = None
