"""What a run of archiver came to, by its JSON Lines: a fast wrong answer is no result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.measure import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """Give the objects of a run's output."""
    with file.open() as output:
        yield from map(json.loads, output)


def summary(file: Path) -> dict[str, Any]:
    """Give the last object of a run's output."""
    *_, last = lines(file)
    return last


def require(file: Path, expected: Mapping[str, int]) -> None:
    """Raise BenchError where the verdicts are not as many of each as expected."""
    found = summary(file)["by_verdict"]
    if found != expected:
        raise BenchError(f"verdicts: {found}, not {expected}")
