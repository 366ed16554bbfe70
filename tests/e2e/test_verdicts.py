"""Every verdict through the command: pages held against their records, probes, embeds, AMP copies, and all together."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from archiver.model import Outcome
from tests.e2e.test_command import archiver, kept, led_to, lines
from tests.server import Page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

TITLE = "Ferry passengers welcome cheaper winter fares"
EXCERPT = "A spokeswoman called the figures encouraging, and said that more boats would follow next year."
TEXT = " ".join(f"Sentence number {word} tells of the harbour and of its many boats." for word in "abcdefghijklmno")
OTHER = " ".join(f"Bakers of street {word} have voted against smaller loaves once more." for word in "abcdefghijklmno")
CONTROL = ("--control", "http://control.test/")


def html(title: str = TITLE, text: str = f"{EXCERPT} {TEXT}", head: str = "", tag: str = "html") -> Page:
    body = f"<article><h1>{title}</h1><p>{text}</p></article>" if text else ""
    return Page(
        body=f"<!doctype html><{tag}><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()
    )


def check(server: Server, folder: Path, items: list[dict[str, Any]], *more: str) -> tuple[list[dict[str, Any]], int]:
    """Check records of the title and excerpt above, one for each of `items`; give the links and the exit code."""
    usual = {"title": TITLE, "excerpt": EXCERPT}
    (folder / "feed.json").write_text(json.dumps({"value": [usual | item for item in items]}))
    done = archiver("check", "feed.json", "--format", "jsonl", *led_to(server), *CONTROL, *more, cwd=folder)
    assert done.stderr == ""
    return lines(done.stdout)[:-1], done.returncode


def web(server: Server, folder: Path, address: str, **item: Any) -> dict[str, Any]:
    [link], _ = check(server, folder, [{"webUrl": f"http://{address}"} | item])
    return link


CASES = {
    "alive": ({"a.test/news/fares.html": html()}, "alive", "ok"),
    "retitled": ({"a.test/news/fares.html": html("Islanders rejoice")}, "alive", "retitled"),
    "challenge": (
        {
            "a.test/news/fares.html": Page(
                body=b"<title>Just a moment...</title>", status=403, headers="cf-mitigated: challenge"
            )
        },
        "blocked",
        "challenge",
    ),
    "says-missing": (
        {"a.test/news/fares.html": html("Page not found", "The page you are looking for could not be found.")},
        "soft_404",
        "says_missing",
    ),
    "for-sale": (
        {"a.test/news/fares.html": html("a.test is for sale", "This domain is for sale. Buy this domain now.")},
        "parked",
        "for_sale",
    ),
    "drifted": (
        {"a.test/news/fares.html": html("Bakeries vote against smaller loaves", OTHER)},
        "drifted",
        "title_mismatch",
    ),
    "script-only": (
        {"a.test/news/fares.html": Page(body=b"<title>App</title><div id=root></div><script src=app.js></script>")},
        "unknown",
        "no_content",
    ),
    "empty": ({"a.test/news/fares.html": Page(body=b"")}, "unknown", "empty"),
    "consent": (
        {
            "a.test/news/fares.html": html(
                "Before you continue",
                "We use cookies. Accept all cookies to continue, or manage your consent preferences.",
            )
        },
        "unknown",
        "consent",
    ),
    "paywall": (
        {
            "a.test/news/fares.html": html(
                text="Subscribe to read on.",
                head='<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>',
            )
        },
        "restricted",
        "paywall",
    ),
}


@pytest.mark.parametrize(("pages", "verdict", "reason"), CASES.values(), ids=CASES)
def test_a_page_is_held_against_its_record(
    server: Server, tmp_path: Path, pages: dict[str, Page], verdict: str, reason: str
) -> None:
    """Any other address of the site answers 404: that is what the probe is told."""
    server.pages |= pages
    server.gone.add("a.test")
    link = web(server, tmp_path, "a.test/news/fares.html")
    assert (link["verdict"], link["reason"]) == (verdict, reason), link["note"]


def test_what_a_site_answers_to_any_address_is_no_article(server: Server, tmp_path: Path) -> None:
    """The probe is made once for a folder, and its answer is kept for the next run."""
    shell = html("Bakeries vote against smaller loaves", OTHER)
    server.answer_all["a.test"] = shell
    items = [{"webUrl": f"http://a.test/news/{name}.html"} for name in ("fares", "boats")]
    links, _ = check(server, tmp_path, items)
    assert [(link["verdict"], link["reason"]) for link in links] == [("soft_404", "probe_match")] * 2
    assert "the probe got 200" in links[0]["note"]
    probes = [arrival.path for arrival in server.arrivals if len(arrival.path) == len("/news/.html") + 25]
    assert len(probes) == 1
    check(server, tmp_path, items)
    assert len([arrival for arrival in server.arrivals if arrival.path in probes]) == 1
    assert sum(arrival.path.endswith(".html") for arrival in server.arrivals) == 5


@pytest.mark.parametrize(
    ("record", "probed"),
    [
        ({"title": None, "excerpt": None}, 404),
        ({}, 404),
        ({}, 503),
        ({}, "robots"),
    ],
    ids=["nothing-expected", "probe-404", "probe-503", "probe-barred"],
)
def test_deep_links_sent_to_one_place_collapse(
    server: Server, tmp_path: Path, record: dict[str, Any], probed: int | str
) -> None:
    """Whatever the probe was told: a link that showed its record stands."""
    names = ("fares", "boats", "piers", "locks")
    for name in names:
        server.pages[f"a.test/news/2021/{name}.html"] = Page(status=302, headers="Location: /latest-news-overview.html")
    server.pages["a.test/latest-news-overview.html"] = html("The latest", OTHER)
    server.answer_all["a.test"] = Page(status=404 if probed == "robots" else int(probed), body=b"No.")
    if probed == "robots":
        server.robots["a.test"] = b"User-agent: *\nDisallow: /news/"
    items = [{"webUrl": f"http://a.test/news/2021/{name}.html"} | record for name in names]
    meant = {"title": "The latest", "webUrl": "http://a.test/news/2021/overview.html"}
    server.pages["a.test/news/2021/overview.html"] = server.pages["a.test/news/2021/fares.html"]
    links, _ = check(server, tmp_path, [*items, meant])
    assert [f"{link['verdict']} {link['reason']}" for link in links] == [
        *["soft_404 redirect_collapse"] * 4,
        "alive redirect_302",
    ]


def test_a_video_that_is_gone(server: Server, tmp_path: Path) -> None:
    video = "http://www.youtube.com/watch?v=abcdefghijk"
    server.pages["www.youtube.com/watch?v=abcdefghijk"] = html("YouTube", "")
    server.pages["www.youtube.com/oembed"] = Page(status=404, body=b"Not Found")
    [link], _ = check(
        server,
        tmp_path,
        [{"webUrl": None, "originalUrl": None, "videoUrl": video}],
        "--ca-file",
        str(server.write_authority(tmp_path / "ca.pem")),
    )
    assert (link["verdict"], link["reason"]) == ("soft_404", "says_missing"), link
    assert "YouTube answers 404" in link["note"]


# --- AMP ------------------------------------------------------------------------------------------------------

WEB, AMP = "a.test/news/fares.html", "a.test/news/amp/fares.html"
CACHED = "a-test.cdn.ampproject.org/c/a.test/news/amp/fares.html"
ITEM = {"webUrl": f"http://{WEB}", "ampWebUrl": f"http://{AMP}", "cdnAmpWebUrl": f"http://{CACHED}"}
TO_AMP, TO_WEB = (f'<link rel="{rel}" href="http://{to}">' for rel, to in (("amphtml", AMP), ("canonical", WEB)))
LIVING = {WEB: html(head=TO_AMP), AMP: html(head=TO_WEB, tag="html amp"), CACHED: html(head=TO_WEB, tag="html amp")}


@pytest.mark.parametrize(
    ("pages", "verdicts", "warnings"),
    [
        ({}, ["alive ok", "alive ok", "alive ok"], []),
        ({CACHED: Page(status=404)}, ["alive ok", "alive ok", "amp_retired cache_404"], []),
        (
            {
                AMP: Page(status=301, headers=f"Location: http://{WEB}"),
                CACHED: Page(status=302, headers=f"Location: http://{WEB}"),
            },
            ["alive ok", "amp_retired to_canonical", "amp_retired to_canonical"],
            [],
        ),
        (
            {AMP: html(text="", head=f"<script>location.replace('http://{WEB}')</script>", tag="html amp")},
            ["alive ok", "amp_retired to_canonical", "alive ok"],
            [],
        ),
        ({AMP: html(head=TO_WEB)}, ["alive ok", "alive ok", "alive ok"], ["not_amp"]),
        ({WEB: html()}, ["alive ok", "alive ok", "alive ok"], ["amp_not_linked"]),
        ({AMP: html(head=TO_WEB.replace("fares", "boats"), tag="html amp")}, ["alive ok"] * 3, ["canonical_mismatch"]),
    ],
    ids=["well", "cache-404", "retired", "retired-by-script", "not-amp", "not-linked", "other-canonical"],
)
def test_amp_copies_are_judged_with_their_page(
    server: Server, tmp_path: Path, pages: dict[str, Page], verdicts: list[str], warnings: list[str]
) -> None:
    server.pages |= LIVING | pages
    links, code = check(server, tmp_path, [ITEM])
    assert [f"{link['verdict']} {link['reason']}" for link in links] == verdicts
    assert links[1]["warnings"] == warnings
    assert code == 0


def test_no_amp_copy_fails_a_run_while_its_page_lives(server: Server, tmp_path: Path) -> None:
    server.pages |= LIVING | {AMP: Page(status=500)}
    links, code = check(server, tmp_path, [ITEM], "--fail-on", "suspect")
    assert (links[1]["verdict"], links[1]["state"], code) == ("failing", "suspect", 0)
    server.pages[WEB] = Page(status=500)
    assert check(server, tmp_path, [ITEM], "--fail-on", "suspect")[1] == 1


def test_warnings_that_all_links_of_an_address_share_are_kept(server: Server, tmp_path: Path) -> None:
    """A check repeats them, also out of a database that was made anew."""
    moved = {"webUrl": "http://b.test/fares", "provider": {"domain": "b.test"}}
    server.pages |= LIVING | {
        AMP: html(head=TO_WEB),
        "b.test/fares": Page(status=302, headers="Location: http://c.test/fares"),
        "c.test/fares": html(),
    }
    expected = [[], ["not_amp"], [], ["provider_mismatch"]]
    assert [link["warnings"] for link in check(server, tmp_path, [ITEM, moved])[0]] == expected
    (tmp_path / "archive" / "archive.db").unlink()
    assert archiver("verify", "--repair", cwd=tmp_path).returncode == 0
    links, _ = check(server, tmp_path, [ITEM, moved], "--max-age", "1d")
    assert [(link["cached"], link["warnings"]) for link in links] == [(True, each) for each in expected]


@pytest.mark.parametrize("timing", [("--due",), ("--max-age", "1d")], ids=["due", "max-age"])
def test_a_copy_is_retired_though_its_page_is_not_visited(
    server: Server, tmp_path: Path, timing: tuple[str, ...]
) -> None:
    """What earlier runs found of the page holds."""
    server.pages |= LIVING | {AMP: Page(status=404), CACHED: Page(status=302, headers=f"Location: http://{WEB}")}
    check(server, tmp_path, [{"webUrl": f"http://{WEB}"}])
    links, code = check(server, tmp_path, [ITEM], *timing)
    assert [f"{link['verdict']} {link['reason']}" for link in links[1:]] == [
        "amp_retired status_404",
        "amp_retired to_canonical",
    ]
    assert (links[0]["cached"] or links[0]["verdict"] == "skipped", code) == (True, 0)


@pytest.mark.parametrize(
    ("item", "pages", "verdicts"),
    [
        ({"webUrl": None}, {CACHED: Page(status=404)}, ["alive ok", "amp_retired cache_404"]),
        (
            {"originalUrl": "http://b.test/fares"},
            {WEB: Page(status=404), "b.test/fares": html(), AMP: Page(status=404)},
            ["alive ok", "gone status_404", "amp_retired status_404", "alive ok"],
        ),
    ],
    ids=["no-web-address", "the-original-lives"],
)
def test_what_lives_of_an_item_is_its_page(
    server: Server, tmp_path: Path, item: dict[str, Any], pages: dict[str, Page], verdicts: list[str]
) -> None:
    server.pages |= LIVING | pages
    links, _ = check(server, tmp_path, [{"originalUrl": None} | ITEM | item])
    assert [f"{link['verdict']} {link['reason']}" for link in links] == verdicts


def test_copies_that_are_sent_to_one_place_are_retired_while_their_pages_live(server: Server, tmp_path: Path) -> None:
    names = ("fares", "boats", "piers")
    for name in names:
        server.pages[f"a.test/news/{name}.html"] = html()
        server.pages[f"a.test/amp/{name}.html"] = Page(status=302, headers="Location: /latest-news-overview.html")
    server.pages["a.test/latest-news-overview.html"] = html("The latest", OTHER)
    items = [
        {"webUrl": f"http://a.test/news/{name}.html", "ampWebUrl": f"http://a.test/amp/{name}.html"} for name in names
    ]
    links, code = check(server, tmp_path, items)
    told = [f"{link['verdict']} {link['reason']}" for link in links]
    assert (told, code) == (["alive ok", "amp_retired redirect_collapse"] * 3, 0)


def test_a_killed_run_keeps_items_that_were_seen_whole(server: Server, tmp_path: Path) -> None:
    """Of an item with a copy that is still awaited nothing is final; all others need no end of the run."""
    server.pages |= LIVING | {CACHED: Page(status=302, headers=f"Location: http://{WEB}")}
    awaited = {"webUrl": "http://b.test/", "ampWebUrl": "http://b.test/silent"}
    (tmp_path / "feed.json").write_text(json.dumps({"value": [ITEM | {"title": TITLE}, awaited]}))
    patient = [*led_to(server), "--timeout", "60s"]
    command = [sys.executable, "-m", "archiver", "check", "feed.json", *patient]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and kept(tmp_path) < 3:
        time.sleep(0.05)
    process.kill()
    process.wait(timeout=30)
    assert kept(tmp_path) == 3


def test_a_wrong_cached_address_is_told_without_network(tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text(json.dumps({"value": [ITEM | {"cdnAmpWebUrl": f"http://{CACHED}?other"}]}))
    *links, _ = lines(archiver("links", "feed.json", "--format", "jsonl", cwd=tmp_path).stdout)
    assert [link["warnings"] for link in links] == [[], [], ["amp_cache_mismatch"]]
    assert (
        "1 link: the cached address is not the AMP address's own" in archiver("links", "feed.json", cwd=tmp_path).stdout
    )


# --- all of them ----------------------------------------------------------------------------------------------


def test_one_page_for_two_records_warns_where_it_is_not_meant(server: Server, tmp_path: Path) -> None:
    server.pages[WEB] = html()
    links, _ = check(
        server,
        tmp_path,
        [{"webUrl": f"http://{WEB}"}, {"webUrl": f"http://{WEB}", "title": "Loaves shrink", "excerpt": None}],
    )
    assert [(link["verdict"], link["warnings"]) for link in links] == [("alive", []), ("alive", ["title_mismatch"])]


def test_every_verdict_is_reached(server: Server, tmp_path: Path) -> None:
    server.pages |= {address: page for pages, _, _ in CASES.values() for address, page in _apart(pages)}
    server.pages |= LIVING | {AMP: Page(status=301, headers=f"Location: http://{WEB}")}
    server.gone |= {f"{number}.test" for number in range(len(CASES))}
    own = [{"webUrl": f"http://{address}"} for address in server.pages if address[0].isdigit()]
    plain = ["/301", "/status/404", "/status/500", "/loop-to-self", "/reset", "/status/401"]
    others = [{"webUrl": f"http://site.test{path}", "title": None, "excerpt": None} for path in plain]
    odd = [
        {"webUrl": address, "title": None, "excerpt": None}
        for address in ("ftp://a.test/", "http://closed.test/", "https://expired.test/")
    ]
    server.robots["closed.test"] = b"User-agent: archiver\nDisallow: /"
    links, _ = check(
        server, tmp_path, [*own, ITEM, *others, *odd], "--ca-file", str(server.write_authority(tmp_path / "ca.pem"))
    )
    assert {link["verdict"] for link in links} == set(Outcome)


def _apart(pages: dict[str, Page]) -> list[tuple[str, Page]]:
    """Give each case's page a host of its own."""
    numbers = {id(pages): number for number, (pages, _, _) in enumerate(CASES.values())}
    return [(address.replace("a.test", f"{numbers[id(pages)]}.test"), page) for address, page in pages.items()]
