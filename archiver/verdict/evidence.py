"""What a judge needs of an answer, extracted where its bytes are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import PageEvidence
from archiver.verdict.signatures import challenger

if TYPE_CHECKING:
    from collections.abc import Mapping


def extract(headers: Mapping[str, str]) -> PageEvidence:
    """Give the evidence in an answer's `headers` (names case-insensitive)."""
    return PageEvidence(challenge=challenger(headers))
