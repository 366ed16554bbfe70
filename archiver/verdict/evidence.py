"""What a judge needs of an answer, extracted where its bytes are. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from archiver.model import Content, Mark, PageEvidence
from archiver.verdict.bounds import bounded
from archiver.verdict.charset import as_utf8
from archiver.verdict.main_text import MainText, read_main_text
from archiver.verdict.page import Sayings, read_sayings, script_turn
from archiver.verdict.phrases import AROUND_404, CONSENT, FOR_SALE, LOGIN, MISSING, SALE, SEARCH, first_said
from archiver.verdict.signatures import challenger, is_refusal
from archiver.verdict.texts import hashed, head_words, phrase, sketch_shingles, sketch_vocabulary, title_parts, words
from archiver.verdict.thresholds import (
    ENOUGH_CHARACTERS,
    ENOUGH_WORDS,
    SHORT_CHARACTERS,
    SHORT_WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_VAGUE_TYPES = frozenset({"", "text/plain", "application/octet-stream", "unknown/unknown", "*/*"})
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*+(?:<!--.{0,1000}?-->\s*+)?<(?:!doctype html|html|head|body|title|meta|script|h1|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_COOKIE_STARTS = re.compile(r", (?=[^ ;,=]+=)")
_PARKED_BY = re.compile(
    "|".join(
        map(
            re.escape,
            [
                "/adsense/domains/caf.js",
                "above.com/marketplace",
                "afternic.com/forsale",
                "bodis.com",
                "cashparking",
                "cdn-image.com/__media__",
                "dan.com/buy-domain",
                "data-adblockkey=",
                "domainmarket.com",
                "dsparking.com",
                "hugedomains.com/domain_profile",
                "img1.wsimg.com/parking-lander",
                "LANDER_SYSTEM",
                "park.io",
                "parkingcrew.net",
                "parkingpage.namecheap.com",
                "parklogic.com",
                "rookdns.com",
                "sedoparking.com",
                "skenzo.com",
                "uniregistry.com",
                "voodoo.com",
                "ztomy.com",
            ],
        )
    ).encode()
)
"""Whose scripts and banners stand on parked pages, and there alone."""
_MISSING_PATH = re.compile(
    r"/(?:404|410|error[-_/]?404|404[-_/]?error|page[-_]?not[-_]?found|not[-_]?found|notfound|errors?/404|missing)"
    r"(?:[./?_-]|$)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log[-_]?in|sign[-_]?in|sso|auth|oauth2?|account|accounts|session)(?:[./?_-]|$)", re.IGNORECASE
)
_CONSENT_HOST = re.compile(r"(?:consent|guce|privacy|cmp|gdpr)[.-]", re.IGNORECASE)
_FEW_HEADING_WORDS = 6
_MOST_HEADING_WORDS = 12
"""A longer heading with such words in it may well be an article's; on a page that shows little, up to 12 words."""
_READ_CHARS = 2000
_READ_BYTES = 65_536
_SCRIPTS_TO_LOOK_AT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
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
        return self.main.words < ENOUGH_WORDS and self.main.characters < ENOUGH_CHARACTERS

    @property
    def is_short(self) -> bool:
        """Whether all there is may be a wall, a teaser or an excuse."""
        return self.main.words < SHORT_WORDS and self.main.characters < SHORT_CHARACTERS


def extract(content: Content) -> PageEvidence:
    """Give the evidence in an answer's headers and body; at most 1 MB is looked at, whatever it holds."""
    if not _is_html(content):
        return _walled(content, b"")
    page = _read(content)
    told = dict(_marks(page))
    walled = _walled(content, content.body if page.is_short or is_refusal(content.status) else b"")
    head = hashed(head_words(page.main.text))
    return PageEvidence(
        challenge=walled.challenge,
        wall=walled.wall,
        is_page=True,
        titles=tuple(page.said.titles),
        words=page.main.words,
        characters=page.main.characters,
        shingles=sketch_shingles([*map(_hashed_words, page.said.descriptions), head]),
        vocabulary=sketch_vocabulary(_without_address(head, content.url)),
        text_digest=page.main.digest,
        dates=tuple(page.said.dates),
        canonical=page.said.canonical,
        amphtml=page.said.amphtml,
        is_amp=page.said.is_amp,
        leads_to=page.said.refresh or (script_turn(page.scripts, page.said.base) if page.is_thin else None),
        marks=tuple(told),
        phrase=next(filter(None, told.values()), None),
    )


