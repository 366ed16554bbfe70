"""Addresses: normalising, host keys, AMP caches. Pure; parsing is ada's, by the WHATWG URL standard."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ada_url

from archiver.model import HostKey, Origin, Reason

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_URL_CHARS = 65_536
"""A longer address is taken for rubbish: no server reads it."""

AMP_CACHES = ("cdn.ampproject.org", "bing-amp.com")
"""The AMP caches: each is one host, whatever the subdomain."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_USER_INFO = re.compile(r"([^\w\\/]*+(?:https?:[\\/]*+|(?:[a-z][a-z0-9+.-]*+:)?[\\/]{2,}+))[^\\/?#]*@", re.IGNORECASE)
_NORMAL = re.compile(
    r"https?://(?>(?:(?!xn--)[a-z0-9-]++\.)*)(?!xn--)[a-z][a-z0-9-]*+"
    r"(?>(?:/(?!\.)[\w.~!$&'()*+,;=:@-]*+)+)(?>(?:\?[\w.~!$&()*+,;=:@/?-]++)?)",
    re.ASCII,
)
"""Addresses, most of those there are, that plainly are targets as they stand: a twentieth of a parser's time."""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LEFT_OUT = str.maketrans("", "", "\t\r\n")
_C0_AND_SPACE = "".join(map(chr, range(0x21)))
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class BadAddressError(ValueError):
    """An address that nothing can be fetched from; `fault` says in which way."""

    def __init__(self, fault: Reason) -> None:
        super().__init__(fault)
        self.fault = fault


def normalise(address: str) -> str:
    """Give the target of `address`: WHATWG's form, RFC 3986's escapes, no user info, no fragment.

    `//host/x` is taken as https. Raises BadAddressError.
    """
    if _is_target(address):
        return address
    return _normalised(address)


def _is_target(address: str) -> bool:
    """Tell whether an address plainly is a target as it stands."""
    return len(address) <= MAX_URL_CHARS and _NORMAL.fullmatch(address) is not None


def _normalised(address: str) -> str:
    text = _as_parsed(address)
    if text.startswith("//"):
        text = "https:" + text
    scheme = _SCHEME.match(text)
    if scheme is None or len(text) > MAX_URL_CHARS:
        raise BadAddressError(Reason.BAD_URL)
    if scheme[1].lower() not in ("http", "https"):
        raise BadAddressError(Reason.BAD_SCHEME)
    return _target(text)


def resolve(location: str, base: str) -> str:
    """Give the target that a redirect's `location`, seen at `base`, leads to. Raises BadAddressError."""
    if _is_target(location):
        return location
    scheme = _SCHEME.match(_as_parsed(location))
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise BadAddressError(Reason.BAD_SCHEME)
    return _target(location, base)


def host_key(url: str) -> HostKey:
    """Name the host that `url`, a target, is asked of; a port counts where it is not the scheme's own."""
    return _host_key(url.split("/", 3)[2])


@functools.lru_cache(maxsize=100_000)  # a run asks of most hosts more than once
def _host_key(authority: str) -> HostKey:
    authority = authority.removesuffix(".").replace(".:", ":")
    for cache in AMP_CACHES:
        if authority.endswith(cache) and authority.removesuffix(cache)[-1:] in ("", "."):
            return HostKey(cache)
    return HostKey(authority)


def origin(url: str) -> Origin:
    """Give scheme, host and port of a target."""
    end = url.find("/", len("https://"))
    return Origin(url if end < 0 else url[:end])


def registrable_domain(host: str) -> str:
    """Give the domain that `host` (perhaps with a port) was registered as, by the public suffix list.

    Under a suffix that the list does not know, it is the last two labels, as the list's own default rule has it.
    """
    name = host.rpartition(":")[0] or host
    return _suffixes()(name).top_domain_under_public_suffix or ".".join(name.split(".")[-2:])


@functools.cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 (its list takes a while to load, and few runs need it)

    return TLDExtract(suffix_list_urls=(), cache_dir=None)  # the list it comes with; nothing is downloaded


def mask_user_info(address: str) -> str:
    """Hide user name and password of an address as written, also of one that cannot be parsed."""
    if "@" not in address:
        return address
    text = _as_parsed(address)
    found = _USER_INFO.match(text)
    return f"{found[1]}***@{text[found.end() :]}" if found else address


def _as_parsed(address: str) -> str:
    """Leave out white space and control characters around, tabs and line breaks within, as URL parsers do."""
    text = address.strip().strip(_C0_AND_SPACE)
    return text if text.isprintable() else text.translate(_LEFT_OUT)


def _target(text: str, base: str | None = None) -> str:
    try:
        parsed = ada_url.join_url(base, text) if base else ada_url.normalize_url(text)
    except ValueError:
        raise BadAddressError(Reason.BAD_URL) from None
    href = _without_user_info(parsed.partition("#")[0])
    if len(href) > MAX_URL_CHARS:
        raise BadAddressError(Reason.BAD_URL)
    if "%" not in href or _STRAY_PERCENT.search(href):
        return href
    return _ESCAPE.sub(_plain_escape, href)


def _without_user_info(href: str) -> str:
    """Leave user name and password out of a parsed address, where an `@` in them is escaped."""
    before, at, rest = href.partition("@")
    scheme, slashes, user_info = before.partition("//")
    return f"{scheme}{slashes}{rest}" if at and "/" not in user_info else href


def _plain_escape(escape: re.Match[str]) -> str:
    """Write an escape as RFC 3986, section 6.2.2, wants it: unreserved characters plain, hex in capitals."""
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


# --- AMP caches -----------------------------------------------------------------------------------------------

_SERVED_AS = {
    "i": frozenset("bmp gif ico jpeg jpg png svg tif tiff webp".split()),  # noqa: SIM905 (reads as a list)
    "r": frozenset("eot otf ttc ttf woff woff2".split()),  # noqa: SIM905
}
_MAX_LABEL_CHARS = 63
_CACHE_PATH = re.compile(r"/(?P<kind>[civr])/(?P<tls>s/)?(?P<rest>.+)", re.DOTALL)


def amp_cache_url(url: str, *, cache: str = "cdn.ampproject.org") -> str:
    """Give the address of `url`'s copy in an AMP cache.

    The subdomain is the one of `amp_cache_subdomain`; the path is `/c` (or `/i` for images, `/r` for fonts, by
    the path's extension, in lower case), `/s` for https, then host, path and query as written; a port is dropped.
    Source: the AMP cache URL format and its reference implementation, amp-toolbox.
    """
    parts = urlsplit(url.strip())
    host = parts.hostname or ""
    extension = parts.path.rpartition("/")[2].rpartition(".")[2] if "." in parts.path else ""
    kind = next((kind for kind, extensions in _SERVED_AS.items() if extension in extensions), "c")
    secure = "/s" if parts.scheme == "https" else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{amp_cache_subdomain(host)}.{cache}/{kind}{secure}/{host}{parts.path}{query}"


def amp_origin_url(cache_url: str) -> str | None:
    """Give the address that an AMP cache's URL is a copy of, or None where it is not one.

    The path is trusted, not the subdomain, so the older form `https://cdn.ampproject.org/c/s/…` is read too.
    """
    try:
        parts = urlsplit(cache_url.strip())
    except ValueError:
        return None
    host = (parts.hostname or "").removesuffix(".")
    served = _CACHE_PATH.fullmatch(parts.path)
    if served is None or not any(host == cache or host.endswith(f".{cache}") for cache in AMP_CACHES):
        return None
    scheme = "https" if served["tls"] else "http"
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{served['rest']}{query}"


def amp_cache_subdomain(host: str) -> str:
    """Give the label under which an AMP cache serves `host`: readable where it can be, else its SHA-256."""
    host = host.lower()
    plain = _to_unicode(host)
    if (
        (_looks_encoded(host) and not host.startswith("xn"))
        or len(host) > _MAX_LABEL_CHARS
        or "." not in host
        or _mixes_directions(plain)
    ):
        return _hashed(host)
    label = _to_ascii(plain.replace("-", "--").replace(".", "-"))
    if len(label) > _MAX_LABEL_CHARS:
        return _hashed(host)
    if _looks_encoded(label) and not label.startswith("xn"):
        return f"0-{label}-0"
    return label


def _mixes_directions(text: str) -> bool:
    """Tell whether `text` has letters of both writing directions (RFC 5893 forbids such labels)."""
    found = {unicodedata.bidirectional(character) for character in text}
    return "L" in found and bool(found & {"R", "AL"})


def _looks_encoded(label: str) -> bool:
    return label[2:4] == "--"


def _to_unicode(host: str) -> str:
    return ".".join(
        label[4:].encode("ascii", "replace").decode("punycode", "replace") if label.startswith("xn--") else label
        for label in host.split(".")
    )


def _to_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _hashed(host: str) -> str:
    digest = hashlib.sha256(host.encode()).digest()
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()
