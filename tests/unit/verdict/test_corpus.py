"""The held-back half of the corpus: no threshold, phrase or mark was chosen with it."""

from __future__ import annotations

from functools import cache

import pytest

from archiver.model import Outcome, Verdict
from tests.corpus import Case, Half, Truth, cases
from tests.corpus.judging import ACCUSES, TELLS, verdict_of


@cache
def held_back() -> tuple[tuple[Case, Verdict], ...]:
    return tuple((case, verdict_of(case)) for case in cases() if case.half is Half.HELD_BACK)


def judged_otherwise(truth: Truth) -> tuple[list[str], int]:
    told = [(case, verdict) for case, verdict in held_back() if case.truth is truth]
    wrong = [f"{case.kind} {case.language}: {said}" for case, said in told if said.outcome not in TELLS[truth]]
    return wrong, len(told)


def test_living_articles_are_hardly_ever_called_dead() -> None:
    """At most 0.5%."""
    living = [(case, said) for case, said in held_back() if case.truth is Truth.ALIVE]
    accused = [f"{case.kind} {case.language}: {said}" for case, said in living if said.outcome in ACCUSES]
    assert len(living) >= 200
    assert len(accused) <= 0.005 * len(living), accused


@pytest.mark.parametrize("truth", [Truth.SOFT_404, Truth.PARKED, Truth.DRIFTED])
def test_what_is_not_there_is_found(truth: Truth) -> None:
    """At least 95%."""
    wrong, number = judged_otherwise(truth)
    assert number >= 50
    assert len(wrong) <= 0.05 * number, wrong


@pytest.mark.parametrize("truth", [Truth.CHALLENGE, Truth.RESTRICTED])
def test_no_wall_is_called_dead(truth: Truth) -> None:
    accused = [case.kind for case, said in held_back() if case.truth is truth and said.outcome in ACCUSES]
    assert not accused


def test_what_shows_nothing_is_unknown() -> None:
    """Script-only, empty and thin pages, and those that ask for consent."""
    assert judged_otherwise(Truth.UNKNOWN)[0] == []
    assert {said.outcome for case, said in held_back() if case.kind == "empty"} == {Outcome.UNKNOWN}


def test_a_page_that_is_known_by_its_title_is_judged_as_if_all_of_it_were_read() -> None:
    assert [verdict_of(case, by_title=True) for case, _ in held_back()] == [said for _, said in held_back()]


def test_the_corpus_is_the_same_at_every_call() -> None:
    assert list(cases())[::40] == list(cases())[::40]


def test_the_halves_share_no_page() -> None:
    pages = {
        half: {case.answer.body for case in cases() if case.half is half and len(case.answer.body) > 600}
        for half in Half
    }
    assert not pages[Half.TUNING] & pages[Half.HELD_BACK]
