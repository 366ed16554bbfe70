"""Pixels of any kind as RGB or RGBA in sRGB, by the image's own ICC profile."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageCms

if TYPE_CHECKING:
    from collections.abc import Callable

MODE_OF_SPACE = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
"""The pixels that a profile of each colour space (ICC.1:2022, table 19) speaks of."""

_BACKGROUND = (128, 128, 128)  # neither a white nor a black drawing vanishes on it
_SRGB = ImageCms.createProfile("sRGB")
_WHITE_OF_16_BITS = 65_535


def spread(image: Image.Image) -> Image.Image:
    """Give an image whose pixels can be averaged: palettes, bits and keyed-out colours as full pixels."""
    if image.has_transparency_data:
        return image if image.mode in ("RGBA", "LA") else image.convert("RGBA")
    if image.mode in ("P", "1"):
        return image.convert("RGB" if image.mode == "P" else "L")
    return image


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Give a spread image as RGB, or RGBA where anything shows through."""
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    colour = _BARE.get(image.mode, _itself)(image)
    managed = _transformed(colour, profile) if profile else None
    if managed is None:
        managed = _transformed(colour, None) if colour.mode == "LAB" else colour.convert("RGB")
    assert managed is not None
    if alpha is not None and alpha.getextrema() != (255, 255):
        managed.putalpha(alpha)
    return managed


def over_grey(image: Image.Image) -> Image.Image:
    """Lay an RGB or RGBA image over a middle grey, and give its lightness alone."""
    return over(image, _BACKGROUND).convert("L")


def over(image: Image.Image, background: tuple[int, int, int]) -> Image.Image:
    """Lay an RGB or RGBA image over a colour."""
    if image.mode != "RGBA":
        return image
    below = Image.new("RGB", image.size, background)
    below.paste(image, mask=image.getchannel("A"))
    return below


# --- colours ----------------------------------------------------------------------------------------------------


def _transformed(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    """Convert by a profile; None where it is damaged, or another kind of image's."""
    transform = _transform(profile, image.mode)
    return ImageCms.applyTransform(image, transform) if transform else None


@lru_cache(maxsize=16)
def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile) if profile else ImageCms.createProfile("LAB"))
        if MODE_OF_SPACE.get(opened.profile.xcolor_space) != mode:
            return None
        return ImageCms.buildTransform(opened, _SRGB, mode, "RGB", flags=ImageCms.Flags.HIGHRESPRECALC)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


# --- pixels without their alpha, eight bits each ----------------------------------------------------------------


def _itself(image: Image.Image) -> Image.Image:
    return image


def _from_16_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value * (255 / _WHITE_OF_16_BITS) + 0.5).convert("L")


def _stretched(image: Image.Image) -> Image.Image:
    """Show the whole range of values that have no white of their own."""
    low, high = image.convert("F").getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    factor = 255 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda value: value * factor + (0.5 - low * factor)).convert("L")


_BARE: dict[str, Callable[[Image.Image], Image.Image]] = {
    "RGBA": lambda image: image.convert("RGB"),
    "RGBX": lambda image: image.convert("RGB"),
    "LA": lambda image: image.getchannel("L"),
    "I;16": _from_16_bits,
    "I;16L": _from_16_bits,
    "I;16B": _from_16_bits,
    "I;16N": _from_16_bits,
    "I": _stretched,
    "F": _stretched,
}
