"""What is secret of a request never reaches the archive; what a server sets stands in its answer's record alone."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

from archiver.hosts import HostRule
from archiver.records import read
from tests.edge.keeping import FULL_PAGES, keep_links
from tests.edge.raw_warcs import records
from tests.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADERS = (
    ("Authorization", "Bearer secret-authorization"),
    ("Cookie", "login=secret-login"),
    ("X-Api-Key", "secret-api-key"),
)
URLS = (
    *("http://a.test/cookie-wall", "http://a.test/cookie-wall-by-way-of", "http://a.test/cookie-loop"),
    *("http://b.test/cookie-for-another", "http://a.test/set-cookie", "http://b.test/set-cookie"),
    *("http://secret-user:secret-password@a.test/etag", "http://secret-user:secret-password@b.test/page"),
    *("http://a.test/full", "http://a.test/last-modified", "http://a.test/truncated", "http://a.test/odd-headers"),
    "http://secret-user:secret-password@c.test/secret-page-is-no-secret",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """Two runs over a record, with headers of their own for `a.test`."""
    folder, record = tmp_path_factory.mktemp("archive"), tmp_path_factory.mktemp("records") / "a.md"
    related = "".join(f"  - webUrl: {url}\n" for url in URLS)
    record.write_text(f"---\ntitle: An article\nrelated:\n{related}---\nSee <{URLS[-1]}>.\n")
    found = read([str(record)])
    assert len(found.links) == len(URLS) + 1
    with Server() as server:
        for days in (0, 8):
            rules = (HostRule(match="a.test", headers=HEADERS),)
            keep_links(server, folder, found, days=days, hosts=rules, snapshots=FULL_PAGES)
        yield folder, server


def unpacked(path: Path) -> bytes:
    """Give a file's bytes; of a gzip file, what its members hold."""
    packed, members = path.read_bytes(), []
    if path.suffix != ".gz":
        return packed
    while packed:
        stream = zlib.decompressobj(31)
        members.append(stream.decompress(packed))
        packed = stream.unused_data
    return b"".join(members)


SECRETS = (b"secret-authorization", b"secret-login", b"secret-api-key", b"secret-user", b"secret-password")


def test_the_secrets_were_sent(archive: tuple[Path, Server]) -> None:
    """Else their absence would tell nothing."""
    sent = [arrival.headers for arrival in archive[1].arrivals if arrival.host == "a.test"]
    assert {headers.get("authorization") for headers in sent} == {"Bearer secret-authorization"}
    assert {headers.get("x-api-key") for headers in sent} == {"secret-api-key"}
    assert any("seen=yes" in (cookie or "") for cookie in {headers.get("cookie") for headers in sent})


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.decode())
def test_no_file_has_what_was_secret_of_a_request(archive: tuple[Path, Server], secret: bytes) -> None:
    files = [path for path in archive[0].rglob("*") if path.is_file()]
    assert {path.name.partition(".")[2] for path in files} >= {"db", "cdxj", "warc.gz", "jsonl.gz"}
    assert [path for path in files if secret in unpacked(path)] == []


def test_no_request_record_has_a_header_that_is_one_hosts_own(archive: tuple[Path, Server]) -> None:
    requests = [record for record in records(archive[0]) if record.kind == "request"]
    assert requests
    assert not any(re.search(rb"(?im)^(cookie|authorization|x-api-key):", record.block) for record in requests)


COOKIES = (b"session=given-by-the-server", b"seen=yes", b"secret=1")


@pytest.mark.parametrize("cookie", COOKIES, ids=lambda cookie: cookie.decode())
def test_a_cookie_stands_where_the_server_set_it_alone(archive: tuple[Path, Server], cookie: bytes) -> None:
    found = [record for record in records(archive[0]) if cookie in record.block]
    assert found
    assert {record.kind for record in found} <= {"response", "revisit"}
    assert all(re.search(rb"(?im)^set-cookie: " + cookie, record.http_head) for record in found)
    others = [path for path in archive[0].rglob("*") if path.is_file() and ".warc" not in path.name]
    assert [path for path in others if cookie in unpacked(path)] == []
