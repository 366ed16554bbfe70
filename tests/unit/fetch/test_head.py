from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.head import MOST_BYTES, HeadReader, with_one_framing

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


@pytest.mark.parametrize("answer", [HEAD + b"hello", HINTS + HEAD + b"hello", HEAD.replace(b"\r\n", b"\n") + b"hello"])
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_heads_come_by_themselves_however_the_bytes_fall(answer: bytes, piece: int) -> None:
    reader = HeadReader()
    pieces = [part for start in range(0, len(answer), piece) for part in reader.take(answer[start : start + piece])]
    assert b"".join(pieces) == answer
    assert reader.block in pieces
    assert reader.block.startswith(b"HTTP/1.1 200")
    assert b"hello".startswith(pieces[-1][:1]) or pieces[-1] in b"hello"


@pytest.mark.parametrize("blank", [b"\r\n", b"\n", b"\r\n\r\n", b"\r\n" * 40])
@pytest.mark.parametrize("piece", [1, 3, 1000])
def test_empty_lines_before_a_head_are_none_of_it(blank: bytes, piece: int) -> None:
    """Servers send them after a body that was longer than they said, or out of habit; browsers overlook them."""
    reader, answer = HeadReader(), blank + HINTS + blank + HEAD + b"\r\nhello"
    pieces = [part for start in range(0, len(answer), piece) for part in reader.take(answer[start : start + piece])]
    assert reader.block == HEAD
    assert b"".join(pieces) == HINTS + HEAD + b"\r\nhello"


@pytest.mark.parametrize("rubbish", [b"SSH-2.0-OpenSSH\r\n", b"\x16\x03\x01", b"<html>", b"H" + b"x"])
def test_what_is_no_http_is_handed_on_at_once(rubbish: bytes) -> None:
    assert HeadReader().take(rubbish) == [rubbish]


def test_an_endless_head_is_handed_on() -> None:
    reader = HeadReader()
    assert reader.take(b"HTTP/1.1 200 OK\r\nX: ") == []
    assert reader.take(b"x" * MOST_BYTES) != []


@pytest.mark.parametrize(
    ("framing", "kept"),
    [
        (b"", b""),
        (b"Content-Length: 5\r\n", b"Content-Length: 5\r\n"),
        (b"Content-Length: 5\r\ncontent-length: 5\r\n", b"Content-Length: 5\r\n"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: 5\r\nContent-Length: 6\r\n"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
        (b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n"),
        (b"Transfer-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n", b"Transfer-Encoding: gzip, Chunked\r\n"),
        (b"Transfer-Encoding: gzip,\r\n\tchunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n"),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", b"Transfer-Encoding: chunked, gzip\r\n"),
        (b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", b"Content-Length: 5\r\n"),
        (b"Transfer-Encoding:\r\nContent-Length: 5\r\n", b"Content-Length: 5\r\n"),
        (b"X-Content-Length: 5\r\nContent-Length: 5\r\n", b"Content-Length: 5\r\nX-Content-Length: 5\r\n"),
    ],
)
def test_a_body_ends_in_one_way(framing: bytes, kept: bytes) -> None:
    status, others = b"HTTP/1.1 200 OK\r\n", b"A: b\r\n c\r\n"
    assert with_one_framing(status + framing + others + b"\r\n") == status + kept + others + b"\r\n"


@given(st.binary(max_size=300), st.lists(st.integers(1, 50)))
def test_law_no_byte_is_lost_or_made_up(data: bytes, cuts: list[int]) -> None:
    """But for framing lines, empty lines before a head, and a head that is not whole yet."""
    reader, given_back, rest = HeadReader(), b"", data
    for cut in [*cuts, len(data)]:
        given_back += b"".join(reader.take(rest[:cut]))
        rest = rest[cut:]
    assert data.lstrip(b"\r\n").startswith(given_back)
