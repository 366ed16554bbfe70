"""WARCs as their bytes are: read with nothing but the standard library, so that no reader forgives anything."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP = 31
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Raw(NamedTuple):
    """A record: its fields in their order and as they are written, its block, and what ends it."""

    warc: str
    offset: int
    length: int  # of its gzip member
    version: str
    fields: list[tuple[str, str]]
    block: bytes
    end: bytes

    def all_of(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found == name]

    def get(self, name: str) -> str | None:
        return next(iter(self.all_of(name)), None)

    @property
    def kind(self) -> str:
        return self.get("WARC-Type") or ""

    @property
    def url(self) -> str:
        return self.get("WARC-Target-URI") or ""

    @property
    def http_head(self) -> bytes:
        """The header block of the HTTP message in it, with the line that ends it."""
        end = _HEAD_END.search(self.block)
        return self.block[: end.end()] if end else self.block

    @property
    def body(self) -> bytes:
        return self.block[len(self.http_head) :]

    @property
    def told(self) -> dict[str, str]:
        """What its block says, where it is of `application/warc-fields`; of a name that comes twice the first."""
        pairs = [line.partition(": ")[::2] for line in self.block.decode().split("\r\n") if line]
        return dict(reversed(pairs))


def warcs(folder: Path) -> list[Path]:
    return sorted(folder.glob("warc/*/*/*.warc.gz"))


def records(folder: Path) -> list[Raw]:
    """Give every record of an archive."""
    return [record for path in warcs(folder) for record in read(folder, path)]


def read(folder: Path, path: Path) -> Iterator[Raw]:
    """Give every record of a file; each must be one gzip member of its own."""
    name, packed, at = path.relative_to(folder).as_posix(), path.read_bytes(), 0
    while at < len(packed):
        member, length = inflate(packed[at:])
        yield parse(name, at, length, member)
        at += length


def record_at(folder: Path, warc: str, offset: int, length: int) -> Raw:
    """Give the record that stands where an index says."""
    with (folder / warc).open("rb") as file:
        file.seek(offset)
        member, used = inflate(file.read(length))
    assert used == length
    return parse(warc, offset, length, member)


def inflate(packed: bytes) -> tuple[bytes, int]:
    """Give the content of the gzip member that `packed` begins with, and how long it is."""
    stream = zlib.decompressobj(_GZIP)
    member = stream.decompress(packed)
    assert stream.eof, "a member is torn"
    return member, len(packed) - len(stream.unused_data)


def parse(warc: str, offset: int, length: int, member: bytes) -> Raw:
    head, _, rest = member.partition(b"\r\n\r\n")
    version, *lines = head.decode().split("\r\n")
    fields = []
    for line in lines:
        name, colon, value = line.partition(": ")
        assert colon, line
        fields.append((name, value))
    size = int(dict(fields)["Content-Length"])
    return Raw(warc, offset, length, version, fields, rest[:size], rest[size:])


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
