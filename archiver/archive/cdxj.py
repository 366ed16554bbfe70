"""index.cdxj: where each capture stands, for players and other tools. It is derived from the rows.

A line is `SURT SP 14-digit timestamp SP JSON`; lines are sorted as bytes are. Source: the CDXJ format of pywb.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from archiver.model import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Capture

NAME = "index.cdxj"
REVISIT = "warc/revisit"


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(
    r"https?://(?:www\d*\.)?"
    rf"((?>(?:[a-z0-9-]++\.)*)[a-z][a-z0-9-]*+|(?!0){_OCTET}(?:\.{_OCTET}){{3}})"
    r"(:(?!(?:80|443)\b)(?:[1-5]\d{4}|[1-9]\d{0,3}))?"
    r"((?>(?:/(?!\.)[\w.~!$&'*+,;=:@-]++)*))/?"
    r"(\?[\w.~!$&'()*+,;=:@/?-]++)?",
    re.ASCII,
)
"""URLs, most of those there are, of which surt, in far more time, only turns the host around and sorts the query."""
_SESSION = re.compile(r"sid=|sessionid|cfid=", re.IGNORECASE)
"""What surt may take for a session's id, and leave out."""


def place_of(url: str) -> str:
    """Give the sort-friendly form of a URL, by which all its captures stand together."""
    found = _PLAIN.fullmatch(url)
    if found is None or _SESSION.search(url):
        return _place_by_surt(url)
    host, port, path, query = found.groups(default="")
    return f"{','.join(reversed(host.split('.')))}{port}){path.lower() or '/'}{_in_order(query.lower())}"


def _in_order(query: str) -> str:
    """Give a query with its arguments in the order of their names."""
    return "?" + "&".join(sorted(query[1:].split("&"), key=_name_and_value)) if "&" in query else query


def _name_and_value(argument: str) -> tuple[str, str, str]:
    return argument.partition("=")


def _place_by_surt(url: str) -> str:
    from surt import surt  # noqa: PLC0415 (with it comes much that only few captures need)

    place: str = surt(url)
    return place


class Entry(NamedTuple):
    """What the index tells of a capture."""

    place: str
    captured_at: str  # as rows have it
    url: str
    original_id: str | None  # of a revisit
    content_type: str | None
    status: int
    payload_digest: str | None
    length: int
    offset: int
    warc: str


def entry(place: str, capture: Capture) -> Entry:
    """Give what the index tells of a capture."""
    return Entry(
        place=place,
        captured_at=stamp(capture.captured_at),
        url=capture.url,
        original_id=capture.original.record_id if capture.original else None,
        content_type=capture.content_type,
        status=capture.status,
        payload_digest=capture.payload_digest,
        length=capture.length,
        offset=capture.offset,
        warc=capture.warc,
    )


def lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Give the lines of captures that come in the order of their place and time."""
    for (place, second), group in groupby(entries, key=lambda entry: (entry.place, _second(entry.captured_at))):
        start = f"{place} {second} ".encode()
        yield from sorted(start + _told(entry) for entry in group)


def _second(captured_at: str) -> str:
    """Give the 14 digits of a time."""
    return captured_at[:19].translate(_BETWEEN_DIGITS)


_BETWEEN_DIGITS = str.maketrans("", "", "-T:")


def _told(entry: Entry) -> bytes:
    told = {
        "url": entry.url,
        "mime": REVISIT if entry.original_id else (entry.content_type or "").partition(";")[0].strip() or "unk",
        "status": str(entry.status),
        "digest": entry.payload_digest or "-",
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": entry.warc.rpartition("/")[2],
    }
    return msgspec.json.encode(told) + b"\n"
