"""The records of a capture, as bytes: one gzip member each. Pure.

A capture is one exchange: its response (or revisit), its request and its metadata share one WARC-Date. The body is
stored as sent, but for its chunks: the header that announced them is renamed. Source: WARC 1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import msgspec
from isal import isal_zlib

from archiver.archive.lines import plain
from archiver.model import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from archiver.model import Capture, Keeping, Original, Taken

Field: TypeAlias = tuple[str, str | None]
"""A name and its value; what has none is left out."""

VERSION = "WARC/1.1"
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_RESPONSE = "Content-Type: application/http; msgtype=response\r\n"
_REQUEST = "Content-Type: application/http; msgtype=request\r\n"
_FIELDS = "Content-Type: application/warc-fields\r\n"
END = b"\r\n\r\n"
RENAMED = b"X-Archive-Orig-"
"""Put before a header that was true of the wire, and is not of what is stored."""

_COMPRESS = cast("Callable[[bytes, int, int], bytes]", isal_zlib.compress)
_LEVEL = 2
_GZIP = 31  # zlib's window bits for the gzip format
_CHUNKS = re.compile(rb"[\r\n]transfer-encoding[ \t]*:", re.IGNORECASE)
_NO_LENGTH = re.compile(rb"[\r\n]content-length[ \t]*:(?![ \t]*\d{1,18}[ \t]*\r?\n(?![ \t]))", re.IGNORECASE)
_FRAMING = re.compile(rb"(?<=[\r\n])(?=(?:transfer-encoding|content-length)[ \t]*:)", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[\r\n]+")


def pack(record: bytes) -> bytes:
    """Give a record as one gzip member."""
    return _COMPRESS(record, _LEVEL, _GZIP)


def digest_of(content: bytes) -> str:
    """Give `sha256:…` in hex."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def warcinfo(filename: str, at: datetime, told: Iterable[Field]) -> bytes:
    """Give the record that opens a file: who writes it, and how. It holds for all that follow (section 5.16)."""
    head = (
        "WARC-Type: warcinfo\r\n"
        f"WARC-Record-ID: <{_new_ids()[0]}>\r\n"
        f"WARC-Filename: {filename}\r\n"
        f"WARC-Date: {stamp(at)}\r\n"
        f"{_FIELDS}"
    )
    return _record(head, _lines([("format", FORMAT), ("conformsTo", CONFORMS_TO), *told]))


class Unit(NamedTuple):
    """All records of one capture, in their order: where the last is whole, the capture is."""

    record_id: str  # of the first
    first: bytes  # the response, or the revisit
    request: bytes
    metadata: bytes


def unit(taken: Taken, keeping: Keeping, payload_digest: str | None, original: Original | None) -> Unit:
    """Give the records of a capture: where there is an `original`, a revisit of it, else a response."""
    record_id, request_id, metadata_id = _new_ids()
    shared = f"WARC-Date: {stamp(taken.at)}\r\nWARC-Target-URI: {one_line(taken.url)}\r\n"
    peer = _line("WARC-IP-Address", taken.peer)
    own = f"WARC-Record-ID: <{record_id}>\r\n{shared}{peer}{_line('WARC-Payload-Digest', payload_digest)}"
    beside = f"{shared}WARC-Concurrent-To: <{record_id}>\r\n"
    told = _told(taken, keeping) + (_told_of_body(taken) if tells_of_body(taken, keeping, original) else b"")
    return Unit(
        record_id=record_id,
        first=_revisit(own, taken, original) if original else _response(own, taken),
        request=_request(f"WARC-Record-ID: <{request_id}>\r\n{beside}{peer}", taken),
        metadata=_metadata(f"WARC-Record-ID: <{metadata_id}>\r\n{beside}", told),
    )


def _response(own: str, taken: Taken) -> bytes:
    head = f"WARC-Type: response\r\n{own}{_line('WARC-Truncated', taken.cut)}{_RESPONSE}"
    return _record(head, _stored(taken) + taken.body)


