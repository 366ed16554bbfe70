"""The seam: main decides, a worker visits the hosts it holds the lease of. Values only: a pipe can carry them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from archiver.model.hops import Exchange, Hop
from archiver.model.policies import Pacing
from archiver.model.visits import HostKey, NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMemory:
    """What a run has learnt of a host: it travels with the lease."""

    opens_at: float = 0.0  # time.monotonic() of the next allowed request
    penalty_s: float = 0.0  # the last hold for a 429 that named no time
    delay_s: float = 0.0  # between the starts of two requests, where the host had trouble
    usual_s: float = 0.0  # how long its answers take
    held_s: float = 0.0  # of all holds since it last showed something
    silent_urls: frozenset[str] = frozenset()  # failed in a row to give a first byte
    proven: bool = False  # it has answered
    ended: NoAnswer | None = None  # nothing more is asked of it in this run


class Lease(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The right to ask one host, and how."""

    host: HostKey
    pacing: Pacing
    memory: HostMemory


class Feed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Hops for a leased host; `left` more wait."""

    host: HostKey
    hops: tuple[Hop, ...]
    left: int


class Release(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for a lease back; the worker answers `Released`."""

    host: HostKey


class Fetched(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One hop of a leased host, done."""

    host: HostKey
    hop: Hop
    exchange: Exchange


class Released(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A lease given back, with what was learnt."""

    host: HostKey
    memory: HostMemory


class Probe(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Asks for a control address at once, past all queues; the worker answers `Probed`."""

    url: str


class Probed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What came of a probe."""

    exchange: Exchange


class Forgive(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Takes back what was held against hosts for their silence: it was ours."""
