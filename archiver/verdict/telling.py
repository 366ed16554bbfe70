"""How much of a page tells what it is called: what comes after need not be parsed to know it by its title. Pure.

What a page says of itself stands in elements of a few names (page.py), and each has its name behind a `<`. Behind the
last of them there is nothing to be found.
"""

from __future__ import annotations

import re

_ROOM_BYTES = 512
"""So much more is parsed, for the sake of tags whose quotes are not what they seem."""
_MOST_TAG_BYTES = 2000


def _any_case(name: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in name)


_OF_TEXT = "|".join(map(_any_case, ("h1", "title", "script")))
_OTHERS = "|".join(map(_any_case, ("base", "html", "link", "meta", "time")))
_TELLING = re.compile(rf"<(?=[bhlmstBHLMST])(?:({_OF_TEXT})|{_OTHERS})(?=[\s/>])".encode())
"""The elements that tell; the first group has the name of one whose text does."""

_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*+"|'[^']*+')*+>""")
_NO_JSON = rf"(?!&|{_any_case('json')})"
_PLAIN_SCRIPT = re.compile(
    rf"""<script(?:{_NO_JSON}[^>"']|"(?:{_NO_JSON}[^"])*+"|'(?:{_NO_JSON}[^'])*+')*+>""".encode(), re.IGNORECASE
)
"""A script that cannot be JSON-LD, whatever its type is written as."""
_HEADING = re.compile(
    rb"<h1\b(?:[^<]|<(?=/?(?:a|abbr|b|bdi|bdo|br|cite|em|i|img|mark|q|s|small|span|strong|sub|sup|u|wbr)[\s/>]))*+</h1\b",
    re.IGNORECASE,
)
"""A heading that ends where it seems to: no comment and no script is in it."""
_ENDS = {b"title": re.compile(b"</title", re.IGNORECASE), b"script": re.compile(b"</script", re.IGNORECASE)}


def telling_part(body: bytes) -> bytes:
    """Give as much of `body`, a page in UTF-8, as tells of it, and a bit more; all where that cannot be told."""
    last, ends = 0, {b"h1": 0, b"title": 0, b"script": 0}
    for found in _TELLING.finditer(body):
        start, name = found.start(), (found[1] or b"").lower()
        if name == b"script" and _PLAIN_SCRIPT.match(body, start, start + _MOST_TAG_BYTES):
            continue
        last = start
        if name and ends[name] <= start:
            end = _text_end(body, name, start)
            if end is None:
                return body
            ends[name] = end
    tag = _TAG_END.match(body, last)
    return body[: max(tag.end(), *ends.values()) + _ROOM_BYTES] if tag else body


def _text_end(body: bytes, name: bytes, start: int) -> int | None:
    """Give where the text of the element that starts there has its end, or None where that cannot be seen."""
    found = _HEADING.match(body, start) if name == b"h1" else _ENDS[name].search(body, start)
    return found and found.end()
