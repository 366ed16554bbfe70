"""One look into an image's bytes: what it is, what is wrong with it, and its thumbnails. To be run in a subprocess."""

from __future__ import annotations

from archiver.images import raster, svg
from archiver.images.colour import over_grey
from archiver.images.faults import without_picture
from archiver.images.hashes import dhash, phash
from archiver.images.pictures import MOST_TINY, Flaw, Picture, dominant_colour, is_flat
from archiver.images.sniff import HTML, SVG, is_only_told, matches, sniff
from archiver.images.thumbhash import thumbhash
from archiver.images.thumbnails import thumbnails
from archiver.model import ImageEvidence, ImageFault, Look, LookRules

LEAST_BASE_WIDTH = 320
"""Pixels that hashes are taken from, however small the thumbnails are."""


def look(content: bytes, content_type: str | None, rules: LookRules) -> Look:
    """Give all that is to be known of an image. Raises nothing, but may never return: see `pool`."""
    format_ = sniff(content)
    content_type_matches = matches(content_type, format_)
    if format_ is not None and is_only_told(format_):
        note = f"{format_} is not decoded"
        return Look(evidence=ImageEvidence(format=format_, note=note, content_type_matches=content_type_matches))
    found = _decode(content, format_, rules)
    if isinstance(found, Flaw):
        return without_picture(content, content_type, found.fault, found.note)
    fault = _placeholder(found)
    evidence = ImageEvidence(
        format=format_,
        width=found.width,
        height=found.height,
        frames=found.frames,
        mode=found.mode,
        has_alpha=found.base.mode == "RGBA",
        fault=fault.fault if fault else None,
        note=fault.note if fault else None,
        thumbhash=thumbhash(found.base),
        dominant_colour=dominant_colour(found.base),
        content_type_matches=content_type_matches,
        **_hashes(found),
    )
    return Look(evidence=evidence, thumbnails=tuple(thumbnails(found.base, rules.thumbnails)))


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


def _placeholder(picture: Picture) -> Flaw | None:
    width, height = picture.width or picture.base.width, picture.height or picture.base.height
    if max(width, height) <= MOST_TINY:
        return Flaw(ImageFault.IMAGE_PLACEHOLDER, f"{width}x{height}")
    if is_flat(picture.base) and not picture.is_partial:
        return Flaw(ImageFault.IMAGE_PLACEHOLDER, "one colour all over")
    return None


def _hashes(picture: Picture) -> dict[str, str]:
    grey = over_grey(picture.base)
    return {} if is_flat(picture.base) else {"phash": phash(grey), "dhash": dhash(grey)}
