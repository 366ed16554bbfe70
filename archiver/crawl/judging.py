"""Judging a run's chains: what needs another answer first waits for it, what only the whole run tells for its end."""

from __future__ import annotations

import secrets
import string
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archiver.crawl.pictures import Pictures, size_note
from archiver.model import Caution, Outcome, Reason, Reply, Role
from archiver.verdict.amp import Seen, amp_cautions, cache_mismatches, judge_amp
from archiver.verdict.cautions import link_cautions
from archiver.verdict.judge import observe, probe_for
from archiver.verdict.likeness import held_against
from archiver.verdict.oembed import inquiry, judge_embed
from archiver.verdict.probes import probe_answer, probe_url
from archiver.verdict.thresholds import PROBE_LETTERS
from archiver.verdict.together import collapsed, may_be_collapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from archiver.crawl.visit import Haul, Visit
    from archiver.model import Chain, Check, Link, PageEvidence, ProbeAnswer, ProbeKey, Verdict

_LIVES = frozenset({Outcome.ALIVE, Outcome.MOVED})
_AMP_ROLES = frozenset({Role.AMP, Role.CDN_AMP})


@dataclass(frozen=True, slots=True)
class _Held:
    """A check that the end of the run may change."""

    check: Check
    page: PageEvidence | None


