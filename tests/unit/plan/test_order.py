"""The order of targets: the hottest first, each once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Link, Reason
from archiver.plan.order import targets
from tests.builders import link

A, B, C = "https://a.example/", "https://b.example/", "https://c.example/"


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([link(B), link(A)], [B, A], id="record-order"),
        pytest.param([link(A), link(B), link(A)], [A, B], id="each-once"),
        pytest.param([link(A, rank=(1, 0, 0)), link(B, rank=(2, 0, 0))], [B, A], id="hottest"),
        pytest.param([link(A, rank=(1, 1, 9)), link(B, rank=(1, 2, 0))], [B, A], id="then-by-quality"),
        pytest.param([link(A, rank=(1, 1, 1)), link(B, rank=(1, 1, 2))], [B, A], id="then-by-date"),
        pytest.param([link(A), link(B, rank=(1, 0, 0)), link(A, rank=(2, 0, 0))], [A, B], id="by-its-best-link"),
        pytest.param([link(A, rank=(-1, 0, 0)), link(B)], [B, A], id="colder-than-nothing"),
        pytest.param([link("nonsense", fault=Reason.BAD_URL), link(A)], [A], id="no-faulty-ones"),
        pytest.param([link("https://a.example/#x", target=A), link(A)], [A], id="by-target-not-by-spelling"),
    ],
)
def test_the_order_of_targets(links: list[Link], expected: list[str]) -> None:
    assert targets(links) == expected


@given(st.lists(st.builds(link, st.sampled_from([A, B, C]), rank=st.tuples(*[st.integers(0, 3)] * 3)), max_size=9))
def test_law_every_target_comes_once_and_ranks_fall(links: list[Link]) -> None:
    ordered = targets(links)
    best = [max(link.rank for link in links if link.target == target) for target in ordered]
    assert sorted(ordered) == sorted({link.target for link in links})
    assert best == sorted(best, reverse=True)
