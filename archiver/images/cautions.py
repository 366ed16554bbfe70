"""What is worth telling of an image beside its verdict; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.images.likeness import distances, same_picture
from archiver.images.sniff import essence
from archiver.model import ImageCaution, ImageEvidence, ImageFault, ImageWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_PICTURE = frozenset(ImageFault) - {ImageFault.IMAGE_PLACEHOLDER}


def image_warnings(
    evidence: ImageEvidence,
    *,
    content_type: str | None,
    declared: tuple[int | None, int | None] = (None, None),
    before: ImageEvidence | None = None,
) -> tuple[ImageWarning, ...]:
    """Give all that is worth telling: `declared` is a record's width and height, `before` the last good look."""
    return tuple(_warnings(evidence, content_type, declared, before))


def _warnings(
    evidence: ImageEvidence,
    content_type: str | None,
    declared: tuple[int | None, int | None],
    before: ImageEvidence | None,
) -> Iterator[ImageWarning]:
    if found := dimensions_warning(evidence, *declared):
        yield found
    if found := content_type_warning(evidence, content_type):
        yield found
    if before is not None and (found := changed_warning(before, evidence)):
        yield found


def dimensions_warning(
    evidence: ImageEvidence, declared_width: int | None, declared_height: int | None
) -> ImageWarning | None:
    """Warn where a record's width or height is not the image's own, as it is shown."""
    width, height = evidence.width, evidence.height
    if width is None or height is None or evidence.fault:
        return None
    if (declared_width or width, declared_height or height) == (width, height):
        return None
    declared = f"{declared_width or '?'}x{declared_height or '?'}"
    ratio = ""
    if declared_width and declared_height:
        is_kept = keeps_ratio((declared_width, declared_height), (width, height))
        ratio = ", the same ratio" if is_kept else ", another ratio"
    return ImageWarning(caution=ImageCaution.IMAGE_DIMENSIONS, note=f"declared {declared}, is {width}x{height}{ratio}")


def keeps_ratio(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether one size may come of the other by scaling, its sides rounded to pixels."""
    (width, height), (other_width, other_height) = one, other
    return abs(width * other_height - height * other_width) <= max(width + height, other_width + other_height) / 2


def content_type_warning(evidence: ImageEvidence, content_type: str | None) -> ImageWarning | None:
    """Warn where an image is sent as something else; a page sent as an image is a verdict of its own."""
    if evidence.content_type_matches is not False or not content_type or evidence.fault is ImageFault.IMAGE_IS_HTML:
        return None
    note = f"sent as {essence(content_type)[:80]}, is {evidence.format}"
    return ImageWarning(caution=ImageCaution.CONTENT_TYPE, note=note)


def changed_warning(before: ImageEvidence, after: ImageEvidence) -> ImageWarning | None:
    """Warn where an image's new bytes show another picture; for images whose bytes differ."""
    if before.fault or after.fault in _NO_PICTURE or same_picture(before, after):
        return None
    apart = distances(before, after)
    if apart is None:
        if before.format is None or before.phash is None:
            return None
        how = "it shows nothing now"
    else:
        how = f"another picture, or cropped: {apart[0]} and {apart[1]} of 64 bits apart (pHash, dHash)"
    return ImageWarning(caution=ImageCaution.IMAGE_CHANGED, note=how)
