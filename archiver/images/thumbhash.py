"""ThumbHash: a blurred picture in about 25 bytes, with its shape and alpha (Wallace, github.com/evanw/thumbhash)."""

from __future__ import annotations

import base64
import math
from functools import lru_cache
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SIDE = 32
"""The format allows up to 100: what it keeps is coarser than this."""

_LEAST_SCALE = 1e-9
"""Less is what adding floats leaves of a flat channel."""


class _Channel(NamedTuple):
    """A channel's mean, its other frequencies between 0 and 1, and what they were divided by."""

    mean: float
    waves: list[float]
    scale: float


def thumbhash(image: Image.Image) -> str:
    """Give an RGB or RGBA picture's ThumbHash in base64."""
    small = image.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    return base64.b64encode(encode(*small.size, small.tobytes())).decode()


def encode(width: int, height: int, rgba: bytes) -> bytes:
    """Give the ThumbHash of at most 100 x 100 pixels."""
    alphas = [value / 255 for value in rgba[3::4]]
    has_alpha = min(alphas) < 1
    red, green, blue = (_over_mean(rgba[number::4], alphas) for number in range(3))
    most = 5 if has_alpha else 7  # waves across the longer side
    across = max(1, _round(most * width / max(width, height)))
    down = max(1, _round(most * height / max(width, height)))
    light = _waves(
        [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)], width, max(3, across), max(3, down)
    )
    yellow = _waves([(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)], width, 3, 3)
    reddish = _waves([r - g for r, g in zip(red, green, strict=True)], width, 3, 3)
    is_landscape = width > height
    head = (
        _round(63 * light.mean)
        | _round(31.5 + 31.5 * yellow.mean) << 6
        | _round(31.5 + 31.5 * reddish.mean) << 12
        | _round(31 * light.scale) << 18
        | has_alpha << 23
        | (down if is_landscape else across) << 24
        | _round(63 * yellow.scale) << 27
        | _round(63 * reddish.scale) << 33
        | is_landscape << 39
    ).to_bytes(5, "little")
    channels = [light, yellow, reddish]
    if has_alpha:
        alpha = _waves(alphas, width, 5, 5)
        head += bytes([_round(15 * alpha.mean) | _round(15 * alpha.scale) << 4])
        channels.append(alpha)
    return head + _nibbles([_round(15 * wave) for channel in channels for wave in channel.waves])


def _over_mean(values: bytes, alphas: list[float]) -> list[float]:
    """Lay a channel over its own mean: what cannot be seen must not colour the hash."""
    weight = sum(alphas)
    mean = sum(map(mul, values, alphas)) / 255 / weight if weight else 0.0
    return [mean * (1 - alpha) + alpha * value / 255 for value, alpha in zip(values, alphas, strict=True)]


def _waves(channel: list[float], width: int, across: int, down: int) -> _Channel:
    """Transform a channel by cosines, and keep the triangle of its lowest frequencies."""
    height = len(channel) // width
    rows = [channel[start : start + width] for start in range(0, len(channel), width)]
    by_column = [[sum(map(mul, row, cosines)) for row in rows] for cosines in _cosines(width, across)]
    found = [sum(map(mul, by_column[x], _cosines(height, down)[y])) / len(channel) for x, y in _triangle(across, down)]
    scale = max(map(abs, found[1:]))
    if scale < _LEAST_SCALE:
        return _Channel(found[0], [0.0] * len(found[1:]), 0.0)
    return _Channel(found[0], [0.5 + 0.5 / scale * wave for wave in found[1:]], scale)


def _triangle(across: int, down: int) -> Iterator[tuple[int, int]]:
    for y in range(down):
        for x in range(across):
            if x * down < across * (down - y):
                yield x, y


@lru_cache(maxsize=256)
def _cosines(size: int, count: int) -> list[list[float]]:
    return [[math.cos(math.pi / size * k * (x + 0.5)) for x in range(size)] for k in range(count)]


def _nibbles(values: Sequence[int]) -> bytes:
    """Pack values of four bits, the lower half of a byte first."""
    padded = [*values, 0]
    return bytes(padded[at] | padded[at + 1] << 4 for at in range(0, len(values), 2))


def _round(value: float) -> int:
    """Round halves up, as the format's own encoder does."""
    return math.floor(value + 0.5)
