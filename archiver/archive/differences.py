"""How the rows of two databases differ, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.archive.reader import NAME, Reader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, and what names one of its rows."""

    name: str
    keys: tuple[str, ...]


TABLES = (
    Table(name="runs", keys=("run",)),
    Table(name="checks", keys=("target", "checked_at", "run")),
    Table(name="targets", keys=("target",)),
    Table(name="links", keys=("record", "item", "field", "target")),
    Table(name="probes", keys=("folder", "extension", "probed_at", "run")),
    Table(name="images", keys=("digest",)),
    Table(name="thumbnails", keys=("digest", "width", "format")),
    Table(name="cached", keys=("target",)),
    Table(name="warcs", keys=("warc",)),
    Table(name="captures", keys=("warc", "offset")),
)

# {table} and {keys} are our own words, never a user's.
_ONLY_IN_FIRST = "SELECT {keys} FROM {first}.{table} EXCEPT SELECT {keys} FROM {second}.{table} ORDER BY {keys}"
_CHANGED = """
    SELECT {keys} FROM (SELECT * FROM fresh.{table} EXCEPT SELECT * FROM main.{table})
    INTERSECT SELECT {keys} FROM main.{table} ORDER BY {keys}
"""
_ONE = "SELECT * FROM {first}.{table} WHERE ({keys}) = ({marks})"


def differences(rows: Reader, fresh: Path) -> Iterator[str]:
    """Say how `rows` differ from those of the database `fresh`, which is made of the files alone."""
    rows.ask("ATTACH ? AS fresh", [str(fresh)])
    for table in TABLES:
        yield from _differences(rows, table)


def _differences(rows: Reader, table: Table) -> Iterator[str]:
    words = {
        "table": table.name,
        "keys": ", ".join(f'"{key}"' for key in table.keys),
        "marks": ", ".join("?" * len(table.keys)),
    }
    if lacking := rows.ask(_ONLY_IN_FIRST.format(first="fresh", second="main", **words)):
        yield f"{NAME} lacks {len(lacking)} {table.name} that the files tell of, such as {_named(lacking[0])}"
    if surplus := rows.ask(_ONLY_IN_FIRST.format(first="main", second="fresh", **words)):
        yield f"{NAME} has {len(surplus)} {table.name} that no file tells of, such as {_named(surplus[0])}"
    if changed := rows.ask(_CHANGED.format(**words)):
        [row], [fresh] = (rows.ask(_ONE.format(first=first, **words), tuple(changed[0])) for first in ("main", "fresh"))
        yield (
            f"{NAME} tells {len(changed)} {table.name} otherwise than the files, such as {_named(changed[0])}: "
            f"{_contrast(row, fresh)}"
        )


def _named(row: sqlite3.Row) -> str:
    return " ".join(map(str, row))


def _contrast(row: sqlite3.Row, fresh: sqlite3.Row) -> str:
    columns = zip(fresh.keys(), row, fresh, strict=True)
    return ", ".join(f"{column} is {is_now}, not {told}" for column, is_now, told in columns if is_now != told)
