"""Law: what was read comes back from bytes as it was."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import DeclaredImage, Expectation, Link, Reason, RecordError, Role
from archiver.records.packing import pack, unpack
from archiver.records.reading import Reading

TEXTS = st.text(max_size=20)
RANKS = st.floats(allow_nan=False)
EXPECTATIONS = st.builds(
    Expectation,
    title=st.none() | TEXTS,
    excerpt=st.none() | TEXTS,
    published_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    provider_domain=st.none() | TEXTS,
)
DECLARED = st.builds(
    DeclaredImage,
    width=st.none() | st.integers(1, 10**7),
    height=st.none() | st.integers(1, 10**7),
    says_size=st.booleans(),
    is_cached=st.none() | st.booleans(),
)
LINKS = st.builds(
    Link,
    record=st.just("a.md"),
    item=TEXTS,
    field=TEXTS,
    role=st.sampled_from(Role),
    line=st.integers(1, 10**8),
    column=st.integers(1, 10**8),
    url=TEXTS,
    target=TEXTS,
    fault=st.none() | st.sampled_from(Reason),
    expected=EXPECTATIONS,
    rank=st.tuples(RANKS, RANKS, RANKS),
    declared=DECLARED,
)


@given(st.lists(LINKS, max_size=5), st.integers(0, 10**6), st.integers(0, 10**6))
def test_links_come_back(links: list[Link], records: int, unpublished: int) -> None:
    reading = Reading(links=tuple(links), records=records, unpublished=unpublished)
    assert unpack(pack(reading), "a.md") == reading


@given(st.lists(LINKS, max_size=3))
def test_links_that_come_back_can_stand_in_a_set(links: list[Link]) -> None:
    assert set(unpack(pack(Reading(links=tuple(links))), "a.md").links) == set(links)


@given(st.lists(LINKS, min_size=1, max_size=3))
def test_a_file_may_have_another_name_by_then(links: list[Link]) -> None:
    found = unpack(pack(Reading(links=tuple(links))), "b.md").links
    assert [(link.record, link.url) for link in found] == [("b.md", link.url) for link in links]


@given(TEXTS, st.none() | st.integers(1, 10**8))
def test_problems_come_back(message: str, line: int | None) -> None:
    reading = Reading(problems=(RecordError(message, record="a.md", line=line),))
    (problem,) = unpack(pack(reading), "a.md").problems
    assert (problem.message, problem.record, problem.line) == (message, "a.md", line)


def test_what_bytes_cannot_hold_is_refused() -> None:
    problem = RecordError("half a pair: \ud800", record="a.md")
    with pytest.raises(ValueError, match="surrogates"):
        pack(Reading(problems=(problem,)))


@given(st.binary(max_size=200))
def test_what_is_no_reading_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(packed, "a.md")
