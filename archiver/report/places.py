"""Where links stand, and what they lead to, as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import Outcome, Reason
from archiver.report.sentences import noted

if TYPE_CHECKING:
    from archiver.model import Check, Link

LONGEST_ADDRESS = 2000

_CLEAR = frozenset({Reason.REFUSED, Reason.RESET, Reason.NO_ROUTE, Reason.NOT_DUE})
"""Reasons whose notes are a system's words for what the sentence says."""


def where(link: Link) -> str:
    """Say in which field of which item a link stands."""
    return link.field if link.item == "article" else f"{link.item} {link.field}"


def place(link: Link) -> str:
    """Say where a link stands, as editors and terminals open it."""
    return f"{link.record}:{link.line}:{link.column}"


def goal(check: Check) -> str:
    """Say where an address leads, if elsewhere."""
    if check.outcome is Outcome.MOVED and check.mend:
        return f"now at {address(check.mend)}"
    if check.note and is_address(check.note):
        return f"leads to {address(check.note)}"
    if check.redirects and check.final_url and check.outcome is not Outcome.BROKEN:
        return f"leads to {address(check.final_url)}"
    return ""


def remarks(check: Check) -> list[str]:
    """Give what the judge noted, where it adds to the sentence and is no mere address."""
    if not check.note or is_address(check.note) or check.reason in _CLEAR:
        return []
    return [noted(check.note)]


def address(url: str) -> str:
    """Give an address as it is shown: cut only where it is monstrous, and then so that it shows."""
    return url if len(url) <= LONGEST_ADDRESS else f"{url[:LONGEST_ADDRESS]}... ({len(url):,} characters)"


def is_address(note: str) -> bool:
    """Tell whether a note is but an address: a redirect's that cannot be followed."""
    return ":" in note and not any(mark.isspace() for mark in note)
