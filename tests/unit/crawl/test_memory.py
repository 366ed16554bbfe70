"""Exchanges: what was asked is remembered as it was, however it is packed."""

from __future__ import annotations

import pytest

from archiver.crawl.memory import Exchanges
from archiver.model import NoAnswer, PageEvidence, Reason, Reply
from archiver.plan.follow import Step
from tests.builders import exchange, reply

ANSWERS = (
    reply(301, "https://example.com/b", set_cookies=("a=b",)),
    reply(evidence=PageEvidence(is_page=True, titles=("One", "Two"), shingles=b"\x00\xff", words=700)),
    NoAnswer(reason=Reason.TIMEOUT, note="none"),
)


def remembered(number: int) -> Exchanges:
    """So many exchanges, packed."""
    exchanges = Exchanges(loose=0)
    for each in range(number):
        exchanges[step(each)] = exchange(step(each).url, answer(each), attempts=each)
    exchanges.pack()
    return exchanges


def step(number: int) -> Step:
    return Step(f"https://example.com/{number}", None)


def answer(number: int) -> Reply | NoAnswer:
    return ANSWERS[number % len(ANSWERS)]


@pytest.mark.parametrize("number", [0, 1, 63, 64, 65, 200])
def test_packing_changes_nothing(number: int) -> None:
    exchanges = remembered(number)
    steps = [step(each) for each in range(number)]
    assert set(exchanges) == set(steps)
    assert len(exchanges) == number
    told = {each: exchanges[each] for each in reversed(steps)}
    assert told == {step(each): exchange(step(each).url, answer(each), attempts=each) for each in range(number)}


@pytest.mark.parametrize(("number", "packed"), [(99, 0), (100 + 63, 0), (100 + 64, 64), (100 + 200, 192)])
def test_the_last_ones_are_left_as_they_came(number: int, packed: int) -> None:
    exchanges = Exchanges(loose=100)
    made = {step(each): exchange(step(each).url, answer(each)) for each in range(number)}
    for each, done in made.items():
        exchanges[each] = done
    exchanges.pack()
    assert [exchanges[each] is done for each, done in made.items()] == [False] * packed + [True] * (number - packed)


def test_what_was_not_asked_is_not_remembered() -> None:
    exchanges = remembered(100)
    assert step(100) not in exchanges
    with pytest.raises(KeyError):
        exchanges[step(100)]


def test_what_a_chain_has_for_itself_comes_first() -> None:
    exchanges = remembered(100)
    with_cookie = Step(step(3).url, "a=b")
    known = exchanges.with_own({with_cookie: exchange(attempts=7)})
    assert known[with_cookie].attempts == 7
    assert known[step(3)].attempts == 3
    assert with_cookie not in exchanges
