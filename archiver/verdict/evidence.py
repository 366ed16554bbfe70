"""What a judge needs of an answer, extracted where its bytes are. Pure."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from archiver.bounds import MAX_BYTES, bounded
from archiver.model import READ_WHOLE, Content, PageEvidence
from archiver.verdict.charset import as_utf8
from archiver.verdict.head import head_of, plain_head
from archiver.verdict.likeness import is_known
from archiver.verdict.main_text import read_main_text
from archiver.verdict.marks import ReadPage, lists_results, read_marks
from archiver.verdict.page import may_turn, read_head, read_rest, script_turn
from archiver.verdict.signatures import challenger, is_refusal
from archiver.verdict.texts import hashed, head_words, sketch_shingles, sketch_vocabulary, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selectolax.lexbor import LexborNode

    from archiver.model import KnownBy
    from archiver.verdict.page import Sayings

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_VAGUE_TYPES = frozenset({"", "text/plain", "application/octet-stream", "unknown/unknown", "*/*"})
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*+(?:<!--.{0,1000}?-->\s*+)?<(?:!doctype html|html|head|body|title|meta|script|h1|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_COOKIE_STARTS = re.compile(r"\n|, (?=[^ ;,=]+=)")
_MOST_BYTES = 2 * MAX_BYTES  # as much may have to be recoded
_SCRIPTS_TO_LOOK_AT = 20
_ACCESS = b"isAccessibleForFree"
_NO_WALL = PageEvidence()
_IS_FREE = re.compile(rb"""\\?"\s*+:\s*+\\?"?[Tt]rue\b""")


def extract(content: Content, known_by: KnownBy = READ_WHOLE) -> PageEvidence:
    """Give the evidence in an answer's headers and body; at most 1 MB is looked at, whatever it holds.

    Where the page is known by its title, and free to read, no more is told of it: nothing would hang on that.
    """
    if not _is_html(content):
        return _walled(content, b"")
    body = _in_utf8(content)
    if known_by.titles and (head := plain_head(body)) is not None:
        said = read_head(head, content.url)
        if _is_known(said, body, known_by):
            return _by_title(content, said)
    document = _parsed(body)
    said = read_head(head_of(document), content.url)
    if _is_known(said, body, known_by):
        return _by_title(content, said)
    return _whole(content, document, said)


def text_digest(content: Content) -> str | None:
    """Give `sha256:…` of the main text of a page, by which it is known again; None where none is worth the name."""
    return read_main_text(_parsed(_in_utf8(content))).digest if _is_html(content) else None


def _in_utf8(content: Content) -> bytes:
    return as_utf8(content.body[:_MOST_BYTES], content.headers.get("content-type"))


def _parsed(body: bytes) -> LexborHTMLParser:
    return LexborHTMLParser(bounded(body), options=LexborDocumentOptions.WO_EVENTS)  # nothing listens


def _is_known(said: Sayings, body: bytes, known_by: KnownBy) -> bool:
    """Tell whether a page, by what its head says, is what was linked, free to read, and where a reader stays."""
    return (
        not said.is_paid
        and is_known(known_by, said.titles, is_amp=said.is_amp)
        and not lists_results(said.headings)
        and not _may_be_paid(body)
        and not (said.is_amp and may_turn(body))
    )


def _may_be_paid(body: bytes) -> bool:
    """Tell whether the JSON-LD of a page may say that it is not free to read."""
    is_told = body.rfind(_ACCESS) >= 0  # half the time of `in`: a rare letter is at the needle's end
    return is_told and not all(map(_IS_FREE.match, body.split(_ACCESS)[1:]))


def _whole(content: Content, document: LexborHTMLParser, said: Sayings) -> PageEvidence:
    """Give the evidence of all that a page shows, of which the head was read."""
    scripts = document.tags("script")
    read_rest(document, scripts, said)
    page = _read(content, document, scripts, said)
    told = dict(read_marks(page))
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
        dates=tuple(page.said.dates),
        canonical=page.said.canonical,
        amphtml=page.said.amphtml,
        is_amp=page.said.is_amp,
        leads_to=page.said.refresh or (script_turn(page.scripts, page.said.base) if page.is_thin else None),
        marks=tuple(told),
        phrase=next(filter(None, told.values()), None),
    )


def _is_html(content: Content) -> bool:
    kind = content.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(content.body) and (
        kind in _HTML_TYPES or (kind in _VAGUE_TYPES and _LOOKS_LIKE_HTML.match(content.body[:2000]) is not None)
    )


def _by_title(content: Content, said: Sayings) -> PageEvidence:
    """Give the evidence of a page that is what was linked, by its title."""
    walled = _walled(content, content.body if is_refusal(content.status) else b"")
    return PageEvidence(
        challenge=walled.challenge,
        wall=walled.wall,
        is_page=True,
        titles=tuple(said.titles),
        canonical=said.canonical,
        amphtml=said.amphtml,
        is_amp=said.is_amp,
        leads_to=said.refresh,
        by_title=True,
    )


def _read(content: Content, document: LexborHTMLParser, scripts: Sequence[LexborNode], said: Sayings) -> ReadPage:
    inline = (node for node in scripts if "src" not in node.attributes)
    return ReadPage(
        content=content,
        said=said,
        scripts=[node.text() for node in islice(inline, _SCRIPTS_TO_LOOK_AT)],
        has_scripts=bool(scripts),
        asks_password=any((node.attributes.get("type") or "").lower() == "password" for node in document.tags("input")),
        main=read_main_text(document),  # the last: it takes parts away
    )


def _walled(content: Content, body: bytes) -> PageEvidence:
    """Give whose bot wall the answer is, or may be."""
    found = challenger(content.headers, cookies=_cookies(content.headers), body=body)
    if found is None:
        return _NO_WALL
    if found.alone or is_refusal(content.status):
        return PageEvidence(challenge=found.vendor)
    return PageEvidence(wall=found.vendor)


def _cookies(headers: Mapping[str, str]) -> list[str]:
    """Give the cookies that are set."""
    given = headers.get("set-cookie")
    return _COOKIE_STARTS.split(given) if given else []


def _hashed_words(text: str) -> list[int]:
    return hashed(words(text))


def _without_address(text: list[int], url: str) -> set[int]:
    """Leave out the words that an excuse repeats from the address it was asked for."""
    return set(text).difference(_hashed_words(unquote(url)))
