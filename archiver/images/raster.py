"""Images of pixels, decoded by Pillow: nothing beyond its limits, and no format but the listed ones."""

from __future__ import annotations

import io
import re
import struct
import warnings
from typing import TYPE_CHECKING

from PIL import AvifImagePlugin, Image, ImageFile, ImageOps

from archiver.images.colour import spread, to_srgb
from archiver.images.endings import ends_early
from archiver.images.pictures import Flaw, Picture, fitted, is_flat, reduced
from archiver.model import ImageFault

if TYPE_CHECKING:
    from archiver.model import ImageLimits

ImageFile.LOAD_TRUNCATED_IMAGES = False
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the stacks of a thread for each core would use up the memory there is

_ORIENTATION = 0x0112
_LIES_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_ANIMATED = frozenset({"GIF", "WEBP", "AVIF", "PNG"})
_READS_EXIF_FIRST = frozenset({"JPEG", "MPO"})
_PIXELS = re.compile(r"\d{4,}")
_ADDRESS = re.compile(r"<[^>]*>")
_MAX_NOTE_CHARS = 120


def decode(content: bytes, format_: str, most_wide: int, limits: ImageLimits) -> Picture | Flaw:
    """Give the picture in an image file of a known format, its base at most so wide."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(content), formats=(format_,)) as image:
                return _picture(image, most_wide, limits)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            return _too_many_pixels(str(error), limits)
        except MemoryError:
            return Flaw(ImageFault.TOO_LARGE, f"{format_}: decoding takes over {limits.memory_bytes // 1_000_000} MB")
        except Exception as error:  # noqa: BLE001 (a decoder may raise anything at hostile bytes)
            return _flaw(content, format_, error)


def _too_many_pixels(message: str, limits: ImageLimits) -> Flaw:
    found = _PIXELS.search(message)
    pixels = f"{int(found[0]):,}" if found else "too many"
    return Flaw(ImageFault.TOO_LARGE, f"{pixels} pixels, over {limits.pixels:,}")


def _flaw(content: bytes, format_: str, error: Exception) -> Flaw:
    if ends_early(format_, content):
        return Flaw(ImageFault.TRUNCATED, f"{format_}: ends before its picture does, after {len(content):,} bytes")
    message = _ADDRESS.sub("its bytes", str(error))[:_MAX_NOTE_CHARS] or type(error).__name__
    return Flaw(ImageFault.UNDECODABLE_IMAGE, f"{format_}: {message}")


# --- a picture ---------------------------------------------------------------------------------------------------


def _picture(image: Image.Image, most_wide: int, limits: ImageLimits) -> Picture:
    mode = image.mode
    frames = _count_frames(image) if image.format in _ANIMATED else 1
    if image.format not in _READS_EXIF_FIRST:
        image.load()  # a PNG that is asked for its EXIF loads itself, and tells of damage that once alone
    width, height = image.size
    if lies_on_its_side := _orientation(image) in _LIES_ON_ITS_SIDE and image.format != "TIFF":
        width, height = height, width  # a TIFF is turned by Pillow itself
    size = fitted(width, height, most_wide)
    stored = size[::-1] if lies_on_its_side else size
    base = _base(image, stored)
    for number in range(1, min(frames, limits.frames)):
        if not is_flat(base):
            break
        base = _next_base(image, number, stored) or base
    return Picture(base, width, height, mode, frames)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):  # EXIF is often damaged
        return 1


def _count_frames(image: Image.Image) -> int:
    """Give how many frames there are to be found: counting decodes none."""
    try:
        return int(getattr(image, "n_frames", 1))
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error):  # its end is missing
        return 1


def _next_base(image: Image.Image, number: int, size: tuple[int, int]) -> Image.Image | None:
    """Give a later frame, None where it cannot be decoded: the first one is shown then."""
    try:
        image.seek(number)
        return _base(image, size)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error):
        return None


def _base(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Give a frame at a size, as it is stored, turned upright, in sRGB."""
    image.draft(None, size)  # a JPEG decodes as fast as it is small: at least at this size, by halves
    image.load()
    profile = image.info.get("icc_profile")
    small = reduced(spread(image), size)
    turned = _upright(small)
    return to_srgb(turned, profile)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, struct.error):
        return image
