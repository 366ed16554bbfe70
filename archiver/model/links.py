"""What records say: links, their roles, and what their pages should show."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from archiver.model.images import DeclaredImage

if TYPE_CHECKING:
    from datetime import datetime

    from archiver.model.words import Reason


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a record says its pages show; None where it says nothing."""

    title: str | None = None
    excerpt: str | None = None
    published_at: datetime | None = None
    provider_domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One address, in the place of the record it stands in."""

    record: str  # the file, as the user would name it
    item: str  # `article`, `related[0]`, `value[3].related[0]`
    field: str  # `webUrl`, `images[0].url`
    role: Role
    line: int  # of the address's first character, from 1
    column: int  # in code points, from 1
    url: str  # as written, with user info masked
    target: str  # what is fetched: normalised, without fragment; as written where `fault` is set
    fault: Reason | None = None  # why it can never be fetched
    expected: Expectation = dataclasses.field(default_factory=Expectation)
    rank: tuple[float, float, float] = (0.0, 0.0, 0.0)  # heat, quality, date: the greater is visited first
    declared: DeclaredImage = dataclasses.field(default_factory=DeclaredImage)