class Judging:
    """The judgement of a run."""

    def __init__(
        self,
        links: Sequence[Link],
        visit: Visit,
        *,
        probed: Mapping[ProbeKey, ProbeAnswer],
        keeps_pages: bool,
        pictures: Pictures | None = None,
        letters: Callable[[], str] | None = None,
    ) -> None:
        self._visit = visit
        self._keeps_pages = keeps_pages
        self._pictures = pictures or Pictures((), {})
        self._letters = letters or _random_letters
        self._links: defaultdict[str, list[Link]] = defaultdict(list)
        self._items: defaultdict[tuple[str, str], dict[Role, str]] = defaultdict(dict)
        for link in links:
            self._links[link.target].append(link)
            self._items[link.record, link.item].setdefault(link.role, link.target)
        self._amp = {target for item in self._items.values() for target in _with_amp(item)}
        self._waiting: defaultdict[str, list[Chain]] = defaultdict(list)
        self._answers: dict[str, Chain] = {}
        self._probe_urls: dict[ProbeKey, str] = {}
        self._probed = dict(probed)
        self._held: dict[str, _Held] = {}
        self._seen: dict[str, Seen] = {}
        self.probes: dict[ProbeKey, ProbeAnswer] = {}  # of this run
        self.cautions: dict[Link, tuple[Caution, ...]] = dict.fromkeys(
            cache_mismatches(links), (Caution.AMP_CACHE_MISMATCH,)
        )
        self.notes: dict[Link, str] = {}  # what a link's caution is about

    def take(self, haul: Haul) -> list[Check]:
        """Give the checks that can be made now, of a haul and of what waited for it."""
        ready = list(haul.chains)
        for chain in haul.inquiries:
            self._answers[chain.target] = chain
            ready += self._waiting.pop(chain.target, ())
        checks = [check for chain in ready if (check := self._judge(chain, is_last=False))]
        return [*checks, *map(self._sized, self._pictures.released())]

    def finish(self) -> list[Check]:
        """Give all other checks, now that the run is over."""
        waiting = [chain for chains in self._waiting.values() for chain in chains]
        self._waiting.clear()
        rest = [check for chain in waiting if (check := self._judge(chain, is_last=True))]
        self._judge_together()
        rest += [self._settled(held) for held in self._held.values()]
        self._held.clear()
        return [*rest, *map(self._sized, self._pictures.released(is_last=True))]

    # --- one chain

    def _judge(self, chain: Chain, *, is_last: bool) -> Check | None:
        """Make the check of a chain; None where it has to wait."""
        check, lacks = self._observe(chain)
        if lacks is not None and not is_last:
            if lacks not in self._waiting:
                self._visit.inquire(lacks)
            self._waiting[lacks].append(chain)
            return None
        if chain.target in self._pictures:
            self._pictures.hold(check)
            return None
        page = _page(chain)
        held = _Held(check, page)
        if chain.target in self._amp:
            self._seen[chain.target] = Seen(check=check, page=page)
        if chain.target in self._amp or may_be_collapsed(check):
            self._held[chain.target] = held
            return None
        return self._settled(held)

    def _observe(self, chain: Chain) -> tuple[Check, str | None]:
        """Give the check of a chain by what is known now, and the address that would tell more."""
        accepted = self._visit.accepted(chain)
        expected = held_against(self._links[chain.target])
        warnings = self._visit.warnings(chain) if self._keeps_pages else ()
        check = observe(chain, warnings, accepted=accepted, expected=expected)
        if check.outcome in _LIVES and (asked := inquiry(chain.target)) is not None:
            answer = self._answers.get(asked.url)
            verdict = judge_embed(asked, _status(answer)) if answer else None
            return _with(check, verdict), None if answer else asked.url
        if check.reason != Reason.UNCERTAIN:
            return check, None
        key = probe_for(chain, accepted, expected=expected)
        if key is None:
            return check, None
        probe = self._probe(key)
        if probe is None:
            return check, self._probe_urls[key]
        return observe(chain, warnings, accepted=accepted, expected=expected, probe=probe), None

    def _probe(self, key: ProbeKey) -> ProbeAnswer | None:
        """Give what a site answers to an address that cannot exist; None where it is still to be asked."""
        if key not in self._probed:
            url = self._probe_urls.setdefault(key, probe_url(key, self._letters()))
            if url not in self._answers:
                return None
            self.probes[key] = self._probed[key] = probe_answer(self._answers[url])
        return self._probed[key]

    # --- all of them

    def _judge_together(self) -> None:
        """Change the checks that others speak of: of links sent to one place, and of AMP copies."""
        names = {
            target: f"{record} {item}" for (record, item), roles in self._items.items() for target in roles.values()
        }
        matched = {target for target, held in self._held.items() if self._is_matched(held)}
        sent = collapsed([held.check for held in self._held.values()], matched=matched, items=names)
        for target, verdict in sent.items():
            self._change(target, verdict)
        for item in self._items.values():
            self._judge_copies(item)

    def _judge_copies(self, item: Mapping[Role, str]) -> None:
        web = self._seen.get(item.get(Role.WEB) or item.get(Role.ORIGINAL) or "")
        if web is None:
            return
        amp = self._seen.get(item.get(Role.AMP, ""))
        for role in _AMP_ROLES & item.keys():
            copy = self._seen.get(item[role])
            if copy is not None and copy.check.target != web.check.target:
                self._change(item[role], judge_amp(copy, web, amp if role is Role.CDN_AMP else None))

    def _change(self, target: str, verdict: Verdict | None) -> None:
        held = self._held.get(target)
        if held is not None and verdict is not None:
            self._held[target] = _Held(_with(held.check, verdict), held.page)

    def _is_matched(self, held: _Held) -> bool:
        """Tell whether a page is what the record of one of its links describes."""
        links = self._links[held.check.target]
        expecting = held_against(links)
        return bool(expecting and held.page) and any(
            Caution.TITLE_MISMATCH not in link_cautions(link, held.check, held.page)
            for link in links
            if link.expected in expecting and held.page
        )

    def _settled(self, held: _Held) -> Check:
        """Note what a check's links deserve to be warned of, and give the check."""
        for link in self._links[held.check.target]:
            found = link_cautions(link, held.check, held.page) if held.page else ()
            found += self._amp_cautions(link, held.check)
            if found:
                self.cautions[link] = (*self.cautions.get(link, ()), *found)
        return held.check

    def _sized(self, check: Check) -> Check:
        """Note which records say another size of an image than it has, and give its check."""
        for link in self._links[check.target]:
            if note := size_note(link, check):
                self.cautions[link] = (*self.cautions.get(link, ()), Caution.IMAGE_DIMENSIONS)
                self.notes[link] = note
        return check

    def _amp_cautions(self, link: Link, check: Check) -> tuple[Caution, ...]:
        seen = self._seen.get(link.target)
        if link.role is not Role.AMP or seen is None or check.outcome not in _LIVES:
            return ()
        item = self._items[link.record, link.item]
        return amp_cautions(seen, self._seen.get(item.get(Role.WEB) or item.get(Role.ORIGINAL) or ""))


def _with_amp(item: Mapping[Role, str]) -> Iterable[str]:
    """Give the addresses of an item that has AMP copies: they are judged together."""
    roles = (Role.WEB, Role.ORIGINAL, *_AMP_ROLES)
    return [item[role] for role in roles if role in item] if _AMP_ROLES & item.keys() else []


def _with(check: Check, verdict: Verdict | None) -> Check:
    """Give a check with another verdict: what is not what was linked has no snapshot."""
    if verdict is None:
        return check
    snapshot = check.snapshot if verdict.outcome in _LIVES else None
    return replace(check, outcome=verdict.outcome, reason=verdict.reason, note=verdict.note, snapshot=snapshot)


def _page(chain: Chain) -> PageEvidence | None:
    answer = chain.last.answer
    return answer.evidence if isinstance(answer, Reply) and answer.evidence.is_page else None


def _status(chain: Chain) -> int | None:
    return chain.last.answer.status if isinstance(chain.last.answer, Reply) else None


def _random_letters() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(PROBE_LETTERS))
