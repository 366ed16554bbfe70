"""The look at what shows no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.images.sniff import matches, sniff
from archiver.model import ImageEvidence, Look

if TYPE_CHECKING:
    from archiver.model import ImageFault


def without_picture(content: bytes, content_type: str | None, fault: ImageFault, note: str) -> Look:
    """Give what is known of bytes by how they begin, and why no more is."""
    format_ = sniff(content)
    content_type_matches = matches(content_type, format_)
    return Look(
        evidence=ImageEvidence(format=format_, fault=fault, note=note, content_type_matches=content_type_matches)
    )
