"""What is seen inside an image."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import datetime


class ImageFault(StrEnum):
    """Why an image is not what was linked; each is the reason of a verdict (docs/images.md)."""

    IMAGE_IS_HTML = "image_is_html"
    IMAGE_PLACEHOLDER = "image_placeholder"
    TRUNCATED = "truncated"
    UNDECODABLE_IMAGE = "undecodable_image"
    TOO_LARGE = "too_large"  # for us: nothing is said against the image


class ImageCaution(StrEnum):
    """What is true of an image and no fault."""

    CONTENT_TYPE = "content_type"
    IMAGE_CHANGED = "image_changed"
    IMAGE_DIMENSIONS = "image_dimensions"


class ThumbnailFormat(StrEnum):
    """What a thumbnail may be written as; also the suffix of its file."""

    WEBP = "webp"
    JPEG = "jpeg"
    AVIF = "avif"


class ImageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What looking into one image may take; what would take more is `too_large`."""

    size_bytes: int = 25_000_000
    pixels: int = 50_000_000
    frames: int = 10  # of an animation, in search of one that shows something
    time_s: float = 15.0
    memory_bytes: int = 1_000_000_000


class ThumbnailRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which thumbnails are made: one of each width in each format, none wider than its image."""

    widths: tuple[int, ...] = (320, 640, 1280)
    formats: tuple[ThumbnailFormat, ...] = (ThumbnailFormat.WEBP,)


class LookRules(msgspec.Struct, frozen=True, kw_only=True):
    """How images are looked into."""

    limits: ImageLimits = ImageLimits()
    thumbnails: ThumbnailRules = ThumbnailRules()


class ImageRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of images, and how they are asked for."""

    look: LookRules = LookRules()
    referer: str | None = None  # the page whose readers they are asked for as


class ImageEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What an image's bytes tell; None where they don't."""

    format: str | None = None  # by its bytes: `JPEG`, `SVG`; also of a format that is only told, not decoded
    width: int | None = None  # as it is shown, its EXIF rotation applied
    height: int | None = None
    frames: int = 1
    mode: str | None = None  # Pillow's word for how its pixels are stored: `RGB`, `CMYK`, `I;16`
    has_alpha: bool = False  # whether the background shows through anywhere
    fault: ImageFault | None = None
    note: str | None = None
    phash: str | None = None  # 64 bits in hex; None for a flat image, which is like any other
    dhash: str | None = None
    thumbhash: str | None = None  # base64
    dominant_colour: str | None = None  # `#rrggbb`
    content_type_matches: bool | None = None


class Thumbnail(msgspec.Struct, frozen=True, kw_only=True):
    """A small copy: sRGB, upright, without metadata."""

    width: int
    height: int
    format: ThumbnailFormat
    content: bytes


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """All that one look into an image gives."""

    evidence: ImageEvidence
    thumbnails: tuple[Thumbnail, ...] = ()


class ImageWarning(msgspec.Struct, frozen=True, kw_only=True):
    """A caution, and the numbers behind it."""

    caution: ImageCaution
    note: str


class KeptThumbnail(msgspec.Struct, frozen=True, kw_only=True):
    """A thumbnail's file, seen from the archive's folder."""

    width: int
    height: int
    format: ThumbnailFormat
    path: str


class SeenImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image as an answer showed it, and what was kept of it."""

    digest: str  # `sha256:…` of its bytes, content-decoded
    size_bytes: int
    evidence: ImageEvidence
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    path: str | None = None  # of its bytes, seen from the archive's folder; None where they are not kept
    thumbnails: tuple[KeptThumbnail, ...] = ()
    is_current: bool = False  # whether it is the cached copy of its address from then on

    @property
    def validators(self) -> tuple[str | None, str | None]:
        """The ETag and Last-Modified that ask for no more than a 304."""
        return self.etag, self.last_modified


class Viewing(msgspec.Struct, frozen=True, kw_only=True):
    """How a hop's image is looked into: it travels with the hop, so that a visit looks nothing up."""

    held: SeenImage | None = None  # the newest good one of the URL: its bytes need no second look
    is_kept: bool = False
    referer: str | None = None  # the page whose reader asks for it


class CachedImage(msgspec.Struct, frozen=True, kw_only=True):
    """What is held of an image's address."""

    current: SeenImage  # the last good copy, which readers are shown
    since: datetime  # when it first was that
    latest: SeenImage  # the newest one that was good: another picture where that is not accepted
    latest_at: datetime
    url: str  # where that was found


class DeclaredImage(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a record says of an image; None where it says nothing."""

    width: int | None = None
    height: int | None = None
    says_size: bool = False  # a width or a height stands there, whether or not it is a number
    is_cached: bool | None = None
