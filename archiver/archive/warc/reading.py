"""Reading our own WARCs again: which captures they hold, and whether every byte is as it was written."""

from __future__ import annotations

import mmap
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from archiver.archive.segments import members
from archiver.archive.warc.records import END, VERSION, digest_of
from archiver.model import Capture, Cut, Original, PageEvidence, read_stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from archiver.archive.segments import Member

SEALED = ".warc.gz"
OPEN = ".warc.gz.open"

_FIRSTS = frozenset({"response", "revisit"})
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class Record(NamedTuple):
    """One record: its fields, the names in lower case, and its block."""

    fields: Mapping[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.fields["warc-type"]

    @property
    def message(self) -> tuple[bytes, bytes]:
        """The header block of an HTTP message, and what follows it."""
        end = _HEAD_END.search(self.block)
        return (self.block[: end.end()], self.block[end.end() :]) if end else (self.block, b"")


@dataclass(slots=True, kw_only=True)
class Warc:
    """A file, as far as it can be read."""

    name: str  # seen from the archive's folder; the one it has once it is sealed
    captures: list[Capture] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # what is not as it was written, in sentences
    whole_bytes: int = 0  # from the start to the end of the last whole capture


def sealed(folder: Path) -> list[Path]:
    """List the sealed WARCs of an archive, by name: in the order in which they were begun."""
    return sorted(folder.glob(f"warc/*/*/*{SEALED}"), key=lambda path: path.name)


def left_open(folder: Path) -> list[Path]:
    """List the WARCs that a run writes, or that a killed one left."""
    return sorted(folder.glob(f"warc/*/*/*{OPEN}"), key=lambda path: path.name)


def name_of(folder: Path, path: Path) -> str:
    """Name a WARC as rows do: by its place in the archive, as if it were sealed."""
    return path.relative_to(folder).as_posix().removesuffix(OPEN).removesuffix(SEALED) + SEALED


def read(folder: Path, path: Path) -> Warc:
    """Read all that can be read of a WARC; what is damaged is passed over, and told in `faults`."""
    warc = Warc(name=name_of(folder, path))
    if not path.stat().st_size:
        return warc
    with path.open("rb") as file:
        raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            _Reading(warc).take(members(raw))
        finally:
            with suppress(BufferError):  # who was interrupted may still look at it: it goes with its last reader
                raw.close()
    return warc


def answer_at(folder: Path, warc: str, offset: int, length: int) -> tuple[bytes, bytes] | None:
    """Give the header block and the body as sent of a response in a sealed WARC; None where it cannot be read."""
    try:
        with folder.joinpath(warc).open("rb") as file:
            file.seek(offset)
            [member] = members(file.read(length))
        return parse(member.text).message if member.text else None
    except (OSError, ValueError, KeyError):
        return None


def parse(raw: bytes) -> Record:
    """Give the record in `raw`, the content of one gzip member. Raises ValueError where it is none of ours."""
    head, found, rest = raw.partition(END)
    version, *lines = head.decode().split("\r\n")
    if version != VERSION or not found:
        raise ValueError("it begins no WARC record")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    block, end = rest[: -len(END)], rest[-len(END) :]
    if end != END or len(block) != int(fields["content-length"]):
        raise ValueError("its length is not the one it tells")
    return Record(fields, block)


class _Reading:
    """Puts records together to captures: a response or revisit, its request, and last its metadata."""

    def __init__(self, warc: Warc) -> None:
        self._warc = warc
        self._first: tuple[Member, Record] | None = None

    def take(self, found: Iterator[Member]) -> None:
        for member in found:
            try:
                self._take(member)
            except (ValueError, KeyError, msgspec.MsgspecError) as error:
                self._pass_over(member, str(error))

    def _take(self, member: Member) -> None:
        if member.text is None:
            self._pass_over(member, "they cannot be decompressed")
            return
        record = parse(member.text)
        self._warc.faults += [f"bytes {member.start} to {member.end}: {fault}" for fault in _faults(record)]
        if record.kind in _FIRSTS:
            self._first = (member, record)
        elif record.kind == "metadata" and self._first is not None:
            first, self._first = self._first, None
            self._warc.captures.append(_capture(self._warc.name, *first, record, member.end))
            self._warc.whole_bytes = member.end

    def _pass_over(self, member: Member, why: str) -> None:
        self._first = None
        self._warc.faults.append(f"bytes {member.start} to {member.end}: {why}")


def _faults(record: Record) -> Iterator[str]:
    if record.fields["warc-block-digest"] != digest_of(record.block):
        yield f"the block of {record.fields['warc-record-id']} is not the one its digest tells"
    payload_digest = record.fields.get("warc-payload-digest")
    if record.kind == "response" and payload_digest and payload_digest != digest_of(record.message[1]):
        yield f"the body of {record.fields['warc-record-id']} is not the one its digest tells"


def _capture(warc: str, member: Member, record: Record, metadata: Record, end: int) -> Capture:
    fields, told = record.fields, _Told(metadata.block)
    return Capture(
        url=fields["warc-target-uri"],
        captured_at=read_stamp(fields["warc-date"]),
        warc=warc,
        offset=member.start,
        length=member.end - member.start,
        unit_length=end - member.start,
        record_id=_bare(fields["warc-record-id"]),
        status=int(told.first("status") or 0),
        content_type=told.first("contentType"),
        payload_digest=fields.get("warc-payload-digest"),
        cut=Cut(fields["warc-truncated"]) if record.kind == "response" and "warc-truncated" in fields else None,
        original=_original(fields) if record.kind == "revisit" else None,
        etag=told.first("etag"),
        last_modified=told.first("lastModified"),
        evidence=msgspec.json.decode(evidence, type=PageEvidence) if (evidence := told.first("evidence")) else None,
        via=told.first("via"),
        places=told.all_of("link"),
        requisites=told.all_of("outlink") if told.first("outlinks") else None,
    )


def _original(fields: Mapping[str, str]) -> Original:
    return Original(
        url=fields["warc-refers-to-target-uri"],
        captured_at=read_stamp(fields["warc-refers-to-date"]),
        record_id=_bare(fields["warc-refers-to"]),
    )


def _bare(record_id: str) -> str:
    return record_id.removeprefix("<").removesuffix(">")


class _Told:
    """The fields of `application/warc-fields`."""

    def __init__(self, block: bytes) -> None:
        lines = (line.partition(": ") for line in block.decode().split("\r\n"))
        self._fields = [(name, value) for name, _, value in lines]

    def first(self, name: str) -> str | None:
        return next(iter(self.all_of(name)), None)

    def all_of(self, name: str) -> tuple[str, ...]:
        return tuple(value for found, value in self._fields if found == name)