def _revisit(own: str, taken: Taken, original: Original) -> bytes:
    """Refer to the record that holds the same body.

    A 304 is kept without its header block: players would show it in place of the page that it confirms.
    """
    head = (
        f"WARC-Type: revisit\r\n{own}"
        f"WARC-Profile: {IDENTICAL_PAYLOAD}\r\n"
        f"WARC-Refers-To: <{original.record_id}>\r\n"
        f"WARC-Refers-To-Target-URI: {one_line(original.url)}\r\n"
        f"WARC-Refers-To-Date: {stamp(original.captured_at)}\r\n"
        f"WARC-Truncated: length\r\n{_RESPONSE}"
    )
    return _record(head, b"" if taken.confirms else _stored(taken))


def _request(own: str, taken: Taken) -> bytes:
    return _record(f"WARC-Type: request\r\n{own}{_REQUEST}", taken.request)


def _metadata(own: str, told: bytes) -> bytes:
    return _record(f"WARC-Type: metadata\r\n{own}{_FIELDS}", told)


def tells_of_body(taken: Taken, keeping: Keeping, original: Original | None) -> bool:
    """Say whether a capture tells of its body itself: a revisit leaves that to its original, if that is as good."""
    if original is None or original.url != taken.url:
        return True
    return _is_read_further(taken, keeping.held)


def _is_read_further(taken: Taken, held: Capture | None) -> bool:
    """Tell whether more was read of a body than when it was stored."""
    if held is None:
        return taken.requisites is not None
    knows_more = held.evidence is not None and held.evidence.by_title and not taken.evidence.by_title
    return knows_more or (taken.requisites is not None and held.requisites is None)


def _told(taken: Taken, keeping: Keeping) -> bytes:
    """Tell why the capture was made, and what its row says."""
    links = [_line("link", place) for place in keeping.places]
    return (
        f"{_line('via', keeping.via)}fetchTimeMs: {taken.elapsed_ms:.0f}\r\n{''.join(links)}status: {taken.status}\r\n"
        f"{_line('contentType', taken.content_type)}"
        f"{_line('etag', taken.etag)}"
        f"{_line('lastModified', taken.last_modified)}"
    ).encode()


def _told_of_body(taken: Taken) -> bytes:
    """Tell what is told once, where the body is."""
    evidence = b"evidence: %b\r\n" % msgspec.json.encode(taken.evidence)  # JSON is one line
    if taken.requisites is None:
        return evidence
    outlinks = [("outlink", url) for url in taken.requisites]
    return evidence + _lines([("outlinks", str(len(outlinks))), *outlinks])  # how many: none, or nobody looked


def _stored(taken: Taken) -> bytes:
    """Give a header block that is true of the body as it is stored: without chunks, and perhaps not all of it.

    Chunks go before a length (RFC 9112, section 6.3). Players would wait for the bytes that a length promises.
    """
    is_untrue = taken.cut or _CHUNKS.search(taken.head) or _NO_LENGTH.search(taken.head)
    return _FRAMING.sub(RENAMED, taken.head) if is_untrue else taken.head


def _record(head: str, block: bytes) -> bytes:
    """Give a record whose head, but for what the block alone tells, is `head`."""
    of_block = f"WARC-Block-Digest: {digest_of(block)}\r\nContent-Length: {len(block)}\r\n"
    return b"".join((f"{VERSION}\r\n{head}{of_block}\r\n".encode(), block, END))


def _lines(fields: Iterable[Field]) -> bytes:
    """Give named fields, a line each."""
    return "".join([_line(name, value) for name, value in fields]).encode()


def _line(name: str, value: str | None) -> str:
    """Give a field, or nothing where it has no value: no value may end its line."""
    return "" if value is None else f"{name}: {one_line(value)}\r\n"


def one_line(value: str) -> str:
    """Give a value as a field can hold it."""
    return value if value.isprintable() else _LINE_BREAKS.sub(" ", plain(value))


def _new_ids() -> tuple[str, str, str]:
    """Give the ids of a capture's records: they differ in their last digit, so gzip needs no room for the second.

    They are by chance (version 4 of RFC 9562): 116 of their bits are.
    """
    digits = os.urandom(16).hex()
    start = f"urn:uuid:{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:31]}"
    return f"{start}0", f"{start}1", f"{start}2"
