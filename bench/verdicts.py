"""How well pages are judged, and at what cost: `python -m bench.verdicts [--half tuning|held|all] [--misses]`."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

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

    from archiver.model import Content, Verdict
    from bench.task import Task

T = TypeVar("T")

HALVES = {"tuning": {Half.TUNING}, "held": {Half.HELD_BACK}, "all": set(Half)}
PAGE_BYTES, ARTICLE_BYTES = 100_000, 27_000
ARTICLE = Expectation(title=TITLE)
OTHER = Expectation(title="Lighthouse keepers count their last winter", excerpt="Nobody had seen so much snow at sea.")
OTHERS = 0.2
"""So large a share of pages is taken not to be what was linked: of an old collection rather than a new one."""
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
    """Tell what pages cost in time of one core, each kind in turn: as a run judges them, and what else is asked."""
    pages = {
        "100 KB": [page_of(PAGE_BYTES, number) for number in range(KINDS)],
        "27 KB": [(ARTICLE, article(ARTICLE_BYTES, number)) for number in range(KINDS)],
    }
    for size, told in pages.items():
        linked = _timed([_Asked(*each, is_amp=False) for each in told], _judge, rounds)
        copies = _timed([_Asked(each, _as_amp(page), is_amp=True) for each, page in told], _judge, rounds)
        others = _timed([_Asked(OTHER, page, is_amp=False) for _, page in told], _judge, rounds)
        yield f"extract and judge a page of {size} that is what was linked: {_cost(linked)}"
        yield f"the same as an AMP copy: {_cost(copies)}"
        yield f"a page that is not, or of which more is asked, read whole: {_cost(others)}"
        yield f"as a run does where {OTHERS:.0%} are not: {_cost(_mixed([*linked, *copies], others))}"
        yield f"the digest of its main text, where it came with other bytes: {_cost(_timed(told, _read_text, rounds))}"


def _cost(costs: Sequence[float]) -> str:
    median, mean = statistics.median(costs), statistics.fmean(costs)
    return f"{median:.3f} ms, median of {len(costs)}; {mean:.3f} ms on average, {min(costs):.3f} ms at best"


class _Asked(NamedTuple):
    """A page, and what a record expects of it."""

    told: Expectation
    page: bytes
    is_amp: bool

    @property
    def known_by(self) -> KnownBy:
        return KnownBy(titles=(self.told.title or "",), is_amp=self.is_amp)


def _as_amp(page: bytes) -> bytes:
    return page.replace(b"<html", b"<html amp", 1)


def _mixed(linked: Sequence[float], others: Sequence[float]) -> list[float]:
    """Take of what was measured so that others have their share."""
    return [*linked, *others[: round(OTHERS * len(linked) / (1 - OTHERS))]]


def _timed(pages: Sequence[T], read: Callable[[T], object], rounds: int) -> list[float]:
    costs = []
    for number in range(rounds):
        page = pages[number % len(pages)]
        began = time.thread_time()
        read(page)
        costs.append(1000 * (time.thread_time() - began))
    return costs


def _answer(page: bytes) -> Content:
    return content(page, headers={"content-type": "text/html; charset=utf-8"})


def _judge(asked: _Asked) -> Verdict:
    seen = extract(_answer(asked.page), asked.known_by)
    return judge(chain(reply(evidence=seen)), expected=(asked.told,))


def _read_text(told: tuple[Expectation, bytes]) -> str | None:
    return text_digest(_answer(told[1]))


if __name__ == "__main__":
    main()
