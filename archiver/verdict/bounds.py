"""How much of a page is parsed: a tree builder takes quadratic time for pages made to harm. Pure.

Measured with lexbor: 1 MB of `<div>` takes 170 s, 130 KB of attributes in one tag 0.7 s, and formatting elements left
open are repeated in every paragraph that follows (4 s and 1.6 GB for 40 KB). What is bounded here takes under half a
second, whatever it is.
"""

from __future__ import annotations

import re

MAX_BYTES = 1_000_000
MAX_TAGS = 12_000
_MAX_REPEATS = 500_000
_SMALL_BYTES = 100_000
_FEW_TAGS = 1400

_FORMATTING = re.compile(rb"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE)
"""The elements that a parser opens again in the next paragraph (WHATWG HTML, list of active formatting elements),
but for `a`, of which only one can be open."""

_LONG_TAG_BYTES = 4096
_MANY_ATTRIBUTES = re.compile(
    rb"""<[a-z][^\s/>]*+(?:[\s/]*+(?:[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+|=)){120}""",
    re.IGNORECASE,
)


def bounded(body: bytes) -> bytes:
    """Give as much of `body` as can safely be parsed: 1 MB, 12,000 tags, no tag of more than 120 attributes."""
    body = body[:MAX_BYTES]
    tags = body.count(b"<")
    if tags > MAX_TAGS:
        body = b"<".join(body.split(b"<", MAX_TAGS)[:MAX_TAGS])
    if len(body) > _SMALL_BYTES or _has_long_tag(body):
        heavy = _MANY_ATTRIBUTES.search(body)
        body = body[: heavy.start()] if heavy else body
    if tags > _FEW_TAGS and tags * len(_FORMATTING.findall(body)) > _MAX_REPEATS:
        return _FORMATTING.sub(rb"<\1span", body)  # the text stays what it is
    return body


def _has_long_tag(body: bytes) -> bool:
    """Tell whether something may be a tag of over 4 KB; below that, attributes come to little."""
    runs = (run for run in body.split(b">") if len(run) > _LONG_TAG_BYTES)
    return any(len(run) - run.find(b"<") > _LONG_TAG_BYTES for run in runs if b"<" in run)
