"""Text for people, as it is printed."""

from __future__ import annotations

import random
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from archiver.model import LinkReport, Outcome, Reason, RecordError, RunReport
from archiver.report.screen import PLAIN, Screen, cells
from archiver.report.text import link_text, run_text
from archiver.report.times import date, day, duration
from tests.builders import NOW, check, link
from tests.unit.report.scenes import GROUPED, MIXED, OFFLINE, UNREAD, WELL, gone, row, seen, well

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Check

WIDE = """\
Newly dead: 1 link
  https://dead.example/
    404: the page is gone (3 strikes; dead since 2026-01-02; last well
    2025-12-03)
    seeds/b.md:4:9  webUrl

Not an address: 1 link
  mailto:me@b.example
    not an address of the web (http or https)
    seeds/b.md:9:9  webUrl

Suspect, with strong evidence: 2 links
  https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
    404: the page is gone (1st strike; dead after 3)
    seeds/a.md:6:9  originalUrl  and 7:9 webUrl

Suspect, failing or without an answer: 1 link
  https://slow.example/
    no answer in time (failing on 1 day; dead after 5, over 14 days)
    seeds/b.md:5:9  webUrl

Moved: 1 image
  https://old.example/a.jpg
    301: moved for good; write the new address
    now at https://img.example/a.jpg
    seeds/a.md:24:9  related[0] images[0].url

Blocked: 1 link
  https://wall.example/
    a bot wall answers; the page may be well (Cloudflare)
    seeds/b.md:6:9  webUrl

8 links in 2 records: 3 gone, 1 alive, 1 moved, 1 unreachable, 1 blocked,
1 invalid
88% judged, 12% blocked
By all that was seen so far: 1 unknown, 2 alive, 3 suspect, 2 dead

Next:
  - Replace or take out the dead link; `archiver history URL` tells what was
    seen of it.
  - Correct the address that nobody can ask for.
  - Check again in 3 days: one bad visit makes no link dead.
"""

NARROW = """\
Newly dead: 1 link
  https://dead.example/
    404: the page is gone (3 strikes;
    dead since 2026-01-02; last well
    2025-12-03)
    seeds/b.md:4:9  webUrl

Not an address: 1 link
  mailto:me@b.example
    not an address of the web (http or
    https)
    seeds/b.md:9:9  webUrl

Suspect, with strong evidence: 2 links
  https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
    404: the page is gone (1st strike;
    dead after 3)
    seeds/a.md:6:9
      originalUrl
      and 7:9 webUrl

Suspect, failing or without an answer:
1 link
  https://slow.example/
    no answer in time (failing on 1 day;
    dead after 5, over 14 days)
    seeds/b.md:5:9  webUrl

Moved: 1 image
  https://old.example/a.jpg
    301: moved for good; write the new
    address
    now at https://img.example/a.jpg
    seeds/a.md:24:9
      related[0] images[0].url

Blocked: 1 link
  https://wall.example/
    a bot wall answers; the page may be
    well (Cloudflare)
    seeds/b.md:6:9  webUrl

8 links in 2 records: 3 gone, 1 alive,
1 moved, 1 unreachable, 1 blocked,
1 invalid
88% judged, 12% blocked
By all that was seen so far: 1 unknown,
2 alive, 3 suspect, 2 dead

Next:
  - Replace or take out the dead link;
    `archiver history URL` tells what
    was seen of it.
  - Correct the address that nobody can
    ask for.
  - Check again in 3 days: one bad visit
    makes no link dead.
"""

ONE_CAUSE = """\
Suspect, with strong evidence: 3,412 AMP copies
  telegraph.co.uk: 3,412 AMP copies in 853 records, one cause
    404: the page is gone (1st strike; dead after 3)
    https://www.telegraph.co.uk/0/amp/
      posts/0.md:4:9  ampWebUrl
    https://www.telegraph.co.uk/1/amp/
      posts/0.md:5:9  ampWebUrl
    ... and 3,410 more AMP copies

Not all is shown: `--verbose` shows everything, `--format jsonl` is for machines.

3,412 links in 853 records, in 29 min: 3,412 gone
100% judged
By all that was seen so far: 3,412 suspect

Next:
  - Check again in 3 days: one bad visit makes no link dead.
"""

