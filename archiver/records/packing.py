"""Readings as bytes: of one file, without its name, so that they hold whatever the file is called."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TypeAlias

import msgspec

from archiver.model import DeclaredImage, Expectation, Link, Reason, RecordError, Role
from archiver.records.reading import Reading

# msgspec reads these at run time
_Context: TypeAlias = tuple[  # title, excerpt, time, domain, rank: many links share them
    str | None, str | None, datetime | None, str | None, tuple[float, float, float]
]
_Declared: TypeAlias = tuple[int | None, int | None, bool, bool | None]  # width, height, says_size, is_cached
_Row: TypeAlias = tuple[  # context, item, field, role, line, column, url, target where it is another, fault, declared
    int, str, str, Role, int, int, str, str | None, Reason | None, _Declared | None
]
_Problem: TypeAlias = tuple[str, int | None]
_Packed: TypeAlias = tuple[list[_Context], list[_Row], list[_Problem], int, int]

_NOTHING_EXPECTED, _SAYS_NOTHING = Expectation(), (None, None, None, None)
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
    shared = [(_expectation(context), context[4]) for context in contexts]
    return Reading(
        links=tuple(_link(row, name, *shared[row[0]]) for row in rows),
        problems=tuple(RecordError(message, record=name, line=line) for message, line in problems),
        records=records,
        unpublished=unpublished,
    )


def _row(link: Link, contexts: dict[_Context, int]) -> _Row:
    said = link.expected
    context = (said.title, said.excerpt, said.published_at, said.provider_domain, link.rank)
    number = contexts.setdefault(context, len(contexts))
    target = None if link.target == link.url else link.target
    declared = None if link.declared == _NOTHING_DECLARED else _declared_row(link.declared)
    return number, link.item, link.field, link.role, link.line, link.column, link.url, target, link.fault, declared


def _declared_row(declared: DeclaredImage) -> _Declared:
    return declared.width, declared.height, declared.says_size, declared.is_cached


def _declared(row: _Declared) -> DeclaredImage:
    width, height, says_size, is_cached = row
    return DeclaredImage(width=width, height=height, says_size=says_size, is_cached=is_cached)


def _expectation(context: _Context) -> Expectation:
    title, excerpt, published_at, domain, _ = context
    if context[:4] == _SAYS_NOTHING:
        return _NOTHING_EXPECTED
    return Expectation(title=title, excerpt=excerpt, published_at=published_at, provider_domain=domain)


def _link(row: _Row, name: str, expected: Expectation, rank: tuple[float, float, float]) -> Link:
    """Make a link past its constructor, which takes three times as long: most of what a reading out of bytes costs."""
    link = _new(Link)
    _, item, field, role, line, column, url, target, fault, declared = row
    _set_record(link, name)
    _set_item(link, item)
    _set_field(link, field)
    _set_role(link, role)
    _set_line(link, line)
    _set_column(link, column)
    _set_url(link, url)
    _set_target(link, url if target is None else target)
    _set_fault(link, fault)
    _set_expected(link, expected)
    _set_rank(link, rank)
    _set_declared(link, _declared(declared) if declared else _NOTHING_DECLARED)
    return link


_new = object.__new__
(
    _set_record,
    _set_item,
    _set_field,
    _set_role,
    _set_line,
    _set_column,
    _set_url,
    _set_target,
    _set_fault,
    _set_expected,
    _set_rank,
    _set_declared,
) = (Link.__dict__[slot.name].__set__ for slot in fields(Link))  # in the order of the fields, all of them
