"""What WARC 1.1 (ISO 28500:2017) asks of a writer, held against every record of an archive of many troubles."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

import pytest

from archiver import __version__
from archiver.settings import detour
from tests.edge.archives import look
from tests.edge.keeping import keep_run
from tests.edge.raw_warcs import Raw, digest_of, records, warcs
from tests.edge.readers import READERS_TIMEOUT_S, run_reader
from tests.server import ROUTES, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)

HOSTS = tuple(f"host-{number}.test" for number in range(6))
LEFT_OUT = ("/429", "/rate", "/draft", "/503", "/522", "/408", "/silent", "/slow", "/truncated-once")
"""Routes that answer otherwise each time, or only late: what they come to is what others answer at once."""
PATHS = tuple(path for path in ROUTES if not path.startswith(LEFT_OUT))
MORE = ("/count-down?5", "/caf%C3%A9?na%C3%AFve=%E2%98%83", "/%E6%97%A5%E6%9C%AC", "/status/500")
DISTINCT = ("/chunked", "/gzip-in-chunks", "/brotli", "/last-modified", "/304", "/204", "/count-down?5", "/full")
"""No two of these send the same bytes."""
CUTS = {
    "/huge": "length",
    "/bomb": "length",
    "/drip": "time",
    "/stall": "time",
    "/truncated": "disconnect",
    "/truncated-chunks": "disconnect",
    "/truncated-gzip": "disconnect",
    "/truncated-with-etag": "disconnect",
    "/length-without-body": "disconnect",
    "/bad-chunks": "unspecified",
    "/bad-gzip": "unspecified",
    "/301-stalling": "disconnect",
    "/301-in-bad-gzip": "disconnect",
    "/404-in-bad-gzip": "disconnect",
    "/huge-image": "length",
    "/bad-chunks-later": "unspecified",
    "/301-in-bad-chunks": "disconnect",
}
"""Why these answers are not whole, in the words of WARC-Truncated."""


class Kept(NamedTuple):
    folder: Path
    server: Server
    records: list[Raw]

    def firsts(self) -> list[Raw]:
        """What each capture begins with."""
        return [record for record in self.records if record.kind in ("response", "revisit")]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """An archive of two runs, the second a day later, and the server that was asked."""
    folder = tmp_path_factory.mktemp("archive")
    urls = [f"http://{host}{path}" for host in HOSTS for path in (*PATHS, *MORE)]
    with Server() as server:
        port = server.listen_on_ipv6()
        six = detour(f"six.test:80:[::1]:{port}")
        detours = (six, *map(detour, server.connect_to))
        allowed = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
        urls += ["http://six.test/", f"http://[::1]:{port}/literal", "https://site.test/chunked", "http://日本.test/"]
        for day, asked in enumerate((urls, [url for url in urls if url.startswith(f"http://{HOSTS[0]}")])):
            keep_run(server, folder, asked, days=day, detours=detours, allowed=allowed, contact="https://me.test/")
        yield Kept(folder, server, records(folder))


# --- other people's readers -----------------------------------------------------------------------------------


def test_other_readers_find_nothing_wrong(kept: Kept) -> None:
    assert len(kept.firsts()) >= 500
    for path in warcs(kept.folder):
        for command in (("warcio", "check", "-v", path), ("fastwarc", "check", "-q", path)):
            done = run_reader(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        subprocess.run(["gzip", "-t", path], check=True)
    assert look(kept.folder).problems == ()


def test_payloads_are_what_their_digests_say_also_for_those_who_know_no_revisits(
    server: Server, tmp_path: Path
) -> None:
    keep_run(server, tmp_path, [f"http://a.test{path}" for path in DISTINCT])
    assert {record.kind for record in records(tmp_path)} == {"warcinfo", "response", "request", "metadata"}
    [path] = warcs(tmp_path)
    done = run_reader("fastwarc", "check", "-q", "-p", path)
    assert done.returncode == 0, done.stdout + done.stderr


# --- every record ---------------------------------------------------------------------------------------------

ID = r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>"
CONTENT_TYPES = {
    "warcinfo": "application/warc-fields",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "request": "application/http; msgtype=request",
    "metadata": "application/warc-fields",
}
ONLY_IN = {
    "WARC-Filename": {"warcinfo"},
    "WARC-Target-URI": {"response", "revisit", "request", "metadata"},
    "WARC-IP-Address": {"response", "revisit", "request"},
    "WARC-Concurrent-To": {"request", "metadata"},
    "WARC-Payload-Digest": {"response", "revisit"},
    "WARC-Truncated": {"response", "revisit"},
    "WARC-Profile": {"revisit"},
    "WARC-Refers-To": {"revisit"},
    "WARC-Refers-To-Target-URI": {"revisit"},
    "WARC-Refers-To-Date": {"revisit"},
}
EVERYWHERE = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Type", "WARC-Block-Digest", "Content-Length"}

RULES: dict[str, Callable[[Raw], bool]] = {
    "its version is 1.1": lambda record: record.version == "WARC/1.1",
    "it ends with two line breaks": lambda record: record.end == b"\r\n\r\n",
    "its kind is one of the standard's": lambda record: record.kind in CONTENT_TYPES,
    "its id is a URN in angle brackets": lambda record: bool(re.fullmatch(ID, record.get("WARC-Record-ID") or "")),
    "its date is UTC": lambda record: bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", record.get("WARC-Date") or "")
    ),
    "its length is its block's": lambda record: record.get("Content-Length") == str(len(record.block)),
    "its block is the one its digest tells": lambda record: record.get("WARC-Block-Digest") == digest_of(record.block),
    "its content type is its kind's": lambda record: record.get("Content-Type") == CONTENT_TYPES[record.kind],
    "no field is named twice": lambda record: max(Counter(name for name, _ in record.fields).values()) == 1,
    "every field is known, and stands where it may": lambda record: all(
        name in EVERYWHERE or record.kind in ONLY_IN[name] for name, _ in record.fields
    ),
    "no field is folded, nor has any control character": lambda record: all(
        value.isprintable() and value == value.strip() for _, value in record.fields
    ),
    "addresses have no angle brackets": lambda record: (
        not any(
            "<" in (record.get(name) or "") for name in ("WARC-Target-URI", "WARC-Profile", "WARC-Refers-To-Target-URI")
        )
    ),
    "its peer is told by address": lambda record: (
        record.kind in ("warcinfo", "metadata") or ip_address(record.get("WARC-IP-Address") or "").is_loopback
    ),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_of_every_record(kept: Kept, rule: Callable[[Raw], bool]) -> None:
    assert [record for record in kept.records if not rule(record)] == []


def test_no_two_records_have_one_id(kept: Kept) -> None:
    assert max(Counter(record.get("WARC-Record-ID") for record in kept.records).values()) == 1


def test_a_file_begins_with_the_word_of_who_wrote_it(kept: Kept) -> None:
    by_file = {record.warc: record for record in reversed(kept.records)}
    assert [record for record in kept.records if record.kind == "warcinfo"] == list(reversed(by_file.values()))
    for name, info in by_file.items():
        assert info.offset == 0
        assert info.get("WARC-Filename") == name.rpartition("/")[2]
        assert info.told.pop("isPartOf")
        assert {key: value for key, value in info.told.items() if key not in ("isPartOf", "conformsTo")} == {
            "format": "WARC File Format 1.1",
            "software": f"archiver/{__version__}",
            "operator": "https://me.test/",
            "robots": "RFC 9309",
            "http-header-user-agent": f"Mozilla/5.0 (compatible; archiver/{__version__}; +https://me.test/)",
        }


# --- captures -------------------------------------------------------------------------------------------------


def test_a_capture_is_one_exchange_in_three_records(kept: Kept) -> None:
    parts = [record for record in kept.records if record.kind != "warcinfo"]
    for first, request, metadata in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        assert first.kind in ("response", "revisit")
        assert (request.kind, metadata.kind) == ("request", "metadata")
        for beside in (request, metadata):
            assert beside.get("WARC-Concurrent-To") == first.get("WARC-Record-ID")
            assert beside.get("WARC-Date") == first.get("WARC-Date")
            assert beside.get("WARC-Target-URI") == first.get("WARC-Target-URI")
        assert request.get("WARC-IP-Address") == first.get("WARC-IP-Address")
        assert re.match(rb"GET /\S* HTTP/1\.1\r\nHost: \S+\r\n", request.block)
        assert request.block.endswith(b"\r\n\r\n")
        assert metadata.told["fetchTimeMs"].isdigit()


def test_metadata_tell_which_links_were_followed_and_which_way(kept: Kept) -> None:
    told = {record.url: record.told for record in kept.records if record.kind == "metadata"}
    start = "http://host-1.test/count-down?5"
    assert json.loads(told[start]["link"]) == ["seeds/a.md", "article", "webUrl"]
    assert "via" not in told[start]
    for number in range(5):
        assert told[f"http://host-1.test/count-down?{number}"]["via"] == f"http://host-1.test/count-down?{number + 1}"
    assert (told[start]["status"], told[start]["contentType"]) == ("302", "text/html")


@pytest.mark.parametrize(
    "url", ["http://six.test/", "/literal", "https://site.test/chunked", "http://xn--wgv71a.test/"]
)
def test_addresses_of_every_kind_are_captured(kept: Kept, url: str) -> None:
    found = [record for record in kept.firsts() if record.url.endswith(url)]
    assert found
    is_six = "six" in url or "literal" in url
    assert {record.get("WARC-IP-Address") for record in found} == {"::1" if is_six else "127.0.0.1"}


# --- bodies ---------------------------------------------------------------------------------------------------


def test_what_is_stored_is_what_was_sent(kept: Kept) -> None:
    """The status line, the headers' order, case and duplicates, and the body but for its chunks."""
    by_id = {record.get("WARC-Record-ID"): record for record in kept.records}
    for record in kept.firsts():
        if record.kind == "revisit" and not record.block:
            continue  # of a 304
        holder = by_id[record.get("WARC-Refers-To")] if record.kind == "revisit" else record
        cut = holder.get("WARC-Truncated")
        key = record.url.partition("://")[2]
        answers = [as_stored(bytes(answer.sent), is_cut=cut is not None) for answer in kept.server.answers[key]]
        bodies = [body for head, body in answers if head == record.http_head]
        assert bodies, record.url
        if record.kind == "revisit":
            assert record.body == b""
        elif cut:
            assert any(body.startswith(record.body) for body in bodies), record.url
        else:
            assert record.body in bodies, record.url


