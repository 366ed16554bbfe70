"""What a page that was shown tells: held against its records, or, where none expects anything, alone. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archiver.model import Mark, Outcome, Reason, Verdict
from archiver.verdict.likeness import Likeness, best_match
from archiver.verdict.places import is_deep, is_foreign, is_home, is_market
from archiver.verdict.probes import Finding, alike, weigh
from archiver.verdict.thresholds import ENOUGH_CHARACTERS, ENOUGH_WORDS, SHORT_CHARACTERS, SHORT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archiver.model import Expectation, PageEvidence, ProbeAnswer

RETITLED = Verdict(outcome=Outcome.ALIVE, reason=Reason.RETITLED)


class Shown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A page, and how it was come by."""

    page: PageEvidence
    target: str
    final_url: str
    expected: Sequence[Expectation] = ()  # of all its links; empty where none holds it against a record
    probe: ProbeAnswer | None = None

    @property
    def is_short(self) -> bool:
        """Whether all there is may be a wall, a teaser or an excuse."""
        return self.page.words < SHORT_WORDS and self.page.characters < SHORT_CHARACTERS

    @property
    def has_text(self) -> bool:
        """Whether the page has a main text worth the name."""
        return self.page.words >= ENOUGH_WORDS or self.page.characters >= ENOUGH_CHARACTERS

    @property
    def ends_at(self) -> str:
        """Where a reader ends: a page without text may send further on."""
        return self.page.leads_to if self.page.leads_to and not self.has_text else self.final_url

    @property
    def is_sent_home(self) -> bool:
        """Whether a link to one page ends at a home page."""
        return self.ends_at != self.target and is_home(self.ends_at) and is_deep(self.target)

    @property
    def is_foreign(self) -> bool:
        """Whether a reader ends in other hands than the link's own and any record's provider."""
        return all(is_foreign(self.target, self.ends_at, each) for each in self.expected or (None,))


def judge_shown(shown: Shown) -> Verdict | None:
    """Judge what a page shows; None where it is what was linked, or nothing speaks against it."""
    if not shown.expected:
        return _judge_alone(shown)
    likeness = best_match(shown.page, shown.expected)
    verdict = _judge_held(shown, likeness)
    if verdict is None or verdict.note:
        return verdict
    return _noted(verdict, likeness.note)


def wants_probe(shown: Shown) -> bool:
    """Tell whether a probe's answer would change what `judge_shown` says."""
    if shown.probe is not None or not shown.expected:
        return False
    likeness = best_match(shown.page, shown.expected)
    return _judge_by_signs(shown, likeness) is None and not likeness.is_same and likeness.is_other


def _judge_alone(shown: Shown) -> Verdict | None:
    """Judge a page by what it says of itself: it is well unless it says otherwise."""
    said = shown.page.phrase
    if Mark.FOR_SALE in shown.page.marks or (shown.is_foreign and is_market(shown.ends_at)):
        return Verdict(outcome=Outcome.PARKED, reason=Reason.FOR_SALE, note=_says(said))
    if Mark.MISSING in shown.page.marks or (Mark.MISSING_IN_TEXT in shown.page.marks and not shown.has_text):
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.SAYS_MISSING, note=_says(said))
    if shown.is_sent_home and not shown.is_foreign:
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.REDIRECT_HOME, note=f"ends at {shown.ends_at}")
    return None


def _judge_held(shown: Shown, likeness: Likeness) -> Verdict | None:
    if _is_paywalled(shown, likeness):
        return Verdict(outcome=Outcome.RESTRICTED, reason=Reason.PAYWALL)
    if likeness.is_same:
        return None
    return _judge_by_signs(shown, likeness) or _judge_by_likeness(shown, likeness)


def _is_paywalled(shown: Shown, likeness: Likeness) -> bool:
    """Tell whether the article's title is shown, but not its text."""
    is_closed = Mark.PAYWALL in shown.page.marks and shown.is_short
    return is_closed and likeness.is_like and not likeness.has_excerpt


def _judge_by_signs(shown: Shown, likeness: Likeness) -> Verdict | None:
    """Judge a page that is not the record's by what it says of itself, and by where it is."""
    page, marks = shown.page, shown.page.marks
    note = _with_words(page.phrase, likeness)
    if page.wall is not None and shown.is_short:
        return Verdict(outcome=Outcome.BLOCKED, reason=Reason.CHALLENGE, note=f"{page.wall}; {note}")
    if Mark.FOR_SALE in marks or (shown.is_foreign and is_market(shown.ends_at)):
        return Verdict(outcome=Outcome.PARKED, reason=Reason.FOR_SALE, note=note)
    if likeness.has_excerpt and not shown.is_sent_home:  # a home page may have it in a teaser
        return RETITLED
    if Mark.MISSING in marks:
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.SAYS_MISSING, note=note)
    if Mark.LOGIN in marks:
        return Verdict(outcome=Outcome.RESTRICTED, reason=Reason.LOGIN, note=note)
    if Mark.MISSING_IN_TEXT in marks or (Mark.SEARCH in marks and likeness.is_other):
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.SAYS_MISSING, note=note)
    if Mark.CONSENT in marks:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.CONSENT, note=note)
    if shown.is_sent_home and not likeness.is_like:
        if shown.is_foreign and likeness.is_other:
            return Verdict(outcome=Outcome.PARKED, reason=Reason.OTHER_OWNER, note=note)
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.REDIRECT_HOME, note=note)
    return None


def _judge_by_likeness(shown: Shown, likeness: Likeness) -> Verdict:
    """Judge a page that says nothing of itself: is it another one, or is too little seen of it."""
    if not shown.has_text and Mark.SCRIPTED in shown.page.marks:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.NO_CONTENT)
    if likeness.title is None and likeness.expected.title:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.NO_TITLE if shown.has_text else Reason.NO_CONTENT)
    if not likeness.is_other:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.UNCERTAIN)
    finding = weigh(shown.probe, shown.page, shown.final_url) if shown.probe else Finding.NOTHING
    note = f"{likeness.note}; {_probed(shown)}"
    match finding:
        case Finding.SAME:
            return Verdict(outcome=Outcome.SOFT_404, reason=Reason.PROBE_MATCH, note=note)
        case Finding.HARD_ERROR if shown.has_text:
            return Verdict(outcome=Outcome.DRIFTED, reason=Reason.TITLE_MISMATCH, note=note)
        case Finding.HARD_ERROR:
            return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.THIN_PAGE, note=note)
        case Finding.NOTHING:
            return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.UNCERTAIN, note=note)


def _probed(shown: Shown) -> str:
    probe = shown.probe
    if probe is None:
        return "not probed"
    if probe.status is None:
        return "the probe got no answer"
    return f"the probe got {probe.status}, {alike(probe, shown.page):.2f} alike"


def _with_words(said: str | None, likeness: Likeness) -> str:
    return "; ".join(filter(None, [_says(said), likeness.note]))


def _says(said: str | None) -> str | None:
    return f'says "{said}"' if said else None


def _noted(verdict: Verdict, note: str) -> Verdict:
    return Verdict(outcome=verdict.outcome, reason=verdict.reason, note=note)
