"""What a page needs to be shown: stylesheets, images, fonts, icons, and scripts where they are asked for. Pure.

Frames, video and audio are pages and files of their own. Rules for elements are rows; what a script would put in
their place later (lazy images) is told by the attributes that such scripts read.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from archiver.bounds import bounded
from archiver.plan.candidates import best, is_inline, is_shown, parse_srcset
from archiver.plan.snapshots import MOST_REQUISITES
from archiver.plan.stylesheets import Kind, Mention, mentions
from archiver.urls import MAX_URL_CHARS, BadAddressError, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from selectolax.lexbor import LexborNode

    from archiver.model import Content

__all__ = ["Kind", "Requisite", "requisites"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requisite:
    """Something a page needs to be shown; `url` is a target."""

    url: str
    kind: Kind


def requisites(content: Content, *, scripts: bool) -> tuple[Requisite, ...]:
    """Give what a page or a stylesheet needs, in its order, each once, at most 500; nothing for other content."""
    type_ = content.headers.get("content-type", "").partition(";")[0].strip().lower()
    if type_ == "text/css":
        return _targets(mentions(_text(content)), content.url, scripts=scripts)
    if type_ in _PAGE_TYPES or (not type_ and content.body.lstrip().startswith(b"<")):
        page = LexborHTMLParser(bounded(_text(content).encode()))
        return _targets(_page_mentions(page), _base(page, content.url), scripts=scripts)
    return ()


_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def _targets(named: Iterable[Mention], base: str, *, scripts: bool) -> tuple[Requisite, ...]:
    wanted = (mention for mention in named if scripts or mention.kind is not Kind.SCRIPT)
    return tuple(islice(_resolved(wanted, base), MOST_REQUISITES))


def _resolved(named: Iterable[Mention], base: str) -> Iterator[Requisite]:
    written: set[str] = set()
    seen: set[str] = set()
    for address, kind in named:
        if address in written:
            continue
        written.add(address)
        url = _target(address, base)
        if url and url not in seen:
            seen.add(url)
            yield Requisite(url=url, kind=kind)


def _target(address: str, base: str) -> str | None:
    """Resolve an address; one that is empty, or only a fragment, names the page itself."""
    plain = address.strip()
    if not plain or plain.startswith("#") or is_inline(plain) or len(plain) > MAX_URL_CHARS:
        return None
    try:
        return resolve(plain, base)
    except BadAddressError:
        return None


# --- text and base --------------------------------------------------------------------------------------------

_ENCODINGS = frozenset(
    [
        *("utf-8", "utf-16-le", "utf-16-be", "gbk", "gb18030", "big5", "euc_jp", "shift_jis", "iso2022_jp", "euc_kr"),
        *("koi8-r", "koi8-u", "mac-roman", "cp866", "cp874", *(f"cp125{number}" for number in range(9))),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    ]
)
"""The encodings of the web (WHATWG Encoding standard), by Python's names: others of Python's are no text's."""

_READ_AS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gbk", "utf-16": "utf-16-le"}
"""Labels that mean another encoding than they say (the same standard)."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_HEADER_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?([^\s\"';]++)", re.IGNORECASE)
_BODY_CHARSET = re.compile(rb"<meta[^>]*?charset\s*+=\s*+[\"']?([^\s\"';/>]++)|^@charset \"([^\"]++)\"", re.IGNORECASE)
_LOOKED_AT_BYTES = 1024


def _text(content: Content) -> str:
    """Decode a body by its mark, header or declaration (HTML standard, "determining the character encoding")."""
    for mark, name in _MARKS.items():
        if content.body.startswith(mark):
            return content.body[len(mark) :].decode(name, "replace")
    header = _HEADER_CHARSET.search(content.headers.get("content-type", ""))
    declared = _BODY_CHARSET.search(content.body[:_LOOKED_AT_BYTES])
    label = header[1] if header else (declared[1] or declared[2]).decode("latin-1") if declared else "utf-8"
    return content.body.decode(_encoding(label), "replace")


def _encoding(label: str) -> str:
    """Give Python's name of the encoding that `label` means; UTF-8 where it means none."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):  # a label with a NUL in it is a ValueError
        return "utf-8"
    name = _READ_AS.get(name, name)
    return name if name in _ENCODINGS else "utf-8"


def _base(page: LexborHTMLParser, url: str) -> str:
    """Give what a page's addresses are relative to: the first `<base href>` that can be fetched from."""
    element = page.css_first("base[href]")
    return (element and _target(element.attributes.get("href") or "", url)) or url


# --- elements -------------------------------------------------------------------------------------------------


class Holder(NamedTuple):
    """An element's attribute that holds the address of an image."""

    tag: str
    attribute: str


