"""One image in many sizes and formats: which of them is kept. Pure.

A browser chooses by its window and its screen, a snapshot is for all of them: so the widest is wanted, but not the
poster for print. The rule: the smallest that is enough, or where none is, the largest. Enough are 1,600 pixels, which
fill a column of 800 on a screen with two pixels a point, and twice the density.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENOUGH = {"w": 1600.0, "x": 2.0}
"""The value of a descriptor (HTML standard, `srcset`) from which on more is no better."""

SHOWN_TYPES = frozenset(
    f"image/{name}" for name in ("apng", "avif", "bmp", "gif", "jpeg", "jpg", "png", "svg+xml", "webp", "x-icon")
)
"""The image types that browsers of 2026 all show; image/jxl, image/heic and image/jp2 only some do."""

WINDOW_WIDTH = 1280.0
"""The window's width, in CSS pixels, that a source's media query is held against."""

_CANDIDATE = re.compile(r"[ \t\n\f\r,]*+([^ \t\n\f\r]++)")
_DESCRIPTORS = re.compile(r"((?>(?:[^,(]|\([^)]*+\)?+)*)),?+")
_DESCRIPTOR = re.compile(r"[ \t\n\f\r]([0-9]++(?:\.[0-9]++)?|\.[0-9]++)([wx])(?![^ \t\n\f\r])")
_WIDTH = re.compile(r"(min|max)-(?:device-)?width\s*+:\s*+([0-9]++(?:\.[0-9]++)?)\s*+(px|r?em)?")
_IN_PIXELS = {"em": 16.0, "rem": 16.0}
_NEVER = re.compile(r"\bprint\b|prefers-color-scheme\s*:\s*dark|orientation\s*:\s*portrait|prefers-contrast\s*:\s*more")


class Candidate(NamedTuple):
    """One of the addresses an image may be asked at; `score` is 1 where its size is just enough."""

    address: str
    score: float = 1 / ENOUGH["x"]  # what has no descriptor has density 1


def best(candidates: Iterable[Candidate]) -> str | None:
    """Give the address to keep, or None where there is none."""
    fetched = [candidate for candidate in candidates if not is_inline(candidate.address)]
    enough = [candidate for candidate in fetched if candidate.score >= 1]
    if enough:
        return min(enough, key=lambda candidate: candidate.score).address
    return max(fetched, key=lambda candidate: candidate.score).address if fetched else None


def parse_srcset(text: str) -> Iterator[Candidate]:
    """Give the candidates of a `srcset` (HTML standard, "parsing a srcset attribute")."""
    position = 0
    while found := _CANDIDATE.match(text, position):
        position = found.end()
        address = found[1].rstrip(",")
        if address != found[1]:
            yield Candidate(address)
            continue
        descriptors = _DESCRIPTORS.match(text, position)
        assert descriptors is not None
        position = descriptors.end()
        size = _DESCRIPTOR.search(descriptors[1])
        yield Candidate(address, float(size[1]) / ENOUGH[size[2]]) if size else Candidate(address)


def is_inline(address: str) -> bool:
    """Tell whether an address holds its own content, or a script's: nothing is fetched for it."""
    return address.lstrip()[:11].lower().startswith(("data:", "blob:", "javascript:", "about:"))


def is_shown(type_: str | None, media: str | None) -> bool:
    """Tell whether a browser takes a source of this type, under this media query; of an unknown feature it is so."""
    if type_ and type_.partition(";")[0].strip().lower() not in SHOWN_TYPES:
        return False
    return not media or any(_holds(query) for query in media.lower().split(","))


def _holds(query: str) -> bool:
    if query.lstrip().startswith("not "):
        return not _holds(query.lstrip().removeprefix("not "))
    if _NEVER.search(query):
        return False
    return all(_width_holds(*feature.groups()) for feature in _WIDTH.finditer(query))


def _width_holds(bound: str, value: str, unit: str | None) -> bool:
    pixels = float(value) * _IN_PIXELS.get(unit or "px", 1.0)
    return pixels <= WINDOW_WIDTH if bound == "min" else pixels >= WINDOW_WIDTH
