"""What is held already is not stored again, and not asked for again before its time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from archiver.archive import Archive, new_run
from archiver.archive.recorder import Recorder
from archiver.archive.warc.writer import WarcWriter
from archiver.model import How
from tests.edge.archives import ADVANCE, day, look
from tests.edge.capturing import keeping, taken
from tests.edge.keeping import FULL_PAGES, keep_run
from tests.edge.raw_warcs import Raw, records, warcs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archiver.model import Kept
    from tests.server import Server


def sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in warcs(folder))


def bodies(folder: Path, url: str) -> list[tuple[str, bool]]:
    """Tell the kind of each capture of a URL, and whether it has a body."""
    firsts = (record for record in records(folder) if record.kind in ("response", "revisit") and record.url == url)
    return [(record.kind, bool(record.body)) for record in firsts]


def original_of(found: Sequence[Raw], revisit: Raw) -> Raw:
    [original] = (record for record in found if record.get("WARC-Record-ID") == revisit.get("WARC-Refers-To"))
    return original


# --- a second run ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most_bytes"),
    [("/few-headers", 1400), ("/usual-headers", 1640)],
    ids=["of few headers", "of 600 bytes of them"],
)
def test_a_second_run_over_an_unchanged_site_stores_no_payload(
    server: Server, tmp_path: Path, path: str, most_bytes: int
) -> None:
    """And costs few bytes a capture, of a page of its own: evidence of one that others show is told anew."""
    urls = [f"http://a.test{path}?{number}" for number in range(150)]
    keep_run(server, tmp_path, urls)
    before, first = sizes(tmp_path), warcs(tmp_path)
    report = keep_run(server, tmp_path, urls, days=1)
    assert {row.snapshot.how for row in report.links if row.snapshot} == {How.IDENTICAL}
    old = {path.name for path in first}
    second = [record for record in records(tmp_path) if record.warc.rpartition("/")[2] not in old]
    new = [record for record in second if record.kind == "revisit"]
    assert len(new) == len(urls)
    assert not any(record.body for record in new)
    assert sizes(tmp_path) - before <= most_bytes * len(urls)


def test_a_page_of_which_only_a_token_and_an_advert_change_is_not_stored_again(server: Server, tmp_path: Path) -> None:
    """Not before 90 days: its check names the snapshot that says the same."""
    urls = [f"http://a.test/tokens?{number}" for number in range(9)]
    urls.append("http://a.test/tokens")
    keep_run(server, tmp_path, urls)
    before = warcs(tmp_path)
    report = keep_run(server, tmp_path, urls, days=80)
    assert len({bytes(answer.sent) for answer in server.answers["a.test/tokens"]}) == 2
    assert [row.snapshot.how for row in report.links if row.snapshot] == [How.SAME_TEXT] * len(urls)
    assert warcs(tmp_path) == before
    report = keep_run(server, tmp_path, urls, days=95)
    assert [row.snapshot.how for row in report.links if row.snapshot] == [How.STORED] * len(urls)
    assert look(tmp_path).problems == ()


@pytest.mark.parametrize("path", ["/etag", "/last-modified"])
def test_what_is_held_is_asked_for_by_condition(server: Server, tmp_path: Path, path: str) -> None:
    url = f"http://a.test{path}"
    for number in range(3):
        keep_run(server, tmp_path, [url], days=number)
    assert [answer.sent[9:12] for answer in server.answers[f"a.test{path}"]] == [b"200", b"304", b"304"]
    assert bodies(tmp_path, url) == [("response", True), ("revisit", False), ("revisit", False)]
    found = records(tmp_path)
    revisits = [record for record in found if record.kind == "revisit"]
    assert {original_of(found, revisit).url for revisit in revisits} == {url}
    assert look(tmp_path).problems == ()


@pytest.mark.parametrize("path", ["/empty-with-etag", "/truncated-with-etag"])
def test_what_has_no_body_or_not_all_of_it_is_asked_for_anew(server: Server, tmp_path: Path, path: str) -> None:
    for number in range(2):
        keep_run(server, tmp_path, [f"http://a.test{path}"], days=number)
    assert [answer.sent[9:12] for answer in server.answers[f"a.test{path}"]] == [b"200", b"200"]


def test_an_empty_body_is_never_revisited(server: Server, tmp_path: Path) -> None:
    for number in range(2):
        keep_run(server, tmp_path, ["http://a.test/empty", "http://a.test/204", "http://b.test/empty"], days=number)
    assert {record.kind for record in records(tmp_path)} == {"warcinfo", "response", "request", "metadata"}


def test_a_part_that_another_cause_left_is_another_body(server: Server, tmp_path: Path) -> None:
    """The whole page, the half of one that says the same, and what stalled there."""
    urls = ["http://a.test/status/200", "http://b.test/truncated", "http://c.test/stall"]
    for number in range(2):
        for url in urls:
            keep_run(server, tmp_path, [url], days=number)
    for url in urls:
        assert bodies(tmp_path, url) == [("response", True), ("revisit", False)]


# --- what a page needs ----------------------------------------------------------------------------------------

NEEDED = ("style.css", "more.css", "font.woff2", "icon.png", "small.png", "large.png", "lazy.png")


def asked(server: Server) -> dict[str, int]:
    return {name: server.asked("a.test", f"/full/{name}") for name in NEEDED}


def test_what_a_page_needs_is_fetched_once_a_run_and_again_when_it_is_old(server: Server, tmp_path: Path) -> None:
    urls = ["http://a.test/full", "http://a.test/full?again"]
    keep_run(server, tmp_path, urls, snapshots=FULL_PAGES)
    wanted = {name: int(name != "small.png") for name in NEEDED}  # the larger candidate stands for it
    assert asked(server) == wanted
    assert server.asked("a.test", "/full/code.js") == 0
    keep_run(server, tmp_path, urls, days=6, snapshots=FULL_PAGES)
    assert asked(server) == wanted
    keep_run(server, tmp_path, urls, days=8, snapshots=FULL_PAGES)
    assert asked(server) == {name: 2 * number for name, number in wanted.items()}
    again = [
        answer.sent[9:12] for name in ("icon.png", "large.png") for answer in server.answers[f"a.test/full/{name}"]
    ]
    assert again == [b"200", b"304"] * 2
    assert look(tmp_path).problems == ()


# --- two writers ----------------------------------------------------------------------------------------------


def test_two_writers_that_meet_one_payload_store_it_twice_and_refer_to_what_is_committed(tmp_path: Path) -> None:
    """Neither knows what the other has not committed: a revisit points at a committed row, or is none."""
    kept = asyncio.run(_two_writers(tmp_path))
    assert [how for how, _ in kept] == [How.STORED, How.STORED, How.IDENTICAL, How.IDENTICAL]
    assert {name.rpartition("-")[0][-5:] for _, name in kept} == {"00001", "01001"}
    found = records(tmp_path)
    for revisit in (record for record in found if record.kind == "revisit"):
        assert original_of(found, revisit).body == b"the same"
    report = look(tmp_path)
    assert (report.problems, report.captures, report.warcs) == ((), 4, 2)


async def _two_writers(folder: Path) -> list[tuple[How, str]]:
    run = new_run("archiver run", "0.1.0", day(0))
    async with Archive.open(folder, run, advance=ADVANCE) as archive:
        one = archive.recorder([], lambda: day(0))
        writer = WarcWriter(folder, run.run, [], lambda: day(0), worker=1)
        two = Recorder(folder, writer, one._committed)  # noqa: SLF001 (what the second worker's side will be given)
        kept: list[Kept] = []
        for number in range(2):
            both = zip((one, two), ("a", "b"), strict=True)
            kept += await asyncio.gather(
                *(each.keep(taken(f"{name}{number}", b"the same", day(number)), keeping()) for each, name in both)
            )
            await archive.keep([], [each.capture for each in kept[-2:]])
        await two.close()
    async with Archive.open(folder, new_run("archiver run", "0.1.0", day(2)), advance=ADVANCE):
        pass  # takes in what the second one sealed
    return [(each.how, each.capture.warc) for each in kept]


def test_captures_whose_run_ended_before_it_told_of_them_become_rows(tmp_path: Path) -> None:
    async def forget() -> None:
        async with Archive.open(tmp_path, new_run("archiver run", "0.1.0", day(0)), advance=ADVANCE) as archive:
            recorder = archive.recorder([], lambda: day(0))
            told = await recorder.keep(taken("a", b"one", day(0)), keeping())
            await recorder.keep(taken("b", b"two", day(0)), keeping())
            await archive.keep([], [told.capture])

    asyncio.run(forget())
    report = look(tmp_path)
    assert (report.problems, report.captures) == ((), 2)
