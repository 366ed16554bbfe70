"""What only many checks tell: deep links of one host that all end on one address. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archiver.model import LIVING, Outcome, Reason, Verdict
from archiver.urls import host_key
from archiver.verdict.places import is_deep
from archiver.verdict.thresholds import COLLAPSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiver.model import Check

_OPEN = frozenset(
    {
        (Outcome.UNKNOWN, Reason.UNCERTAIN),
        (Outcome.UNKNOWN, Reason.THIN_PAGE),
        (Outcome.DRIFTED, Reason.TITLE_MISMATCH),
    }
)


def collapsed(checks: Iterable[Check], *, items: Mapping[str, str] | None = None) -> dict[str, Verdict]:
    """Give the verdicts, by target, of links whose host sent them all to one address.

    None of `checks` showed what its record says. `items` names what a target is an address of: the web, AMP and short
    address of one article may well end at one place, and count once.
    """
    named = items or {}
    ends: defaultdict[tuple[str, str], list[Check]] = defaultdict(list)
    for check in checks:
        if may_be_collapsed(check):
            assert check.final_url
            ends[host_key(check.target), check.final_url].append(check)
    return {
        check.target: Verdict(
            outcome=Outcome.SOFT_404,
            reason=Reason.REDIRECT_COLLAPSE,
            note=f"{len(group)} links of its host end at {final_url}",
        )
        for (_, final_url), group in ends.items()
        if len({named.get(check.target, _page(check.target)) for check in group}) >= COLLAPSED
        for check in group
    }


def may_be_collapsed(check: Check) -> bool:
    """Tell whether a deep link was sent to another page, and nothing worse is known of it."""
    if check.final_url is None or check.final_url == check.target:
        return False
    may_be = check.outcome in LIVING or (check.outcome, check.reason) in _OPEN
    return may_be and _page(check.target) != _page(check.final_url) and is_deep(check.target)


def _page(url: str) -> str:
    """Give what is left of an address without what does not name another page."""
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
