"""Contenders in turn, their medians, and the table that tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.measure import Cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one contender took, in all its runs."""

    name: str
    costs: tuple[Cost, ...]

    @property
    def median(self) -> Cost:
        """The median of each figure by itself."""
        return Cost(
            wall_s=median(cost.wall_s for cost in self.costs),
            cpu_s=median(cost.cpu_s for cost in self.costs),
            peak_mb=median(cost.peak_mb for cost in self.costs),
        )


def in_turn(contenders: Mapping[str, Callable[[], Cost]], runs: int) -> list[Result]:
    """Run all contenders one after the other, `runs` times over: what disturbs one disturbs all."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, run in contenders.items():
            costs[name].append(run())
    return [Result(name=name, costs=tuple(each)) for name, each in costs.items()]


def cost_table(results: Sequence[Result], peer: str | None = None) -> str:
    """Tell of each contender in a row; ratios are to the peer of that name."""
    base = next((result.median for result in results if result.name == peer), None)
    head = ["", "runs", "wall s", "from - to", "CPU s", "PSS MB"]
    ratios = [f"wall / {peer}", f"PSS / {peer}"] if base else []
    return table([*head, *ratios], (_row(result, base) for result in results))


def _row(result: Result, base: Cost | None) -> list[str]:
    middle, walls = result.median, [cost.wall_s for cost in result.costs]
    spread = f"{min(walls):.2f} - {max(walls):.2f}"
    row = [result.name, str(len(walls)), f"{middle.wall_s:.2f}", spread, f"{middle.cpu_s:.2f}", f"{middle.peak_mb:.0f}"]
    return [*row, *(_ratios(middle, base) if base else ())]


def _ratios(cost: Cost, base: Cost) -> list[str]:
    memory = f"{cost.peak_mb / base.peak_mb:.2f}" if base.peak_mb else "-"
    return [f"{cost.wall_s / base.wall_s:.2f}", memory]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a Markdown table; all columns but the first are numbers."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *rows))
