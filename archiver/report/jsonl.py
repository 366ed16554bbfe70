"""JSON Lines: one object a line, keys always there, null where nothing is known (docs/json-lines.md)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from archiver.model import LIVING, Reason, stamp

_encode = msgspec.json.Encoder().encode
_NOT_ASKED = frozenset({Reason.NOT_REACHED, Reason.NOT_DUE, Reason.EXCLUDED})

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import (
        Caution,
        Check,
        History,
        Link,
        LinkReport,
        RecordError,
        RunReport,
        SeenImage,
        Snapshot,
        Track,
    )


# --- the keys of lines, in their order: what gives the values of a part gives them in the same


_PLACE = ("record", "item", "field", "line", "column", "role", "url", "target")
_CHECKED = (
    "verdict", "reason", "status", "final_url", "redirects", "content_type", "bytes", "digest",
    "attempts", "elapsed_ms", "checked_at", "cached", "warnings", "note",
)  # fmt: skip
_TRACKED = ("state", "first_seen_at", "last_ok_at", "first_failed_at", "dead_since", "strikes")
_KEPT = ("snapshot", "image")


def _line(name: str, *keys: str) -> type[msgspec.Struct]:
    """Make what a line of one kind is encoded from: sooner than a dictionary."""
    return msgspec.defstruct(name, [(key, object) for key in ("type", *keys)], gc=False)


_LinkLine = _line("_LinkLine", *_PLACE, *_CHECKED, *_TRACKED, *_KEPT)
_ListedLine = _line("_ListedLine", *_PLACE, "warnings")
_PlaceLine = _line("_PlaceLine", *_PLACE)
_CheckLine = _line("_CheckLine", "target", *_CHECKED, "snapshot")
_StateLine = _line("_StateLine", "target", *_TRACKED, *_KEPT)
_UNCHECKED = (None, None, None, None, (), None, None, None, 0, None, None)


def run_lines(report: RunReport) -> Iterator[bytes]:
    """Give the lines of a run: links in record order, then record errors, then the summary."""
    yield from _lines(map(_link, report.links))
    yield from _lines(map(_problem, report.problems))
    yield from _lines([{**_counts(report), **_outcome(report)}])


def link_lines(report: RunReport) -> Iterator[bytes]:
    """Give the lines of a mere listing: without the keys that need a check."""
    yield from _lines(_ListedLine("link", *_place(row.link), row.cautions) for row in report.links)
    yield from _lines(map(_problem, report.problems))
    yield from _lines([_counts(report)])


def history_lines(history: History) -> Iterator[bytes]:
    """Give the lines of a target's history: where it stands, each check oldest first, then its state."""
    yield from _lines(_PlaceLine("link", *_place(link)) for link in history.links)
    yield from _lines(
        _CheckLine("check", check.target, *_checked(check), _snapshot(check.snapshot)) for check in history.checks
    )
    newest = next((check.snapshot for check in reversed(history.checks) if check.snapshot), None)
    image = _image(history.image.current if history.image else None)
    yield from _lines([_StateLine("state", history.target, *_tracked(history.track), _snapshot(newest), image)])


def _lines(objects: Iterable[msgspec.Struct | dict[str, Any]]) -> Iterator[bytes]:
    for thing in objects:
        yield _encode(thing) + b"\n"


def _link(row: LinkReport) -> msgspec.Struct:
    checked = _checked(row.check, cached=row.cached, more=row.cautions, note=row.note)
    tracked = _tracked(row.track) if row.track else _UNTRACKED
    return _LinkLine("link", *_place(row.link), *checked, *tracked, _snapshot(row.snapshot), _image(_copy_of(row)))


def _place(link: Link) -> tuple[object, ...]:
    target = None if link.fault else link.target
    return (link.record, link.item, link.field, link.line, link.column, link.role, link.url, target)


def _checked(
    check: Check | None, *, cached: bool = False, more: tuple[Caution, ...] = (), note: str | None = None
) -> tuple[object, ...]:
    """Give what a check tells, with the warnings and the note that a link has besides."""
    if check is None:
        return (*_UNCHECKED, cached, more, note)
    return (
        check.outcome,
        check.reason,
        check.status,
        check.final_url,
        [{"status": hop.status, "url": hop.url} for hop in check.redirects] if check.redirects else (),
        check.content_type,
        check.size_bytes,
        check.digest,
        check.attempts,
        check.elapsed_ms,
        None if check.reason in _NOT_ASKED else stamp(check.checked_at),
        cached,
        (*check.warnings, *more),
        f"{check.note}; {note}" if check.note and note else check.note or note,
    )


def _tracked(track: Track) -> tuple[object, ...]:
    return (
        track.state,
        stamp(track.first_seen_at),
        track.last_ok_at and stamp(track.last_ok_at),
        track.first_failed_at and stamp(track.first_failed_at),
        track.dead_since and stamp(track.dead_since),
        track.strikes,
    )


_UNTRACKED = ("unknown", None, None, None, None, 0)


def _snapshot(snapshot: Snapshot | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    return {
        "warc": snapshot.warc,
        "offset": snapshot.offset,
        "length": snapshot.length,
        "captured_at": stamp(snapshot.captured_at),
        "how": snapshot.how,
    }


def _copy_of(row: LinkReport) -> SeenImage | None:
    """Give the cached copy of a link's image; where there is none, what a check saw and did not keep."""
    if row.image is not None:
        return row.image.current
    return row.check.image if row.check and row.check.outcome in LIVING else None


def _image(image: SeenImage | None) -> dict[str, Any] | None:
    """Give what is known of an image."""
    if image is None:
        return None
    return {
        "format": image.evidence.format,
        "width": image.evidence.width,
        "height": image.evidence.height,
        "path": image.path,
        "thumbhash": image.evidence.thumbhash,
        "thumbnails": [
            {"width": thumbnail.width, "height": thumbnail.height, "path": thumbnail.path}
            for thumbnail in image.thumbnails
        ],
    }


def _problem(problem: RecordError) -> dict[str, Any]:
    return {"type": "record_error", "record": problem.record, "line": problem.line, "message": problem.message}


def _counts(report: RunReport) -> dict[str, Any]:
    return {
        "type": "summary",
        "records": report.records,
        "unpublished": report.unpublished,
        "record_errors": len(report.problems),
        "links": len(report.links),
        "targets": report.targets,
    }


def _outcome(report: RunReport) -> dict[str, Any]:
    by_verdict = Counter(row.check.outcome for row in report.links if row.check)
    by_state = Counter(row.track.state if row.track else "unknown" for row in report.links)
    return {
        "by_verdict": dict(by_verdict.most_common()),
        "by_state": dict(by_state.most_common()),
        "inconclusive": report.inconclusive,
        "interrupted": report.interrupted,
        "elapsed_s": round(report.elapsed_s, 1),
    }
