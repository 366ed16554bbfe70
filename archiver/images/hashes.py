"""Perceptual hashes: 64 bits of what a picture looks like, near one another where two look alike.

pHash after Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1;
dHash after Krawetz, "Kind of Like That" (2013). Pictures of 32 x 32 are too small to need a library of numbers.
"""

from __future__ import annotations

import math
import statistics
from operator import mul
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIDE = 32
_KEPT = 8
_COSINES = [[math.cos(math.pi / _SIDE * (x + 0.5) * k) for x in range(_SIDE)] for k in range(_KEPT)]


def phash(grey: Image.Image) -> str:
    """Give the signs of a picture's 64 lowest frequencies against their median, in hex."""
    pixels = grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS).tobytes()
    rows = [pixels[start : start + _SIDE] for start in range(0, _SIDE * _SIDE, _SIDE)]
    columns = [[sum(map(mul, row, cosines)) for row in rows] for cosines in _COSINES]
    frequencies = [sum(map(mul, column, cosines)) for cosines in _COSINES for column in columns]
    middle = statistics.median(frequencies)
    return _hex(frequency > middle for frequency in frequencies)


def dhash(grey: Image.Image) -> str:
    """Give whether each of 8 x 8 places is darker than the one to its right, in hex."""
    pixels = grey.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    return _hex(pixels[9 * y + x] < pixels[9 * y + x + 1] for y in range(8) for x in range(8))


def _hex(bits: Iterable[bool]) -> str:
    return f"{int(''.join('01'[bit] for bit in bits), 2):016x}"
