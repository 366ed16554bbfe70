"""How much of which link is kept, and what of it is asked for anew. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from archiver.model import Depth, Keeping, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from archiver.model import Capture, Link

SAME_TEXT_HOLDS = timedelta(days=90)
"""A page with the same main text is stored again after that, whatever else of it has changed."""
MOST_REQUISITES = 500
"""What comes after these is left out: no page needs more, and a hostile one could name millions."""
MOST_NESTED = 5
"""So deep do style sheets import one another, and no deeper are they followed."""
_MOST_PLACES = 20
_ERROR_HOLDS = timedelta(days=1)
_OK = 200

_RELATED = re.compile(r"related\[\d+\]$")


class Part(StrEnum):
    """What of a record a link is, as `[snapshot]` names it."""

    ARTICLE = "article"
    RELATED = "related"
    AMP = "amp"
    IMAGE = "image"
    EMBED = "embed"
    BODY = "body"
    OTHER = "other"


_PART_OF_ROLE = {
    Role.AMP: Part.AMP,
    Role.CDN_AMP: Part.AMP,
    Role.IMAGE: Part.IMAGE,
    Role.PROVIDER_IMAGE: Part.IMAGE,
    Role.EMBED: Part.EMBED,
    Role.BODY: Part.BODY,
    Role.OTHER: Part.OTHER,
}


class SnapshotRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a run keeps."""

    depths: Mapping[Part, Depth]
    only_changed: bool = True  # a page whose main text is the one held is not stored again for a while
    requisite_age: timedelta = timedelta(days=7)  # what a page needs is not asked for again so soon
    takes_scripts: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a target is kept, and for which links."""

    depth: Depth
    places: tuple[str, ...] = ()


def part_of(link: Link) -> Part:
    """Say what of its record a link is."""
    return _PART_OF_ROLE.get(link.role) or _part_of_item(link.item)


@lru_cache(maxsize=1024)  # thousands of records call theirs the same
def _part_of_item(item: str) -> Part:
    return Part.RELATED if _RELATED.search(item) else Part.ARTICLE


def in_full(links: Iterable[Link], depths: Mapping[Part, Depth]) -> set[str]:
    """Give the targets that are kept with all that their pages need."""
    return {link.target for link in links if depths[part_of(link)] is Depth.FULL and link.fault is None}


def wishes(links: Iterable[Link], depths: Mapping[Part, Depth]) -> dict[str, Wish]:
    """Say of each target that is to be kept how much of it is: as much as any of its links wants."""
    wanted: dict[str, Wish] = {}
    for link in links:
        depth = depths[part_of(link)]
        if depth is Depth.NONE or link.fault is not None:
            continue
        before = wanted.get(link.target, Wish(depth=depth))
        wanted[link.target] = Wish(
            depth=Depth.FULL if Depth.FULL in (depth, before.depth) else Depth.PAGE,
            places=(*before.places, _place(link))[:_MOST_PLACES],
        )
    return wanted


def keeping(
    depth: Depth, wish: Wish, via: str | None, held: Capture | None, rules: SnapshotRules, now: datetime
) -> Keeping:
    """Say how a hop's exchange is to be kept."""
    since = now - SAME_TEXT_HOLDS if rules.only_changed else None
    return Keeping(depth=depth, held=held, same_text_since=since, via=via, places=wish.places)


def is_stale(held: Capture | None, rules: SnapshotRules, now: datetime) -> bool:
    """Tell whether what a page needs is to be asked for (again); an error is not taken for an answer for long."""
    if held is None:
        return True
    age = rules.requisite_age if held.status == _OK else min(rules.requisite_age, _ERROR_HOLDS)
    return held.captured_at < now - age


def _place(link: Link) -> str:
    return msgspec.json.encode([link.record, link.item, link.field]).decode(errors="replace")


NOT_KEPT = SnapshotRules(depths=dict.fromkeys(Part, Depth.NONE))
"""The rules of a run that only checks."""
