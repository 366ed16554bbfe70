"""How well pages are judged, and at what cost: `python -m bench.verdicts [--half tuning|held|all] [--misses]`."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from archiver.model import Expectation, KnownBy, Outcome
from archiver.verdict.evidence import extract, text_digest
from archiver.verdict.judge import judge
from bench.article import article
from bench.machine import surroundings
from bench.material import TITLE
from tests.builders import chain, content, reply
from tests.corpus import Case, Half, Truth, cases
from tests.corpus.judging import ACCUSES, TELLS, verdict_of
from tests.corpus.sizes import page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archiver.model import Content, PageEvidence, Verdict
    from bench.task import Task

HALVES = {"tuning": {Half.TUNING}, "held": {Half.HELD_BACK}, "all": set(Half)}
PAGE_BYTES, ARTICLE_BYTES = 100_000, 27_000
ARTICLE = Expectation(title=TITLE)
KINDS = 10
"""So many pages are read in turn."""


def bench(task: Task) -> str:
    """Give the section: the half of the corpus that no threshold was tuned on."""
    told = "\n".join(lines("held", rounds=task.number(200)))
    return f"```\n{told}\n```\n\n{surroundings()}"


def main() -> None:
    """Judge the corpus and tell what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=HALVES, default="all")
    options.add_argument("--misses", action="store_true", help="tell every case judged otherwise than it is")
    options.add_argument("--rounds", type=int, default=200, help="of the measurement of cost")
    given = options.parse_args()
    for line in lines(given.half, rounds=given.rounds, with_misses=given.misses):
        sys.stdout.write(f"{line}\n")


def lines(half: str, *, rounds: int, with_misses: bool = False) -> Iterator[str]:
    """Judge one half of the corpus, or all; tell the confusion, the rates and the cost."""
    judged = [(case, verdict_of(case)) for case in cases() if case.half in HALVES[half]]
    told = [(case, verdict.outcome) for case, verdict in judged]
    yield f"{len(judged)} cases of the synthetic corpus ({half}): pages we wrote ourselves, not the web's."
    yield from _confusion(told)
    yield from _rates(told)
    if with_misses:
        for case, verdict in judged:
            if verdict.outcome not in TELLS[case.truth]:
                yield f"{case.half} {case.kind} {case.language}: {verdict.outcome} {verdict.reason} {verdict.note}"
    yield ""
    yield from _costs(rounds)


def _confusion(told: Sequence[tuple[Case, Outcome]]) -> Iterator[str]:
    """Tell what each truth was called."""
    counts = Counter((case.truth, outcome) for case, outcome in told)
    columns = [outcome for outcome in Outcome if any(counts[truth, outcome] for truth in Truth)]
    yield ""
    yield "is, called".ljust(12) + "".join(column.rjust(12) for column in columns)
    for truth in Truth:
        yield truth.ljust(12) + "".join(str(counts[truth, column] or ".").rjust(12) for column in columns)


def _rates(told: Sequence[tuple[Case, Outcome]]) -> Iterator[str]:
    """Tell how much was found, and how much of what was said is right."""
    yield ""
    yield "truth".ljust(12) + "recall".rjust(26) + "precision".rjust(26)
    for truth in Truth:
        called = [outcome in TELLS[truth] for case, outcome in told if case.truth is truth]
        right = [case.truth is truth for case, outcome in told if outcome in TELLS[truth]]
        yield truth.ljust(12) + rate(called).rjust(26) + rate(right).rjust(26)
    accused = [outcome in ACCUSES for case, outcome in told if case.truth is Truth.ALIVE]
    yield f"alive called dead, soft_404, parked or drifted: {rate(accused)}"


def rate(hits: list[bool]) -> str:
    """Give a share with its 95% interval (Wilson 1927)."""
    number, share, z = len(hits), sum(hits) / max(1, len(hits)), 1.96
    if not number:
        return "none"
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    reach = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number**2)) / (1 + z * z / number)
    return f"{share:7.2%} ({max(0.0, middle - reach):.1%} to {min(1.0, middle + reach):.1%})"


def _costs(rounds: int) -> Iterator[str]:
    """Tell what the pages cost to read, in time of one core: whole, and as far as one that its title tells is read."""
    pages = {
        "a page of 100 KB": [page_of(PAGE_BYTES, number) for number in range(KINDS)],
        "an article of 27 KB": [(ARTICLE, article(ARTICLE_BYTES, number)) for number in range(KINDS)],
    }
    for name, told in pages.items():
        yield f"extract and judge {name}: {_cost(told, _read_whole, rounds)}"
        yield f"extract {name} that goes by its title: {_cost(told, _read_by_title, rounds)}"
        yield f"the digest of its main text, where it came with other bytes: {_cost(told, _read_text, rounds)}"


def _cost(
    pages: Sequence[tuple[Expectation, bytes]], read: Callable[[Expectation, Content], object], rounds: int
) -> str:
    costs = []
    for number in range(rounds):
        told, page = pages[number % len(pages)]
        answer = content(page, headers={"content-type": "text/html; charset=utf-8"})
        began = time.thread_time()
        read(told, answer)
        costs.append(1000 * (time.thread_time() - began))
    return f"{statistics.median(costs):.3f} ms, median of {rounds}; {min(costs):.3f} ms at best"


def _read_whole(told: Expectation, answer: Content) -> Verdict:
    return judge(chain(reply(evidence=extract(answer))), expected=(told,))


def _read_by_title(told: Expectation, answer: Content) -> PageEvidence:
    return extract(answer, KnownBy(titles=(told.title or "",)))


def _read_text(_: Expectation, answer: Content) -> str | None:
    return text_digest(answer)


if __name__ == "__main__":
    main()
