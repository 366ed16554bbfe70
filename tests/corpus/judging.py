"""The corpus judged as a run would: extract where the bytes are, probe where it is wanted, judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import READ_WHOLE, Chain, Exchange, KnownBy, Outcome, Reply, Verdict
from archiver.verdict.evidence import extract
from archiver.verdict.judge import judge, probe_for
from archiver.verdict.probes import probe_answer
from tests.builders import NOW, content
from tests.corpus.cases import Truth

if TYPE_CHECKING:
    from tests.corpus.cases import Answer, Case

TELLS = {
    Truth.ALIVE: {Outcome.ALIVE, Outcome.MOVED},
    Truth.SOFT_404: {Outcome.SOFT_404},
    Truth.PARKED: {Outcome.PARKED},
    Truth.DRIFTED: {Outcome.DRIFTED},
    Truth.CHALLENGE: {Outcome.BLOCKED},
    Truth.RESTRICTED: {Outcome.RESTRICTED},
    Truth.UNKNOWN: {Outcome.UNKNOWN},
}
"""The verdicts that tell each truth."""

ACCUSES = {Outcome.GONE, Outcome.SOFT_404, Outcome.PARKED, Outcome.BROKEN, Outcome.DRIFTED}
"""The verdicts that say a page is not there."""


def verdict_of(case: Case, *, by_title: bool = False) -> Verdict:
    """Judge one case, with all its page shows or, where that is enough, by title; a probe only where one is wanted."""
    titles = (case.expected.title,) if by_title and case.expected.title else ()
    chain = _chain(case.target, case.answer, KnownBy(titles=titles))
    expected = (case.expected,)
    if probe_for(chain, expected=expected) is None:
        return judge(chain, expected=expected)
    probe = probe_answer(_chain(case.probe.url, case.probe))
    return judge(chain, expected=expected, probe=probe)


def _chain(target: str, answer: Answer, known_by: KnownBy = READ_WHOLE) -> Chain:
    headers = dict(answer.headers)
    seen = extract(content(answer.body, url=answer.url, status=answer.status, headers=headers), known_by)
    reply = Reply(
        status=answer.status, content_type=headers.get("content-type"), size_bytes=len(answer.body), evidence=seen
    )
    last = Exchange(url=answer.url, answer=reply, started_at=NOW)
    if answer.url == target:
        return Chain(target=target, exchanges=(last,))
    first = Exchange(url=target, answer=Reply(status=301, location=answer.url), started_at=NOW)
    return Chain(target=target, exchanges=(first, last))
