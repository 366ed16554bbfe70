"""WARCs to test with, written by warcio."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Captured(NamedTuple):
    """One capture: its URL, WARC-Date, body, and where it came to stand."""

    url: str
    date: str
    body: bytes
    offset: int = 0
    length: int = 0


def write_warc(path: Path, captures: Sequence[Captured], *, warcinfo: bool = True) -> list[Captured]:
    """Write responses, each a gzip member; give the captures with their places."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        if warcinfo:
            writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a test"}))
        return [_written(writer, file, capture) for capture in captures]


def _written(writer: WARCWriter, file: io.BufferedWriter, capture: Captured) -> Captured:
    start = file.tell()
    lines = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(capture.body)))]
    record = writer.create_warc_record(
        capture.url,
        "response",
        payload=io.BytesIO(capture.body),
        http_headers=StatusAndHeaders("200 OK", lines, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": capture.date},
    )
    writer.write_record(record)
    record.raw_stream.close()  # warcio put a temporary file in its place
    return capture._replace(offset=start, length=file.tell() - start)
