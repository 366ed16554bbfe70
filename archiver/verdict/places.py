"""Where an address stands: deep or at the site's door, in whose hands. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archiver.urls import amp_origin_url, registrable_domain
from archiver.verdict.thresholds import DEEP_SLUG_CHARS

if TYPE_CHECKING:
    from archiver.model import Expectation

_HOME = re.compile(r"/?(?:(?:index|default|home)(?:\.\w{2,5})?|[a-z]{2}(?:[-_][a-z]{2})?)?/?", re.IGNORECASE)
"""The root, its usual file names, and the root of a language: `/`, `/index.html`, `/en`, `/pt-br/`."""

_MARKETS = frozenset(
    {
        "afternic.com",
        "atom.com",
        "bodis.com",
        "brandbucket.com",
        "buydomains.com",
        "dan.com",
        "domainmarket.com",
        "efty.com",
        "hugedomains.com",
        "parkingcrew.net",
        "sedo.com",
        "squadhelp.com",
        "undeveloped.com",
        "uniregistry.com",
    }
)
"""Who sells domains: a link elsewhere that ends there is for sale."""


def is_home(url: str) -> bool:
    """Tell whether `url` is a site's home page."""
    parts = urlsplit(url)
    return not parts.query and _HOME.fullmatch(parts.path) is not None


def is_deep(url: str) -> bool:
    """Tell whether `url` names one page of its site, by two folders, a long name or a query."""
    parts = urlsplit(url)
    if is_home(url):
        return False
    segments = [segment for segment in parts.path.split("/") if segment]
    return len(segments) > 1 or bool(parts.query) or any(len(segment) >= DEEP_SLUG_CHARS for segment in segments)


def is_market(url: str) -> bool:
    """Tell whether `url` is of a seller of domains."""
    return _domain(url) in _MARKETS


def is_foreign(target: str, final_url: str, expected: Expectation | None = None) -> bool:
    """Tell whether `final_url` is under another registrable domain than `target` and the record's provider."""
    ours, theirs = _host(target), _host(final_url)
    provider = (expected.provider_domain or "").lower() if expected else ""
    if ours == theirs or (provider and f".{theirs}".endswith(f".{provider}")):
        return False
    origin = amp_origin_url(target)
    own = {registrable_domain(ours), registrable_domain(_host(origin)) if origin else ""}
    return registrable_domain(theirs) not in own | ({registrable_domain(provider)} if provider else set())


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removesuffix(".")


def _domain(url: str) -> str:
    host = _host(url)
    return ".".join(host.split(".")[-2:])
