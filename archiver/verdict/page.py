"""What a page says about itself outside of its text: titles, dates, addresses, marks. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from archiver.urls import BadAddressError, resolve
from archiver.verdict.head import TIER_META, TITLE_METAS, having, sends_on
from archiver.verdict.texts import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from archiver.verdict.head import Attributes, Head

MAX_TITLES = 4
MAX_TITLE_CHARS = 160
_MAX_DATES = 4
_MAX_LINE_CHARS = 2000
_MAX_ADDRESS_CHARS = 400
_MAX_JSON_CHARS = 200_000
_MAX_NODES = 20_000  # of a JSON-LD tree

_DATE_METAS = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "parsely-pub-date", "sailthru.date", "publishdate", "article:modified_time", "og:updated_time", "datemodified",
)  # fmt: skip
_DESCRIPTION_METAS = ("og:description", "description", "twitter:description")
_REFRESH = re.compile(r"\s*+(\d{0,5})[\d.]*+\s*+[;,]?\s*+(?:url\s*+=\s*+)?[\"']?([^\"'\s]++)", re.IGNORECASE)
_MOST_REFRESH_S = 30
"""A page that waits longer is meant to be read first."""
_MOST_TURN_CHARS = 400
_TURN = (
    r"""(?:location(?:\.href)?\s{0,9}=|location\.(?:replace|assign)\()\s{0,9}["']((?:https?:)?/[^"'\s]{0,2000})["']"""
)
_SCRIPT_TURN, _TURN_WITHIN = re.compile(_TURN, re.ASCII), re.compile(_TURN.encode())
_DEFERS = re.compile(r"function|=>|setTimeout|if\s{0,9}\(")
"""A script that may, or may not, send a reader on."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?[.\d]{0,10}\s?(Z|[+-]\d\d:?\d\d)?)?")


@dataclass(slots=True, kw_only=True)
class Sayings:
    """What a page says of itself, as it says it."""

    base: str
    metas: dict[str, str] = field(default_factory=dict)  # the first of each name
    titles: Sequence[str] = ()
    headings: Sequence[str] = ()  # `<title>` and the first `<h1>`: what a reader sees
    descriptions: Sequence[str] = ()
    dates: Sequence[datetime] = ()
    canonical: str | None = None
    amphtml: str | None = None
    refresh: str | None = None
    is_amp: bool = False
    is_paid: bool = False

    def told(self, names: Sequence[str]) -> list[str]:
        """Give what the metas of these names say, in the order of `names`."""
        return [_in_one_line(self.metas[name]) for name in names if name in self.metas]


def read_head(head: Head, url: str) -> Sayings:
    """Read what the head of the page at `url` says about it: its titles and addresses."""
    said = Sayings(base=absolute(head.base, url) or url, metas=_metas(head))
    title = _in_one_line(head.title)
    said.headings = [title] if title else ()
    said.titles = _distinct([*said.told(TITLE_METAS), title])
    said.canonical = _linked_as("canonical", head, said.base)
    said.amphtml = _linked_as("amphtml", head, said.base)
    said.refresh = _refresh(head, said.base)
    said.is_amp = any(name.rstrip("\ufe0f") in ("amp", "⚡") for name in head.root)
    said.is_paid = said.metas.get(TIER_META) in ("locked", "metered")
    return said


def read_rest(document: LexborHTMLParser, scripts: Sequence[LexborNode], said: Sayings) -> None:
    """Read what a page, with its scripts, says about itself besides what its head `said`."""
    linked = list(_linked(scripts))
    headings = [_in_one_line(node.text()) for node in document.tags("h1")[:3]]
    said.titles = _distinct([*said.told(TITLE_METAS), *(node.headline for node in linked), *headings, *said.headings])
    said.headings = [*said.headings, *filter(None, headings[:1])]
    said.descriptions = _distinct(said.told(_DESCRIPTION_METAS))[:2]
    said.dates = _dates([*said.told(_DATE_METAS), *_linked_dates(linked), *_times(document)])
    said.is_paid = said.is_paid or any(node.is_paid for node in linked)


def script_turn(scripts: list[str], base: str) -> str | None:
    """Give the address that a page's scripts plainly send the reader to, or None."""
    plain = (script for script in scripts if len(script) <= _MOST_TURN_CHARS and not _DEFERS.search(script))
    turns = filter(None, map(_SCRIPT_TURN.search, plain))
    return next((absolute(turn[1], base) for turn in turns), None)


