"""Judging a run's chains: what needs another answer first waits for it, what only the whole run tells for its end."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archiver.crawl.copies import Copies
from archiver.crawl.pictures import Pictures, size_note
from archiver.model import LIVING, Caution, Outcome, Reason, Reply
from archiver.verdict.amp import Seen, cache_mismatches
from archiver.verdict.cautions import link_cautions
from archiver.verdict.judge import observe, probe_for
from archiver.verdict.likeness import HELD_ROLES, held_against, is_shown
from archiver.verdict.oembed import inquiry, judge_embed
from archiver.verdict.probes import is_telling, probe_answer, probe_url
from archiver.verdict.thresholds import PROBE_LETTERS
from archiver.verdict.together import collapsed, may_be_collapsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiver.crawl.visit import Haul, Visit
    from archiver.model import Chain, Check, Known, Link, PageEvidence, ProbeAnswer, ProbeKey, Verdict

_ASKED_OF = LIVING | {Outcome.UNKNOWN, Outcome.DRIFTED}
"""The verdicts that a provider's word may change."""


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What earlier runs found."""

    known: Mapping[str, Known]  # by target
    probed: Mapping[ProbeKey, ProbeAnswer]  # lately


class _Held(msgspec.Struct, frozen=True, gc=False):
    """A check that others may still change."""

    check: Check
    page: PageEvidence | None
    may_collapse: bool  # only the end of the run tells


class Judging:
    """The judgement of a run."""

    def __init__(
        self,
        links: Sequence[Link],
        visit: Visit,
        *,
        visited: Sequence[str],
        before: Before,
        keeps_pages: bool,
        pictures: Pictures | None = None,
    ) -> None:
        self._visit = visit
        self._keeps_pages = keeps_pages
        self._pictures = pictures or Pictures((), {})
        awaited = frozenset(visited)
        self._links: defaultdict[str, list[Link]] = defaultdict(list)  # by target, of those that are visited
        for link in links:
            if link.target in awaited:
                self._links[link.target].append(link)
        self._copies = Copies(links, awaited, before.known)
        self._waiting: defaultdict[str, list[Chain]] = defaultdict(list)
        self._answers: dict[str, Chain] = {}
        self._probe_urls: dict[ProbeKey, str] = {}
        self._probed = dict(before.probed)
        self._held: dict[str, _Held] = {}
        self.probes: dict[ProbeKey, ProbeAnswer] = {}  # of this run, that are worth keeping
        self._cautions: defaultdict[str, dict[Link, tuple[Caution, ...]]] = defaultdict(dict)  # by target
        self._notes: defaultdict[str, dict[Link, str]] = defaultdict(dict)
        for link in cache_mismatches(links):
            self._warn(link, (Caution.AMP_CACHE_MISMATCH,))

    def cautions(self, link: Link) -> tuple[Caution, ...]:
        """Give what a link is warned of, besides what its check says."""
        warned = self._cautions.get(link.target)
        return warned.get(link, ()) if warned else ()

    def note(self, link: Link) -> str | None:
        """Give what a link's caution is about."""
        noted = self._notes.get(link.target)
        return noted.get(link) if noted else None

    def take(self, haul: Haul) -> list[Check]:
        """Give the checks that can be made now, of a haul and of what waited for it."""
        ready = list(haul.chains)
        for chain in haul.inquiries:
            self._answers[chain.target] = chain
            ready += self._waiting.pop(chain.target, ())
        checks = [check for chain in ready for check in self._judge(chain, is_last=False)]
        return [*checks, *map(self._sized, self._pictures.released())]

    def finish(self) -> list[Check]:
        """Give all other checks, now that the run is over."""
        waiting = [chain for chains in self._waiting.values() for chain in chains]
        self._waiting.clear()
        rest = [check for chain in waiting for check in self._judge(chain, is_last=True)]
        self._collapse()
        rest += [self._settled(held) for held in self._held.values()]
        self._held.clear()
        return [*rest, *map(self._sized, self._pictures.released(is_last=True))]

    # --- one chain

    def _judge(self, chain: Chain, *, is_last: bool) -> list[Check]:
        """Make the check of a chain, unless it has to wait; give those that this settles."""
        check, lacks = self._observe(chain)
        if lacks is not None and not is_last:
            if lacks not in self._waiting:
                self._visit.inquire(lacks)
            self._waiting[lacks].append(chain)
            return []
        if chain.target in self._pictures:
            self._pictures.hold(check)
            return []
        page = _page(chain)
        held = _Held(check, page, may_be_collapsed(check) and not self._stands(check.target, page))
        if check.target not in self._copies and not held.may_collapse:
            return [self._settled(held)]
        self._held[check.target] = held
        ripe = self._copies.note(Seen(check=check, page=page))
        changeless = [target for target in ripe if target in self._held and not self._may_change(target)]
        return [self._settled(self._held.pop(target)) for target in changeless]

    def _observe(self, chain: Chain) -> tuple[Check, str | None]:
        """Give the check of a chain by what is known now, and the address that would tell more."""
        accepted = self._visit.accepted(chain)
        expected = held_against(self._links[chain.target])
        warnings = self._visit.warnings(chain) if self._keeps_pages else ()
        check = observe(chain, warnings, accepted=accepted, expected=expected)
        asked = inquiry(chain.target) if check.outcome in _ASKED_OF else None
        if asked is not None:
            answer = self._answers.get(asked.url)
            verdict = judge_embed(asked, _status(answer) if answer else None)
            if verdict is not None:
                return _with(check, verdict), None if answer else asked.url
        if check.reason != Reason.UNCERTAIN:
            return check, None
        key = probe_for(chain, accepted, expected=expected)
        if key is None:
            return check, None
        probe = self._probe(key)
        if probe is None:
            return check, self._probe_urls[key]
        probed = observe(chain, warnings, accepted=accepted, expected=expected, probe=probe)
        return check if asked and probed.outcome is Outcome.SOFT_404 else probed, None  # its provider knows it

    def _probe(self, key: ProbeKey) -> ProbeAnswer | None:
        """Give what a site answers to an address that cannot exist; None where it is still to be asked."""
        if key not in self._probed:
            url = self._probe_urls.setdefault(key, probe_url(key, _random_letters()))
            if url not in self._answers:
                return None
            answer = self._probed[key] = probe_answer(self._answers[url])
            if is_telling(answer):
                self.probes[key] = answer
        return self._probed[key]

    # --- all of them

    def _may_change(self, target: str) -> bool:
        """Tell whether the end of the run may change what is known of an address, or of one that decides on it."""
        verdict = self._copies.verdict(target)
        own = set() if verdict and verdict.reason == Reason.TO_CANONICAL else {target}
        held = (self._held.get(each) for each in own | self._copies.decisive(target))
        return any(each.may_collapse for each in held if each)

    def _collapse(self) -> None:
        """Change the checks of links that were sent to one place."""
        names = {
            link.target: f"{link.record} {link.item}"
            for links in self._links.values()
            for link in links
            if link.role in HELD_ROLES
        }
        sent = collapsed([held.check for held in self._held.values() if held.may_collapse], items=names)
        for target, verdict in sent.items():
            held = self._held[target]
            self._held[target] = replace(held, check=_with(held.check, verdict))
            self._copies.note(Seen(check=self._held[target].check, page=held.page))

    def _stands(self, target: str, page: PageEvidence | None) -> bool:
        """Tell whether a page is what the record of one of its links describes, or an embed that its provider knows."""
        asked = inquiry(target)
        answer = self._answers.get(asked.url) if asked else None
        if asked and answer and judge_embed(asked, _status(answer)) is None:
            return True
        return page is not None and any(is_shown(page, expected) for expected in held_against(self._links[target]))

    def _sized(self, check: Check) -> Check:
        """Note which records say another size of an image than it has, and give its check."""
        for link in self._links[check.target]:
            if note := size_note(link, check):
                self._warn(link, (Caution.IMAGE_DIMENSIONS,))
                self._notes[link.target][link] = note
        return check

    def _settled(self, held: _Held) -> Check:
        """Give an address's check, as its item has it, and note what its links deserve to be warned of.

        What all of them deserve is the check's own, and kept with it.
        """
        check = _with(held.check, self._copies.verdict(held.check.target))
        links = self._links[check.target]
        is_alone = len(links) == 1 or all(link.expected is links[0].expected for link in links)
        found = [self._deserved(link, check, held.page, is_alone=is_alone) for link in links]
        if not any(found):
            return check
        deserved = dict(zip(links, found, strict=True))
        shared = frozenset.intersection(*map(frozenset, found))
        for link, cautions in deserved.items():
            self._warn(link, tuple(caution for caution in cautions if caution not in shared))
        return replace(check, warnings=(*check.warnings, *sorted(shared))) if shared else check

    def _deserved(self, link: Link, check: Check, page: PageEvidence | None, *, is_alone: bool) -> tuple[Caution, ...]:
        found = link_cautions(link, check, page, is_alone=is_alone) if page else ()
        return (*found, *self._copies.cautions(link)) if check.outcome in LIVING else found

    def _warn(self, link: Link, cautions: tuple[Caution, ...]) -> None:
        if cautions:
            self._cautions[link.target][link] = (*self.cautions(link), *cautions)


def _with(check: Check, verdict: Verdict | None) -> Check:
    """Give a check with another verdict: what is not what was linked has no snapshot."""
    if verdict is None:
        return check
    snapshot = check.snapshot if verdict.outcome in LIVING else None
    return replace(check, outcome=verdict.outcome, reason=verdict.reason, note=verdict.note, snapshot=snapshot)


def _page(chain: Chain) -> PageEvidence | None:
    answer = chain.last.answer
    return answer.evidence if isinstance(answer, Reply) and answer.evidence.is_page else None


def _status(chain: Chain) -> int | None:
    return chain.last.answer.status if isinstance(chain.last.answer, Reply) else None


def _random_letters() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(PROBE_LETTERS))
