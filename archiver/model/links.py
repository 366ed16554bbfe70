"""What records say: links, their roles, and what their pages should show."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (msgspec reads it at run time)
from enum import StrEnum

import msgspec

from archiver.model.images import DeclaredImage
from archiver.model.words import Reason  # noqa: TC001 (likewise)


class Role(StrEnum):
    """What an address is to its article."""

    ORIGINAL = "original"
    WEB = "web"
    AMP = "amp"
    CDN_AMP = "cdn_amp"
    IMAGE = "image"
    PROVIDER_IMAGE = "provider_image"
    EMBED = "embed"
    BODY = "body"
    OTHER = "other"


IMAGE_ROLES = frozenset({Role.IMAGE, Role.PROVIDER_IMAGE})


class Expectation(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a record says its pages show; None where it says nothing."""

    title: str | None = None
    excerpt: str | None = None
    published_at: datetime | None = None
    provider_domain: str | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One address, in the place of the record it stands in.

    There are hundreds of thousands in a run: made by C, and left out of the search for cycles.
    """

    record: str  # the file, as the user would name it
    item: str  # `article`, `related[0]`, `value[3].related[0]`
    field: str  # `webUrl`, `images[0].url`
    role: Role
    line: int  # of the address's first character, from 1
    column: int  # in code points, from 1
    url: str  # as written, with user info masked
    target: str  # what is fetched: normalised, without fragment; as written where `fault` is set
    fault: Reason | None = None  # why it can never be fetched
    expected: Expectation = Expectation()
    rank: tuple[float, float, float] = (0.0, 0.0, 0.0)  # heat, quality, date: the greater is visited first
    declared: DeclaredImage = DeclaredImage()
