"""The records of a capture, as bytes: one gzip member each. Pure.

A capture is one exchange: its response (or revisit), its request and its metadata share one WARC-Date. The body is
stored as sent, but for its chunks: the header that announced them is renamed. Source: WARC 1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

import msgspec
from isal import isal_zlib

from archiver.archive.lines import plain
from archiver.model import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from archiver.model import Capture, Keeping, Original, Taken

Field: TypeAlias = tuple[str, str | None]
"""A name and its value; what has none is left out."""

VERSION = "WARC/1.1"
FORMAT = "WARC File Format 1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_VERSION_LINE = f"{VERSION}\r\n".encode()
END = b"\r\n\r\n"
RENAMED = b"X-Archive-Orig-"
"""Put before a header that was true of the wire, and is not of what is stored."""

_COMPRESS = cast("Callable[[bytes, int, int], bytes]", isal_zlib.compress)
_LEVEL = 2
_GZIP = 31  # zlib's window bits for the gzip format
_CHUNKS = re.compile(rb"^(?=transfer-encoding[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_FRAMING = re.compile(rb"^(?=(?:transfer-encoding|content-length)[ \t]*:)", re.IGNORECASE | re.MULTILINE)
_LINE_BREAKS = re.compile(r"[\r\n]+")


def pack(record: bytes) -> bytes:
    """Give a record as one gzip member."""
    return _COMPRESS(record, _LEVEL, _GZIP)


def digest_of(content: bytes) -> str:
    """Give `sha256:…` in hex."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def warcinfo(filename: str, at: datetime, told: Iterable[Field]) -> bytes:
    """Give the record that opens a file: who writes it, and how. It holds for all that follow (section 5.16)."""
    head: list[Field] = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", f"<{uuid.uuid4().urn}>"),
        ("WARC-Filename", filename),
        ("WARC-Date", stamp(at)),
        ("Content-Type", "application/warc-fields"),
    ]
    return _record(head, _lines([("format", FORMAT), ("conformsTo", CONFORMS_TO), *told]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """All records of one capture, in their order."""

    record_id: str  # of the first
    first: bytes  # the response, or the revisit
    others: tuple[bytes, ...]  # the request and the metadata: where that is whole, the capture is


def unit(taken: Taken, keeping: Keeping, payload_digest: str | None, original: Original | None) -> Unit:
    """Give the records of a capture: where there is an `original`, a revisit of it, else a response."""
    record_id, request_id, metadata_id = _new_ids()
    shared: list[Field] = [("WARC-Date", stamp(taken.at)), ("WARC-Target-URI", plain(taken.url))]
    peer: Field = ("WARC-IP-Address", taken.peer)
    own: list[Field] = [("WARC-Record-ID", f"<{record_id}>"), *shared, peer, ("WARC-Payload-Digest", payload_digest)]
    beside: list[Field] = [*shared, ("WARC-Concurrent-To", f"<{record_id}>")]
    return Unit(
        record_id=record_id,
        first=_revisit(own, taken, original) if original else _response(own, taken),
        others=(
            _request([("WARC-Record-ID", f"<{request_id}>"), *beside, peer], taken),
            _metadata(
                [("WARC-Record-ID", f"<{metadata_id}>"), *beside],
                _told(taken, keeping, of_body=tells_of_body(taken, keeping, original)),
            ),
        ),
    )


def _response(own: list[Field], taken: Taken) -> bytes:
    head = [("WARC-Type", "response"), *own, ("WARC-Truncated", taken.cut), _holds("response")]
    return _record(head, _stored(taken) + taken.body)


def _revisit(own: list[Field], taken: Taken, original: Original) -> bytes:
    """Refer to the record that holds the same body.

    A 304 is kept without its header block: players would show it in place of the page that it confirms.
    """
    head = [
        ("WARC-Type", "revisit"),
        *own,
        ("WARC-Profile", IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", plain(original.url)),
        ("WARC-Refers-To-Date", stamp(original.captured_at)),
        ("WARC-Truncated", "length"),
        _holds("response"),
    ]
    return _record(head, b"" if taken.confirms else _stored(taken))


def _request(own: list[Field], taken: Taken) -> bytes:
    head = [("WARC-Type", "request"), *own, _holds("request")]
    return _record(head, taken.request)


def _metadata(own: list[Field], told: Iterable[Field]) -> bytes:
    head = [("WARC-Type", "metadata"), *own, ("Content-Type", "application/warc-fields")]
    return _record(head, _lines(told))


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


def _told(taken: Taken, keeping: Keeping, *, of_body: bool) -> Iterator[Field]:
    """Tell why the capture was made, and what its row says; what is told of a body is told once, where the body is."""
    yield "via", keeping.via
    yield "fetchTimeMs", f"{taken.elapsed_ms:.0f}"
    yield from (("link", place) for place in keeping.places)
    yield "status", str(taken.status)
    yield "contentType", taken.content_type
    yield "etag", taken.etag
    yield "lastModified", taken.last_modified
    if of_body:
        yield "evidence", msgspec.json.encode(taken.evidence).decode()
        if taken.requisites is not None:
            yield "outlinks", str(len(taken.requisites))  # how many: none were found, or nobody looked
            yield from (("outlink", url) for url in taken.requisites)


def _stored(taken: Taken) -> bytes:
    """Give a header block that is true of the body as it is stored: without chunks, and perhaps not all of it.

    Chunks go before a length (RFC 9112, section 6.3). Players would wait for the bytes that a length promises.
    """
    head = taken.head.lstrip()
    return _FRAMING.sub(RENAMED, head) if taken.cut or _CHUNKS.search(head) else head


def _holds(message: str) -> Field:
    return ("Content-Type", f"application/http; msgtype={message}")


def _record(head: Iterable[Field], block: bytes) -> bytes:
    told = [*head, ("WARC-Block-Digest", digest_of(block)), ("Content-Length", str(len(block)))]
    return b"".join((_VERSION_LINE, _lines(told), b"\r\n", block, END))


def _lines(fields: Iterable[Field]) -> bytes:
    """Give named fields, a line each: no value may end its line."""
    return "".join([f"{name}: {one_line(value)}\r\n" for name, value in fields if value is not None]).encode()


def one_line(value: str) -> str:
    """Give a value as a field can hold it."""
    return value if value.isprintable() else _LINE_BREAKS.sub(" ", plain(value))


def _new_ids() -> tuple[str, str, str]:
    """Give the ids of a capture's records: they differ in their last digit, so gzip needs no room for the second."""
    first = uuid.uuid4()
    start, last = first.urn[:-1], int(first.urn[-1], 16)
    return first.urn, f"{start}{last ^ 1:x}", f"{start}{last ^ 2:x}"
