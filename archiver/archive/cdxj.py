"""index.cdxj: where each capture stands, for players and other tools. It is derived from the rows.

A line is `SURT SP 14-digit timestamp SP JSON`; lines are sorted as bytes are. Source: the CDXJ format of pywb.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Capture

NAME = "index.cdxj"
REVISIT = "warc/revisit"


def place_of(url: str) -> str:
    """Give the sort-friendly form of a URL, by which all its captures stand together."""
    from surt import surt  # noqa: PLC0415 (with it comes much that only captures need)

    place: str = surt(url)
    return place


def lines(captures: Iterable[tuple[str, Capture]]) -> Iterator[bytes]:
    """Give the lines of captures that come in the order of their place and time."""
    for _, group in groupby(captures, key=lambda pair: (pair[0], pair[1].captured_at.replace(microsecond=0))):
        yield from sorted(line(place, capture) for place, capture in group)


def line(place: str, capture: Capture) -> bytes:
    """Give the line of one capture."""
    told = {
        "url": capture.url,
        "mime": REVISIT if capture.original else (capture.content_type or "").partition(";")[0].strip() or "unk",
        "status": str(capture.status),
        "digest": capture.payload_digest or "-",
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.warc.rpartition("/")[2],
    }
    return f"{place} {capture.captured_at:%Y%m%d%H%M%S} ".encode() + msgspec.json.encode(told) + b"\n"
