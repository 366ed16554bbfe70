"""Warnings: what is true of one link, though its target's verdict is another matter. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import LIVING, Caution
from archiver.verdict.likeness import HELD_ROLES, is_shown
from archiver.verdict.places import is_foreign

if TYPE_CHECKING:
    from archiver.model import Check, Link, PageEvidence


def link_cautions(link: Link, check: Check, page: PageEvidence, *, is_alone: bool = False) -> tuple[Caution, ...]:
    """Give what `link` deserves of its target's check: another link may be why the target is well.

    Where it `is_alone`, no other link expects anything else of the target, which is well by what this one expects.
    """
    if link.role not in HELD_ROLES or not page.is_page:
        return ()
    found = []
    if check.outcome in LIVING and not is_alone and not _is_shown(link, page):
        found.append(Caution.TITLE_MISMATCH)
    if check.final_url and link.expected.provider_domain and is_foreign(link.target, check.final_url, link.expected):
        found.append(Caution.PROVIDER_MISMATCH)
    return tuple(found)


def _is_shown(link: Link, page: PageEvidence) -> bool:
    """Tell whether a page is what the link's own record describes, as far as that says anything."""
    if not link.expected.title and not link.expected.excerpt:
        return True
    return is_shown(page, link.expected)
