"""What the checks of images say together with their past, with one another, and with their records."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.images.cautions import dimensions_warning, image_warnings
from archiver.images.placeholders import SeenImage as Sighting
from archiver.images.placeholders import placeholders
from archiver.model import LIVING, Caution, ImageCaution, Outcome, Reason
from archiver.urls import host_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archiver.model import CachedImage, Check, HostKey, Link


class Pictures:
    """The images of a run. The checks that show an image wait until all images of its host are in.

    Only then is it known which of them got one and the same placeholder; a check that is kept is never changed.
    """

    def __init__(self, visited: Iterable[str], cached: Mapping[str, CachedImage], *, accepts: bool = False) -> None:
        targets = tuple(visited)
        self._targets = frozenset(targets)
        self._left = Counter(map(host_key, targets))
        self._cached = cached
        self._accepts = accepts
        self._held: defaultdict[HostKey, list[Check]] = defaultdict(list)
        self._ready: list[Check] = []
        self._complete: list[HostKey] = []

    def __contains__(self, target: object) -> bool:
        return target in self._targets

    def hold(self, check: Check) -> None:
        """Take the check of an image."""
        host = host_key(check.target)
        self._left[host] -= 1
        waits = check.image is not None and check.outcome in LIVING
        (self._held[host] if waits else self._ready).append(check)
        if self._left[host] == 0:
            self._complete.append(host)

    def released(self, *, is_last: bool = False) -> list[Check]:
        """Give the checks that wait for nothing more; when the run is over, all of them."""
        ready, self._ready = self._ready, []
        complete, self._complete = [*self._held] if is_last else self._complete, []
        return ready + [check for host in complete for check in self._judged(host, self._held.pop(host, []))]

    def _judged(self, host: HostKey, checks: list[Check]) -> Iterable[Check]:
        """Judge the images of one host: first by one another, then by what each was before."""
        shown = [Sighting(check.target, check.image.digest) for check in checks if check.image]
        same = placeholders({host: shown})
        times = Counter(digest for _, digest in shown)
        for check, (target, digest) in zip(checks, shown, strict=True):
            yield _placeholder(check, times[digest]) if target in same else self._compared(check)

    def _compared(self, check: Check) -> Check:
        """Hold an image against the last good one; say whether it takes that one's place."""
        image = check.image
        assert image
        before = self._cached.get(check.target)
        is_new = before is not None and before.current.digest != image.digest
        found = image_warnings(
            image.evidence,
            content_type=check.content_type,
            before=before.current.evidence if before and is_new else None,
        )
        is_other = any(warning.caution is ImageCaution.IMAGE_CHANGED for warning in found)
        is_current = image.path is not None and (self._accepts or not is_other)
        return replace(
            check,
            warnings=(*check.warnings, *(Caution(warning.caution) for warning in found)),
            note="; ".join(filter(None, (check.note, *(warning.note for warning in found)))) or None,
            image=replace(image, is_current=is_current),
        )


def size_note(link: Link, check: Check) -> str | None:
    """Say how an image's size is not what the link's record says; None where it is, or nothing is known."""
    if check.image is None or check.outcome not in LIVING:
        return None
    warning = dimensions_warning(check.image.evidence, link.declared.width, link.declared.height)
    return warning.note if warning else None


def _placeholder(check: Check, times: int) -> Check:
    note = f"{times} images of its host are one and the same"
    return replace(check, outcome=Outcome.SOFT_404, reason=Reason.IMAGE_PLACEHOLDER, note=note, snapshot=None)
