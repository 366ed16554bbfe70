"""Header blocks: parted from what stands around them, and what they tell of a body's end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.failures import ProtocolFailure
from archiver.fetch.framing import Chunked, Endless, Sized
from archiver.fetch.head import MOST_BYTES, HeadReader, read_head

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


def parted(answer: bytes, cuts: list[int]) -> tuple[bytes, bytes] | str:
    """Give the block of an answer that comes in such pieces, and what follows it; or that it is none, or not whole."""
    reader, rest = HeadReader(), answer
    for cut in [*cuts, len(answer)]:
        piece, rest = rest[:cut], rest[cut:]
        try:
            found = reader.take(piece)
        except ProtocolFailure as failure:
            return str(failure)
        if found is not None:
            return found[0].block, found[1] + rest
    return "not whole"


@pytest.mark.parametrize("head", [HEAD, HEAD.replace(b"\r\n", b"\n")])
@pytest.mark.parametrize("before", [b"", HINTS, b"\r\n", b"\n", b"\r\n" * 40, b"\r\n" + HINTS + b"\n", b"junk"])
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_a_head_comes_by_itself_however_the_bytes_fall(before: bytes, head: bytes, piece: int) -> None:
    """Servers send empty lines after a body that was longer than they said, or out of habit: browsers overlook them."""
    answer = before + head + b"\r\nhello"
    assert parted(answer, [piece] * (len(answer) // piece)) == (head, b"\r\nhello")


@pytest.mark.parametrize(
    "rubbish",
    [b"SSH-2.0-OpenSSH\r\n", b"220 mail.test ESMTP", b"<html><body>", b"longerHTTP/1.1", b"+OK\r\n", b"HTML>"],
)
def test_what_is_no_http_is_told_at_once(rubbish: bytes) -> None:
    with pytest.raises(ProtocolFailure):
        HeadReader().take(rubbish)


def test_an_endless_head_is_told() -> None:
    reader, more = HeadReader(), b"x: 1\r\n" * (MOST_BYTES // 6)
    assert reader.take(b"HTTP/1.1 200 OK\r\nX: ") is None
    with pytest.raises(ProtocolFailure, match="too large"):
        reader.take(more)
    with pytest.raises(ProtocolFailure, match="too large"):
        HeadReader().take(b"HTTP/1.1 200 OK\r\nX: " + more + b"\r\n")


def test_interim_answers_without_end_are_told() -> None:
    with pytest.raises(ProtocolFailure, match="interim"):
        HeadReader().take(HINTS * 10_000)


@pytest.mark.parametrize(
    ("lines", "framing"),
    [
        (b"", Endless),
        (b"Content-Length: 5", Sized),
        (b"Content-Length: 5\r\ncontent-length: 5", Sized),
        (b"Content-Length: 5, 5", Sized),
        (b"Content-Length: five", Endless),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", Chunked),
        (b"Content-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked", Chunked),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked", Chunked),
        (b"Transfer-Encoding: gzip,\r\n\tchunked", Chunked),
        (b"Transfer-Encoding: gzip", Endless),
        (b'Transfer-Encoding: "chunked"', Endless),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5", Sized),
        (b"X-Content-Length: 5", Endless),
    ],
)
def test_a_body_ends_in_one_way(lines: bytes, framing: type) -> None:
    head = read_head(b"HTTP/1.1 200 OK\r\nA: b\r\n" + lines + b"\r\n\r\n")
    assert head is not None
    assert type(head.framing) is framing


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (b"HTTP/1.0 200", b"HTTP/1.0 200"),
        (b"HTTP/1.1 404 Not \xe9", b"HTTP/1.1 404 Not \xe9"),
        (b"http/1.1 200 OK", b"HTTP/1.1 200"),
        (b"HTTP 404 No", b"HTTP/1.1 404"),
        (b"HTTP/1.1  301 Moved", b"HTTP/1.1 301"),
        (b"HTTP/1.1", b"HTTP/1.1 200"),
    ],
)
def test_a_status_line_that_readers_of_archives_do_not_know_is_made_plain(line: bytes, kept: bytes) -> None:
    head = read_head(line + b"\r\nA: b\r\n\r\n")
    assert head is not None
    assert head.block == kept + b"\r\nA: b\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "stays"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: TE, close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
        (b"HTTP/0.9 200 OK\r\n", False),
        (b"HTTP 200 OK\r\n", False),
        (b"HTTP/1.1 101 Switching\r\n", False),
    ],
)
def test_whether_the_connection_stays(start: bytes, *, stays: bool) -> None:
    head = read_head(start + b"Content-Length: 0\r\n\r\n")
    assert head is not None
    assert head.stays is stays


answers = st.lists(st.sampled_from([HEAD, HINTS, b"\r\n", b"\n", b"x", b"http", b"HTTP/1.1", b": ", b"\0"])).map(
    b"".join
)


@given(st.one_of(answers, st.binary(max_size=100)), st.lists(st.integers(1, 50)))
def test_law_what_is_told_does_not_hang_on_the_pieces(data: bytes, cuts: list[int]) -> None:
    assert parted(data, cuts) == parted(data, [])