AWAY = """\
In doubt, since our own network was away: 1 link
  https://b.example/
    no way leads to the host (counts for nothing)
    seeds/a.md:4:9  webUrl

Not visited: 1 link
  https://c.example/
    not reached (the run ended first)
    seeds/a.md:4:9  webUrl

3 links in 1 record: 1 alive, 1 unreachable, 1 skipped
33% judged, 33% in doubt, 33% not reached
By all that was seen so far: 2 unknown, 1 alive
Interrupted: what was checked is kept.
Inconclusive: our own network was away, or one page answered for many sites.
What failed meanwhile is held against no link.

Next:
  - See that the network is well, then run the same command again.
"""

ALL = """\
Alive: 2 links
  https://a.example/
    answers well
    seeds/a.md:4:9  webUrl
  https://b.example/
    answers well
    seeds/b.md:4:9  webUrl

2 links in 2 records: 2 alive
100% judged
By all that was seen so far: 2 alive
"""

PROBLEMS = """\
Not read: 2 problems
  seeds/b.md:7:
    a key stands twice: the last one
    holds
  c.md: no such file

0 links in 1 record (2 unpublished left
out), 2 problems in reading: none

Next:
  - Mend the records that could not be
    read: their links may be missing
    here.
"""

LISTING = """\
seeds/a.md
  4:9   webUrl                    web    https://news.example/
  6:9   originalUrl               web    https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
  7:9   webUrl                    web    https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
  24:9  related[0] images[0].url  image  https://old.example/a.jpg
seeds/b.md
  4:9  webUrl  web  https://dead.example/
  5:9  webUrl  web  https://slow.example/
  6:9  webUrl  web  https://wall.example/
  9:9  webUrl  web  mailto:me@b.example

8 links, 7 targets, 2 records
"""

NARROW_LISTING = """\
seeds/a.md
  4:9   webUrl                    web
    https://news.example/
  6:9   originalUrl               web
    https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
  7:9   webUrl                    web
    https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is
  24:9  related[0] images[0].url  image
    https://old.example/a.jpg
seeds/b.md
  4:9  webUrl  web
    https://dead.example/
  5:9  webUrl  web
    https://slow.example/
  6:9  webUrl  web
    https://wall.example/
  9:9  webUrl  web  mailto:me@b.example

8 links, 7 targets, 2 records
"""


def text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize(
    ("report", "screen", "shown"),
    [
        (MIXED, Screen(width=80), WIDE),
        (MIXED, Screen(width=40), NARROW),
        (GROUPED, PLAIN, ONE_CAUSE),
        (OFFLINE, Screen(width=80), AWAY),
        (UNREAD, Screen(width=40), PROBLEMS),
    ],
    ids=["80 columns", "40 columns", "one cause", "our network was away", "problems"],
)
def test_a_run(report: RunReport, screen: Screen, shown: str) -> None:
    assert text(run_text(report, screen)) == shown


def test_a_run_tells_everything_where_asked_to() -> None:
    assert text(run_text(WELL, everything=True)) == ALL
    lines = list(run_text(GROUPED, everything=True))
    assert sum("/amp/" in line for line in lines) == 3412
    assert not any("more" in line for line in lines)


def test_a_run_where_all_is_well_is_its_counts() -> None:
    assert text(run_text(WELL)) == (
        "2 links in 2 records: 2 alive\n100% judged\nBy all that was seen so far: 2 alive\n"
    )


def test_nothing_at_all() -> None:
    assert text(run_text(RunReport(links=()))) == "0 links in 0 records: none\n"


@pytest.mark.parametrize(
    ("screen", "shown"), [(PLAIN, LISTING), (Screen(width=40), NARROW_LISTING)], ids=["pipe", "40"]
)
def test_a_listing(screen: Screen, shown: str) -> None:
    assert text(link_text(MIXED, screen)) == shown


# --- a first run over a large collection ----------------------------------------------------------------------

