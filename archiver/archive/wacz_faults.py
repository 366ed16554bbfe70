"""What is wrong with a WACZ: all that its specification (1.1.1) asks for, and that its readers need.

`wacz validate` looks at hashes alone: it passes files without pages or indexes, and any line of an index.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, cast

import msgspec
from isal import isal_zlib

from archiver.archive.segments import CHUNK_BYTES, GZIP_WINDOW_BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VERSION = "1.1.1"
PROFILE = "data-package"
PACKAGE = "datapackage.json"
DIGEST = "datapackage-digest.json"
ARCHIVE = "archive/"
INDEX = "indexes/index.cdx.gz"
SECONDARY = "indexes/index.idx"
SECONDARY_FORMAT = "cdxj-gzip-1.0"
PAGES = "pages/pages.jsonl"
PAGES_FORMAT = "json-pages-1.0"

_DAMAGED = cast("type[Exception]", isal_zlib.error)  # isal's stub takes the class for an instance
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
"""What zipfile raises for entries that are torn, damaged, encrypted, or of a place or a form that there is not."""

_LOCAL_HEADER = struct.Struct("<26xHH")  # ZIP, section 4.3.7: the lengths of name and extra field
_MOST_HEAD_BYTES = 65_536
_TIMESTAMP_DIGITS = 14


class _Resource(msgspec.Struct):
    name: str
    path: str
    hash: str
    bytes: int


class _Manifest(msgspec.Struct):
    profile: str = ""
    wacz_version: str = ""
    resources: list[_Resource] = []


class _Digest(msgspec.Struct):
    path: str
    hash: str


class _Block(msgspec.Struct):
    offset: int
    length: int


class _Capture(msgspec.Struct):
    url: str
    filename: str
    offset: int
    length: int


class _PageLine(msgspec.Struct):
    url: str
    ts: str


def faults(path: Path) -> list[str]:
    """Give what is wrong with a WACZ, in sentences; it is read whole, in chunks. Raises OSError if it is not there."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as package:
                return list(_Checker(file, package).faults())
        except _UNREADABLE as error:
            return [f"it is no whole ZIP file: {error}"]


