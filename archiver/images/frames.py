"""How the pool and its children talk: messages in MessagePack, each after its length in four bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LENGTH = struct.Struct(">I")
HELLO = b"ready"
"""A child's first message: whatever befalls it from then on is the image's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One image to look into."""

    content: bytes
    content_type: str | None


def framed(message: bytes) -> bytes:
    """Give a message with its length before it."""
    return LENGTH.pack(len(message)) + message