TROUBLES = [
    *[(Outcome.GONE, "status_404")] * 9,
    *[(Outcome.BLOCKED, "status_403")] * 5,
    *[(Outcome.UNREACHABLE, Reason.TIMEOUT)] * 3,
    (Outcome.UNREACHABLE, Reason.DNS_NXDOMAIN),
    (Outcome.INSECURE, Reason.TLS_EXPIRED),
    (Outcome.FAILING, "status_503"),
    (Outcome.RESTRICTED, "status_401"),
    (Outcome.UNKNOWN, Reason.EMPTY),
    (Outcome.SKIPPED, Reason.NOT_REACHED),
    (Outcome.INVALID, Reason.BAD_URL),
    (Outcome.DRIFTED, "title_mismatch"),
    (Outcome.AMP_RETIRED, "to_canonical"),
]


def large() -> RunReport:
    """10,000 links, 2,500 of them in trouble, at some 900 hosts."""
    chance = random.Random(5)
    rows = tuple(_one(number, chance) for number in range(10_000))
    problems = tuple(RecordError("a mapping is never closed", record=f"posts/bad-{n}.md", line=n) for n in range(40))
    return RunReport(links=rows, problems=problems, records=400, targets=10_000, elapsed_s=2000.0)


def _one(number: int, chance: random.Random) -> LinkReport:
    url = f"https://www.site-{int(chance.paretovariate(0.7)) % 900}.example/2021/{number}/a-story"
    place = link(url, record=f"content/posts/2021-08-{number // 25:04}-a-record.md", line=4 + number % 25)
    if number % 4:
        return row(place, check(target=url))
    outcome, reason = chance.choice(TROUBLES)
    checks: list[Check] = gone(url, times=3) if chance.random() < 0.05 else [seen(outcome, reason, url)]
    return row(place, *checks)


LARGE = large()


@pytest.mark.parametrize(("width", "most"), [(None, 210), (120, 210), (80, 210), (60, 240), (40, 270)])
def test_a_large_run_stays_readable(width: int | None, most: int) -> None:
    lines = list(run_text(LARGE, Screen(width=width)))
    assert len(lines) <= most
    assert "Not all is shown" in text(lines)
    headings = [line.partition(":")[0] for line in lines if line and not line.startswith(" ")]
    assert headings[:4] == ["Newly dead", "Not an address", "Not read", "Suspect, with strong evidence"]
    for title in ("Insecure", "Drifted", "Retired AMP copies", "Restricted", "Blocked", "Unclear", "Not visited"):
        assert title in headings


@pytest.mark.parametrize("width", [40, 60, 80, 100])
@pytest.mark.parametrize("report", [LARGE, MIXED, OFFLINE, UNREAD], ids=["large", "mixed", "offline", "unread"])
def test_only_addresses_and_places_are_wider_than_the_screen(report: RunReport, width: int) -> None:
    for line in run_text(report, Screen(width=width)):
        assert cells(line) <= width or _is_copied(line), line


def test_what_is_left_out_is_counted() -> None:
    """Of a section, the links told, named and counted as left out are all there are."""
    rows = tuple(row(link(url), *gone(url)) for n in range(300) for url in [f"https://site-{n}.example/"])
    lines = list(run_text(RunReport(links=rows, records=1, targets=300)))
    told = sum(line.strip().startswith("https://") for line in lines)
    named = sum("1 link (" in line for line in lines)
    assert f"  ... and {300 - told - named} more links at {300 - told - named} hosts" in lines


def _is_copied(line: str) -> bool:
    words = line.removeprefix(" " * 6).split()
    return "/" in words[-1] and len(words) <= len(("now", "at", "https://"))


# --- what must not happen -------------------------------------------------------------------------------------

HOSTILE = "https://example.com/\x1b[2J\r\n\x00\u202e\udcff\u2028"


def hostile() -> Iterator[LinkReport]:
    places = link(HOSTILE, record=f"{HOSTILE}.md", item=HOSTILE, field=HOSTILE)
    yield row(places, seen(Outcome.UNREACHABLE, Reason.BAD_HTTP, note=HOSTILE))
    yield row(places, seen(Outcome.UNREACHABLE, Reason.TLS_ERROR, note=f"a note {HOSTILE} of many words"))
    yield row(places, seen(Outcome.BROKEN, Reason.REDIRECT_SCHEME, note="javascript:\x1b[2J"))