@dataclass(slots=True)
class _Checker:
    """Looks at one package; each look gives its faults."""

    file: IO[bytes]
    package: zipfile.ZipFile
    unseen_pages: set[str] = field(default_factory=set)  # their URLs, until the index names them
    unseen_warcs: set[str] = field(default_factory=set)

    def faults(self) -> Iterator[str]:
        self.unseen_warcs = {name for name in self.package.namelist() if name.startswith(ARCHIVE) and name != ARCHIVE}
        looks: tuple[Callable[[], Iterator[str]], ...] = (
            self._entries,
            self._manifest,
            self._digest,
            self._pages,
            self._secondary,
            self._index,
        )
        for look in looks:
            try:
                yield from look()
            except _UNREADABLE as error:
                yield f"a part of it cannot be read: {error}"
        yield from (f"{name}: no index line names it" for name in sorted(self.unseen_warcs))
        yield from (f"{PAGES}: {url} has no capture" for url in sorted(self.unseen_pages))

    def _entries(self) -> Iterator[str]:
        counted = Counter(self.package.namelist())
        yield from (f"{name} is there twice" for name, count in counted.items() if count > 1)
        if not self.unseen_warcs:
            yield f"{ARCHIVE} holds no WARC"
        for name in sorted(self.unseen_warcs):
            if not name.endswith((".warc", ".warc.gz")):
                yield f"{name} is no WARC by its name"
        for entry in self.package.infolist():
            is_packed = entry.filename.endswith(".gz") or entry.filename in self.unseen_warcs
            if is_packed and entry.compress_type != zipfile.ZIP_STORED:
                yield f"{entry.filename} is compressed by the ZIP: no part of it can be asked for"

    # --- the manifest -----------------------------------------------------------------------------------------

    def _manifest(self) -> Iterator[str]:
        try:
            manifest = msgspec.json.decode(self._read(PACKAGE), type=_Manifest)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield f"{PACKAGE} is missing or cannot be read: {error}"
            return
        if manifest.wacz_version != VERSION:
            yield f"{PACKAGE}: wacz_version is {manifest.wacz_version!r}, not {VERSION!r}"
        if manifest.profile != PROFILE:
            yield f"{PACKAGE}: profile is {manifest.profile!r}, not {PROFILE!r}"
        listed = {resource.path for resource in manifest.resources}
        for name in self.package.namelist():
            if name not in listed and name not in (PACKAGE, DIGEST) and not name.endswith("/"):
                yield f"{name} is not among the resources"
        for resource in manifest.resources:
            yield from self._resource(resource)

    def _resource(self, resource: _Resource) -> Iterator[str]:
        if resource.name != resource.name.lower():
            yield f"{PACKAGE}: the name {resource.name} has capitals"
        if resource.path not in self.package.NameToInfo:
            yield f"{resource.path} is among the resources, but not there"
            return
        digest, size = hashlib.sha256(), 0
        with self.package.open(resource.path) as stored:
            while chunk := stored.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
        if size != resource.bytes:
            yield f"{resource.path} has {size} bytes, but {PACKAGE} says {resource.bytes}"
        if resource.hash != f"sha256:{digest.hexdigest()}":
            yield f"{resource.path} has another hash than {PACKAGE} says"

    def _digest(self) -> Iterator[str]:
        try:
            digest = msgspec.json.decode(self._read(DIGEST), type=_Digest)
            manifest = self._read(PACKAGE)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            yield f"{DIGEST} is missing or cannot be read: {error}"
            return
        if digest != _Digest(PACKAGE, f"sha256:{hashlib.sha256(manifest).hexdigest()}"):
            yield f"{DIGEST} is not that of {PACKAGE}"

    def _read(self, name: str) -> bytes:
        """Give a small file's bytes. Raises KeyError."""
        return self.package.read(name)

    # --- pages ------------------------------------------------------------------------------------------------

    def _pages(self) -> Iterator[str]:
        if PAGES not in self.package.NameToInfo:
            yield f"{PAGES} is missing"
            return
        with self.package.open(PAGES) as lines:
            if f'"{PAGES_FORMAT}"'.encode() not in lines.readline():
                yield f"{PAGES}: the first line does not say that it is {PAGES_FORMAT}"
            for number, line in enumerate(lines, start=2):
                yield from self._page(number, line)
        if not self.unseen_pages:
            yield f"{PAGES} names no page"

    def _page(self, number: int, line: bytes) -> Iterator[str]:
        try:
            page = msgspec.json.decode(line, type=_PageLine)
            is_dated = datetime.fromisoformat(page.ts).tzinfo is not None
        except (msgspec.MsgspecError, ValueError):
            yield f"{PAGES}: line {number} has no url, or no date"
            return
        self.unseen_pages.add(page.url)
        if not is_dated:
            yield f"{PAGES}: the date of line {number} has no time zone"

    # --- indexes ----------------------------------------------------------------------------------------------

    def _secondary(self) -> Iterator[str]:
        """Hold the secondary index against the blocks it leads to: each whole, none between them."""
        if SECONDARY not in self.package.NameToInfo:
            yield f"{SECONDARY} is missing"
            return
        if INDEX not in self.package.NameToInfo:
            return
        end = 0
        with self.package.open(SECONDARY) as lines:
            if f'"{SECONDARY_FORMAT}"'.encode() not in lines.readline():
                yield f"{SECONDARY}: the first line does not say that it is {SECONDARY_FORMAT}"
            for number, line in enumerate(lines, start=2):
                key, _, told = line.partition(b" {")
                try:
                    block = msgspec.json.decode(b"{" + told, type=_Block)
                except msgspec.MsgspecError:
                    yield f"{SECONDARY}: line {number} cannot be read"
                    continue
                head = self._member_head(INDEX, block.offset, block.length)
                if block.offset != end or head is None or not head.startswith(key + b" "):
                    yield f"{SECONDARY}: line {number} does not lead to a block of {INDEX} that begins with its key"
                end = block.offset + block.length
        if end != self.package.getinfo(INDEX).file_size:
            yield f"{SECONDARY} leads to {end} bytes of {INDEX}, which has {self.package.getinfo(INDEX).file_size}"

    def _index(self) -> Iterator[str]:
        if INDEX not in self.package.NameToInfo:
            yield f"{INDEX} is missing"
            return
        number, before = 0, b""
        try:
            for number, line in enumerate(_lines(self.package.open(INDEX)), start=1):
                if line <= before:
                    yield f"{INDEX}: line {number} is out of order, or there twice"
                before = line
                yield from self._line(number, line)
        except _DAMAGED as error:
            yield f"{INDEX} cannot be decompressed: {error}"
        if not number:
            yield f"{INDEX} is empty"

    def _line(self, number: int, line: bytes) -> Iterator[str]:
        key, _, told = line.partition(b" {")
        timestamp = key.rpartition(b" ")[2]
        try:
            capture = msgspec.json.decode(b"{" + told, type=_Capture, strict=False)
        except msgspec.MsgspecError:
            capture = None
        if capture is None or not timestamp.isdigit() or len(timestamp) != _TIMESTAMP_DIGITS:
            yield f"{INDEX}: line {number} cannot be read"
            return
        self.unseen_pages.discard(capture.url)
        self.unseen_warcs.discard(ARCHIVE + capture.filename)
        if ARCHIVE + capture.filename not in self.package.NameToInfo:
            yield f"{INDEX}: line {number} names {capture.filename}, which is not there"
            return
        head = self._member_head(ARCHIVE + capture.filename, capture.offset, capture.length)
        if head is None:
            yield f"{INDEX}: line {number} does not lead to a whole gzip member"
        elif _target(head) != capture.url:
            yield f"{INDEX}: line {number} does not lead to a record of {capture.url}"

    def _member_head(self, name: str, offset: int, length: int) -> bytes | None:
        """Give how the gzip member of this place begins; None where it is not a whole one."""
        entry = self.package.getinfo(name)
        if offset < 0 or length <= 0 or offset + length > entry.file_size:
            return None
        self.file.seek(entry.header_offset)
        name_bytes, extra_bytes = _LOCAL_HEADER.unpack(self.file.read(_LOCAL_HEADER.size))
        self.file.seek(entry.header_offset + _LOCAL_HEADER.size + name_bytes + extra_bytes + offset)
        head, stream = b"", isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
        with suppress(_DAMAGED):
            while not stream.eof and (chunk := self.file.read(min(CHUNK_BYTES, length))):
                length -= len(chunk)
                head = (head + stream.decompress(chunk))[:_MOST_HEAD_BYTES]
        return head if stream.eof and not (length or stream.unused_data) else None


def _lines(packed: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a file of gzip members."""
    rest = b""
    with packed:
        stream = isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
        while chunk := packed.read(CHUNK_BYTES):
            while chunk:
                *lines, rest = (rest + stream.decompress(chunk)).split(b"\n")
                yield from lines
                chunk = stream.unused_data
                if stream.eof:
                    stream = isal_zlib.decompressobj(wbits=GZIP_WINDOW_BITS)
    if rest:
        yield rest


def _target(head: bytes) -> str | None:
    """Give what a WARC record is of; None where `head` begins no record."""
    if not head.startswith(b"WARC/1."):
        return None
    for line in head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"warc-target-uri":
            return value.strip().strip(b"<>").decode("utf-8", "replace")
    return None
