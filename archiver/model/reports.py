"""What is told of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from archiver.model.captures import Snapshot
    from archiver.model.errors import RecordError
    from archiver.model.images import CachedImage
    from archiver.model.links import Link
    from archiver.model.tracks import Track
    from archiver.model.verdicts import Check
    from archiver.model.visits import HostKey
    from archiver.model.words import Caution


class LinkReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One link with what is known of it; no check and no track where nothing is."""

    link: Link
    check: Check | None = None
    track: Track | None = None
    snapshot: Snapshot | None = None  # the newest capture that stands for it
    cautions: tuple[Caution, ...] = ()  # of the link itself, besides those of the check
    cached: bool = False  # the check is of an earlier run
    note: str | None = None  # what a caution of the link itself is about
    image: CachedImage | None = None  # what is held of an image's address


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run has to tell, links in record order."""

    links: tuple[LinkReport, ...]
    problems: tuple[RecordError, ...] = ()
    records: int = 0
    unpublished: int = 0  # records left out
    targets: int = 0
    elapsed_s: float = 0.0
    inconclusive: bool = False
    interrupted: bool = False


class HostEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would ask of one host."""

    host: HostKey
    requests: int
    size_bytes: int
    duration_s: float


class RunEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would ask, in all and of each host, the one that takes longest first."""

    requests: int
    size_bytes: int
    duration_s: float
    politeness_s: float  # of it, what is spent on keeping hosts' delays
    hosts: tuple[HostEstimate, ...]


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What is made true in one record's file."""

    record: str
    diff: str  # unified; what is `secured` is masked
    changes: int  # values that the diff changes
    is_written: bool
    proposed: tuple[str, ...] = ()  # what only its owner can write: `images[0].width: 1200`
