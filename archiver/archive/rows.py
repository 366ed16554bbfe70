"""Rows of archive.db, to and from lines and histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from archiver.archive.lines import CheckLine, LinkLine
from archiver.model import State, Track, read_stamp, stamp

if TYPE_CHECKING:
    import sqlite3

Row: TypeAlias = Mapping[str, Any]

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
    }


def stored_check(row: sqlite3.Row) -> CheckLine:
    """Give the line that a row was made of."""
    lists = {name: msgspec.json.decode(row[name]) for name in ("redirects", "warnings")}
    return msgspec.convert({**dict(row), **lists}, CheckLine)


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
