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

    from archiver.model import Check, History, Link, LinkReport, RecordError, RunReport, SeenImage, Snapshot, Track


def run_lines(report: RunReport) -> Iterator[bytes]:
    """Give the lines of a run: links in record order, then record errors, then the summary."""
    yield from _lines(map(_link, report.links))
    yield from _lines(map(_problem, report.problems))
    yield from _lines([{**_counts(report), **_outcome(report)}])


def link_lines(report: RunReport) -> Iterator[bytes]:
    """Give the lines of a mere listing: without the keys that need a check."""
    yield from _lines({**_place(row.link), "warnings": row.cautions} for row in report.links)
    yield from _lines(map(_problem, report.problems))
    yield from _lines([_counts(report)])


def history_lines(history: History) -> Iterator[bytes]:
    """Give the lines of a target's history: where it stands, each check oldest first, then its state."""
    yield from _lines(map(_place, history.links))
    yield from _lines(
        {"type": "check", "target": check.target, **_checked(check), "snapshot": _snapshot(check.snapshot)}
        for check in history.checks
    )
    newest = next((check.snapshot for check in reversed(history.checks) if check.snapshot), None)
    image = _image(history.image.current if history.image else None)
    stands = {**_tracked(history.track), "snapshot": _snapshot(newest), "image": image}
    yield from _lines([{"type": "state", "target": history.target, **stands}])


def _lines(objects: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for thing in objects:
        yield _encode(thing) + b"\n"


def _link(row: LinkReport) -> dict[str, Any]:
    line = _place(row.link)
    line |= _checked(row.check) if row.check else _UNCHECKED
    line |= _tracked(row.track) if row.track else _UNTRACKED
    line |= {"cached": row.cached, "snapshot": _snapshot(row.snapshot), "image": _image(_copy_of(row))}
    if row.note:
        line["note"] = f"{line['note']}; {row.note}" if line["note"] else row.note
    if row.cautions:
        line["warnings"] = [*line["warnings"], *row.cautions]
    return line


def _place(link: Link) -> dict[str, Any]:
    return {
        "type": "link",
        "record": link.record,
        "item": link.item,
        "field": link.field,
        "line": link.line,
        "column": link.column,
        "role": link.role,
        "url": link.url,
        "target": None if link.fault else link.target,
    }


def _checked(check: Check) -> dict[str, Any]:
    return {
        "verdict": check.outcome,
        "reason": check.reason,
        "status": check.status,
        "final_url": check.final_url,
        "redirects": [{"status": hop.status, "url": hop.url} for hop in check.redirects],
        "content_type": check.content_type,
        "bytes": check.size_bytes,
        "digest": check.digest,
        "attempts": check.attempts,
        "elapsed_ms": check.elapsed_ms,
        "checked_at": None if check.reason in _NOT_ASKED else stamp(check.checked_at),
        "cached": False,
        "warnings": check.warnings,
        "note": check.note,
    }


_UNCHECKED = {
    **dict.fromkeys(("verdict", "reason", "status", "final_url")),
    "redirects": (),
    **dict.fromkeys(("content_type", "bytes", "digest")),
    "attempts": 0,
    **dict.fromkeys(("elapsed_ms", "checked_at")),
    "cached": False,
    "warnings": (),
    "note": None,
}


def _tracked(track: Track) -> dict[str, Any]:
    return {
        "state": track.state,
        "first_seen_at": stamp(track.first_seen_at),
        "last_ok_at": track.last_ok_at and stamp(track.last_ok_at),
        "first_failed_at": track.first_failed_at and stamp(track.first_failed_at),
        "dead_since": track.dead_since and stamp(track.dead_since),
        "strikes": track.strikes,
    }


_UNTRACKED = {
    "state": "unknown",
    **dict.fromkeys(("first_seen_at", "last_ok_at", "first_failed_at", "dead_since")),
    "strikes": 0,
}


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