HOLDERS = (
    Holder("video", "poster"),
    Holder("amp-video", "poster"),
    Holder("image", "href"),
    Holder("image", "xlink:href"),
    Holder("feImage", "href"),
    Holder("feImage", "xlink:href"),
    Holder("use", "href"),
    Holder("use", "xlink:href"),
    *(Holder(tag, "background") for tag in ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th")),
)

LAZY_SETS = ("data-srcset", "data-lazy-srcset")
LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-src", "data-hi-res-src")
"""Where the scripts that load images late look for the addresses."""

ICON_WORDS = frozenset({"icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"})
PRELOADED = {"style": Kind.STYLESHEET, "font": Kind.FONT, "image": Kind.IMAGE, "script": Kind.SCRIPT}
STYLE_TYPES = frozenset({"", "text/css"})
SCRIPT_TYPES = frozenset({"", "module", "text/javascript", "application/javascript", "application/x-javascript"})

_PLACEHOLDER = re.compile(r"blank|spacer|pixel|placeholder|transparent|loading|loader|lazy|1x1|gr[ae]y", re.IGNORECASE)
_IMAGE_NAME = re.compile(r"\.(?:apng|avif|bmp|gif|ico|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)

Attributes = dict[str, str | None]


def _page_mentions(page: LexborHTMLParser) -> Iterator[Mention]:
    """Give what a page's elements name, in document order; what `<noscript>` holds is parsed as elements too."""
    chosen: set[int] = set()  # pictures whose source is taken: their img is not asked for
    last = 0
    for node in page.css(_SELECTOR):
        if node.mem_id == last:  # an element comes once for each selector that it meets
            continue
        last = node.mem_id
        if node.tag == "picture":
            source = _source(node)
            if source:
                chosen.add(node.mem_id)
                yield Mention(source, Kind.IMAGE)
        elif not (chosen and node.tag == "img" and node.parent and node.parent.mem_id in chosen):
            yield from _element(node)


def _element(node: LexborNode) -> Iterator[Mention]:
    attributes = node.attributes
    tag = node.tag or ""
    rule = _RULES.get(tag)
    if rule:
        yield from rule(attributes)
    for attribute in _HELD_BY.get(tag, ()):
        yield Mention(attributes.get(attribute) or "", Kind.IMAGE)
    if tag == "style" and _word(attributes, "type") in STYLE_TYPES:
        yield from mentions(node.text(deep=True))
    if style := attributes.get("style"):
        yield from mentions(style)


def _word(attributes: Attributes, name: str) -> str:
    return (attributes.get(name) or "").strip().lower()


def _link(attributes: Attributes) -> Iterator[Mention]:
    words = set(_word(attributes, "rel").split())
    kind: Kind | None = None
    if "stylesheet" in words:
        is_used = not ("alternate" in words or "disabled" in attributes)
        kind = Kind.STYLESHEET if is_used and _word(attributes, "type") in STYLE_TYPES else None
    elif words & ICON_WORDS:
        kind = Kind.ICON
    elif "preload" in words:
        kind = PRELOADED.get(_word(attributes, "as"))
    elif "modulepreload" in words:
        kind = Kind.SCRIPT
    if kind:
        among_many = best(parse_srcset(attributes.get("imagesrcset") or "")) if kind is Kind.IMAGE else None
        yield Mention(among_many or attributes.get("href") or "", kind)


def _script(attributes: Attributes) -> Iterator[Mention]:
    if _word(attributes, "type") in SCRIPT_TYPES:
        yield Mention(attributes.get("src") or "", Kind.SCRIPT)


def _input(attributes: Attributes) -> Iterator[Mention]:
    if _word(attributes, "type") == "image":
        yield Mention(attributes.get("src") or "", Kind.IMAGE)


def _object(attributes: Attributes) -> Iterator[Mention]:
    if _word(attributes, "type").startswith("image/"):
        yield Mention(attributes.get("data") or "", Kind.IMAGE)


def _image(attributes: Attributes) -> Iterator[Mention]:
    """Give an image's best candidate, or its source; a late one too, and before it, unless that is a placeholder."""
    late = _late(attributes)
    shown = best(parse_srcset(attributes.get("srcset") or "")) or attributes.get("src") or ""
    if late:
        yield Mention(late, Kind.IMAGE)
    if not (late and _PLACEHOLDER.search(shown.partition("?")[0].rpartition("/")[2])):
        yield Mention(shown, Kind.IMAGE)


def _late(attributes: Attributes) -> str | None:
    sets = (best(parse_srcset(attributes.get(name) or "")) for name in LAZY_SETS)
    sources = (attributes.get(name) or "" for name in LAZY_SOURCES)
    return next(filter(None, sets), None) or next(filter(_is_image_address, sources), None)


def _is_image_address(value: str) -> bool:
    """Tell an address from what else scripts keep in such attributes: numbers, flags, JSON."""
    return not is_inline(value) and "{" not in value and ("/" in value or bool(_IMAGE_NAME.search(value)))


def _source(picture: LexborNode) -> str | None:
    """Give the best candidate of the first source that a browser would take; None where the `img` is shown."""
    for child in picture.iter():
        attributes = child.attributes
        if child.tag == "source" and is_shown(attributes.get("type"), attributes.get("media")):
            sets = (attributes.get(name) or "" for name in (*LAZY_SETS, "srcset"))
            address = next(filter(None, map(best, map(parse_srcset, sets))), None)
            if address:
                return address
    return None


_RULES: dict[str, Callable[[Attributes], Iterator[Mention]]] = {
    "link": _link,
    "script": _script,
    "input": _input,
    "object": _object,
    **dict.fromkeys(("img", "amp-img", "amp-anim"), _image),
}
_HELD_BY = {tag: [holder.attribute for holder in HOLDERS if holder.tag == tag] for tag, _ in HOLDERS}
_SELECTOR = ",".join([*_RULES, *_HELD_BY, "picture", "style", "[style]"])
