"""Looking into images: which hops are looked into, and who does it where the bytes are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.images.pool import Pool
from archiver.images.sniff import matches
from archiver.model import IMAGE_ROLES, Role, SeenImage, ThumbnailRules, Viewing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archiver.archive import ImageStore
    from archiver.model import Content, ImageRules, Link, Look, LookRules

_PAGE_ROLES = frozenset({Role.ORIGINAL, Role.WEB, Role.AMP, Role.CDN_AMP})
_MOST_VALIDATOR_CHARS = 1000


def image_targets(links: Iterable[Link]) -> frozenset[str]:
    """Give the targets that are to be images: of an image's link, and of no page's."""
    fetched = [link for link in links if link.fault is None]
    pages = {link.target for link in fetched if link.role in _PAGE_ROLES}
    return frozenset(link.target for link in fetched if link.role in IMAGE_ROLES) - pages


class Viewings:
    """What hops are told of the images they are to bring: the main process's side, which looks up what is held."""

    def __init__(
        self, links: Iterable[Link], rules: ImageRules, held: Callable[[str], SeenImage | None], *, keeps: bool
    ) -> None:
        self._targets = image_targets(links)
        self._rules = rules
        self._held = held
        self._keeps = keeps

    def of(self, target: str, url: str) -> Viewing | None:
        """Say how the image at `url`, on the way of `target`, is looked into; None where none is."""
        if target not in self._targets and url not in self._targets:
            return None
        held = self._held(url) if self._keeps else None
        covered = held if held and covers(held, self._rules.look.thumbnails) else None
        return Viewing(held=covered, is_kept=self._keeps, referer=self._rules.referer)


def covers(image: SeenImage, rules: ThumbnailRules) -> bool:
    """Tell whether an image has all thumbnails that are wanted now, or none for a reason of its own."""
    if not image.thumbnails or image.evidence.width is None:
        return True
    there = {(thumbnail.width, thumbnail.format) for thumbnail in image.thumbnails}
    wanted = {min(width, image.evidence.width) for width in rules.widths}
    return all((width, format_) in there for width in wanted for format_ in rules.formats)


class Viewer:
    """Looks into images by subprocesses of its own, and keeps them where there is a `store`."""

    def __init__(self, rules: LookRules, store: ImageStore | None) -> None:
        thumbnails = rules.thumbnails if store else ThumbnailRules(widths=())
        self._rules = replace(rules, thumbnails=thumbnails)
        self._store = store
        self._pool: Pool | None = None  # started with the first image

    async def view(self, content: Content, digest: str, viewing: Viewing) -> SeenImage:
        """Say what is seen in a whole image, and where it is kept. Raises ArchiveError, FetchError."""
        content_type = content.headers.get("content-type")
        if viewing.held is not None and viewing.held.digest == digest:
            return _seen_again(viewing.held, content)
        look = await self._look(content.body, content_type)
        seen = SeenImage(
            digest=digest,
            size_bytes=len(content.body),
            evidence=look.evidence,
            content_type=content_type,
            etag=_validator(content, "etag"),
            last_modified=_validator(content, "last-modified"),
        )
        if self._store is None or not viewing.is_kept or look.evidence.fault is not None:
            return seen
        path, thumbnails = await self._store.keep(content.body, digest, look)
        return replace(seen, path=path, thumbnails=thumbnails)

    async def aclose(self) -> None:
        """Let the subprocesses go."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.__aexit__(None, None, None)

    async def _look(self, body: bytes, content_type: str | None) -> Look:
        if self._pool is None:
            self._pool = Pool(1, self._rules)
            await self._pool.__aenter__()
        return await self._pool.look(body, content_type)


def _seen_again(held: SeenImage, content: Content) -> SeenImage:
    """Give what is known of the same bytes, under the headers they came with this time."""
    content_type = content.headers.get("content-type")
    is_told = matches(content_type, held.evidence.format)
    return replace(
        held,
        evidence=replace(held.evidence, content_type_matches=is_told),
        content_type=content_type,
        etag=_validator(content, "etag"),
        last_modified=_validator(content, "last-modified"),
        is_current=False,
    )


def _validator(content: Content, name: str) -> str | None:
    value = content.headers.get(name)
    return value if value and len(value) <= _MOST_VALIDATOR_CHARS else None
