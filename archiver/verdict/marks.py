"""What a page says of itself: missing, for sale, a login, a question for consent. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.model import Mark
from archiver.verdict.phrases import AROUND_404, CONSENT, FOR_SALE, LOGIN, MISSING, SALE, SEARCH, first_said
from archiver.verdict.texts import phrase, title_parts, words
from archiver.verdict.thresholds import SHORT_CHARACTERS, SHORT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Content
    from archiver.verdict.main_text import MainText
    from archiver.verdict.page import Sayings

_PARKED_BY = (
    b"/adsense/domains/caf.js",
    b"above.com/marketplace",
    b"afternic.com/forsale",
    b".bodis.com/",
    b"//bodis.com/",
    b"cashparking.com",
    b"cdn-image.com/__media__",
    b"//dan.com/buy-domain",
    b"data-adblockkey=",
    b"domainmarket.com/",
    b"dsparking.com",
    b"hugedomains.com/domain_profile",
    b"img1.wsimg.com/parking-lander",
    b"LANDER_SYSTEM",
    b"//park.io/",
    b"parkingcrew.net",
    b"parkingpage.namecheap.com",
    b"parklogic.com",
    b"rookdns.com",
    b"sedoparking.com",
    b"skenzo.com",
    b"ztomy.com",
)
"""Whose scripts and banners stand on parked pages, and there alone."""
_MISSING_PATH = re.compile(
    r"/(?:404|410|error[-_/]?404|404[-_/]?error|page[-_]?not[-_]?found|not[-_]?found|errors?/404)(?:\.\w{2,5})?(?:[/?]|$)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|sso|auth|oauth2?|account|accounts|session)(?:[./?_-]|$)", re.IGNORECASE
)
_CONSENT_HOST = re.compile(r"(?:consent|guce|privacy|cmp|gdpr)[.-]", re.IGNORECASE)
_ALL_SEARCH = tuple(SEARCH)
_SEARCH_WORDS = frozenset(said.split()[0] for said in SEARCH)
_MOST_OF_HEADING = 0.5
_MOST_HEADING_WORDS = 12
"""A heading says that a page is missing where such words are half of it; without a text, up to 12 words will do."""
_READ_CHARS = 2000
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page, read."""

    content: Content
    said: Sayings
    main: MainText
    scripts: list[str]
    has_scripts: bool
    asks_password: bool

    @property
    def host(self) -> str:
        """The host that answers, with its port."""
        return self.content.url.split("/", 3)[2]

    @property
    def path(self) -> str:
        """The path that answers, with its query."""
        return "/" + "/".join(self.content.url.split("/", 3)[3:])

    @property
    def is_thin(self) -> bool:
        """Whether there is no main text worth the name."""
        return not self.main.is_enough

    @property
    def is_short(self) -> bool:
        """Whether all there is may be a wall, a teaser or an excuse."""
        return self.main.words < SHORT_WORDS and self.main.characters < SHORT_CHARACTERS


def read_marks(page: ReadPage) -> Iterator[tuple[Mark, str | None]]:
    """Give what the page says of itself, each with the words that told it, the most telling first."""
    headings = [phrase(text) for text in page.said.headings]
    text = phrase(page.main.text[:_READ_CHARS]) if page.is_short else ""
    all_said = " ".join([*headings, text])
    parts = [phrase(part) for heading in page.said.headings for part in title_parts(heading)]
    told = {
        Mark.FOR_SALE: _sold(page, headings, text),
        Mark.MISSING: _missing(page, parts),
        Mark.MISSING_IN_TEXT: first_said(MISSING, text),
        Mark.SEARCH: _search(parts),
        Mark.LOGIN: (first_said(LOGIN, all_said) or _LOGIN_PATH.search(page.path)) if page.asks_password else None,
        Mark.CONSENT: first_said(CONSENT, all_said) or _CONSENT_HOST.match(page.host) if page.is_short else None,
        Mark.PAYWALL: page.said.is_paid,
        Mark.SCRIPTED: page.is_thin and page.has_scripts,
    }
    return ((mark, said if isinstance(said, str) else None) for mark, said in told.items() if said)


def lists_results(headings: Iterable[str]) -> bool:
    """Tell whether a page's headings are those of a list of what was found: they repeat what was searched for."""
    may_be = (heading for heading in headings if not _SEARCH_WORDS.isdisjoint(words(heading)))
    return any(phrase(part).startswith(_ALL_SEARCH) for heading in may_be for part in title_parts(heading))


def _sold(page: ReadPage, headings: list[str], text: str) -> str | None:
    """Give what says that the domain is to be had: words in a heading or a short text, or a seller's name."""
    own = phrase(page.host.partition(":")[0].removeprefix("www."))
    said = (first_said(FOR_SALE, " ".join([*headings, text])) if page.is_short else None) or next(
        (words for heading in headings if own in heading and (words := first_said(SALE, heading))), None
    )
    if said or not page.is_short:
        return said
    body = page.content.body[:_READ_BYTES]
    return next((mark.decode() for mark in _PARKED_BY if mark in body), None)


def _missing(page: ReadPage, parts: list[str]) -> str | None:
    """Give the words of a heading, or of the address that answers, that say there is no such page."""
    for part in parts if _may_say_missing(parts) else ():
        said = "404" if _is_404(part) else first_said(MISSING, part)
        if said and _is_heading_of(said, part, page):
            return said
    path = _MISSING_PATH.search(page.path)
    return path[0] if path and page.is_short else None


def _may_say_missing(parts: list[str]) -> bool:
    """Tell whether any part of a heading may say that there is no such page: hardly any does."""
    all_said = "".join(parts)
    return "404" in all_said or first_said(MISSING, all_said) is not None


def _is_heading_of(said: str, part: str, page: ReadPage) -> bool:
    """Tell whether a part of a heading is about what `said` says; an article's may have it in passing."""
    length = len(part.split())
    is_most = said == "404" or len(said.split()) >= _MOST_OF_HEADING * length
    return is_most or (page.is_thin and length <= _MOST_HEADING_WORDS)


def _search(parts: list[str]) -> str | None:
    """Give the words with which a part of a heading begins that tells a list of what was found."""
    if not any(part.startswith(_ALL_SEARCH) for part in parts):
        return None
    return next((said.strip() for said in SEARCH for part in parts if part.startswith(said)), None)


def _is_404(part: str) -> bool:
    """Tell whether a heading says 404 and nothing that an article could be about."""
    said = part.split()
    return "404" in said and AROUND_404.issuperset(said)
