"""Small copies of a picture, in each width and format that is asked for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, NamedTuple

from archiver.images.colour import over
from archiver.images.pictures import fitted, reduced
from archiver.model import Thumbnail, ThumbnailFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from archiver.model import ThumbnailRules

MAX_SIDE = 16_383
"""What WebP can hold (its container specification, `VP8X`): a longer strip gets no thumbnail."""

_WHITE = (255, 255, 255)


class _Writer(NamedTuple):
    """How Pillow writes a format."""

    name: str
    options: dict[str, Any]
    has_alpha: bool = True


_WRITERS = {
    ThumbnailFormat.WEBP: _Writer("WEBP", {"quality": 75, "method": 2}),
    ThumbnailFormat.JPEG: _Writer("JPEG", {"quality": 80, "optimize": True, "progressive": True}, has_alpha=False),
    ThumbnailFormat.AVIF: _Writer("AVIF", {"quality": 60, "speed": 8, "max_threads": 1}),
}


def widths(width: int, rules: ThumbnailRules) -> list[int]:
    """Give the widths of an image's thumbnails: where one would be upscaled, the image's own once."""
    return sorted({min(width, wanted) for wanted in rules.widths})


def thumbnails(base: Image.Image, rules: ThumbnailRules) -> Iterator[Thumbnail]:
    """Give the thumbnails of a picture that is as wide as its widest; each is made of the picture itself."""
    for width in widths(base.width, rules):
        size = fitted(*base.size, width)
        if max(size) > MAX_SIDE:
            continue
        small = reduced(base, size)
        for format_ in rules.formats:
            yield Thumbnail(width=size[0], height=size[1], format=format_, content=encode(small, format_))


def encode(image: Image.Image, format_: ThumbnailFormat) -> bytes:
    """Write an RGB or RGBA picture, without metadata; where the format has no alpha, over white."""
    writer = _WRITERS[format_]
    bare = image.copy() if writer.has_alpha else over(image, _WHITE).copy()
    bare.info = {}
    file = io.BytesIO()
    bare.save(file, writer.name, **writer.options)
    return file.getvalue()
