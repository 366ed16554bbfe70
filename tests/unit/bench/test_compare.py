"""Contenders take turns, and each figure has its own median."""

from __future__ import annotations

from functools import partial

from bench.compare import Result, cost_table, in_turn
from bench.measure import Cost


def cost(wall_s: float, cpu_s: float = 1.0, peak_mb: float = 10.0) -> Cost:
    return Cost(wall_s=wall_s, cpu_s=cpu_s, peak_mb=peak_mb)


def test_contenders_take_turns() -> None:
    ran: list[str] = []

    def run(name: str) -> Cost:
        ran.append(name)
        return cost(1.0)

    results = in_turn({name: partial(run, name) for name in "ab"}, 2)
    assert ran == ["a", "b", "a", "b"]
    assert [(result.name, len(result.costs)) for result in results] == [("a", 2), ("b", 2)]


def test_each_figure_has_its_own_median() -> None:
    result = Result(name="a", costs=(cost(1, 9, 20), cost(2, 3, 40), cost(6, 4, 30)))
    assert result.median == cost(2, 4, 30)


def test_ratios_are_to_the_peer() -> None:
    results = [Result(name="ours", costs=(cost(1, 1, 30),)), Result(name="peer", costs=(cost(4, 1, 20),))]
    *_, ours, peer = cost_table(results, "peer").splitlines()
    assert ours == "| ours | 1 | 1.00 | 1.00 - 1.00 | 1.00 | 30 | 0.25 | 1.50 |"
    assert peer.endswith("| 1.00 | 1.00 |")


def test_without_the_peer_there_are_no_ratios() -> None:
    head, *_ = cost_table([Result(name="ours", costs=(cost(1),))], "peer").splitlines()
    assert head == "|  | runs | wall s | from - to | CPU s | PSS MB |"
