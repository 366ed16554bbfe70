"""The cached copy of an image's address: one check after another, folded. Pure."""

from __future__ import annotations

from archiver.model import LIVING, CachedImage, Caution, Check, Reason


def next_cached(before: CachedImage | None, check: Check) -> CachedImage | None:
    """Give what is held of an image's address after `check`, which is not older than the last one.

    What is gone, broken or a placeholder changes nothing: the last good copy stays. Whether another picture takes its
    place was decided when it was seen (`is_current`).
    """
    image = check.image
    if before and image and check.reason == Reason.IMAGE_PLACEHOLDER and image.digest == before.current.digest:
        return None  # it never was a good one: only now is it seen in other images' places, too
    if image is None or image.path is None or check.outcome not in LIVING or Caution.INCONCLUSIVE in check.warnings:
        return before
    current, since = image, check.checked_at
    if before and not image.is_current:
        current, since = before.current, before.since
    elif before and before.current.digest == image.digest:
        since = before.since
    return CachedImage(
        current=current,
        since=since,
        latest=image,
        latest_at=check.checked_at,
        url=check.final_url or check.target,
    )
