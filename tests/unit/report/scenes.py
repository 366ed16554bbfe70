"""Reports to show: a little of everything, one cause many times, a network that was away."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from archiver.model import (
    Caution,
    Check,
    History,
    Link,
    LinkReport,
    Outcome,
    Reason,
    RecordError,
    Redirect,
    Role,
    RotRules,
    RunReport,
    Track,
)
from archiver.verdict.state import advance
from tests.builders import NOW, check, link

ADVANCE = partial(advance, rot=RotRules())


def seen(
    outcome: Outcome, reason: str, url: str = "https://example.com/a", *, days_ago: int = 0, **given: Any
) -> Check:
    return check(outcome, reason, target=url, checked_at=NOW - timedelta(days=days_ago), **given)


def row(place: Link, *checks: Check, **given: Any) -> LinkReport:
    """A link as a run tells it after `checks` of its target, the oldest first."""
    track: Track | None = None
    for each in checks:
        track = ADVANCE(track, each)
    return LinkReport(link=place, check=checks[-1], track=track, **given)


def gone(url: str, *, times: int = 1) -> list[Check]:
    return [seen(Outcome.GONE, "status_404", url, days_ago=3 * number) for number in reversed(range(times))]


def well(url: str, **given: Any) -> LinkReport:
    return row(link(url, **given), seen(Outcome.ALIVE, "ok", url))


def moved(url: str, to: str, **given: Any) -> Check:
    return seen(
        Outcome.MOVED,
        "redirect_301",
        url,
        redirects=(Redirect(status=301, url=url),),
        final_url=to,
        status=200,
        **given,
    )


_STORY = "https://news.example/2021/08/a-story-that-is-gone-and-whose-address-is-longer-than-a-line-is"
_DEAD = "https://dead.example/"
_SLOW = "https://slow.example/"
_OLD = "https://old.example/a.jpg"
_WALL = "https://wall.example/"

MIXED = RunReport(
    links=(
        well("https://news.example/"),
        row(link(_STORY, field="originalUrl", line=6), *gone(_STORY)),
        row(link(_STORY, field="webUrl", line=7), *gone(_STORY)),
        row(
            link(_OLD, item="related[0]", field="images[0].url", line=24, role=Role.IMAGE),
            moved(_OLD, "https://img.example/a.jpg"),
        ),
        row(link(_DEAD, record="seeds/b.md"), seen(Outcome.ALIVE, "ok", _DEAD, days_ago=30), *gone(_DEAD, times=3)),
        row(link(_SLOW, record="seeds/b.md", line=5), seen(Outcome.UNREACHABLE, Reason.TIMEOUT, _SLOW)),
        row(
            link(_WALL, record="seeds/b.md", line=6), seen(Outcome.BLOCKED, Reason.CHALLENGE, _WALL, note="Cloudflare")
        ),
        row(
            link("mailto:me@b.example", record="seeds/b.md", line=9, fault=Reason.BAD_SCHEME),
            seen(Outcome.INVALID, Reason.BAD_SCHEME),
        ),
    ),
    records=2,
    targets=7,
    elapsed_s=2.0,
)

GROUPED = RunReport(
    links=tuple(
        row(link(url, record=f"posts/{number // 4}.md", field="ampWebUrl", role=Role.AMP, line=4 + number), *gone(url))
        for number in range(3412)
        for url in [f"https://www.telegraph.co.uk/{number}/amp/"]
    ),
    records=853,
    targets=3412,
    elapsed_s=1712.0,
)

OFFLINE = RunReport(
    links=(
        well("https://a.example/"),
        row(
            link("https://b.example/"),
            seen(Outcome.UNREACHABLE, Reason.NO_ROUTE, "https://b.example/", warnings=(Caution.INCONCLUSIVE,)),
        ),
        row(
            link("https://c.example/"),
            seen(Outcome.SKIPPED, Reason.NOT_REACHED, "https://c.example/", note="the run ended first"),
        ),
    ),
    records=1,
    targets=3,
    inconclusive=True,
    interrupted=True,
)

WELL = RunReport(
    links=(well("https://a.example/"), well("https://b.example/", record="seeds/b.md")), records=2, targets=2
)

UNREAD = RunReport(
    links=(),
    problems=(
        RecordError("a key stands twice: the last one holds", record="seeds/b.md", line=7),
        RecordError("no such file", record="c.md"),
    ),
    records=1,
    unpublished=2,
)

_CHECKS = (
    seen(Outcome.ALIVE, "ok", days_ago=30),
    seen(Outcome.BLOCKED, Reason.CHALLENGE, days_ago=23, note="Cloudflare"),
    moved("https://example.com/a", "https://example.com/b"),
    *gone("https://example.com/a"),
    seen(Outcome.UNREACHABLE, Reason.TIMEOUT, warnings=(Caution.INCONCLUSIVE,)),
)
_DATED = tuple(replace(each, checked_at=NOW + timedelta(days=7 * number)) for number, each in enumerate(_CHECKS))


def history(*checks: Check) -> History:
    track: Track | None = None
    for each in checks:
        track = ADVANCE(track, each)
    assert track
    return History(target=checks[0].target, track=track, checks=checks, links=(link(item="related[1]"),))


HISTORY = history(*_DATED)
