"""Whether two images show one picture, by their perceptual hashes; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archiver.model import ImageEvidence

MOST_BITS_APART = 10
"""Of 64: measured by others for re-encoding and resizing; see docs/images.md."""


def bits_apart(one: str, other: str) -> int:
    """Count the bits in which two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def distances(one: ImageEvidence, other: ImageEvidence) -> tuple[int, int] | None:
    """Give how far two images' pHashes and dHashes are apart; None where one has none."""
    if one.phash is None or other.phash is None or one.dhash is None or other.dhash is None:
        return None
    return bits_apart(one.phash, other.phash), bits_apart(one.dhash, other.dhash)


def same_picture(one: ImageEvidence, other: ImageEvidence) -> bool:
    """Tell whether two images show one picture, be it in another size, format or quality.

    Both hashes must be near: a crop moves them both, a caption or a patch over the picture sometimes only one.
    """
    apart = distances(one, other)
    return apart is not None and max(apart) <= MOST_BITS_APART
