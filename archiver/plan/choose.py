"""Which links are wanted at all: by their address and role (`--include`, `--exclude`, `--role`). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from re import Pattern

    from archiver.model import Link, Role


def choose(
    links: Iterable[Link],
    include: Sequence[Pattern[str]] = (),
    exclude: Sequence[Pattern[str]] = (),
    roles: Collection[Role] = (),
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """Part `links`, in their order, into those wanted and those left out.

    A pattern is looked for anywhere in the target, and in the address as written. Without `include` and without
    `roles` all are wanted; `exclude` has the last word.
    """
    if not include and not exclude and not roles:
        return tuple(links), ()
    wanted: list[Link] = []
    left_out: list[Link] = []
    for link in links:
        is_wanted = (
            (not roles or link.role in roles)
            and (not include or _has_match(link, include))
            and not _has_match(link, exclude)
        )
        (wanted if is_wanted else left_out).append(link)
    return tuple(wanted), tuple(left_out)


def _has_match(link: Link, patterns: Iterable[Pattern[str]]) -> bool:
    return any(pattern.search(link.target) or pattern.search(link.url) for pattern in patterns)