def may_turn(body: bytes) -> bool:
    """Tell whether a script of a page may plainly send the reader on."""
    first = body.find(b"location")
    return first >= 0 and _TURN_WITHIN.search(body, first) is not None


def absolute(address: str | None, base: str) -> str | None:
    """Give the target that `address`, seen at `base`, means; None where it means none, or one too long to keep."""
    if not address or len(address) > _MAX_ADDRESS_CHARS:
        return None
    try:
        return resolve(address, base)
    except BadAddressError:
        return None


# --- the parts ------------------------------------------------------------------------------------------------


def _metas(head: Head) -> dict[str, str]:
    """Give what the metas say by name, the first of each."""
    found: dict[str, str] = {}
    for given in head.metas:
        if (name := _name(given)) and (content := given.get("content")):
            found.setdefault(name, content)
    return found


def _name(given: Attributes) -> str:
    return (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()


def _refresh(head: Head, base: str) -> str | None:
    """Give where the metas soon send a reader, or None."""
    for given in head.metas:
        if sends_on(given) and not _name(given) and (turn := _turn(given.get("content") or "", base)):
            return turn
    return None


def _turn(content: str, base: str) -> str | None:
    turn = _REFRESH.match(content[:_MAX_LINE_CHARS])
    return absolute(turn[2], base) if turn and int(turn[1] or "0") <= _MOST_REFRESH_S else None


def _linked_as(relation: str, head: Head, base: str) -> str | None:
    """Give the first address that the page's links name by a relation, or None."""
    for given in head.links:
        if relation in (given.get("rel") or "").lower().split() and (address := absolute(given.get("href"), base)):
            return address
    return None


def _times(document: LexborHTMLParser) -> list[str]:
    return [given["datetime"] or "" for given in having("datetime", document.tags("time"), 3)]


def _in_one_line(text: str) -> str:
    return " ".join(text[:_MAX_LINE_CHARS].split())


def _distinct(texts: list[str]) -> list[str]:
    """Give the first four texts, shortened, that are more than another one written otherwise."""
    kept: dict[str, str] = {}
    for text in dict.fromkeys(text[:MAX_TITLE_CHARS] for text in texts if text):
        kept.setdefault(" ".join(words(text)), text)
    return [text for key, text in kept.items() if key][:MAX_TITLES]


def _dates(texts: list[str]) -> list[datetime]:
    found = dict.fromkeys(date for text in texts if text and (date := read_date(text)))
    return list(found)[:_MAX_DATES]


def read_date(text: str) -> datetime | None:
    """Give the time an ISO date says, in UTC (its midnight where it says no time), or None."""
    found = _DATE.match(text.strip()[:40])
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    plain = f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone or 'Z'}"
    try:
        return datetime.fromisoformat(plain).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# --- JSON-LD --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linked:
    """One thing of a page's JSON-LD."""

    headline: str = ""
    published: str = ""
    modified: str = ""
    is_paid: bool = False


def _linked(scripts: Sequence[LexborNode]) -> Iterator[_Linked]:
    kinds = ((node, (node.attributes.get("type") or "").lower()) for node in scripts)
    for node in islice((node for node, kind in kinds if kind.startswith("application/ld+json")), 10):
        text = node.text()
        if len(text) <= _MAX_JSON_CHARS:
            yield from map(_thing, _things(text))


def _things(text: str) -> Iterator[dict[str, Any]]:
    """Give the mappings of a JSON text that tell of a page, to any depth; none where it cannot be read."""
    try:
        waiting = [msgspec.json.decode(text.encode(errors="replace"))]
    except (msgspec.DecodeError, RecursionError):
        return
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        tree = waiting.pop()
        if isinstance(tree, dict):
            if _TELLING & tree.keys():
                yield tree
            waiting += [value for value in tree.values() if isinstance(value, dict | list)]
        elif isinstance(tree, list):
            waiting += reversed(tree)


_TELLING = frozenset({"headline", "datePublished", "isAccessibleForFree"})


def _thing(tree: dict[str, Any]) -> _Linked:
    return _Linked(
        headline=_text(tree.get("headline")),
        published=_text(tree.get("datePublished")),
        modified=_text(tree.get("dateModified")),
        is_paid=str(tree.get("isAccessibleForFree")).lower() == "false",
    )


def _text(value: object) -> str:
    return _in_one_line(value) if isinstance(value, str) else ""


def _linked_dates(linked: list[_Linked]) -> list[str]:
    return [*(each.published for each in linked), *(each.modified for each in linked)]