@pytest.mark.parametrize("everything", [False, True])
def test_nobody_writes_lines_of_their_own(everything: bool) -> None:  # noqa: FBT001
    """A terminal obeys what it is sent: what records and servers say is shown, not obeyed."""
    report = RunReport(links=tuple(hostile()), problems=(RecordError(HOSTILE, record=HOSTILE),), records=1)
    lines = [*run_text(report, everything=everything), *run_text(report, Screen(width=40)), *link_text(report)]
    assert all(line.isprintable() for line in lines)
    assert text(lines).encode()


def test_colours_are_taken_back_within_their_line_and_say_nothing_of_their_own() -> None:
    coloured = list(run_text(MIXED, Screen(width=80, has_colours=True)))
    assert all(line.count("\x1b[") in (0, 2) and line.endswith("\x1b[0m") == ("\x1b" in line) for line in coloured)
    bare = [_without_colour(line) for line in coloured]
    assert bare == list(run_text(MIXED, Screen(width=80)))


def _without_colour(line: str) -> str:
    head, *rest = line.split("\x1b[")
    return head + "".join(part.partition("m")[2] for part in rest)


def test_our_own_words_are_ascii() -> None:
    assert text(run_text(LARGE)).isascii()


def test_a_monstrous_address_is_cut_and_says_so() -> None:
    url = "https://example.com/" + "a" * 100_000
    lines = list(run_text(RunReport(links=(row(link(url), *gone(url)),))))
    assert max(map(len, lines)) < 2100
    assert any(line.endswith("... (100,020 characters)") for line in lines)


def test_what_was_left_alone_on_purpose_is_only_counted() -> None:
    rows = tuple(
        LinkReport(link=link(), check=check(Outcome.SKIPPED, reason)) for reason in (Reason.NOT_DUE, Reason.EXCLUDED)
    )
    lines = list(run_text(RunReport(links=(*rows, well("https://a.example/")), records=1)))
    assert lines[:2] == ["3 links in 1 record: 2 skipped, 1 alive", "50% judged, 50% not due"]


def test_what_is_dead_is_told_though_it_was_not_due() -> None:
    url = "https://dead.example/"
    known = row(link(url), *gone(url, times=3))
    rows = (replace(known, check=check(Outcome.SKIPPED, Reason.NOT_DUE, checked_at=NOW + timedelta(days=1))),)
    assert list(run_text(RunReport(links=rows, records=1)))[:4] == [
        "Dead: 1 link",
        "  https://dead.example/",
        "    not due yet (3 strikes; dead since 2026-01-02)",
        "    seeds/a.md:4:9  webUrl",
    ]


@pytest.mark.parametrize(
    ("blocked", "alive", "shares"),
    [
        (1, 999, "over 99% judged, under 1% blocked"),
        (999, 1, "under 1% judged, over 99% blocked"),
        (12, 88, "88% judged, 12% blocked"),
        (3, 0, "0% judged, 100% blocked"),
    ],
)
def test_shares(blocked: int, alive: int, shares: str) -> None:
    rows = [well("https://a.example/")] * alive
    rows += [row(link(), seen(Outcome.BLOCKED, "status_403"))] * blocked
    assert shares in list(run_text(RunReport(links=tuple(rows))))


def test_small_shares_are_told_together() -> None:
    rows = [well("https://a.example/")] * 985
    for outcome, reason in [(Outcome.RESTRICTED, "status_401"), (Outcome.UNKNOWN, Reason.EMPTY)]:
        rows += [row(link(), seen(outcome, reason))] * 7
    assert "99% judged, 1% other" in list(run_text(RunReport(links=tuple(rows))))


def test_a_time_is_told_in_utc() -> None:
    assert day(NOW.astimezone(timezone(timedelta(hours=5)))) == "2026-01-02 03:04"
    assert date(NOW.astimezone(timezone(timedelta(hours=-5)))) == "2026-01-02"


@pytest.mark.parametrize(
    ("seconds", "said"), [(4.2, "4 s"), (119.4, "119 s"), (120, "2 min"), (7199, "2 h"), (9000, "2.5 h")]
)
def test_a_duration(seconds: float, said: str) -> None:
    assert duration(seconds) == said
