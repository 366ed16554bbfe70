"""AMP copies and their pages: what is awaited before they are judged, and by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.copies import Copies
from archiver.model import Known, Link, Outcome, Reason, Role, State, Track
from archiver.verdict.amp import Seen
from tests.builders import NOW, check, link

if TYPE_CHECKING:
    from collections.abc import Sequence

WEB, AMP = "https://example.com/story", "https://example.com/amp/story"
CACHED = "https://example-com.cdn.ampproject.org/c/s/example.com/amp/story"
PLAIN = "https://example.com/plain"

ITEM = [link(WEB), link(AMP, role=Role.AMP), link(CACHED, role=Role.CDN_AMP), link(PLAIN, item="related[0]")]


def gone(target: str) -> Seen:
    return Seen(check=check(Outcome.GONE, "status_404", target=target, status=404))


def alive(target: str) -> Seen:
    return Seen(check=check(target=target, status=200, final_url=target))


def known(state: State, target: str = WEB) -> dict[str, Known]:
    track = Track(state=state, first_seen_at=NOW, last_checked_at=NOW)
    return {target: Known(track=track, last=check(Outcome.BLOCKED, "status_403", target=target))}


def test_an_item_waits_until_all_of_it_was_seen() -> None:
    copies = Copies(ITEM, {WEB, AMP, CACHED, PLAIN}, {})
    assert copies.note(alive(PLAIN)) == [PLAIN]
    assert copies.note(gone(CACHED)) == []
    assert copies.note(alive(WEB)) == []
    assert copies.note(alive(AMP)) == [WEB, AMP, CACHED]


def test_what_is_not_visited_is_not_awaited() -> None:
    faulty = link("ftp://example.com/", role=Role.ORIGINAL, fault=Reason.BAD_SCHEME)
    copies = Copies([*ITEM, faulty], {AMP}, known(State.ALIVE))
    assert AMP in copies.note(gone(AMP))


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.ALIVE, "amp_retired"), (State.SUSPECT, None), (State.DRIFTED, None), (None, None)],
    ids=str,
)
@pytest.mark.parametrize("visited", [{AMP}, {WEB, AMP}], ids=["not visited", "not reached"])
def test_what_is_not_seen_is_known_by_its_state(visited: set[str], state: State | None, expected: str | None) -> None:
    copies = Copies(ITEM, visited, known(state) if state else {})
    copies.note(gone(AMP))
    verdict = copies.verdict(AMP)
    assert (verdict and verdict.outcome) == expected


def test_what_is_seen_now_goes_before_what_was() -> None:
    copies = Copies(ITEM, {WEB, AMP}, known(State.ALIVE))
    copies.note(gone(WEB))
    copies.note(gone(AMP))
    assert copies.verdict(AMP) is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [(WEB, set()), (AMP, {WEB}), (CACHED, {WEB, AMP}), (PLAIN, set())],
    ids=["page", "copy", "cached", "alone"],
)
def test_whose_verdicts_decide_a_copys(target: str, expected: set[str]) -> None:
    assert Copies(ITEM, {WEB, AMP, CACHED}, {}).decisive(target) == expected


ROLES = (Role.WEB, Role.ORIGINAL, Role.AMP, Role.CDN_AMP)
PLACES = st.tuples(st.sampled_from("abc"), st.sampled_from(ROLES), st.sampled_from("12345"))


@given(st.lists(PLACES, max_size=12), st.data())
def test_each_address_is_given_once_all_its_items_were_seen(
    places: Sequence[tuple[str, Role, str]], data: st.DataObject
) -> None:
    links = [link(f"https://{name}.test/", item=item, role=role) for item, role, name in places]
    visited = {each.target for each in links}
    copies = Copies(links, visited, {})
    seen, told = set[str](), set[str]()
    for target in data.draw(st.permutations(sorted(visited))):
        seen.add(target)
        given_now = copies.note(alive(target))
        told.update(given_now)
        assert all(_needed(each, links) <= seen for each in given_now)
    assert told == visited


def _needed(target: str, links: Sequence[Link]) -> set[str]:
    """Give what must have been seen: the first address of each role, of the target's items with AMP copies."""
    items: dict[str, dict[Role, str]] = {}
    for each in links:
        items.setdefault(each.item, {}).setdefault(each.role, each.target)
    with_copies = (item for item in items.values() if item.keys() & {Role.AMP, Role.CDN_AMP})
    return {other for item in with_copies if target in item.values() for other in item.values()} | {target}
