"""AMP copies and their pages: they are judged together, once all of their item that this run visits has been seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import msgspec

from archiver.model import Role
from archiver.verdict.amp import Seen, amp_cautions, judge_amp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from archiver.model import Caution, Known, Link, Verdict

_PAGE_ROLES = (Role.WEB, Role.ORIGINAL)
_COPY_ROLES = (Role.AMP, Role.CDN_AMP)
_RANKS = {role: rank for rank, role in enumerate((*_PAGE_ROLES, *_COPY_ROLES))}


class _Item(msgspec.Struct, eq=False):
    """The addresses of an article or related item; the first of each role."""

    addresses: dict[Role, str] = msgspec.field(default_factory=dict)  # pages before copies, AMP before cached
    awaited: set[str] = msgspec.field(default_factory=set)  # those that are visited, and not seen yet

    @property
    def pages(self) -> list[str]:
        return [self.addresses[role] for role in _PAGE_ROLES if role in self.addresses]


def named_with_copies(links: Sequence[Link]) -> set[str]:
    """Give the addresses of all items that have AMP copies."""
    having = _items_with_copies(links)
    return {link.target for link in links if (link.record, link.item) in having}


def _items_with_copies(links: Iterable[Link]) -> set[tuple[str, str]]:
    return {(link.record, link.item) for link in links if link.role in _COPY_ROLES}


class Copies:
    """The items of a run that have AMP copies. What this run does not see of them is known from earlier ones."""

    def __init__(self, links: Iterable[Link], visited: Collection[str], known: Mapping[str, Known]) -> None:
        self._known = known
        self._seen: dict[str, Seen] = {}
        self._items: defaultdict[tuple[str, str], _Item] = defaultdict(_Item)
        self._items_of: defaultdict[str, list[_Item]] = defaultdict(list)
        self._unfinished: Counter[str] = Counter()  # by address: its items of which one is awaited
        fetched = [link for link in links if link.role in _RANKS and link.fault is None]
        having = _items_with_copies(fetched)
        several = [link for link in fetched if (link.record, link.item) in having]
        for link in sorted(several, key=lambda link: _RANKS[link.role]):
            self._items[link.record, link.item].addresses.setdefault(link.role, link.target)
        for item in self._items.values():
            item.awaited = {target for target in item.addresses.values() if target in visited}
            for target in set(item.addresses.values()):
                self._items_of[target].append(item)
                self._unfinished[target] += bool(item.awaited)

    def __contains__(self, target: object) -> bool:
        return target in self._items_of

    def note(self, seen: Seen) -> list[str]:
        """Take what was seen of one address; give those that no other one is awaited for any more, pages first."""
        target = seen.check.target
        items = self._items_of.get(target)
        if items is None:
            return [target]
        self._seen[target] = seen
        for item in items:
            self._strike_off(target, item)
        told = dict.fromkeys(each for item in items for each in item.addresses.values())
        return [each for each in told if not self._unfinished[each]]

    def _strike_off(self, target: str, item: _Item) -> None:
        if target in item.awaited:
            item.awaited.remove(target)
            if not item.awaited:
                self._unfinished.subtract(set(item.addresses.values()))

    def verdict(self, target: str) -> Verdict | None:
        """Give what an address's items say of it, where it is a copy of theirs; None where its check stands."""
        if target not in self:
            return None
        said = (
            self._verdict_in(item, role)
            for item in self._items_of[target]
            for role in _COPY_ROLES
            if item.addresses.get(role) == target
        )
        return next((verdict for verdict in said if verdict), None)

    def decisive(self, target: str) -> set[str]:
        """Give the addresses whose own verdicts decide that of a copy."""
        found = set[str]()
        for item in self._items_of.get(target, ()):
            if target in (item.addresses.get(role) for role in _COPY_ROLES):
                found.update(item.pages)
            if target == item.addresses.get(Role.CDN_AMP):
                found.add(item.addresses.get(Role.AMP, target))
        return found - {target}

    def cautions(self, link: Link) -> tuple[Caution, ...]:
        """Warn of an AMP link, by what this run has seen: of earlier ones the pages are not at hand."""
        item = self._items.get((link.record, link.item)) if link.role is Role.AMP else None
        seen = self._seen.get(link.target)
        if item is None or seen is None:
            return ()
        return amp_cautions(seen, self._page([self._seen.get(target) for target in item.pages]))

    def _verdict_in(self, item: _Item, role: Role) -> Verdict | None:
        copy = self._seen.get(item.addresses[role])
        page = self._page([self._last(target) for target in item.pages])
        amp = self._last(item.addresses.get(Role.AMP)) if role is Role.CDN_AMP else None
        if copy is None or (page and page.check.target == copy.check.target):
            return None
        return judge_amp(copy, page, amp)

    def _last(self, target: str | None) -> Seen | None:
        """Give what is known of an address: seen now, or by earlier runs."""
        if target is None:
            return None
        known = self._known.get(target)
        return self._seen.get(target) or (Seen(check=known.last, state=known.track.state) if known else None)

    @staticmethod
    def _page(pages: Iterable[Seen | None]) -> Seen | None:
        """Give the page that copies are held against: of several addresses the first that lives."""
        found = [page for page in pages if page]
        return next((page for page in found if page.lives), found[0] if found else None)
