"""Redirect chains: what is asked next, and where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import REDIRECTS, Chain, NoAnswer, Reason, Reply
from archiver.plan.follow import MAX_REDIRECTS, Lack, Step, follow
from tests.builders import exchange, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archiver.model import Exchange

SITE = "https://example.com"
OTHER = "https://other.example/"


def walk(target: str, answer: Callable[[Step], Reply | NoAnswer]) -> tuple[Chain, list[Step]]:
    """Ask for what follow() lacks until it ends; give the chain, and the steps in the order they were asked."""
    done: dict[Step, Exchange] = {}
    while len(done) < 50:
        found = follow(target, done)
        if isinstance(found, Chain):
            return found, list(done)
        assert found.step not in done
        done[found.step] = exchange(found.step.url, answer(found.step))
    raise AssertionError("the chain does not end")


def walk_site(pages: Mapping[str, Reply | NoAnswer]) -> tuple[Chain, list[str]]:
    """Walk from `/0`; a page that is not in `pages` shows content."""
    chain, steps = walk(f"{SITE}/0", lambda step: pages.get(step.url.removeprefix(SITE), reply()))
    return chain, [step.url.removeprefix(SITE) for step in steps]


def to(location: str | None, status: int = 302, *cookies: str) -> Reply:
    return reply(status, location, set_cookies=cookies)


def count_down(redirects: int) -> dict[str, Reply | NoAnswer]:
    return {f"/{number}": to(f"/{number + 1}") for number in range(redirects)}


# --- where a chain ends ---------------------------------------------------------------------------------------


def test_the_first_step_is_asked_for() -> None:
    assert follow(f"{SITE}/0", {}) == Lack(Step(f"{SITE}/0", None), None)


def test_the_missing_step_is_asked_for() -> None:
    done = {Step(f"{SITE}/0", None): exchange(f"{SITE}/0", to("/1"))}
    assert follow(f"{SITE}/0", done) == Lack(Step(f"{SITE}/1", None), f"{SITE}/0")


@pytest.mark.parametrize(
    "answer", [reply(200), reply(404), reply(304), reply(300, "/1"), NoAnswer(reason=Reason.RESET)]
)
def test_what_is_no_redirect_ends_the_chain(answer: Reply | NoAnswer) -> None:
    chain, steps = walk_site({"/0": answer})
    assert steps == ["/0"]
    assert chain == Chain(target=f"{SITE}/0", exchanges=(exchange(f"{SITE}/0", answer),))


@pytest.mark.parametrize("status", sorted(REDIRECTS))
def test_every_redirect_is_followed(status: int) -> None:
    chain, steps = walk_site({"/0": to("/1", status), "/1": to("/2", status)})
    assert steps == ["/0", "/1", "/2"]
    assert [each.url for each in chain.exchanges] == [f"{SITE}{path}" for path in steps]
    assert chain.broken is None


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        pytest.param({"/0": to("/0")}, ["/0"], id="to-itself"),
        pytest.param({"/0": to("")}, ["/0"], id="to-nothing"),
        pytest.param({"/0": to("#top")}, ["/0"], id="to-a-fragment"),
        pytest.param({"/0": to("/1"), "/1": to("/0")}, ["/0", "/1"], id="of-two"),
        pytest.param({"/0": to("/1"), "/1": to("/2"), "/2": to("/0")}, ["/0", "/1", "/2"], id="of-three"),
        pytest.param({"/0": to("/1"), "/1": to("/2"), "/2": to("/1")}, ["/0", "/1", "/2"], id="later-on"),
    ],
)
def test_a_loop_is_seen_before_anything_is_asked_twice(pages: dict[str, Reply | NoAnswer], asked: list[str]) -> None:
    chain, steps = walk_site(pages)
    assert chain.broken is Reason.REDIRECT_LOOP
    assert steps == asked


def test_ten_redirects_are_fine() -> None:
    chain, steps = walk_site(count_down(MAX_REDIRECTS))
    assert chain.broken is None
    assert len(steps) == len(chain.exchanges) == 11


def test_eleven_redirects_are_too_many() -> None:
    chain, steps = walk_site(count_down(MAX_REDIRECTS + 1))
    assert chain.broken is Reason.REDIRECT_LIMIT
    assert len(steps) == len(chain.exchanges) == 11


@pytest.mark.parametrize(
    ("location", "broken"),
    [
        (None, Reason.REDIRECT_WITHOUT_LOCATION),
        ("http://[nonsense", Reason.REDIRECT_WITHOUT_LOCATION),
        ("https://example.com:99999/", Reason.REDIRECT_WITHOUT_LOCATION),
        ("ftp://example.com/file", Reason.REDIRECT_SCHEME),
        ("file:///etc/passwd", Reason.REDIRECT_SCHEME),
        ("javascript:alert(1)", Reason.REDIRECT_SCHEME),
        ("mailto:me@example.com", Reason.REDIRECT_SCHEME),
    ],
)
def test_a_location_that_leads_nowhere_breaks_the_chain(location: str | None, broken: Reason) -> None:
    chain, steps = walk_site({"/0": to("/1"), "/1": to(location)})
    assert (chain.broken, chain.note) == (broken, location)
    assert steps == ["/0", "/1"]


def test_a_relative_location_is_read_where_it_was_seen() -> None:
    _, steps = walk_site({"/0": to("/a/b?c"), "/a/b?c": to("../d#part")})
    assert steps == ["/0", "/a/b?c", "/d"]


# --- cookie walls ---------------------------------------------------------------------------------------------


def test_a_cookie_wall_is_asked_again_with_its_cookie() -> None:
    def wall(step: Step) -> Reply:
        return reply() if step.cookie == "seen=yes" else to("/0", 302, "seen=yes; Path=/; HttpOnly")

    chain, steps = walk(f"{SITE}/0", wall)
    assert steps == [Step(f"{SITE}/0", None), Step(f"{SITE}/0", "seen=yes")]
    assert chain.broken is None


def test_a_cookie_wall_by_way_of_another_page() -> None:
    def wall(step: Step) -> Reply:
        if step.url.endswith("/consent"):
            return to("/0", 302, "seen=yes; Path=/", "other=1; Path=/")
        return reply() if step.cookie else to("/consent")

    chain, steps = walk(f"{SITE}/0", wall)
    assert steps[-1] == Step(f"{SITE}/0", "seen=yes; other=1")
    assert chain.broken is None


@pytest.mark.parametrize(
    "cookie", ["seen=yes; Path=/elsewhere", "seen=yes; Domain=other.example", "seen=yes; Max-Age=0", "=", "", ";"]
)
def test_a_cookie_that_is_not_for_the_page_is_no_way_out(cookie: str) -> None:
    chain, steps = walk_site({"/0": to("/0", 302, cookie)})
    assert chain.broken is Reason.REDIRECT_LOOP
    assert steps == ["/0"]


def test_a_cookie_never_goes_to_another_site() -> None:
    def site(step: Step) -> Reply:
        if step.url == OTHER:
            return reply()
        return to(OTHER) if step.cookie else to("/0", 302, "secret=1; Path=/")

    chain, steps = walk(f"{SITE}/0", site)
    assert steps[-1] == Step(OTHER, None)
    assert chain.broken is None


def test_a_secure_cookie_never_goes_in_the_clear() -> None:
    chain, _ = walk("http://example.com/", lambda _: to("/", 302, "secret=1; Path=/; Secure"))
    assert chain.broken is Reason.REDIRECT_LOOP


def test_a_cookie_that_stays_the_same_is_a_loop() -> None:
    chain, steps = walk(f"{SITE}/0", lambda _: to("/0", 302, "seen=yes"))
    assert chain.broken is Reason.REDIRECT_LOOP
    assert len(steps) == 2


def test_a_cookie_that_changes_for_ever_ends_at_the_limit() -> None:
    chain, steps = walk(f"{SITE}/0", lambda step: to("/0", 302, f"n={len(step.cookie or '')}x{step.cookie}"[:99]))
    assert chain.broken in (Reason.REDIRECT_LIMIT, Reason.REDIRECT_LOOP)
    assert len(steps) <= 11


@pytest.mark.parametrize("cookie", ["name=café; Path=/", "name=\xff\xfe", "é=1"])
def test_a_cookie_in_other_letters_does_no_harm(cookie: str) -> None:
    """A server may send any bytes (they are read as Latin-1): it is a verdict, never an exception."""
    chain, _ = walk_site({"/0": to("/0", 302, cookie)})
    assert chain.broken is Reason.REDIRECT_LOOP


# --- laws -----------------------------------------------------------------------------------------------------

URLS = [f"{SITE}/{name}" for name in "abcd"] + ["http://example.com/a", OTHER]
COOKIES = st.sampled_from(["a=1; Path=/", "a=2; Path=/", "b=1", "c=1; Domain=example.com", "a=; Max-Age=0"])
ANSWERS = st.builds(
    reply,
    st.sampled_from([200, 404, *REDIRECTS, *REDIRECTS]),
    st.none() | st.sampled_from([*URLS, "a", "", "ftp://x/", "//[", "?q"]) | st.text(max_size=8),
    set_cookies=st.lists(COOKIES | st.text(st.characters(max_codepoint=126), max_size=20), max_size=2).map(tuple),
)


@given(st.dictionaries(st.sampled_from(URLS), ANSWERS), st.dictionaries(st.sampled_from(URLS), ANSWERS))
def test_law_every_chain_ends_without_asking_twice(
    plain: dict[str, Reply | NoAnswer], with_cookie: dict[str, Reply | NoAnswer]
) -> None:
    """Whatever a site redirects to, and whatever it answers to a cookie."""
    chain, steps = walk(URLS[0], lambda step: (with_cookie if step.cookie else plain).get(step.url, reply()))
    assert len(steps) == len(set(steps)) <= MAX_REDIRECTS + 1
    assert [each.url for each in chain.exchanges] == [step.url for step in steps]
