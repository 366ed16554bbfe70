"""How much of what a record says a page shows: S of its titles, E of its excerpt, D of its date. Pure.

Source of the scores: A. Reyes Ayala, "Detecting content drift" (2022); thresholds.py has what is made of them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec

from archiver.model import READ_WHOLE, Expectation, KnownBy, Mark, Role
from archiver.verdict.phrases import SEARCH, first_said
from archiver.verdict.texts import phrase, share_found, title_likeness, title_parts
from archiver.verdict.thresholds import (
    EXCERPT_ABSENT,
    EXCERPT_FOUND,
    LIKE_TITLE,
    OTHER_TITLE,
    SAME_DATE_DAYS,
    SAME_TITLE,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from archiver.model import Link, PageEvidence

HELD_ROLES = frozenset({Role.ORIGINAL, Role.WEB, Role.AMP, Role.CDN_AMP})
"""The roles whose pages are held against the record."""

_COPIES = frozenset({Role.AMP, Role.CDN_AMP})
"""Of these it is asked besides where their scripts lead: an AMP page may hold none of its own."""

_NOTED_CHARS = 60


class Likeness(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A page against one record."""

    expected: Expectation
    page_title: str | None  # the one most like the record's
    title: float | None  # S; None where one of them has no title
    excerpt: float | None  # E; None where the record has no excerpt of three words, or the page's text was not read
    same_date: bool  # D

    @property
    def is_same(self) -> bool:
        """Whether the page is the article, by its title."""
        title, excerpt = self.title or 0.0, self.excerpt or 0.0
        agrees = excerpt >= EXCERPT_FOUND or self.same_date
        return title >= SAME_TITLE or (title >= LIKE_TITLE and agrees) or (self.title is None and self.has_excerpt)

    @property
    def is_like(self) -> bool:
        """Whether the titles are alike, though that alone may not suffice."""
        return (self.title or 0.0) >= LIKE_TITLE

    @property
    def has_excerpt(self) -> bool:
        """Whether the page has the record's excerpt."""
        return (self.excerpt or 0.0) >= EXCERPT_FOUND

    @property
    def is_other(self) -> bool:
        """Whether nothing of the page is the record's."""
        is_other = self.title is not None and self.title < OTHER_TITLE
        return is_other and (self.excerpt or 0.0) < EXCERPT_ABSENT and not self.same_date

    @property
    def note(self) -> str:
        """The scores, and both titles."""
        scores = [f"title {_score(self.title)}", f"excerpt {_score(self.excerpt)}"]
        dated = ["same date"] if self.same_date else []
        titles = [f"page {_noted(self.page_title)}", f"record {_noted(self.expected.title)}"]
        return ", ".join([*scores, *dated, *titles])


def known_by(links: Sequence[Link]) -> Callable[[str], KnownBy]:
    """Give what gives what a target's page is known by: no title where more hangs on the page."""

    @cache  # not before the first is asked for: many a run visits nobody
    def titles() -> dict[str, KnownBy]:
        by_target: defaultdict[str, set[str | None]] = defaultdict(set)
        for link in links:
            by_target[link.target].add(link.expected.title if link.role in HELD_ROLES else None)
        copies = {link.target for link in links if link.role in _COPIES}
        return {
            target: KnownBy(titles=tuple(sorted(filter(None, found))), is_amp=target in copies)
            for target, found in by_target.items()
            if None not in found
        }

    return lambda target: titles().get(target, READ_WHOLE)


def is_read_enough(page: PageEvidence, known_by: KnownBy) -> bool:
    """Tell whether no more has to be read of a page, by what its target's is known by."""
    return not page.by_title or is_known(known_by, page.titles, is_amp=page.is_amp)


def is_known(known_by: KnownBy, titles: Collection[str], *, is_amp: bool) -> bool:
    """Tell whether a page's titles, and whether it is an AMP page, are what it is known by."""
    is_as_asked = is_amp or not known_by.is_amp
    return is_as_asked and bool(known_by.titles) and _goes_by(titles, known_by.titles)


def _goes_by(page_titles: Collection[str], titles: Iterable[str]) -> bool:
    """Tell whether a page's titles are enough to know it as what each of `titles` is given to."""
    others = [title for title in titles if title not in page_titles]
    return not others or all(any(title_likeness(each, title) >= SAME_TITLE for each in page_titles) for title in others)


def held_against(links: Iterable[Link]) -> tuple[Expectation, ...]:
    """Give what the records of `links`, to one target, expect of it; those of other roles expect nothing."""
    found = [link.expected for link in links if link.role in HELD_ROLES]
    different = found if len(found) == 1 else dict.fromkeys(found)
    return tuple(expected for expected in different if expected.title or expected.excerpt)


def compare(page: PageEvidence, expected: Expectation) -> Likeness:
    """Hold a page against what one record says."""
    page_title, title = _best_title(page, expected.title)
    return Likeness(
        expected=expected,
        page_title=page_title or page.title,
        title=title,
        excerpt=share_found(expected.excerpt, page.shingles) if expected.excerpt and not page.by_title else None,
        same_date=_has_date(page, expected),
    )


def best_match(page: PageEvidence, expected: Iterable[Expectation]) -> Likeness:
    """Give the likeness to the record that the page suits best; there is at least one."""
    first, *others = [compare(page, each) for each in expected]
    return max(first, *others, key=_closeness) if others else first


def is_shown(page: PageEvidence, expected: Expectation) -> bool:
    """Tell whether a page is what one record describes, by its title or its excerpt."""
    likeness = compare(page, expected)
    return likeness.is_same or likeness.has_excerpt


def _closeness(likeness: Likeness) -> tuple[bool, bool, float, float]:
    return (likeness.is_same, likeness.has_excerpt, likeness.title or 0.0, likeness.excerpt or 0.0)


def _best_title(page: PageEvidence, expected: str | None) -> tuple[str | None, float | None]:
    if expected in page.titles and not _echoes(page, expected):
        return expected, 1.0
    if not expected or not phrase(expected).strip():
        return None, None
    titles = () if _echoes(page, expected) else page.titles
    forms = [(title, form) for title in titles for form in title_forms(title)]
    scored = [(title_likeness(form, expected), title) for title, form in forms]
    best = max(scored, default=None)
    return (best[1], best[0]) if best else (None, 0.0 if page.titles else None)


def _echoes(page: PageEvidence, expected: str) -> bool:
    """Tell whether the page lists what was searched for: its titles then repeat the words of the address."""
    return Mark.SEARCH in page.marks and first_said(SEARCH, phrase(expected)) is None


@lru_cache(maxsize=256)
def title_forms(title: str) -> tuple[str, ...]:
    """Give a title as it stands, and without what a site may have set before or behind it."""
    parts = title_parts(title)
    if len(parts) < 2:  # noqa: PLR2004 (nothing is set apart)
        return (title,)
    return (title, " ".join(parts[:-1]), " ".join(parts[1:]), max(parts, key=len))


def _has_date(page: PageEvidence, expected: Expectation) -> bool:
    published = expected.published_at
    if published is None or published.tzinfo is None:
        return False
    return any(abs(date - published) <= timedelta(days=SAME_DATE_DAYS) for date in page.dates)


def _score(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _noted(title: str | None) -> str:
    if title is None:
        return "none"
    return f'"{title if len(title) <= _NOTED_CHARS else title[:_NOTED_CHARS] + "..."}"'
