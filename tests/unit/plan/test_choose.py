"""Which links are wanted: by address and role."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Reason, Role
from archiver.plan.choose import choose
from tests.builders import link

WEB = link("https://www.example.com/News/a")
IMAGE = link("https://img.example.com/a.png", role=Role.IMAGE)
ODD = link("HTTPS://Example.com/%7eme#part", target="https://example.com/~me", role=Role.BODY)
BAD = link("mailto:me@example.com", role=Role.BODY, fault=Reason.BAD_SCHEME)
ALL = (WEB, IMAGE, ODD, BAD)


def patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, texts))


@pytest.mark.parametrize(
    ("include", "exclude", "roles", "wanted"),
    [
        ([], [], [], ALL),
        (["img"], [], [], [IMAGE]),
        (["^https://img", "News"], [], [], [WEB, IMAGE]),
        (["news"], [], [], []),
        (["(?i)news"], [], [], [WEB]),
        ([r"\.png$"], [], [], [IMAGE]),
        ([], ["example"], [], []),
        ([], ["^mailto:"], [], [WEB, IMAGE, ODD]),
        (["example"], ["img"], [], [WEB, ODD, BAD]),
        (["/~me$"], [], [], [ODD]),
        (["#part$"], [], [], [ODD]),
        ([], [], [Role.IMAGE], [IMAGE]),
        ([], [], [Role.IMAGE, Role.WEB], [WEB, IMAGE]),
        (["www"], [], [Role.IMAGE], []),
        ([], ["News"], [Role.WEB], []),
    ],
    ids=str,
)
def test_what_is_wanted(include: list[str], exclude: list[str], roles: list[Role], wanted: list[object]) -> None:
    """A pattern is searched in the target and in the address as written; `exclude` has the last word."""
    found, left_out = choose(ALL, patterns(*include), patterns(*exclude), roles)
    assert list(found) == list(wanted)
    assert list(left_out) == [each for each in ALL if each not in wanted]


@given(
    st.lists(st.sampled_from(ALL)),
    st.lists(st.sampled_from(["www", "img", "e", "~"])),
    st.lists(st.sampled_from(["www", "img", "e", "~"])),
    st.sets(st.sampled_from(Role)),
)
def test_law_no_link_is_lost_or_told_twice(
    links: list[object], include: list[str], exclude: list[str], roles: set[Role]
) -> None:
    wanted, left_out = choose(links, patterns(*include), patterns(*exclude), roles)  # type: ignore[arg-type]
    assert sorted(map(id, (*wanted, *left_out))) == sorted(map(id, links))
