"""AMP copies and their pages: do they name each other, and which copies are no longer kept. Pure.

Source: the AMP project's pages on caches and discovery. A cache answers 404 where the origin has no valid AMP page, or
leads to the canonical page by 301, 302, `<meta>` or script; publishers who drop AMP do the same with its own address.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from archiver.model import LIVING, Caution, Outcome, Reason, Role, State, Verdict
from archiver.urls import AMP_CACHES, BadAddressError, amp_cache_subdomain, amp_origin_url, normalise
from archiver.verdict.state import Evidence, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Check, Link, PageEvidence

_CLOSED = frozenset({Outcome.RESTRICTED, Outcome.BLOCKED})
_MISSING = frozenset({404, 410})


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One address of an item, checked."""

    check: Check
    page: PageEvidence | None = None  # what it showed, where that was a page
    state: State | None = None  # of an address that this run has not seen: the check is its last one

    @property
    def lives(self) -> bool:
        """Whether it shows its page, or did when something was last seen of it."""
        return self.check.outcome in LIVING if self.state is None else self.state is State.ALIVE

    @property
    def may_live(self) -> bool:
        """Whether it shows its page, or would to others than us."""
        return self.lives or self.check.outcome in _CLOSED

    @property
    def addresses(self) -> frozenset[str]:
        """All that its page goes by: as asked, as answered, and as the page names itself."""
        named = (self.check.target, self.check.final_url, self.page.canonical if self.page else None)
        return frozenset(_plain(address) for address in named if address)


def cache_mismatches(links: Iterable[Link]) -> frozenset[Link]:
    """Give the cached addresses that are not those of their item's AMP address; no network is needed."""
    fetched = [link for link in links if link.fault is None]
    cached = {(link.record, link.item) for link in fetched if link.role is Role.CDN_AMP}
    items: defaultdict[tuple[str, str], dict[Role, list[Link]]] = defaultdict(lambda: defaultdict(list))
    for link in fetched:
        if (link.record, link.item) in cached:
            items[link.record, link.item][link.role].append(link)
    return frozenset(
        copy
        for item in items.values()
        for copy in item[Role.CDN_AMP]
        if item.get(Role.AMP) and all(is_cache_mismatch(amp.target, copy.target) for amp in item[Role.AMP])
    )


def is_cache_mismatch(amp_url: str, cached_url: str) -> bool:
    """Tell whether `cached_url` is not the address under which an AMP cache serves `amp_url`.

    The path says what is served; the subdomain has to be its host's. The older form without one is accepted.
    """
    origin = amp_origin_url(cached_url)
    try:
        if origin is None or normalise(origin) != normalise(amp_url):
            return True
    except BadAddressError:
        return True
    host = (urlsplit(cached_url).hostname or "").removesuffix(".")
    label = next(host.removesuffix(cache).removesuffix(".") for cache in AMP_CACHES if host.endswith(cache))
    return label not in ("", amp_cache_subdomain(urlsplit(origin).hostname or ""))


def amp_cautions(amp: Seen, web: Seen | None = None) -> tuple[Caution, ...]:
    """Warn of an AMP address that is no AMP page, or of a page and copy that do not name each other."""
    if amp.page is None or not amp.lives:
        return ()
    if not amp.page.is_amp:
        return (Caution.NOT_AMP,)
    found = []
    if web is not None and web.page is not None and web.lives and not _names_copy(web.page, amp):
        found.append(Caution.AMP_NOT_LINKED)
    if web is not None and amp.page.canonical and _plain(amp.page.canonical) not in web.addresses:
        found.append(Caution.CANONICAL_MISMATCH)
    return tuple(found)


def judge_amp(copy: Seen, web: Seen | None, amp: Seen | None = None) -> Verdict | None:
    """Say whether an AMP or cached address is retired while its page `web` lives; None where its check stands.

    `amp` is the AMP address that a cached one is a copy of. Whatever is strong evidence of a copy's death tells but
    that it is no longer kept: the reason stays.
    """
    turn = _turn(copy, web) if web and web.may_live else None
    if turn is not None:
        return Verdict(outcome=Outcome.AMP_RETIRED, reason=Reason.TO_CANONICAL, note=f"leads to {turn}")
    if copy.check.status in _MISSING and amp_origin_url(copy.check.target) is not None:
        lives = next((seen.check.target for seen in (amp, web) if seen and seen.lives), None)
        note = f"{lives} lives"
        return Verdict(outcome=Outcome.AMP_RETIRED, reason=Reason.CACHE_404, note=note) if lives else None
    if web and web.lives and evidence(copy.check) is Evidence.STRONG:
        return Verdict(outcome=Outcome.AMP_RETIRED, reason=copy.check.reason, note=f"{web.check.target} lives")
    return None


def _turn(copy: Seen, web: Seen) -> str | None:
    """Give the page's address that a copy leads to, by redirect or by its page, or None."""
    final = copy.check.final_url or copy.check.target
    asked = _plain(copy.check.target)
    turns = [copy.page.leads_to if copy.page else None, final if copy.lives else None]
    return next((turn for turn in turns if turn and _plain(turn) != asked and _plain(turn) in web.addresses), None)


def _names_copy(page: PageEvidence, amp: Seen) -> bool:
    named = page.amphtml
    origins = {amp_origin_url(address) for address in (amp.check.target, amp.check.final_url) if address}
    return named is not None and _plain(named) in amp.addresses | {_plain(origin) for origin in origins if origin}


def _plain(address: str) -> str:
    """Leave out what sites write now so and now so: the scheme, `www.`, and a slash at the end."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")