def _is_html(content: Content) -> bool:
    kind = (content.headers.get("content-type") or "").partition(";")[0].strip().lower()
    return bool(content.body) and (
        kind in _HTML_TYPES or (kind in _VAGUE_TYPES and _LOOKS_LIKE_HTML.match(content.body[:2000]) is not None)
    )


def _read(content: Content) -> _Page:
    document = LexborHTMLParser(bounded(as_utf8(content.body, content.headers.get("content-type"))))
    said = read_sayings(document, content.url)
    scripts = [node.text() for node in document.css("script:not([src])")[:_SCRIPTS_TO_LOOK_AT]]
    return _Page(
        content=content,
        said=said,
        scripts=scripts,
        has_scripts=document.css_first("script") is not None,
        asks_password=document.css_first("input[type=password i]") is not None,
        main=read_main_text(document),  # the last: it takes parts away
    )


def _walled(content: Content, body: bytes) -> PageEvidence:
    """Give whose bot wall the answer is, or may be."""
    found = challenger(content.headers, cookies=_cookies(content.headers), body=body)
    if found is None:
        return PageEvidence()
    if found.alone or is_refusal(content.status):
        return PageEvidence(challenge=found.vendor)
    return PageEvidence(wall=found.vendor)


def _cookies(headers: Mapping[str, str]) -> list[str]:
    """Give the cookies that are set, whether or not the mapping joins headers of one name."""
    found = [value for name, value in headers.items() if name.lower() == "set-cookie"]
    return [cookie for value in found for cookie in _COOKIE_STARTS.split(value)]


def _hashed_words(text: str) -> list[int]:
    return hashed(words(text))


def _without_address(text: list[int], url: str) -> set[int]:
    """Leave out the words that an excuse repeats from the address it was asked for."""
    return set(text).difference(_hashed_words(unquote(url)))


# --- marks ----------------------------------------------------------------------------------------------------


def _marks(page: _Page) -> Iterator[tuple[Mark, str | None]]:
    """Give what the page says of itself, each with the words that told it, the most telling first."""
    headings = [phrase(text) for text in page.said.headings]
    text = phrase(page.main.text[:_READ_CHARS]) if page.is_short else ""
    all_said = " ".join([*headings, text])
    told = {
        Mark.FOR_SALE: _sold(page, headings, text),
        Mark.MISSING: _missing(page),
        Mark.MISSING_IN_TEXT: first_said(MISSING, text),
        Mark.SEARCH: _search(page),
        Mark.LOGIN: (first_said(LOGIN, all_said) or _LOGIN_PATH.search(page.path)) if page.asks_password else None,
        Mark.CONSENT: first_said(CONSENT, all_said) or _CONSENT_HOST.match(page.host) if page.is_short else None,
        Mark.PAYWALL: page.said.is_paid,
        Mark.SCRIPTED: page.is_thin and page.has_scripts,
    }
    return ((mark, said if isinstance(said, str) else None) for mark, said in told.items() if said)


def _sold(page: _Page, headings: list[str], text: str) -> str | None:
    """Give what says that the domain is to be had: words in a heading or a short text, or a seller's name."""
    own = phrase(page.host.partition(":")[0].removeprefix("www."))
    said = first_said(FOR_SALE, " ".join([*headings, text])) or next(
        (words for heading in headings if own in heading and (words := first_said(SALE, heading))), None
    )
    if said or not page.is_short:
        return said
    parked = _PARKED_BY.search(page.content.body[:_READ_BYTES])
    return parked[0].decode() if parked else None


def _missing(page: _Page) -> str | None:
    """Give the words of a heading, or of the address that answers, that say there is no such page."""
    parts = [phrase(part) for heading in page.said.headings for part in title_parts(heading)]
    for part in parts:
        length = part.count(" ") - 1
        if length <= _FEW_HEADING_WORDS or (page.is_short and length <= _MOST_HEADING_WORDS):
            said = "404" if _is_404(part) else first_said(MISSING, part)
            if said:
                return said
    path = _MISSING_PATH.search(page.path)
    return path[0] if path and page.is_short else None


def _search(page: _Page) -> str | None:
    """Give the words with which a part of a heading begins that tells a list of what was found."""
    parts = [phrase(part) for heading in page.said.headings for part in title_parts(heading)]
    return next((said.strip() for said in SEARCH for part in parts if part.startswith(said)), None)


def _is_404(part: str) -> bool:
    """Tell whether a heading says 404 and nothing that an article could be about."""
    said = part.split()
    return "404" in said and AROUND_404.issuperset(said)
