"""How much of a page is parsed: a tree builder takes quadratic time for pages made to harm. Pure.

Measured with lexbor: 1 MB of `<div>` takes 170 s, 130 KB of attributes in one tag 0.7 s, and formatting elements left
open are repeated in every paragraph that follows (4 s and 1.6 GB for 40 KB). What is bounded here takes under half a
second, whatever it is.
"""

from __future__ import annotations

import itertools
import re

MAX_BYTES = 1_000_000
MAX_TAGS = 16_000
MAX_OPENED = 8_000
_MAX_REPEATS = 500_000
_SMALL_BYTES = 120_000
_FEW_TAGS = 1400
_LONG_TAG_BYTES = 2048


def _any_case(name: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


def _any_first(names: list[str]) -> str:
    return "".join(sorted({letter for name in names for letter in (name[0], name[0].upper())}))


_NAMES = ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
_FORMATTING = re.compile(rf"<(/?)(?:{'|'.join(map(_any_case, _NAMES))})(?=[\s/>])".encode())
_OPENED = re.compile(rf"<(?=[{_any_first(_NAMES)}])(?:{'|'.join(map(_any_case, _NAMES))})[\s/>]".encode())
"""The elements that a parser opens again in the next paragraph (WHATWG HTML, list of active formatting elements),
but for `a`, of which only one can be open. Both cases are spelt out: a pattern that ignores case is much slower."""

_OPENING = re.compile(rb"<(?!/)")
_TAG_START = re.compile(rb"<[a-zA-Z]")
_MANY_ATTRIBUTES = re.compile(
    rb"""<[a-zA-Z][^\s/>]*+(?:[\s/]*+(?:[^\s/>=]++(?>(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?)|=)){120}"""
)


def bounded(body: bytes) -> bytes:
    """Give as much of `body` as can safely be parsed: 1 MB, 8,000 tags and their ends, none of over 120 attributes.

    Small pages may have such a tag where a `>` stands in each of its values: that takes half a second at most.
    """
    if len(body) <= _LONG_TAG_BYTES:
        return body
    body = body[:MAX_BYTES]
    tags = len(body.split(b"<", MAX_TAGS)) - 1  # counted in half the time of `count`
    if tags > MAX_OPENED:
        body = _first_tags(body)
    if len(body) > _SMALL_BYTES or _may_have_long_tag(body):
        heavy = _MANY_ATTRIBUTES.search(body)
        body = body[: heavy.start()] if heavy else body
    if tags > _FEW_TAGS and tags * len(_OPENED.findall(body)) > _MAX_REPEATS:
        return _FORMATTING.sub(rb"<\1span", body)  # the text stays what it is
    return body


def _first_tags(body: bytes) -> bytes:
    """Cut before the tag that is one too many, of those that open something or of all."""
    body = b"<".join(body.split(b"<", MAX_TAGS)[:MAX_TAGS])
    extra = next(itertools.islice(_OPENING.finditer(body), MAX_OPENED, None), None)
    return body[: extra.start()] if extra else body


def _may_have_long_tag(body: bytes) -> bool:
    """Tell whether a tag may be over 4 KB: then some stretch of half that has no end of one, and one begins before."""
    starts = range(0, len(body) - _LONG_TAG_BYTES, _LONG_TAG_BYTES)
    endless = (start for start in starts if body.find(b">", start, start + _LONG_TAG_BYTES) < 0)  # a script may be, too
    return any(_tag_starts(body, max(0, start - _LONG_TAG_BYTES), start) for start in endless)


def _tag_starts(body: bytes, earliest: int, end: int) -> bool:
    """Tell whether a tag begins there that does not end there."""
    last_end = max(earliest, body.rfind(b">", earliest, end))
    return body.find(b"<", last_end, end) >= 0 and _TAG_START.search(body, last_end, end) is not None
