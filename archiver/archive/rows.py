"""Rows of archive.db, to and from lines and histories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from archiver.archive.cdxj import place_of
from archiver.archive.lines import CheckLine, LinkLine, ProbeLine, SnapshotPart, read_snapshot
from archiver.model import (
    CachedImage,
    Capture,
    Caution,
    Check,
    Cut,
    Original,
    Outcome,
    PageEvidence,
    Redirect,
    SeenImage,
    Snapshot,
    Standing,
    State,
    Track,
    read_stamp,
    stamp,
)

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

T = TypeVar("T")

Row: TypeAlias = Mapping[str, Any]

Values: TypeAlias = tuple[Any, ...]
"""A row's values in the order in which its statement names them: of what there is one of for each target or link."""

_read_redirects = msgspec.json.Decoder(tuple[Redirect, ...]).decode
_read_warnings = msgspec.json.Decoder(tuple[Caution, ...]).decode
_NONE = "[]"


class _Members(dict[str, T]):
    """The members of an enumeration, by their texts: its own look-up takes ten times as long."""

    def __missing__(self, text: str) -> T:
        raise ValueError(f"{text!r} is no word of ours")


_OUTCOMES = _Members((str(outcome), outcome) for outcome in Outcome)
_STATES = _Members((str(state), state) for state in State)


def link_row(line: LinkLine, run: str) -> Values:
    """Give the values of a link's row, as `run` sees it."""
    return (
        line.record,
        line.item,
        line.field,
        line.target,
        str(line.role),
        line.line,
        line.column,
        line.url,
        run,
    )


def stored_link(row: sqlite3.Row) -> LinkLine:
    """Give the line that a row was made of."""
    return msgspec.convert(dict(row), LinkLine)