def as_stored(sent: bytes, *, is_cut: bool) -> tuple[bytes, bytes]:
    """Give the head and the body that are to be stored of an answer."""
    while re.match(rb"HTTP/1\.1 1(?!01)\d\d ", sent):
        sent = sent.partition(b"\r\n\r\n")[2]
    end = re.search(rb"\r?\n\r?\n", sent)
    if not end:
        return sent, b""
    head, body = sent[: end.end()], sent[end.end() :]
    is_chunked = bool(re.search(rb"(?im)^transfer-encoding: *chunked", head))
    length = None if is_chunked else re.search(rb"(?im)^content-length: *(\d+)", head)
    if is_chunked or is_cut:
        head = re.sub(rb"(?im)^(transfer-encoding|content-length)(?=:)", rb"X-Archive-Orig-\1", head)
    if is_chunked:
        body = b"".join(chunks(body))
    elif re.match(rb"HTTP/1\.1 (204|304) ", head):
        body = b""
    return head, body[: int(length[1])] if length else body


def chunks(body: bytes) -> Iterator[bytes]:
    while found := re.match(rb"([0-9a-f]+)\r\n", body):
        size = int(found[1], 16)
        yield body[found.end() : found.end() + size]
        body = body[found.end() + size + 2 :]


def test_no_header_says_what_is_not_true_of_what_is_stored(kept: Kept) -> None:
    heads = [record.http_head for record in kept.firsts()]
    assert not any(re.search(rb"(?im)^transfer-encoding", head) for head in heads)
    whole = re.compile(rb"(?im)^content-length: *(\d+)")
    lengths = [(int(told[1]), record) for record in kept.firsts() if (told := whole.search(record.http_head))]
    assert [
        (record.url, length)
        for length, record in lengths
        if record.kind == "response" and length != len(record.body) and b" 304 " not in record.http_head[:13]
    ] == []
    assert sum(b"X-Archive-Orig-" in head for head in heads) >= 5 * len(HOSTS)
    by_path = {record.url.partition(".test")[2]: record for record in kept.firsts() if record.kind == "response"}
    assert by_path["/gzip-in-chunks"].body.startswith(b"\x1f\x8b")
    assert b"Content-Encoding: gzip" in by_path["/gzip-in-chunks"].http_head


