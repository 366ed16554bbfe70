"""What a page's head holds: told by its tree, or without one where the head is plain. Pure.

A head as the standard has it holds elements of a few names, and is over at `</head>` or `<body>`. What stands behind it
need not be parsed to know most pages by their title; and where the head's tags are written as nearly everybody writes
them, a pattern reads them as a parser would, in a fifth of its time.
"""

from __future__ import annotations

import itertools
import re
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HEAD_BYTES = 262_144
_MAX_METAS = 200
_MAX_LINKS = 300

TITLE_METAS = ("og:title", "twitter:title", "headline", "dc.title")
TIER_META = "article:content_tier"

Attributes = dict[str, str | None]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The elements of a head that tell something, each as its attributes."""

    root: Collection[str]  # the names of those of `<html>`
    title: str
    base: str | None  # the address of the first `<base>` that has one
    metas: Sequence[Attributes]
    links: Sequence[Attributes]


# --- by its tree ----------------------------------------------------------------------------------------------


def head_of(document: LexborHTMLParser) -> Head:
    """Give what the head of a page holds; what stands in the wrong place counts as well."""
    root, titles = document.root, document.tags("title")
    return Head(
        root=root.attributes.keys() if root else (),
        title=titles[0].text() if titles else "",
        base=next((given["href"] for given in having("href", document.tags("base"), 1)), None),
        metas=[
            given for node in document.tags("meta")[:_MAX_METAS] if not _is_for_others(node, given := node.attributes)
        ],
        links=having("rel", document.tags("link"), _MAX_LINKS),
    )


def having(name: str, nodes: Sequence[LexborNode], most: int) -> list[Attributes]:
    """Give the attributes of the first elements that have one of that `name`: a selector would take twice the time."""
    return list(itertools.islice((given for node in nodes if name in (given := node.attributes)), most))


def _is_for_others(node: LexborNode, given: Attributes) -> bool:
    """Tell whether a `<meta>` sends on only those whose browser runs no scripts."""
    return sends_on(given) and node.parent is not None and node.parent.tag == "noscript"


def sends_on(given: Attributes) -> bool:
    """Tell whether a `<meta>` is one that sends its reader on."""
    return "http-equiv" in given and (given["http-equiv"] or "").lower() == "refresh"


# --- without a tree -------------------------------------------------------------------------------------------

_SPACE = r"[ \t\n\f\r]"
_NAME = r"""[^\s/>="'<\0]++"""
_IS = rf"{_SPACE}*+={_SPACE}*+"
_ATTRIBUTE = re.compile(rf"""({_NAME})(?:{_IS}(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""", re.ASCII)
_ATTRIBUTES = rf"""(?>(?:[ \t\n\f\r/]*+{_NAME}(?>(?:{_IS}(?:"[^"\0]*+"|'[^'\0]*+'|[^\s>"'<\0]++))?))*)[ \t\n\f\r/]*+"""
_TELLING_NAMES = "|".join(map(re.escape, (*TITLE_METAS, TIER_META)))
_NAMED = rf"""(?:name|property)="(?!(?:{_TELLING_NAMES})")[^"&\0]*+"{_SPACE}++content"""
_DULL = rf"""meta{_SPACE}++(?:charset|{_NAMED})="[^"\0]*+"{_SPACE}*+/?>"""
"""A `<meta>` as most are, of a name that tells nothing: it is over in one step."""
_UNREAD = (
    rf"{name}(?=[\s/>])(?>(?:[^<]++|<(?!/{name}))*)</{name}\s*+>"
    for name in ("script", "style", "noscript", "template")
)
_PIECES = re.compile(
    rf"""
    (?>(?:
        [^<]++
      | <(?:
            head(?=[\s/>]){_ATTRIBUTES}>
          | {_DULL}
          | {"|".join(_UNREAD)}
          | !--(?!-?>)(?>(?:[^-]++|-(?!->|-!>))*)-->
          | [!?](?!--)[^>]*+>
        )
    )*)
    (?:
        <(?>(?:
            (base|html|link|meta)(?=[\s/>])({_ATTRIBUTES})>
          | title(?=[\s/>]){_ATTRIBUTES}>((?>(?:[^<\0]++|<(?!/title))*))</title\s*+>
          | (/head|body)(?=[\s/>])
        )?)
      | \Z
    )
    """.encode(),
    re.IGNORECASE | re.VERBOSE,
)
"""What is left out of a head, and then: an element that may tell something, a title, the end, or none of them."""

_TELLING = {
    tag: re.compile("|".join(map(re.escape, names)).encode())
    for tag, names in {
        b"base": ("href",),
        b"html": ("amp", "⚡"),
        b"link": ("canonical", "amphtml"),
        b"meta": (*TITLE_METAS, TIER_META, "refresh"),
    }.items()
}
"""What stands in a tag that tells something: no other is read."""

_REFERENCE = re.compile(r"&(#?\w*;?)")


def plain_head(body: bytes) -> Head | None:
    """Give what the head of a page in UTF-8 tells, but for its other metas; None where it has no plain tags and end."""
    telling: dict[bytes, list[str]] = {tag: [] for tag in (*_TELLING, b"title")}
    for piece in _PIECES.finditer(body, 0, MAX_HEAD_BYTES):
        tag, given, title, end = piece.groups()
        if tag:
            if _TELLING[tag := tag.lower()].search(given.lower()):
                telling[tag].append(given.decode(errors="replace"))
        elif title is not None:
            telling[b"title"].append(title.decode(errors="replace"))
        else:
            return _head_of_plain(telling) if end else None
    return None


def _head_of_plain(telling: Mapping[bytes, Sequence[str]]) -> Head | None:
    """Give the head that elements make; None where they name a character in a way that is not read alike everywhere."""
    if not all(map(_is_plain, itertools.chain.from_iterable(telling.values()))):
        return None
    return Head(
        root=[name for given in telling[b"html"] for name in _attributes(given)],
        title=unescape(telling[b"title"][0]) if telling[b"title"] else "",
        base=next((given["href"] for given in map(_attributes, telling[b"base"]) if "href" in given), None),
        metas=[*map(_attributes, telling[b"meta"])],
        links=[*map(_attributes, telling[b"link"])],
    )


def _is_plain(written: str) -> bool:
    return "&" not in written or all(map(_is_plain_reference, _REFERENCE.findall(written)))


def _is_plain_reference(name: str) -> bool:
    """Tell whether what follows an ampersand means the same wherever it stands."""
    if name.startswith("#"):
        character = unescape(f"&{name}")
        return name.endswith(";") and character != "" and character.isprintable()
    return not name or (name.endswith(";") and name in html5)


def _attributes(written: str) -> Attributes:
    """Give a tag's attributes by their names, the first of each."""
    found = reversed(_ATTRIBUTE.findall(written))
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in found}