def check_row(line: CheckLine, run: str) -> Values:
    """Give the values of a check's row."""
    return (
        line.target,
        line.checked_at,
        run,
        str(line.verdict),
        str(line.reason),
        line.note,
        line.status,
        line.final_url,
        _json(line.redirects) if line.redirects else _NONE,
        line.content_type,
        line.bytes,
        line.digest,
        line.attempts,
        line.elapsed_ms,
        _json(line.warnings) if line.warnings else _NONE,
        line.snapshot and _json(line.snapshot),
        line.image and _json(line.image),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def stored_check(row: sqlite3.Row) -> Check:
    """Give the check that a row tells of."""
    (
        target,
        checked_at,
        verdict,
        reason,
        note,
        status,
        final_url,
        redirects,
        content_type,
        size_bytes,
        digest,
        attempts,
        elapsed_ms,
        warnings,
        snapshot,
        image,
    ) = row
    return Check(
        target=target,
        checked_at=read_stamp(checked_at),
        outcome=_OUTCOMES[verdict],
        reason=reason,
        note=note,
        status=status,
        final_url=final_url,
        redirects=() if redirects == _NONE else _read_redirects(redirects),
        content_type=content_type,
        size_bytes=size_bytes,
        digest=digest,
        attempts=attempts,
        elapsed_ms=elapsed_ms,
        warnings=() if warnings == _NONE else _read_warnings(warnings),
        snapshot=stored_snapshot(snapshot) if snapshot else None,
        image=stored_image(image) if image else None,
    )


def image_row(line: CheckLine) -> Row:
    """Give the values of the row of the image that a check saw."""
    assert line.image
    image, evidence = line.image, line.image.evidence
    told = ("format", "width", "height", "frames", "fault", "phash", "dhash", "thumbhash", "dominant_colour")
    return {
        "digest": image.digest,
        "seen_at": line.checked_at,
        "path": image.path,
        "bytes": image.size_bytes,
        **{name: getattr(evidence, name) for name in told},
    }


def thumbnail_rows(line: CheckLine) -> Iterator[Row]:
    """Give the values of the rows of its thumbnails."""
    assert line.image
    for thumbnail in line.image.thumbnails:
        yield {"digest": line.image.digest, **msgspec.structs.asdict(thumbnail), "format": thumbnail.format.value}


def cached_row(target: str, cached: CachedImage) -> Row:
    """Give the values of the row of what is held of an image's address."""
    return {
        "target": target,
        "url": cached.url,
        "current": msgspec.json.encode(cached.current).decode(),
        "since": stamp(cached.since),
        "latest": msgspec.json.encode(cached.latest).decode(),
        "latest_at": stamp(cached.latest_at),
    }


def stored_cached(row: sqlite3.Row) -> CachedImage:
    """Give what a row tells of an image's address."""
    return CachedImage(
        current=stored_image(row["current"]),
        since=read_stamp(row["since"]),
        latest=stored_image(row["latest"]),
        latest_at=read_stamp(row["latest_at"]),
        url=row["url"],
    )


def stored_image(text: str) -> SeenImage:
    """Give the image that a row has."""
    return msgspec.json.decode(text, type=SeenImage)


def probe_row(line: ProbeLine, run: str) -> Row:
    """Give the values of a probe's row."""
    return {**msgspec.structs.asdict(line), "run": run}


def stored_probe(row: sqlite3.Row) -> ProbeLine:
    """Give the line that a row was made of."""
    return ProbeLine(**{**dict(row), "is_challenge": bool(row["is_challenge"])})


def stored_snapshot(text: str) -> Snapshot:
    """Give the snapshot that a check's row points at."""
    return read_snapshot(msgspec.json.decode(text, type=SnapshotPart))


def capture_row(capture: Capture) -> tuple[str | int | None, ...]:
    """Give the values of a capture's row, in the order of its columns."""
    original = capture.original
    return (
        capture.warc,
        capture.offset,
        capture.length,
        capture.unit_length,
        capture.record_id,
        place_of(capture.url),
        capture.url,
        stamp(capture.captured_at),
        capture.status,
        capture.content_type,
        capture.payload_digest,
        capture.cut,
        original.url if original else None,
        stamp(original.captured_at) if original else None,
        original.record_id if original else None,
        capture.etag,
        capture.last_modified,
        msgspec.json.encode(capture.evidence).decode() if capture.evidence else None,
        capture.via,
        msgspec.json.encode(capture.places).decode(),
        None if capture.requisites is None else msgspec.json.encode(capture.requisites).decode(),
    )


def stored_capture(row: sqlite3.Row) -> Capture:
    """Give the capture that a row was made of."""
    return Capture(
        url=row["url"],
        captured_at=read_stamp(row["captured_at"]),
        warc=row["warc"],
        offset=row["offset"],
        length=row["length"],
        unit_length=row["unit_length"],
        record_id=row["record_id"],
        status=row["status"],
        content_type=row["content_type"],
        payload_digest=row["payload_digest"],
        cut=Cut(row["cut"]) if row["cut"] else None,
        original=_stored_original(row),
        etag=row["etag"],
        last_modified=row["last_modified"],
        evidence=msgspec.json.decode(row["evidence"], type=PageEvidence) if row["evidence"] else None,
        via=row["via"],
        places=tuple(msgspec.json.decode(row["places"])),
        requisites=tuple(msgspec.json.decode(row["requisites"])) if row["requisites"] else None,
    )


def _stored_original(row: sqlite3.Row) -> Original | None:
    if row["original_id"] is None:
        return None
    at = read_stamp(row["original_at"])
    return Original(url=row["original_url"], captured_at=at, record_id=row["original_id"])


def track_row(target: str, track: Track, last_run: str) -> Values:
    """Give the values of a target's row."""
    return (
        target,
        str(track.state),
        stamp(track.first_seen_at),
        stamp(track.last_checked_at),
        _stamp(track.last_ok_at),
        _stamp(track.first_failed_at),
        _stamp(track.dead_since),
        track.strikes,
        _stamp(track.last_strike_at),
        track.all_definite,
        track.failing_days,
        track.last_failing_day and track.last_failing_day.isoformat(),
        last_run,
    )


def stored_standing(row: sqlite3.Row) -> Standing:
    """Give where the target of a row stands."""
    *history, verdict, warnings = row
    is_inconclusive = warnings != _NONE and Caution.INCONCLUSIVE in _read_warnings(warnings)
    return Standing(track=stored_track(history), outcome=_OUTCOMES[verdict], is_inconclusive=is_inconclusive)


def stored_track(row: Iterable[Any]) -> Track:
    """Give the history that a row was made of."""
    (
        _target,
        state,
        first_seen_at,
        last_checked_at,
        last_ok_at,
        first_failed_at,
        dead_since,
        strikes,
        last_strike_at,
        all_definite,
        failing_days,
        last_failing_day,
    ) = row
    return Track(
        state=_STATES[state],
        first_seen_at=read_stamp(first_seen_at),
        last_checked_at=read_stamp(last_checked_at),
        last_ok_at=_read_stamp(last_ok_at),
        first_failed_at=_read_stamp(first_failed_at),
        dead_since=_read_stamp(dead_since),
        strikes=strikes,
        last_strike_at=_read_stamp(last_strike_at),
        all_definite=bool(all_definite),
        failing_days=failing_days,
        last_failing_day=date.fromisoformat(last_failing_day) if last_failing_day else None,
    )


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def _read_stamp(text: str | None) -> datetime | None:
    return read_stamp(text) if text else None
