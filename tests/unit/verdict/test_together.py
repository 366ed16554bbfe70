"""Several links together: deep links of one host that all end on one address; warnings of a link of its own."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from archiver.model import Caution, Check, Expectation, Outcome, Reason, Role
from archiver.verdict.cautions import link_cautions
from archiver.verdict.places import is_deep, is_foreign, is_home
from archiver.verdict.together import collapsed
from tests.builders import check, link
from tests.unit.verdict.pages import EXPECTED, TARGET, html, page

LANDING = "https://a.test/news/"


def sent(number: int, final_url: str = LANDING, host: str = "a.test", **given: object) -> Check:
    usual = {"target": f"https://{host}/news/2021/story-{number}", "final_url": final_url, "status": 200}
    return check(**{"outcome": Outcome.ALIVE, "reason": "redirect_302", **usual, **given})  # type: ignore[arg-type]


THREE = [sent(1), sent(2), sent(3)]


@pytest.mark.parametrize(
    ("checks", "number"),
    [
        pytest.param(THREE, 3, id="three"),
        pytest.param([sent(1), sent(2)], 0, id="two"),
        pytest.param([sent(1), sent(2), sent(3, "https://a.test/news/x")], 0, id="one went elsewhere"),
        pytest.param([sent(1), sent(2), sent(3, host="b.test")], 0, id="another host's"),
        pytest.param([*THREE, sent(4, outcome=Outcome.GONE)], 3, id="a dead one beside"),
        pytest.param([*THREE[:2], sent(3, outcome=Outcome.UNKNOWN, reason=Reason.UNCERTAIN)], 3, id="an uncertain one"),
        pytest.param(
            [*THREE[:2], sent(3, outcome=Outcome.DRIFTED, reason=Reason.TITLE_MISMATCH)], 3, id="a drifted one"
        ),
        pytest.param([*THREE[:2], sent(3, outcome=Outcome.UNKNOWN, reason=Reason.CONSENT)], 0, id="a consent wall"),
        pytest.param([sent(n, outcome=Outcome.RESTRICTED, reason=Reason.LOGIN) for n in range(4)], 0, id="a login"),
        pytest.param([replace(sent(n), target=f"https://a.test/{n}") for n in range(4)], 0, id="no deep links"),
        pytest.param(
            [replace(sent(1), target=f"https://a.test/news/2021/s?{n}") for n in range(4)],
            0,
            id="one page",
        ),
        pytest.param([replace(each, final_url=each.target) for each in THREE], 0, id="not redirected"),
        pytest.param([replace(each, final_url=None) for each in THREE], 0, id="no end"),
    ],
)
def test_deep_links_that_end_on_one_address_have_collapsed(checks: list[Check], number: int) -> None:
    found = collapsed(checks)
    assert len(found) == number
    assert {(said.outcome, said.reason) for said in found.values()} <= {("soft_404", "redirect_collapse")}


def test_the_addresses_of_one_article_count_once() -> None:
    assert collapsed(THREE, items={each.target: "a.md article" for each in THREE}) == {}


@pytest.mark.parametrize(
    ("url", "home", "deep"),
    [
        ("https://a.test/", True, False),
        ("https://a.test", True, False),
        ("https://a.test/index.php", True, False),
        ("https://a.test/pt-br/", True, False),
        ("https://a.test/?utm_source=x&fbclid=y", True, False),
        ("https://a.test/en/home.html", True, False),
        ("https://a.test/engine", False, False),
        ("https://a.test/news?utm_source=x", False, False),
        ("https://a.test/news", False, False),
        ("https://a.test/news/today", False, True),
        ("https://a.test/a-long-name-of-a-story", False, True),
        ("https://a.test/?p=123", False, True),
    ],
)
def test_home_and_deep(url: str, home: bool, deep: bool) -> None:  # noqa: FBT001
    assert (is_home(url), is_deep(url)) == (home, deep)


@pytest.mark.parametrize(
    ("target", "final_url", "provider", "foreign"),
    [
        ("https://a.example.com/x", "https://b.example.com/y", None, False),
        ("https://a.co.uk/x", "https://b.co.uk/y", None, True),
        ("https://t.test/x", "https://www.paper.com/y", "paper.com", False),
        ("https://t.test/x", "https://www.paper.com/y", "news.paper.com", False),
        ("https://t.test/x", "https://other.com/y", "paper.com", True),
        ("https://t.test/x", "https://xn--bcher-kva.ch/y", "Bücher.ch", False),
        ("https://t.test/x", "https://other.com/y", "no domain", True),
        ("https://www-paper-com.cdn.ampproject.org/c/s/www.paper.com/x", "https://www.paper.com/x", None, False),
    ],
)
def test_other_hands(target: str, final_url: str, provider: str | None, foreign: bool) -> None:  # noqa: FBT001
    assert is_foreign(target, final_url, Expectation(provider_domain=provider)) is foreign


@pytest.mark.parametrize(
    ("given", "final_url", "expected"),
    [
        pytest.param({}, TARGET, (), id="its own page"),
        pytest.param({"expected": Expectation(title="Another one")}, TARGET, (Caution.TITLE_MISMATCH,), id="another's"),
        pytest.param({"expected": Expectation()}, TARGET, (), id="nothing expected"),
        pytest.param({"role": Role.BODY, "expected": Expectation(title="Another one")}, TARGET, (), id="in a body"),
        pytest.param({}, "https://other.test/x", (Caution.PROVIDER_MISMATCH,), id="in other hands"),
        pytest.param(
            {"expected": replace(EXPECTED, provider_domain=None)},
            "https://other.test/x",
            (),
            id="no provider named",
        ),
    ],
)
def test_a_link_is_warned_of_by_its_own_record(
    given: dict[str, object], final_url: str, expected: tuple[Caution, ...]
) -> None:
    shared = check(target=TARGET, final_url=final_url)
    told = link(TARGET, **{"expected": EXPECTED, **given})
    assert link_cautions(told, shared, page(html())) == expected


def test_no_warning_of_a_title_where_the_verdict_says_so() -> None:
    drifted = check(Outcome.DRIFTED, Reason.TITLE_MISMATCH, target=TARGET, final_url=TARGET)
    assert link_cautions(link(TARGET, expected=Expectation(title="Another one")), drifted, page(html())) == ()
