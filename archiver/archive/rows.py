"""Rows of archive.db, to and from lines and histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from archiver.archive.cdxj import place_of
from archiver.archive.lines import CheckLine, LinkLine, ProbeLine, SnapshotPart, read_snapshot
from archiver.model import (
    CachedImage,
    Capture,
    Cut,
    Original,
    PageEvidence,
    SeenImage,
    Snapshot,
    State,
    Track,
    read_stamp,
    stamp,
)

if TYPE_CHECKING:
    import sqlite3

Row: TypeAlias = Mapping[str, Any]

_JSON_COLUMNS = ("redirects", "warnings", "snapshot", "image")
TRACK_COLUMNS = tuple(field.name for field in fields(Track))


def link_row(line: LinkLine, run: str) -> Row:
    """Give the values of a link's row, as `run` sees it."""
    return {**msgspec.structs.asdict(line), "role": line.role.value, "run": run}


def stored_link(row: sqlite3.Row) -> LinkLine:
    """Give the line that a row was made of."""
    return msgspec.convert(dict(row), LinkLine)


def check_row(line: CheckLine, run: str) -> Row:
    """Give the values of a check's row."""
    return {
        **msgspec.structs.asdict(line),
        "run": run,
        "verdict": line.verdict.value,
        "redirects": msgspec.json.encode(line.redirects).decode(),
        "warnings": msgspec.json.encode(line.warnings).decode(),
        "snapshot": line.snapshot and msgspec.json.encode(line.snapshot).decode(),
        "image": line.image and msgspec.json.encode(line.image).decode(),
    }


def stored_check(row: sqlite3.Row) -> CheckLine:
    """Give the line that a row was made of."""
    parts = {name: row[name] and msgspec.json.decode(row[name]) for name in _JSON_COLUMNS}
    return msgspec.convert({**dict(row), **parts}, CheckLine)


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
        yield {"digest": line.image.digest, **asdict(thumbnail), "format": thumbnail.format.value}


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


def track_row(target: str, track: Track) -> Row:
    """Give the values of a target's row."""
    return {"target": target} | {name: _stored(getattr(track, name)) for name in TRACK_COLUMNS}


def _stored(value: object) -> object:
    store = _STORES.get(type(value))
    return store(value) if store else value


_STORES: dict[type, Callable[[Any], str]] = {datetime: stamp, date: date.isoformat, State: str}


def stored_track(row: sqlite3.Row) -> Track:
    """Give the history that a row was made of."""

    def at(name: str) -> datetime | None:
        return read_stamp(row[name]) if row[name] else None

    return Track(
        state=State(row["state"]),
        first_seen_at=read_stamp(row["first_seen_at"]),
        last_checked_at=read_stamp(row["last_checked_at"]),
        last_ok_at=at("last_ok_at"),
        first_failed_at=at("first_failed_at"),
        dead_since=at("dead_since"),
        strikes=row["strikes"],
        last_strike_at=at("last_strike_at"),
        all_definite=bool(row["all_definite"]),
        failing_days=row["failing_days"],
        last_failing_day=date.fromisoformat(row["last_failing_day"]) if row["last_failing_day"] else None,
    )
