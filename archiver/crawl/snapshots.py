"""What of a run is kept, hop by hop: the main process's side, which looks up what is held already."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.model import READ_WHOLE, Depth
from archiver.plan.snapshots import MOST_REQUISITES, NOT_KEPT, Wish, is_stale, keeping, wishes
from archiver.verdict.likeness import is_read_enough

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from archiver.model import Capture, Exchange, Keeping, KnownBy, Link
    from archiver.plan.snapshots import SnapshotRules

OF_A_PAGE = Wish(depth=Depth.FULL)
"""What a page needs is kept with all that it needs itself, as style sheets do."""


class Snapshots:
    """The snapshots of a run."""

    def __init__(
        self,
        links: Iterable[Link],
        rules: SnapshotRules,
        held: Callable[[str], Capture | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._wishes = wishes(links, rules.depths)
        self._reads_needs = any(wish.depth is Depth.FULL for wish in self._wishes.values())
        self._rules = rules
        self._held = held
        self._clock = clock
        self._required: set[str] = set()  # asked for in this run, or young enough
        self._of_page: Counter[str] = Counter()  # how many things each page was said to need

    @property
    def are_any(self) -> bool:
        """Whether anything is kept."""
        return bool(self._wishes)

    def wish(self, target: str) -> Wish | None:
        """Say how much of a target is kept; None for nothing."""
        return self._wishes.get(target)

    def keeping(self, url: str, wish: Wish, via: str | None, known_by: KnownBy = READ_WHOLE) -> Keeping:
        """Say how a hop's exchange is to be kept: where any page is wanted in full, what each needs is read.

        So a page's needs are known whichever of its links was the first to ask. Where the page held was known by
        others than what it is known by now, it has to come whole: a 304 would not tell enough.
        """
        depth = Depth.FULL if self._reads_needs else wish.depth
        held = self._held(url)
        kept = keeping(depth, wish, via, held, self._rules, self._clock())
        is_enough = held is None or held.evidence is None or is_read_enough(held.evidence, known_by)
        return kept if is_enough else replace(kept, wants_whole=True)

    def lacking(self, exchange: Exchange, wish: Wish, page: str | None = None) -> Iterator[str]:
        """Give what the page of an exchange needs to be shown, as far as it is to be asked for now.

        Of a page that is not stored again, that is what the one held needs. At most 500 things are asked for a page,
        with what its style sheets need.
        """
        if exchange.kept is None or wish.depth is not Depth.FULL:
            return
        held = None if exchange.kept.is_new else exchange.kept.capture.requisites
        for url in self._due(held or exchange.requisites or ()):
            self._of_page[page or exchange.url] += 1
            if self._of_page[page or exchange.url] > MOST_REQUISITES:
                return
            yield url

    def _due(self, requisites: Iterable[str]) -> Iterator[str]:
        """Give those of `requisites` that are not held, or were for long; each once in a run."""
        for url in requisites:
            if url not in self._required:
                self._required.add(url)
                if is_stale(self._held(url), self._rules, self._clock()):
                    yield url


def no_snapshots(clock: Callable[[], datetime]) -> Snapshots:
    """Give the snapshots of a run that keeps none."""
    return Snapshots((), NOT_KEPT, lambda _: None, clock)
