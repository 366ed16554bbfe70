"""What decoders give, and what is taken from every picture, wherever it came from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageStat

if TYPE_CHECKING:
    from archiver.model import ImageFault

MOST_TINY = 2
"""Pixels a side: what is no larger counts visitors, or keeps a place."""

MOST_FLAT_VARIANCE = 1.0
"""Of any channel, in values of 0 to 255: what compression leaves of one colour."""

_ENOUGH_PIXELS = 16
_VISIBLE = 128


class Picture(NamedTuple):
    """A decoded image, and a copy of it that is small enough for all that follows: upright, sRGB, RGB or RGBA."""

    base: Image.Image
    width: int | None  # of the image, as it is shown; None for a drawing that has no size
    height: int | None
    mode: str | None = None
    frames: int = 1
    is_partial: bool = False  # whether a browser may show more of it: an SVG's text in fonts that we lack


class Flaw(NamedTuple):
    """Why there is no picture."""

    fault: ImageFault
    note: str


def fitted(width: int, height: int, most_wide: int) -> tuple[int, int]:
    """Give the size of a copy that is at most so wide, its ratio kept, never upscaled."""
    if width <= most_wide:
        return width, height
    return most_wide, max(1, round(height * most_wide / width))


def reduced(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Give a smaller copy; what is far larger is averaged first, which cannot be told from the slow way."""
    if image.size == size:
        return image
    gap = None if image.mode.startswith("I;16") else 2.0  # Pillow does not average these
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=gap)


def is_flat(image: Image.Image) -> bool:
    """Tell whether an RGB or RGBA picture is one colour, or as good as that; what is transparent has none."""
    seen = image.convert("RGBa") if image.mode == "RGBA" else image
    return max(ImageStat.Stat(seen).var) <= MOST_FLAT_VARIANCE


def dominant_colour(image: Image.Image) -> str | None:
    """Give the mean of the most frequent eighth-by-eighth-by-eighth of RGB, None where nothing is opaque."""
    small = image.convert("RGBA").resize((_ENOUGH_PIXELS, _ENOUGH_PIXELS), Image.Resampling.BOX).tobytes()
    pixels = [pixel for pixel in zip(*(small[part::4] for part in range(4)), strict=True) if pixel[3] >= _VISIBLE]
    bins = Counter((red >> 5, green >> 5, blue >> 5) for red, green, blue, _ in pixels)
    if not bins:
        return None
    (most, count), *_ = bins.most_common(1)
    chosen = [pixel for pixel in pixels if (pixel[0] >> 5, pixel[1] >> 5, pixel[2] >> 5) == most]
    return "#" + "".join(f"{round(sum(pixel[part] for pixel in chosen) / count):02x}" for part in range(3))
