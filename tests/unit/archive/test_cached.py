"""The cached copy of an image's address: what each check makes of it."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

import pytest
from msgspec.structs import replace

from archiver.archive.cached import next_cached
from archiver.model import Caution, Check, Outcome, SeenImage
from tests.builders import NOW, check, seen_image

FIRST, SECOND = ("sha256:" + digit * 64 for digit in "12")


def kept(digest: str, *, is_current: bool = True) -> SeenImage:
    return replace(seen_image(digest, path=f"images/{digest[7:9]}/{digest[7:]}.jpg"), is_current=is_current)


def shows(image: SeenImage | None, outcome: Outcome = Outcome.ALIVE, reason: str = "ok", days: int = 0) -> Check:
    return check(outcome, reason, image=image, checked_at=NOW + timedelta(days=days))


GOOD = shows(kept(FIRST))
OTHER = shows(kept(SECOND, is_current=False), days=1)
ACCEPTED = shows(kept(SECOND), days=2)
PLACEHOLDER = shows(kept(FIRST, is_current=False), Outcome.SOFT_404, "image_placeholder", 3)


@pytest.mark.parametrize(
    ("checks", "current", "latest", "since_days"),
    [
        pytest.param([GOOD], FIRST, FIRST, 0, id="the first good one"),
        pytest.param([GOOD, OTHER], FIRST, SECOND, 0, id="another picture waits"),
        pytest.param([GOOD, OTHER, ACCEPTED], SECOND, SECOND, 2, id="until it is accepted"),
        pytest.param([GOOD, replace(GOOD, checked_at=OTHER.checked_at)], FIRST, FIRST, 0, id="the same again"),
        pytest.param([OTHER], SECOND, SECOND, 1, id="another, with nothing known before"),
        pytest.param([GOOD, shows(None, Outcome.GONE, "status_404", 1)], FIRST, FIRST, 0, id="gone"),
        pytest.param([GOOD, shows(seen_image(SECOND), days=1)], FIRST, FIRST, 0, id="seen, and not kept"),
        pytest.param([GOOD, replace(ACCEPTED, warnings=(Caution.INCONCLUSIVE,))], FIRST, FIRST, 0, id="inconclusive"),
        pytest.param([GOOD, ACCEPTED, PLACEHOLDER], SECOND, SECOND, 2, id="a placeholder that was no copy any more"),
    ],
)
def test_the_last_good_copy_is_the_cached_one(checks: list[Check], current: str, latest: str, since_days: int) -> None:
    found = reduce(next_cached, checks, None)
    assert found
    assert (found.current.digest, found.latest.digest) == (current, latest)
    assert found.since == NOW + timedelta(days=since_days)


def test_what_turns_out_to_be_a_placeholder_is_no_copy() -> None:
    """Its bytes were taken for the image when they stood under one address alone."""
    assert reduce(next_cached, [GOOD, PLACEHOLDER], None) is None
