"""How well pages are judged, and at what cost: `python -m bench.verdicts [--half tuning|held|all] [--misses]`."""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections import Counter

from archiver.model import Outcome
from archiver.verdict.evidence import extract
from archiver.verdict.judge import judge
from tests.builders import chain, content, reply
from tests.corpus import Case, Half, Truth, cases
from tests.corpus.judging import ACCUSES, TELLS, verdict_of
from tests.corpus.sizes import page_of

HALVES = {"tuning": {Half.TUNING}, "held": {Half.HELD_BACK}, "all": set(Half)}
PAGE_BYTES = 100_000


def main() -> None:
    """Judge the corpus and tell what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--half", choices=HALVES, default="all")
    options.add_argument("--misses", action="store_true", help="tell every case judged otherwise than it is")
    options.add_argument("--rounds", type=int, default=200, help="of the measurement of cost")
    given = options.parse_args()
    judged = [(case, verdict_of(case)) for case in cases() if case.half in HALVES[given.half]]
    told = [(case, verdict.outcome) for case, verdict in judged]
    say(f"{len(judged)} cases of the synthetic corpus ({given.half}): pages we wrote ourselves, not the web's.")
    tell_confusion(told)
    tell_rates(told)
    if given.misses:
        for case, verdict in judged:
            if verdict.outcome not in TELLS[case.truth]:
                say(f"{case.half} {case.kind} {case.language}: {verdict.outcome} {verdict.reason} {verdict.note}")
    tell_cost(given.rounds)


def tell_confusion(told: list[tuple[Case, Outcome]]) -> None:
    """Tell what each truth was called."""
    counts = Counter((case.truth, outcome) for case, outcome in told)
    columns = [outcome for outcome in Outcome if any(counts[truth, outcome] for truth in Truth)]
    say("\n" + "is, called".ljust(12) + "".join(column.rjust(12) for column in columns))
    for truth in Truth:
        say(truth.ljust(12) + "".join(str(counts[truth, column] or ".").rjust(12) for column in columns))


def tell_rates(told: list[tuple[Case, Outcome]]) -> None:
    """Tell how much was found, and how much of what was said is right."""
    say("\n" + "truth".ljust(12) + "recall".rjust(26) + "precision".rjust(26))
    for truth in Truth:
        called = [outcome in TELLS[truth] for case, outcome in told if case.truth is truth]
        right = [case.truth is truth for case, outcome in told if outcome in TELLS[truth]]
        say(truth.ljust(12) + rate(called).rjust(26) + rate(right).rjust(26))
    accused = [outcome in ACCUSES for case, outcome in told if case.truth is Truth.ALIVE]
    say(f"alive called dead, soft_404, parked or drifted: {rate(accused)}")


def rate(hits: list[bool]) -> str:
    """Give a share with its 95% interval (Wilson 1927)."""
    number, share, z = len(hits), sum(hits) / max(1, len(hits)), 1.96
    if not number:
        return "none"
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    reach = z * math.sqrt(share * (1 - share) / number + z * z / (4 * number**2)) / (1 + z * z / number)
    return f"{share:7.2%} ({max(0.0, middle - reach):.1%} to {min(1.0, middle + reach):.1%})"


def tell_cost(rounds: int) -> None:
    """Tell what a page of 100 KB costs, in time of one core."""
    costs = []
    for number in range(rounds):
        told, page = page_of(PAGE_BYTES, number % 10)
        answer = content(page, headers={"content-type": "text/html; charset=utf-8"})
        began = time.thread_time()
        judge(chain(reply(evidence=extract(answer))), expected=(told,))
        costs.append(1000 * (time.thread_time() - began))
    say(f"\nextract and judge a page of 100 KB: {statistics.median(costs):.2f} ms, median of {rounds}")


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
