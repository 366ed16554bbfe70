"""Sentences: every verdict and reason that the code can give has one of its own."""

from __future__ import annotations

import pytest

from archiver.model import REDIRECTS, Cut, ImageFault, NoAnswer, Outcome, PageEvidence, Reason, State, Verdict
from archiver.report.causes import SECTIONS
from archiver.report.sentences import LONGEST_NOTE, OUTCOMES, SENTENCES, is_told, noted, sentence
from archiver.verdict.judge import judge
from tests.builders import chain, reply, seen_image

ASKED = [*range(100, 300), *range(304, 307), *range(309, 600), 999]
BROKEN = [
    Reason.REDIRECT_LOOP,
    Reason.REDIRECT_LIMIT,
    Reason.REDIRECT_WITHOUT_LOCATION,
    Reason.REDIRECT_SCHEME,
]
OF_PAGES = {
    Verdict(outcome=Outcome.ALIVE, reason=Reason.RETITLED),
    Verdict(outcome=Outcome.RESTRICTED, reason=Reason.LOGIN),
    Verdict(outcome=Outcome.RESTRICTED, reason=Reason.PAYWALL),
    Verdict(outcome=Outcome.SOFT_404, reason=Reason.SAYS_MISSING),
    Verdict(outcome=Outcome.SOFT_404, reason=Reason.REDIRECT_HOME),
    Verdict(outcome=Outcome.SOFT_404, reason=Reason.REDIRECT_COLLAPSE),
    Verdict(outcome=Outcome.SOFT_404, reason=Reason.PROBE_MATCH),
    Verdict(outcome=Outcome.PARKED, reason=Reason.FOR_SALE),
    Verdict(outcome=Outcome.PARKED, reason=Reason.OTHER_OWNER),
    Verdict(outcome=Outcome.DRIFTED, reason=Reason.TITLE_MISMATCH),
    Verdict(outcome=Outcome.AMP_RETIRED, reason=Reason.TO_CANONICAL),
    Verdict(outcome=Outcome.AMP_RETIRED, reason=Reason.CACHE_404),
    Verdict(outcome=Outcome.AMP_RETIRED, reason="status_404"),
    Verdict(outcome=Outcome.UNKNOWN, reason=Reason.THIN_PAGE),
    Verdict(outcome=Outcome.UNKNOWN, reason=Reason.NO_TITLE),
    Verdict(outcome=Outcome.UNKNOWN, reason=Reason.CONSENT),
    Verdict(outcome=Outcome.UNKNOWN, reason=Reason.UNCERTAIN),
}
"""What pages give, and several checks together: tests/unit/verdict has a case for each."""
OF_A_RUN = {
    Verdict(outcome=Outcome.SKIPPED, reason=Reason.NOT_REACHED),
    Verdict(outcome=Outcome.SKIPPED, reason=Reason.NOT_DUE),
    Verdict(outcome=Outcome.SKIPPED, reason=Reason.EXCLUDED),
}


def verdicts() -> set[Verdict]:
    """All that can come of a check."""
    replies = [reply(status) for status in ASKED]
    replies += [
        reply(size_bytes=0),
        reply(304, size_bytes=0, confirms=True),
        reply(cut=Cut.DISCONNECT),
        reply(cut=Cut.LENGTH, content_type="image/png"),
        reply(403, evidence=PageEvidence(challenge="a vendor")),
        *(reply(image=seen_image(fault=fault)) for fault in ImageFault),
    ]
    settled = {outcome for outcome in map(outcome_of_reason, Reason) if outcome}
    redirected = {judge(chain(reply(status, "/1"), reply())) for status in REDIRECTS}
    broken = {judge(chain(reply(301), broken=reason)) for reason in BROKEN}
    return {judge(chain(answer)) for answer in replies} | settled | redirected | broken | OF_PAGES | OF_A_RUN


def outcome_of_reason(reason: Reason) -> Verdict | None:
    try:
        return judge(chain(NoAnswer(reason=reason)))
    except KeyError:  # of a reply, of redirects, or of a run
        return None


def test_every_verdict_has_a_sentence_of_its_own() -> None:
    untold = {(found.outcome, found.reason) for found in verdicts() if not is_told(found.outcome, found.reason)}
    assert not untold


def test_every_reason_is_in_the_table() -> None:
    assert not set(Reason) - {reason for _, reason in SENTENCES}


def test_no_sentence_is_for_nothing() -> None:
    given = {found.reason for found in verdicts()}
    told = {reason for _, reason in SENTENCES if "NNN" not in reason}
    assert told <= given


def test_every_outcome_has_a_sentence_and_a_section() -> None:
    assert set(OUTCOMES) == set(Outcome)
    assert set(SECTIONS) == set(Outcome)
    assert len(State) == 6  # standing.py matches them all


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        (Outcome.GONE, "status_404", "404: the page is gone"),
        (Outcome.FAILING, "status_503", "503: the server fails"),
        (Outcome.MOVED, "redirect_308", "308: moved for good; write the new address"),
        (Outcome.UNKNOWN, "status_418", "418: an answer that does not tell"),
        (Outcome.SOFT_404, "of_the_future", "answers, but says that the page is missing (of_the_future)"),
        (Outcome.GONE, "{thing}", "the page is gone ({thing})"),
    ],
)
def test_sentences(outcome: Outcome, reason: str, said: str) -> None:
    assert sentence(outcome, reason).replace("(page)", "({thing})") == said


def test_sentences_are_short_and_ascii() -> None:
    for said in [*SENTENCES.values(), *OUTCOMES.values()]:
        assert said.isascii()
        assert len(said) < 76


def test_a_sentence_names_what_is_gone_and_adds_facts() -> None:
    said = sentence(Outcome.GONE, "status_410", "image", ["1st strike", "dead after 2"])
    assert said == "410: the image is gone for good (1st strike; dead after 2)"


def test_a_note_is_one_short_line() -> None:
    assert noted(" a\n b ") == "a b"
    assert len(noted("a" * 10_000)) == LONGEST_NOTE + 3
