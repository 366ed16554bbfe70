"""What sites answer to addresses that cannot exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from archiver.model.visits import HostKey


class ProbeKey(msgspec.Struct, frozen=True, kw_only=True):
    """Where one probe answers for all: the pages of a folder that end alike."""

    host: HostKey
    folder: str  # `https://example.com/news/`
    extension: str  # `.html`, or `/`, or nothing


class ProbeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a site answered to an address that cannot exist; small enough for a row."""

    url: str
    status: int | None  # None where no HTTP answer came
    final_url: str
    vocabulary: bytes = b""  # of its main text
    is_challenge: bool = False
