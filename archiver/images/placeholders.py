"""One picture in the place of many: what a host sends for images that it no longer has; pure."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiver.model import HostKey

LEAST_UNRELATED = 3
"""Addresses without relation under which the same bytes are a placeholder."""

_SIZE = re.compile(
    r"(?<![0-9a-z])(?:[0-9]{2,5}x[0-9]{0,5}|x[0-9]{2,5}|(?:w|h|width|height|s)[=_-]?[0-9]{2,5})(?![0-9a-z])"
)


class SeenImage(NamedTuple):
    """An image's address, and the digest of what came from there."""

    url: str
    digest: str


def placeholders(images_by_host: Mapping[HostKey, Iterable[SeenImage]]) -> frozenset[str]:
    """Give the addresses that got what at least two unrelated addresses of their host got, byte for byte.

    Addresses are related where they may well name one picture: their paths are the same but for what tells a size
    (`/320x180/a.jpg`, `/a-w640.jpg`) and but for case, whatever their schemes and queries are.
    """
    return frozenset(url for images in images_by_host.values() for url in _placeholders_of(images))


def _placeholders_of(images: Iterable[SeenImage]) -> Iterable[str]:
    urls_by_digest: dict[str, set[str]] = defaultdict(set)
    for image in images:
        urls_by_digest[image.digest].add(image.url)
    for urls in urls_by_digest.values():
        if len({subject(url) for url in urls}) >= LEAST_UNRELATED:
            yield from urls


def subject(url: str) -> str:
    """Give what an image's address names, whatever the size: related addresses have it in common."""
    return _SIZE.sub("", urlsplit(url).path.lower())
