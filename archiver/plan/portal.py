"""Captive portals: many unrelated sites that all end on one foreign page say more of our network than of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from archiver.urls import host_key, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Check

FEWEST_SITES = 5
"""So many unrelated sites that end on one page, and most of those that answered at all, are a portal's doing."""


def ends_elsewhere(check: Check) -> bool:
    """Tell whether a check's redirects ended on another host: it may be a portal's, which only the whole run shows."""
    end = check.final_url
    return end not in (None, check.target) and host_key(end) != host_key(check.target)


def is_captive(elsewhere: Iterable[Check], answering_hosts: int) -> bool:
    """Tell whether the checks that ended elsewhere, of a run in which so many hosts answered, show a portal."""
    hosts_by_end: defaultdict[str, set[str]] = defaultdict(set)
    for check in elsewhere:
        page = str(check.final_url).partition("?")[0]  # a portal tells in the query whom it stands in for
        hosts_by_end[page].add(host_key(check.target))
    return any(
        len(hosts) >= FEWEST_SITES and 2 * len(hosts) > answering_hosts and _are_unrelated(hosts, end)
        for end, hosts in hosts_by_end.items()
    )


def _are_unrelated(hosts: set[str], end: str) -> bool:
    sites = {registrable_domain(host) for host in hosts} - {registrable_domain(host_key(end))}
    return len(sites) >= FEWEST_SITES