def test_payload_digests_are_of_the_body_as_sent_and_of_no_empty_one(kept: Kept) -> None:
    for record in kept.firsts():
        if record.kind == "response":
            assert record.get("WARC-Payload-Digest") == (digest_of(record.body) if record.body else None)
        else:
            assert re.fullmatch("sha256:[0-9a-f]{64}", record.get("WARC-Payload-Digest") or "")


def test_what_was_cut_says_so_and_why(kept: Kept) -> None:
    """A revisit's body is cut where its original's is: a part is never taken for the whole, nor the other way."""
    by_id = {record.get("WARC-Record-ID"): record for record in kept.records}
    told: dict[str, set[str | None]] = {}
    for record in kept.firsts():
        holder = by_id[record.get("WARC-Refers-To")] if record.kind == "revisit" else record
        told.setdefault(record.url.partition(".test")[2], set()).add(holder.get("WARC-Truncated"))
    assert {path: told[path] for path in CUTS} == {path: {cut} for path, cut in CUTS.items()}
    whole = told.keys() - CUTS.keys()
    assert {path: told[path] for path in whole} == {path: {None} for path in whole}


# --- revisits -------------------------------------------------------------------------------------------------


def test_a_revisit_leads_to_the_record_that_holds_its_body(kept: Kept) -> None:
    by_id = {record.get("WARC-Record-ID"): record for record in kept.records}
    revisits = [record for record in kept.records if record.kind == "revisit"]
    assert len(revisits) >= len(PATHS) // 2
    for revisit in revisits:
        original = by_id[revisit.get("WARC-Refers-To")]
        assert original.kind == "response"
        assert original.body
        assert original.get("WARC-Payload-Digest") == revisit.get("WARC-Payload-Digest")
        assert original.url == revisit.get("WARC-Refers-To-Target-URI")
        assert original.get("WARC-Date") == revisit.get("WARC-Refers-To-Date")
        assert revisit.get("WARC-Truncated") == "length"
        assert revisit.get("WARC-Profile") == ("http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
