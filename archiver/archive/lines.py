"""The lines of a segment: JSON objects, made for people and other tools to read, and what they tell as values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from archiver.model import (
    Caution,
    Check,
    HostKey,
    How,
    Link,
    Outcome,
    ProbeAnswer,
    ProbeKey,
    Redirect,
    Role,
    SeenImage,
    Snapshot,
    read_stamp,
    stamp,
)

if TYPE_CHECKING:
    from datetime import datetime


class RunLine(msgspec.Struct, frozen=True, tag="run"):
    """Opens a segment: who wrote it, and when."""

    run: str
    version: str
    command: str
    started_at: str

    def __post_init__(self) -> None:
        """Raise ValueError where the time is none."""
        read_stamp(self.started_at)


class LinkLine(msgspec.Struct, frozen=True, tag="link"):
    """Where a link stood in this run."""

    record: str
    item: str
    field: str
    role: Role
    line: int
    column: int
    url: str
    target: str


class RedirectPart(msgspec.Struct, frozen=True):
    """One redirect of a check's chain."""

    status: int
    url: str


class SnapshotPart(msgspec.Struct, frozen=True):
    """The capture that stands for what a check saw."""

    warc: str
    offset: int
    length: int
    captured_at: str
    how: How

    def __post_init__(self) -> None:
        """Raise ValueError where the time is none."""
        read_stamp(self.captured_at)


class CheckLine(msgspec.Struct, frozen=True, tag="check"):
    """One observation of a target."""

    target: str
    checked_at: str
    verdict: Outcome
    reason: str
    note: str | None
    status: int | None
    final_url: str | None
    redirects: tuple[RedirectPart, ...]
    content_type: str | None
    bytes: int | None
    digest: str | None
    attempts: int
    elapsed_ms: float | None
    warnings: tuple[Caution, ...]
    snapshot: SnapshotPart | None = None
    image: SeenImage | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where the time is none."""
        read_stamp(self.checked_at)


class ProbeLine(msgspec.Struct, frozen=True, tag="probe"):
    """What a site answered to an address that cannot exist: for the pages of a folder that end alike."""

    host: str
    folder: str
    extension: str
    probed_at: str
    url: str
    status: int | None
    final_url: str
    vocabulary: bytes
    is_challenge: bool

    def __post_init__(self) -> None:
        """Raise ValueError where the time is none."""
        read_stamp(self.probed_at)


class EndLine(msgspec.Struct, frozen=True, tag="end"):
    """Closes a segment, and says how the run ended: `whole`, `cut short` (killed) or `restored` (from archive.db)."""

    ended: str
    links: int
    checks: int


Line: TypeAlias = RunLine | LinkLine | CheckLine | ProbeLine | EndLine

encode = msgspec.json.Encoder().encode_lines
decode = msgspec.json.Decoder(Line).decode


# --- values to lines and back ---------------------------------------------------------------------------------


def link_line(link: Link) -> LinkLine:
    """Give the line that keeps where `link` stands."""
    return LinkLine(
        record=plain(link.record),
        item=plain(link.item),
        field=plain(link.field),
        role=link.role,
        line=link.line,
        column=link.column,
        url=plain(link.url),
        target=plain(link.target),
    )


def check_line(check: Check) -> CheckLine:
    """Give the line that keeps `check`."""
    return CheckLine(
        target=plain(check.target),
        checked_at=stamp(check.checked_at),
        verdict=check.outcome,
        reason=check.reason,
        note=check.note and plain(check.note),
        status=check.status,
        final_url=check.final_url and plain(check.final_url),
        redirects=tuple(RedirectPart(redirect.status, plain(redirect.url)) for redirect in check.redirects),
        content_type=check.content_type and plain(check.content_type),
        bytes=check.size_bytes,
        digest=check.digest,
        attempts=check.attempts,
        elapsed_ms=check.elapsed_ms,
        warnings=check.warnings,
        snapshot=snapshot_part(check.snapshot) if check.snapshot else None,
        image=check.image,
    )


def snapshot_part(snapshot: Snapshot) -> SnapshotPart:
    """Give the part of a check's line that keeps which capture stands for it."""
    return SnapshotPart(
        warc=snapshot.warc,
        offset=snapshot.offset,
        length=snapshot.length,
        captured_at=stamp(snapshot.captured_at),
        how=snapshot.how,
    )


def read_snapshot(part: SnapshotPart) -> Snapshot:
    """Give the snapshot that `part` keeps."""
    return Snapshot(**{**msgspec.structs.asdict(part), "captured_at": read_stamp(part.captured_at)})


def probe_line(key: ProbeKey, answer: ProbeAnswer, at: datetime) -> ProbeLine:
    """Give the line that keeps what a probe was answered."""
    return ProbeLine(
        host=key.host,
        folder=key.folder,
        extension=key.extension,
        probed_at=stamp(at),
        url=answer.url,
        status=answer.status,
        final_url=answer.final_url,
        vocabulary=answer.vocabulary,
        is_challenge=answer.is_challenge,
    )


def read_probe(line: ProbeLine) -> tuple[ProbeKey, ProbeAnswer]:
    """Give the probe that `line` keeps."""
    key = ProbeKey(host=HostKey(line.host), folder=line.folder, extension=line.extension)
    answer = ProbeAnswer(
        url=line.url,
        status=line.status,
        final_url=line.final_url,
        vocabulary=line.vocabulary,
        is_challenge=line.is_challenge,
    )
    return key, answer


def read_link(line: LinkLine) -> Link:
    """Give the link that `line` tells of, without what its record expects."""
    return Link(**msgspec.structs.asdict(line))


def read_check(line: CheckLine) -> Check:
    """Give the check that `line` keeps."""
    return Check(
        target=line.target,
        checked_at=read_stamp(line.checked_at),
        outcome=line.verdict,
        reason=line.reason,
        note=line.note,
        status=line.status,
        final_url=line.final_url,
        redirects=tuple(Redirect(status=part.status, url=part.url) for part in line.redirects),
        content_type=line.content_type,
        size_bytes=line.bytes,
        digest=line.digest,
        attempts=line.attempts,
        elapsed_ms=line.elapsed_ms,
        warnings=line.warnings,
        snapshot=read_snapshot(line.snapshot) if line.snapshot else None,
        image=line.image,
    )


_SURROGATE = re.compile(r"[\ud800-\udfff]")


def plain(text: str) -> str:
    r"""Give `text` as UTF-8 can hold it: a file name's or a header's stray bytes are written as `\udcff`."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode(errors="backslashreplace").decode()
