"""Readings as bytes: of one file, without its name, so that they hold whatever the file is called."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from archiver.model import DeclaredImage, Expectation, Link, Reason, RecordError, Role
from archiver.records.reading import Reading

# msgspec reads these at run time
_Context: TypeAlias = tuple[str, Expectation, tuple[float, float, float]]  # item, expected, rank: many links share them
_Row: TypeAlias = tuple[  # context, field, role, line, column, url, target where it is another, fault, declared
    int, str, Role, int, int, str, str | None, Reason | None, DeclaredImage | None
]
_Problem: TypeAlias = tuple[str, int | None]
_Packed: TypeAlias = tuple[list[_Context], list[_Row], list[_Problem], int, int]

_NOTHING_DECLARED = DeclaredImage()

_decoder: msgspec.msgpack.Decoder[_Packed] = msgspec.msgpack.Decoder(_Packed)
_encoder = msgspec.msgpack.Encoder()


def pack(reading: Reading) -> bytes:
    """Give a file's reading as bytes. Raises ValueError for what bytes cannot hold: half of a surrogate pair."""
    contexts: dict[_Context, int] = {}
    links = [_row(link, contexts) for link in reading.links]
    problems = [(problem.message, problem.line) for problem in reading.problems]
    return _encoder.encode((list(contexts), links, problems, reading.records, reading.unpublished))


def unpack(packed: bytes, name: str) -> Reading:
    """Give the reading of the file `name`. Raises ValueError where `packed` is none."""
    contexts, rows, problems, records, unpublished = _decoder.decode(packed)
    return Reading(
        links=tuple([_link(row, name, contexts[row[0]]) for row in rows]),
        problems=tuple(RecordError(message, record=name, line=line) for message, line in problems),
        records=records,
        unpublished=unpublished,
    )


def _row(link: Link, contexts: dict[_Context, int]) -> _Row:
    number = contexts.setdefault((link.item, link.expected, link.rank), len(contexts))
    target = None if link.target == link.url else link.target
    declared = None if link.declared == _NOTHING_DECLARED else link.declared
    return number, link.field, link.role, link.line, link.column, link.url, target, link.fault, declared


def _link(row: _Row, name: str, context: _Context) -> Link:
    _, field, role, line, column, url, target, fault, declared = row
    item, expected, rank = context
    return Link(
        record=name,
        item=item,
        field=field,
        role=role,
        line=line,
        column=column,
        url=url,
        target=url if target is None else target,
        fault=fault,
        expected=expected,
        rank=rank,
        declared=declared or _NOTHING_DECLARED,
    )
