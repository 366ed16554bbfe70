"""The end of a run's text: counts, how much could be judged, and what to do next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archiver.model import How, Outcome, Reason, State
from archiver.report.causes import Section, is_doubtful, section_of
from archiver.report.screen import Style
from archiver.report.standing import span
from archiver.report.times import duration
from archiver.report.warnings import warning_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.model import LinkReport, RotRules, RunReport
    from archiver.report.screen import Screen

MOST_STEPS = 3
TOLD_FROM_S = 10.0
"""A run that took less is not worth a word on its time."""

_SHARES = {
    Outcome.BLOCKED: "blocked",
    Outcome.RESTRICTED: "restricted",
    Outcome.UNKNOWN: "unclear",
}
_SKIPPED = {
    Reason.NOT_REACHED: "not reached",
    Reason.NOT_DUE: "not due",
    Reason.ROBOTS: "closed by robots.txt",
    Reason.PRIVATE_ADDRESS: "not public",
}
JUDGED = "judged"


def summary(report: RunReport, screen: Screen, rot: RotRules, *, is_cut: bool) -> Iterator[str]:
    """Give the lines of the summary; `is_cut` where findings were left out above."""
    if is_cut:
        yield from screen.flow("Not all is shown: `--verbose` shows everything, `--format jsonl` is for machines.")
        yield ""
    yield from screen.flow(_counts(report), style=Style.STRONG)
    if shares := _judged(report):
        yield from screen.flow(shares)
    states = Counter(row.track.state for row in report.links if row.track)
    if known := ", ".join(f"{states[state]:,} {state}" for state in State if states[state]):
        yield from screen.flow(f"By all that was seen so far: {known}")
    if snapshots := _snapshots(report):
        yield from screen.flow(f"Snapshots: {snapshots}")
    if copies := len({row.link.target for row in report.links if row.image}):
        yield from screen.flow(f"Images: {count(copies, 'cached copy', 'cached copies')}")
    for caveat in _caveats(report):
        yield from screen.flow(caveat, style=Style.POOR)
    if steps := list(_steps(report, rot))[:MOST_STEPS]:
        yield ""
        yield "Next:"
        for step in steps:
            yield from screen.flow(f"- {step}", 2, hang=2)


def count(number: int, noun: str, several: str = "") -> str:
    """Say how many: `1 link`, `1,234 links`."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def told_records(report: RunReport) -> str:
    """Say how many records there are, and what is missing of them."""
    left_out = f" ({report.unpublished:,} unpublished left out)" if report.unpublished else ""
    unread = f", {count(len(report.problems), 'problem')} in reading" if report.problems else ""
    return f"{count(report.records, 'record')}{left_out}{unread}"


def _counts(report: RunReport) -> str:
    outcomes = Counter(row.check.outcome for row in report.links if row.check)
    tally = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.most_common())
    took = f", in {duration(report.elapsed_s)}" if report.elapsed_s >= TOLD_FROM_S else ""
    return f"{count(len(report.links), 'link')} in {told_records(report)}{took}: {tally or 'none'}"


def _judged(report: RunReport) -> str:
    """Say how much could be judged, of what was to be."""
    shares = Counter(share for row in report.links if (share := _share(row)))
    total = shares.total()
    small = [share for share, number in shares.items() if share != JUDGED and 100 * number < total]
    if len(small) > 1:
        shares["other"] = sum(map(shares.pop, small))
    parts = [(shares.pop(JUDGED, 0), JUDGED), *((number, share) for share, number in shares.most_common())]
    return ", ".join(f"{_percent(number, total)} {share}" for number, share in parts) if total else ""


_TOLD_OF_SNAPSHOTS = {
    How.STORED: "stored",
    How.IDENTICAL: "as held already",
    How.SAME_TEXT: "not stored again: the text is the one held",
}


def _snapshots(report: RunReport) -> str:
    """Say how the pages of this run were kept, each target once."""
    kept = {
        row.link.target: row.check.snapshot.how
        for row in report.links
        if row.check and row.check.snapshot and not row.cached
    }
    counts = Counter(kept.values())
    return ", ".join(f"{counts[how]:,} {words}" for how, words in _TOLD_OF_SNAPSHOTS.items() if counts[how])


def _share(row: LinkReport) -> str | None:
    check = row.check
    if check is None:
        return _SKIPPED[Reason.NOT_REACHED]
    if check.reason == Reason.EXCLUDED:
        return None
    if check.outcome is Outcome.SKIPPED:
        return next((share for reason, share in _SKIPPED.items() if check.reason == reason), "not visited")
    return "in doubt" if is_doubtful(check) else _SHARES.get(check.outcome, JUDGED)


def _percent(number: int, total: int) -> str:
    """Give a share so that 0% is none and 100% is all."""
    percent = round(100 * number / total)
    if percent == 0 and number:
        return "under 1%"
    return "over 99%" if percent == 100 and number < total else f"{percent}%"  # noqa: PLR2004


def _caveats(report: RunReport) -> Iterator[str]:
    if report.interrupted:
        yield "Interrupted: what was checked is kept."
    if report.inconclusive:
        yield (
            "Inconclusive: our own network was away, or one page answered for many sites. "
            "What failed meanwhile is held against no link."
        )
    yield from warning_lines(report.links)


def _steps(report: RunReport, rot: RotRules) -> Iterator[str]:
    """Say what to do about what was found, the most pressing first."""
    found = Counter(map(section_of, report.links))
    if report.inconclusive:
        yield "See that the network is well, then run the same command again."
    elif any(row.check is None or row.check.reason == Reason.NOT_REACHED for row in report.links):
        yield "The same command with `--max-age 1d` asks only for what was not reached."
    if dead := found[Section.NEWLY_DEAD] + found[Section.DEAD]:
        each = "it" if dead == 1 else "each"
        yield f"Replace or take out {_them(dead, 'dead link')}; `archiver history URL` tells what was seen of {each}."
    if invalid := found[Section.INVALID]:
        yield f"Correct {_them(invalid, 'address', 'addresses')} that nobody can ask for."
    if found[Section.STRONG] + found[Section.WEAK]:
        yield f"Check again in {span(rot.spacing_s)}: one bad visit makes no link dead."
    if moved := found[Section.MOVED]:
        yield f"Write the new {'address' if moved == 1 else 'addresses'}, after `now at`, into the records."
    if report.problems:
        yield "Mend the records that could not be read: their links may be missing here."
    if found[Section.BLOCKED]:
        yield "Open a few of the blocked ones in a browser: a bot wall says nothing of the page."


def _them(number: int, one: str, many: str = "") -> str:
    return f"the {one}" if number == 1 else f"the {number:,} {many or one + 's'}"
