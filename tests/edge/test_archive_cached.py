"""The rows of cached copies: folded as the checks come, together, in turn, or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from archiver.archive.database import Database
from archiver.archive.lines import check_line
from archiver.archive.reader import NAME
from archiver.model import Check, Outcome
from tests.builders import check, seen_image
from tests.edge.archives import ADVANCE, day, url

if TYPE_CHECKING:
    from pathlib import Path

TARGET = url("image")
KEPT = replace(seen_image(path="images/0f/0f.jpg"), is_current=True)
GOOD = check(target=TARGET, image=KEPT, checked_at=day(0))
UNMASKED = check(
    Outcome.SOFT_404,
    "image_placeholder",
    target=TARGET,
    image=replace(KEPT, is_current=False),
    checked_at=day(3),
)


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([[GOOD], [UNMASKED]], id="in turn"),
        pytest.param([[GOOD, UNMASKED]], id="together"),
        pytest.param([[UNMASKED], [GOOD]], id="late"),
    ],
)
def test_the_row_of_a_copy_that_was_a_placeholder_goes(tmp_path: Path, runs: list[list[Check]]) -> None:
    database = Database.open_or_make(tmp_path / NAME, ADVANCE)
    try:
        database.absorb("good", [check_line(replace(GOOD, target=url("other")))])
        for number, checks in enumerate(runs):
            database.absorb(f"run-{number}", list(map(check_line, checks)))
        assert database.cached([TARGET, url("other")]).keys() == {url("other")}
        database.absorb("again", [check_line(replace(GOOD, checked_at=day(6)))])
        assert database.cached([TARGET])[TARGET].since == day(6)
    finally:
        database.close()
