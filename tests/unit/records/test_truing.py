"""What would have to be written for records to be true of their images."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from archiver.model import CachedImage, DeclaredImage, LinkReport, Role
from archiver.records.truing import image_changes
from tests.builders import NOW, link, seen_image

IMAGE = seen_image(path="images/0f/0f.jpg")  # of 1200x675
BOTH = {"images[0].width": 1200, "images[0].height": 675}


def row(declared: DeclaredImage, *, is_held: bool = True, field: str = "images[0].url", **given: Any) -> LinkReport:
    image = replace(IMAGE, evidence=replace(IMAGE.evidence, **given))
    cached = CachedImage(current=image, since=NOW, latest=image, latest_at=NOW, url="https://example.com/a")
    place = link(role=Role.IMAGE, field=field, declared=declared)
    return LinkReport(link=place, image=cached if is_held else None)


def changes(row: LinkReport, *, marks_cached: bool = False) -> dict[str, object]:
    found = image_changes([row], marks_cached=marks_cached)
    return {change.field: change.value for change in found.get("seeds/a.md", ())}


SIZES = {
    "true": (row(DeclaredImage(width=1200, height=675, says_size=True)), {}),
    "neither": (row(DeclaredImage()), BOTH),
    "one is wrong": (row(DeclaredImage(width=1600, height=675, says_size=True)), {"images[0].width": 1200}),
    "both are wrong": (row(DeclaredImage(width=1, height=1, says_size=True)), BOTH),
    "only one is said, and true": (row(DeclaredImage(width=1200, says_size=True)), {}),
    "only one is said, and wrong": (row(DeclaredImage(height=1, says_size=True)), {"images[0].height": 675}),
    "a width that is no number": (row(DeclaredImage(says_size=True)), {}),
    "no copy": (row(DeclaredImage(width=1), is_held=False), {}),
    "a drawing without a size": (row(DeclaredImage(), width=None), {}),
    "an address without a mapping": (row(DeclaredImage(), field="images[0]"), {}),
    "beside other things": (row(DeclaredImage(), field="hero.cover"), {}),
    "at the top": (row(DeclaredImage(), field="url"), {}),
    "a field of other names": (
        row(DeclaredImage(), field="gallery[2].src"),
        {"gallery[2].width": 1200, "gallery[2].height": 675},
    ),
}


@pytest.mark.parametrize(("row", "expected"), SIZES.values(), ids=SIZES)
def test_sizes_are_made_those_of_the_cached_copy(row: LinkReport, expected: dict[str, object]) -> None:
    assert changes(row) == expected


MARKS = {
    "held, not said": (None, True, {"images[0].isCached": True}),
    "held, denied": (False, True, {"images[0].isCached": True}),
    "held, said": (True, True, {}),
    "not held, said": (True, False, {"images[0].isCached": False}),
    "not held, denied": (False, False, {}),
    "not held, not said": (None, False, {}),
}


@pytest.mark.parametrize(("said", "is_held", "expected"), MARKS.values(), ids=MARKS)
def test_what_is_cached_is_said_where_that_is_asked_for(
    said: bool | None,  # noqa: FBT001 (a table's column)
    is_held: bool,  # noqa: FBT001 (a table's column)
    expected: dict[str, object],
) -> None:
    place = row(DeclaredImage(width=1200, height=675, says_size=True, is_cached=said), is_held=is_held)
    assert changes(place, marks_cached=True) == expected
    assert changes(place) == {}
