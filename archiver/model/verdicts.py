"""What one check says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import msgspec

from archiver.model.visits import PERMANENT_REDIRECTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archiver.model.captures import Snapshot
    from archiver.model.images import SeenImage
    from archiver.model.words import Caution, Outcome


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one check says of its target."""

    outcome: Outcome
    reason: str
    note: str | None = None


class Redirect(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One redirect of a chain: the URL that answered so."""

    status: int
    url: str


class Check(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One observation of a target: never overwritten."""

    target: str
    checked_at: datetime  # aware, UTC, to the millisecond
    outcome: Outcome
    reason: str
    note: str | None = None
    status: int | None = None
    final_url: str | None = None  # where the redirects ended
    redirects: tuple[Redirect, ...] = ()
    content_type: str | None = None
    size_bytes: int | None = None
    digest: str | None = None
    attempts: int = 0
    elapsed_ms: float | None = None
    warnings: tuple[Caution, ...] = ()
    snapshot: Snapshot | None = None  # the capture that stands for what was seen
    image: SeenImage | None = None  # what was seen inside, where it was to be an image

    @property
    def mend(self) -> str | None:
        """The address to write instead, or None."""
        return mended(self.redirects, self.final_url)


def mended(redirects: Sequence[Redirect], final_url: str | None) -> str | None:
    """Give the address after the last *leading* permanent redirect, None where the first is not permanent."""
    leading = list(itertools.takewhile(lambda redirect: redirect.status in PERMANENT_REDIRECTS, redirects))
    after = [*(redirect.url for redirect in redirects), final_url]
    return after[len(leading)] if leading else None
