"""Which of an image's candidates is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.plan.candidates import Candidate, best, is_shown, parse_srcset

SRCSETS: dict[str, tuple[str, str | None]] = {
    "one": ("a.png", "a.png"),
    "the smallest that is enough": ("a.png 800w, b.png 1600w, c.png 3200w", "b.png"),
    "in any order": ("c.png 3200w, b.png 1700w, a.png 800w", "b.png"),
    "none is enough: the largest": ("a.png 320w, b.png 1024w, c.png 640w", "b.png"),
    "all are more": ("a.png 4000w, b.png 2400w", "b.png"),
    "densities": ("a.png, b.png 1.5x, c.png 2x, d.png 3x", "c.png"),
    "low densities": ("a.png 1x, b.png 1.5x", "b.png"),
    "a comma in an address": ("w_800,h_600/a.png 800w, w_1600,h_1200/a.png 1600w", "w_1600,h_1200/a.png"),
    "no blank after a comma": ("a.png 1x,b.png 2x", "b.png"),
    "commas and blanks around": (" ,\n, a.png 1x ,, b.png 2x, ", "b.png"),
    "a height beside the width": ("a.png 800w 600h, b.png 1600w 1200h", "b.png"),
    "a descriptor nobody knows": ("a.png (x, y) 3q, b.png 2x", "b.png"),
    "a placeholder within": ("data:image/gif;base64,AAAA 3200w, a.png 320w", "a.png"),
    "nothing but a placeholder": ("data:image/gif;base64,AAAA", None),
    "empty": (" , ", None),
}


@pytest.mark.parametrize(("srcset", "expected"), SRCSETS.values(), ids=SRCSETS)
def test_the_best_candidate(srcset: str, expected: str | None) -> None:
    assert best(parse_srcset(srcset)) == expected


@given(st.text("a,( )1.2wx:\n", max_size=60))
def test_whatever_a_srcset_is_its_addresses_stand_in_it(srcset: str) -> None:
    for candidate in parse_srcset(srcset):
        assert candidate.address in srcset


@given(st.lists(st.floats(0, 10), min_size=1))
def test_no_other_candidate_is_better(scores: list[float]) -> None:
    taken = best(Candidate(str(score), score) for score in scores)
    assert taken is not None
    score = float(taken)
    assert all(other <= score if score < 1 else other < 1 or other >= score for other in scores)


SOURCES: dict[str, tuple[str | None, str | None, bool]] = {
    "of no type": (None, None, True),
    "of a known type": ("image/avif", None, True),
    "of a type with a parameter": ("image/svg+xml; charset=utf-8", None, True),
    "of a type few know": ("image/jxl", None, False),
    "for wide windows": (None, "(min-width: 1024px)", True),
    "for wider windows": (None, "(min-width: 1281px)", False),
    "for narrow windows": (None, "(max-width: 40em)", False),
    "between": (None, "screen and (min-width:60em) and (max-width:100rem)", True),
    "either": (None, "(max-width: 400px), (min-width: 900px)", True),
    "for print": (None, "print", False),
    "for the dark": (None, "(prefers-color-scheme: dark)", False),
    "not for print": (None, "not print", True),
    "on end": (None, "(orientation: portrait)", False),
    "of a feature nobody knows": (None, "(mood: good)", True),
    "of a known type, for narrow windows": ("image/webp", "(max-width: 640px)", False),
}


@pytest.mark.parametrize(("type_", "media", "expected"), SOURCES.values(), ids=SOURCES)
def test_what_a_browser_takes(type_: str | None, media: str | None, expected: bool) -> None:  # noqa: FBT001
    assert is_shown(type_, media) is expected
