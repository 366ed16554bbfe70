"""What pywb gives back of an archive: every capture, as the server sent it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pytest
from msgspec.structs import replace

from tests.edge.keeping import FULL_PAGES, keep_run
from tests.edge.raw_warcs import Raw, records, warcs
from tests.edge.readers import READERS_TIMEOUT_S
from tests.edge.replay import Memento, Replay
from tests.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)

PATHS = (
    *("/page", "/chunked", "/gzip", "/gzip-in-chunks", "/brotli", "/trailers", "/zstd-if-asked", "/odd-headers"),
    *("/bare-line-feeds", "/early-hints", "/until-close", "/empty", "/set-cookie", "/usual-headers", "/full"),
    *("/etag", "/last-modified", "/tokens", "/caf%C3%A9?na%C3%AFve=%E2%98%83", "/status/404", "/status/500"),
    *("/truncated", "/huge", "/301-302-301", "/count-down?5", "/rubbish-after-the-body"),
)
DAYS = (0.0, 1.0, 9.0)


class Played(NamedTuple):
    server: Server
    firsts: list[Raw]  # what each capture begins with
    replay: Replay

    def mementos(self, url: str) -> list[Memento]:
        """Give what is replayed of a URL, the oldest first."""
        return [self.replay.memento(url, timestamp) for timestamp, _ in self.replay.timemap(url)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Two sites that say the same, on three days, whatever has changed of them kept."""
    folder = tmp_path_factory.mktemp("archive")
    with Server() as server:
        for days in DAYS:
            for host in ("a", "b"):
                urls = [f"http://{host}.test{path}" for path in PATHS]
                keep_run(server, folder, urls, days=days, snapshots=replace(FULL_PAGES, only_changed=False))
        firsts = [record for record in records(folder) if record.kind in ("response", "revisit")]
        with Replay(warcs=warcs(folder)) as replay:
            yield Played(server, firsts, replay)


def timestamp(record: Raw) -> str:
    return re.sub(r"\D", "", record.get("WARC-Date") or "")[:14]


def test_every_capture_stands_in_the_timemap_of_its_url(played: Played) -> None:
    by_url = defaultdict(list)
    for record in played.firsts:
        by_url[record.url].append(timestamp(record))
    told = {url: [at for at, _ in played.replay.timemap(url)] for url in by_url}
    assert told == {url: sorted(times) for url, times in by_url.items()}
    assert len(played.firsts) >= len(DAYS) * 2 * len(PATHS)


def test_every_memento_is_what_the_server_sent(played: Played) -> None:
    """The body still in its content coding, the status, and the content type.

    Of a redirect that is a revisit pywb itself leaves out the body, which nobody is shown.
    """
    by_id = {record.get("WARC-Record-ID"): record for record in played.firsts}
    for record in played.firsts:
        memento = played.replay.memento(record.url, timestamp(record))
        holder = by_id[record.get("WARC-Refers-To")] if record.kind == "revisit" else record
        head = record.http_head or sent_in_full(played.server, record.url)
        is_bare = record.kind == "revisit" and memento.status // 100 == 3
        assert memento.body == (b"" if is_bare else holder.body), record.url
        assert str(memento.status).encode() == head.split(b" ")[1].strip()[:3], record.url
        assert memento.headers.get("location") == header(b"location", head), record.url
        assert memento.headers.get("content-type") == header(b"content-type", head), record.url


def header(name: bytes, head: bytes) -> str | None:
    told = re.search(rb"(?im)^" + name + rb": *(.*?)\r?$", head)
    return told[1].decode() if told else None


def sent_in_full(server: Server, url: str) -> bytes:
    """Give the head of the answer that a 304 confirms."""
    answers = (bytes(answer.sent) for answer in server.answers[url.removeprefix("http://")])
    return next(sent for sent in answers if b" 200 " in sent.partition(b"\n")[0]).partition(b"\r\n\r\n")[0]


def test_two_days_of_one_page_are_two_snapshots(played: Played) -> None:
    bodies = [memento.body for memento in played.mementos("http://a.test/tokens")]
    assert bodies == [answer.sent.partition(b"\r\n\r\n")[2] for answer in played.server.answers["a.test/tokens"]]
    assert len(set(bodies)) == len(DAYS)


@pytest.mark.parametrize("path", ["/etag", "/last-modified"])
def test_a_304_is_replayed_as_the_page_that_it_confirms(played: Played, path: str) -> None:
    answers = [bytes(answer.sent) for answer in played.server.answers[f"a.test{path}"]]
    assert [answer.split(b" ")[1] for answer in answers] == [b"200", b"304", b"304"]
    whole = answers[0].partition(b"\r\n\r\n")[2]
    told = [
        (memento.status, memento.headers["content-type"], memento.body)
        for memento in played.mementos(f"http://a.test{path}")
    ]
    assert told == [(200, "text/html", whole)] * len(DAYS)


def test_a_body_that_another_url_holds_is_replayed(played: Played) -> None:
    across = [
        record for record in played.firsts if record.url != (record.get("WARC-Refers-To-Target-URI") or record.url)
    ]
    assert len({record.url for record in across}) >= 10
    for record in across:
        memento = played.replay.memento(record.url, timestamp(record))
        assert memento.body or memento.status // 100 == 3


@pytest.mark.parametrize("part", ["style.css", "more.css", "font.woff2", "icon.png", "large.png", "lazy.png"])
def test_what_a_page_needs_is_replayed(played: Played, part: str) -> None:
    mementos = played.mementos(f"http://a.test/full/{part}")
    sent = played.server.answers[f"a.test/full/{part}"][0].sent.partition(b"\r\n\r\n")[2]
    assert [memento.body for memento in mementos] == [sent] * 2  # on day 0, and not before day 7 again
