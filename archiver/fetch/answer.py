"""A request as it goes out, and an HTTP answer as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiver.model import Cut


class Request(NamedTuple):
    """A request's bytes: those that go out, and those that may be told of."""

    sent: bytes
    told: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer as it came; its body went to the sink."""

    status: int
    request: bytes  # as it went out, but for what is secret
    headers: Mapping[str, str]  # by names in lower case: the first of each, but all of a list; cookies a line each
    all_headers: Sequence[tuple[str, str]]  # in their order; blanks may trail a value
    head: bytes  # the header block as received, with a status line that others can read
    peer: str | None  # the address that answered
    cut: Cut | None = None

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """All headers in bytes, in their order."""
        return [(name.encode(), _raw(value)) for name, value in self.all_headers]

    def first(self, name: str) -> str | None:
        """Give the first value of the header `name` (in lower case)."""
        value = self.headers.get(name)
        return value if value is None or value.isascii() else _text(value)

    def all_of(self, name: str) -> tuple[str, ...]:
        """Give all values of the header `name` (in lower case)."""
        return tuple(_text(value) for found, value in self.all_headers if found.lower() == name)


def _text(value: str) -> str:
    """Read a header's value: as UTF-8, as browsers do, or where it is none as the standard has it."""
    raw = _raw(value)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _raw(value: str) -> bytes:
    return value.rstrip(" \t").encode("utf-8", "surrogateescape")
