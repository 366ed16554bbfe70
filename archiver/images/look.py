"""One look into an image's bytes: what it is, what is wrong with it, and its thumbnails. To be run in a subprocess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.images import raster, svg
from archiver.images.colour import over_grey
from archiver.images.faults import without_picture
from archiver.images.hashes import dhash, phash
from archiver.images.pictures import MOST_TINY, Flaw, Picture, dominant_colour, is_flat
from archiver.images.sniff import HTML, SVG, is_only_told, matches, sniff
from archiver.images.thumbhash import thumbhash
from archiver.images.thumbnails import thumbnails
from archiver.model import ImageEvidence, ImageFault, Look, LookRules

if TYPE_CHECKING:
    from PIL import Image

    from archiver.model import ThumbnailRules

LEAST_BASE_WIDTH = 320
"""Pixels that hashes are taken from, however small the thumbnails are."""


def look(content: bytes, content_type: str | None, rules: LookRules) -> Look:
    """Give all that is to be known of an image. Raises nothing, but may never return: see `pool`."""
    format_ = sniff(content)
    if format_ is not None and is_only_told(format_):
        is_told = matches(content_type, format_)
        return Look(evidence=ImageEvidence(format=format_, note="it is not decoded", content_type_matches=is_told))
    found = _decode(content, format_, rules)
    if isinstance(found, Flaw):
        return without_picture(content, content_type, found.fault, found.note)
    return _seen(found, format_, content_type, rules.thumbnails)


def _seen(picture: Picture, format_: str | None, content_type: str | None, rules: ThumbnailRules) -> Look:
    """Give the look at a picture; a placeholder gets no thumbnail, and a flat picture no hash: all are alike."""
    is_empty = is_flat(picture.base)
    placeholder = _placeholder(picture, is_empty=is_empty)
    evidence = ImageEvidence(
        format=format_,
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        mode=picture.mode,
        has_alpha=picture.base.mode == "RGBA",
        fault=ImageFault.IMAGE_PLACEHOLDER if placeholder else None,
        note=placeholder,
        thumbhash=thumbhash(picture.base),
        dominant_colour=dominant_colour(picture.base),
        content_type_matches=matches(content_type, format_),
        **({} if is_empty else _hashes(picture.base)),
    )
    return Look(evidence=evidence, thumbnails=() if is_empty or placeholder else tuple(thumbnails(picture.base, rules)))


def _decode(content: bytes, format_: str | None, rules: LookRules) -> Picture | Flaw:
    if len(content) > rules.limits.size_bytes:
        return Flaw(ImageFault.TOO_LARGE, f"{len(content):,} bytes, over {rules.limits.size_bytes:,}")
    if format_ is None:
        return Flaw(ImageFault.UNDECODABLE_IMAGE, "it begins as no image does" if content else "it has no bytes")
    if format_ == HTML:
        return Flaw(ImageFault.IMAGE_IS_HTML, "a page answers in the image's place")
    most_wide = max((LEAST_BASE_WIDTH, *rules.thumbnails.widths))
    if format_ == SVG:
        return svg.decode(content, most_wide, rules.limits)
    return raster.decode(content, format_, most_wide, rules.limits)


def _placeholder(picture: Picture, *, is_empty: bool) -> str | None:
    """Say what makes a picture a placeholder, None where nothing does."""
    width, height = picture.width or picture.base.width, picture.height or picture.base.height
    if max(width, height) <= MOST_TINY:
        return f"{width}x{height}"
    return "one colour all over" if is_empty and not picture.is_partial else None


def _hashes(base: Image.Image) -> dict[str, str]:
    grey = over_grey(base)
    return {"phash": phash(grey), "dhash": dhash(grey)}
