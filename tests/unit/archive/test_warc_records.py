"""The records of a capture, as bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from archiver.archive.warc.reading import parse
from archiver.archive.warc.records import Unit, unit
from archiver.model import Cut, Depth, Keeping, PageEvidence, Taken

AT = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)


def unit_of(**given: Any) -> Unit:
    usual: dict[str, Any] = {
        "url": "https://example.com/",
        "at": AT,
        "elapsed_ms": 12.4,
        "peer": None,
        "request": b"GET / HTTP/1.1\r\n\r\n",
        "head": b"HTTP/1.1 200 OK\r\n\r\n",
        "body": b"body",
        "payload_digest": None,
        "cut": None,
        "status": 200,
        "content_type": None,
        "etag": None,
        "last_modified": None,
        "confirms": False,
        "evidence": PageEvidence(),
    }
    return unit(Taken(**usual | given), Keeping(depth=Depth.PAGE, via="a\r\nlink: b", places=("c",)), None, None)


def test_ids_are_uuids_by_chance_that_differ_in_their_last_digit() -> None:
    """As RFC 9562 has its version 4."""
    made = unit_of()
    ids = [parse(record).fields["warc-record-id"].strip("<>") for record in (made.first, made.request, made.metadata)]
    assert ids[0] == made.record_id
    assert {(UUID(each).version, UUID(each).variant) for each in ids} == {(4, RFC_4122)}
    assert len(set(ids)) == 3
    assert len({each[:-1] for each in ids}) == 1
    assert unit_of().record_id != made.record_id


def test_metadata_tell_a_line_each_and_nothing_of_what_is_not_known() -> None:
    assert parse(unit_of(etag='"1"', requisites=("https://example.com/a.css",)).metadata).block.split(b"\r\n")[:4] == [
        b"via: a link: b",
        b"fetchTimeMs: 12",
        b"link: c",
        b"status: 200",
    ]
    assert b"contentType" not in unit_of().metadata
    assert b"outlink" not in unit_of().metadata
    assert b"outlinks: 0\r\n" in unit_of(requisites=()).metadata


STORED = {
    "as it came": (b"Content-Length: 4\r\n", None, b"Content-Length: 4\r\n"),
    "without chunks": (
        b"transfer-Encoding : chunked\r\nContent-Length: 4\r\n",
        None,
        b"X-Archive-Orig-transfer-Encoding : chunked\r\nX-Archive-Orig-Content-Length: 4\r\n",
    ),
    "not all of it": (b"Content-Length: 9\r\n", Cut.TIME, b"X-Archive-Orig-Content-Length: 9\r\n"),
    **{
        f"no length: {value!r}": (
            b"Content-Length:" + value + b"\r\n",
            None,
            b"X-Archive-Orig-Content-Length:" + value + b"\r\n",
        )
        for value in (b"", b" four", b" 4, 4", b" +4", b"\r\n 4", b" 4\r\n 2")
    },
    "a line that ends in CR": (
        b"A: b\rTransfer-Encoding: chunked\r\n",
        None,
        b"A: b\rX-Archive-Orig-Transfer-Encoding: chunked\r\n",
    ),
    "a value that looks like a header": (b"X: transfer-encoding: a\r\n", None, b"X: transfer-encoding: a\r\n"),
    "lines that end in LF": (b"Transfer-Encoding:a\nB: c\r\n", None, b"X-Archive-Orig-Transfer-Encoding:a\nB: c\r\n"),
}


@pytest.mark.parametrize(("head", "cut", "stored"), STORED.values(), ids=STORED)
def test_a_stored_head_is_true_of_what_is_stored(head: bytes, cut: Cut | None, stored: bytes) -> None:
    """What framed the body on the wire is renamed where it does not frame it any more."""
    start = b"HTTP/1.1 200 OK\r\n"
    block = parse(unit_of(head=start + head + b"\r\n", cut=cut).first).block
    assert block == start + stored + b"\r\nbody"
