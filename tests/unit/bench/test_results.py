"""Rule: a section is written anew, the others stay, and they stand in the benches' order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bench.results import HEADING, sections_of, with_section

ORDER = ["loopback", "standin", "scale"]
NAMES = st.sampled_from([*ORDER, "another"])
BODIES = st.text("ab|#-. \n", max_size=20).map(str.strip).filter(lambda body: "## " not in body)


def test_the_first_section_makes_the_page() -> None:
    assert with_section("", "scale", "| a |", ORDER) == f"{HEADING}\n## scale\n| a |\n"


def test_sections_stand_in_order() -> None:
    page = ""
    for name in ("another", "scale", "loopback"):
        page = with_section(page, name, f"of {name}", ORDER)
    assert list(sections_of(page)) == ["loopback", "scale", "another"]


@given(st.lists(st.tuples(NAMES, BODIES), min_size=1, max_size=6))
def test_law_the_last_body_of_each_name_holds(written: list[tuple[str, str]]) -> None:
    page = ""
    for name, body in written:
        page = with_section(page, name, body, ORDER)
    assert sections_of(page) == dict(written)
    assert page.startswith(HEADING)
