"""The corpus' cases: what a record expects, what its address answers, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from random import Random
from typing import TYPE_CHECKING, TypeVar

import msgspec

from archiver.model import Expectation
from tests.corpus import templates as t
from tests.corpus.languages import LANGUAGES, Language
from tests.corpus.walls import WALLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.corpus.templates import Article, Dress

W = TypeVar("W")
PROBE_LETTERS = "qwhzkxvpjtrmbncydlgfsoaeu"
CODES = [language.code for language in LANGUAGES]
HOST = "https://www.paper.example"


class Half(StrEnum):
    """Which half of the wordings and layouts a case is made of."""

    TUNING = "tuning"
    HELD_BACK = "held back"


class Truth(StrEnum):
    """What is true of a link."""

    ALIVE = "alive"
    SOFT_404 = "soft 404"
    PARKED = "parked"
    DRIFTED = "drifted"
    CHALLENGE = "challenge"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answers, at the end of its redirects."""

    url: str
    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One link, labelled."""

    kind: str
    half: Half
    language: str
    truth: Truth
    target: str
    expected: Expectation
    answer: Answer
    probe: Answer  # what a random address beside it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What a kind of case is made from."""

    rng: Random
    ours: Language  # the record's words
    language: Language  # all other words of its site
    half: Half
    number: int  # of its half's variants, from 0

    @property
    def place(self) -> int:
        """An even place for the tuning half, an odd one for the other: that of the wording or layout to use."""
        return 2 * self.number + (self.half is Half.HELD_BACK)

    def pick(self, wordings: tuple[W, ...]) -> W:
        """Give a wording of this half."""
        return wordings[self.place % len(wordings)]

    @property
    def layout(self) -> str:
        """A layout of this half."""
        return list(t.LAYOUTS)[self.place % len(t.LAYOUTS)]

    @property
    def dress(self) -> Dress:
        """A dress of this half."""
        suffixes = (" | {site}", " - {site}", " — {site}", " · {site}")
        return t.Dress(
            layout=self.layout,
            has_metas=self.number % 3 != 2,
            has_json=self.number % 2 == 1,
            has_description=self.number % 4 != 3,
            suffix=suffixes[self.place % len(suffixes)],
        )

    def article(self, **given: int) -> Article:
        """Give the record's article."""
        return t.article(self.rng, self.ours, around=self.language, **given)

    def other_article(self) -> Article:
        """Give another article of the site."""
        return t.article(self.rng, self.language)


VARIANTS = 2
"""Of every kind, language and half."""


def cases() -> Iterator[Case]:
    """Give all cases, the same at every call."""
    for kind, make in KINDS.items():
        for half in Half:
            for language in LANGUAGES:
                for number in range(VARIANTS):
                    seed = seeded(f"{kind} {half} {language.code} {number}", language, half, number)
                    yield make(kind, seed)
    for number, wall in enumerate(WALLS):
        yield _walled(number, wall.status, wall.headers, wall.body)


def seeded(name: str, language: Language, half: Half, number: int) -> Seed:
    """Give the seed of that name: always the same."""
    rng = Random(name)
    ours, theirs = language.halved(rng)
    return Seed(rng=rng, ours=ours, language=theirs, half=half, number=number)


# --- building blocks ------------------------------------------------------------------------------------------


def _expectation(told: Article) -> Expectation:
    return Expectation(
        title=told.title, excerpt=told.excerpt, published_at=told.published_at, provider_domain="paper.example"
    )


def _target(seed: Seed) -> str:
    month, story, end = seed.rng.randrange(1, 13), seed.rng.randrange(10**6), (".html", "/", "")[seed.number % 3]
    return f"{HOST}/2021/{month:02}/story-{story}{end}"


def _answer(url: str, page: str, coding: str = "utf-8", charset: str | None = None) -> Answer:
    kind = f"text/html; charset={charset}" if charset else "text/html"
    return Answer(url=url, body=page.encode(coding, "xmlcharrefreplace"), headers=(("content-type", kind),))


def _missing(target: str) -> Answer:
    return replace(_answer(target.rsplit("/", 1)[0] + "/" + PROBE_LETTERS, "<title>404</title>"), status=404)


def _case(
    kind: str, seed: Seed, truth: Truth, told: Article, page: str | Answer, probe: str | Answer | None = None
) -> Case:
    target = _target(seed)
    answer = page if isinstance(page, Answer) else _answer(target, page, charset="utf-8")
    if answer.url == "":
        answer = replace(answer, url=target)
    asked = f"{HOST}/2021/{PROBE_LETTERS}"
    probed = _answer(asked, probe, charset="utf-8") if isinstance(probe, str) else probe or _missing(target)
    return Case(
        kind=kind,
        half=seed.half,
        language=seed.language.code,
        truth=truth,
        target=target,
        expected=_expectation(told),
        answer=answer,
        probe=probed,
    )


# --- alive ----------------------------------------------------------------------------------------------------


def _plain(kind: str, seed: Seed) -> Case:
    told = seed.article()
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, seed.dress))


def _cluttered(kind: str, seed: Seed) -> Case:
    told = seed.article(paragraphs=12)
    dress = replace(seed.dress, layout=("cluttered", "sectioned")[seed.half is Half.HELD_BACK], has_metas=True)
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, dress))


def _bare(kind: str, seed: Seed) -> Case:
    """Nothing but `<title>` and heading, and no excerpt in the record."""
    told = seed.article()
    dress = replace(seed.dress, has_metas=False, has_json=False, has_description=False)
    made = _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, dress))
    return replace(made, expected=msgspec.structs.replace(made.expected, excerpt=None))


def _retitled(kind: str, seed: Seed) -> Case:
    told = seed.article()
    renamed = replace(told, title=t.headline(seed.rng, seed.language))
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, renamed, seed.dress))


def _updated(kind: str, seed: Seed) -> Case:
    """The same date, a longer title, another excerpt."""
    told = seed.article()
    longer = seed.language.gap.join([told.title, seed.rng.choice(seed.language.sections)])
    page = replace(told, title=longer, excerpt=t.sentence(seed.rng, seed.language))
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, page, replace(seed.dress, has_metas=True)))


def _typography(kind: str, seed: Seed) -> Case:
    """The record has other quotes, capitals and entities than the page."""
    told = seed.article()
    title = told.title.replace("’", "'").upper()
    made = _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, seed.dress))
    return replace(made, expected=msgspec.structs.replace(made.expected, title=f"&quot;{escape(title)}&quot;"))


def _legacy(kind: str, seed: Seed) -> Case:
    """From before Unicode: named by header, by meta, or by the language alone."""
    told = seed.article()
    page = t.article_page(seed.rng, told, replace(seed.dress, has_json=False))
    coding = seed.language.legacy
    label = {"cp1252": "iso-8859-1", "cp1251": "windows-1251", "cp1256": "windows-1256", "cp932": "shift_jis"}.get(
        coding, "gb2312"
    )
    way = seed.place % 3
    if way == 1:
        page = page.replace("<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={label}">')
    return _case(kind, seed, Truth.ALIVE, told, _answer("", page, coding, label if way == 0 else None))


def _amp(kind: str, seed: Seed) -> Case:
    told = seed.article()
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, replace(seed.dress, is_amp=True)))


def _live(kind: str, seed: Seed) -> Case:
    told = seed.article()
    return _case(kind, seed, Truth.ALIVE, told, t.live_blog(seed.rng, told, seed.dress))


def _teaser(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.teaser_page(seed.rng, told, replace(seed.dress, is_paid=True), shows_excerpt=True)
    return _case(kind, seed, Truth.ALIVE, told, page)


def _on_words(kind: str, seed: Seed) -> Case:
    """An article whose title has the words of an excuse, a sale or a search in it."""
    told = seed.article()
    words = (seed.pick(seed.language.missing)[0], seed.pick(seed.language.for_sale)[0].format(domain="ice.example"))
    told = replace(told, title=f"{words[seed.number % 2]}: {told.title}")
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, seed.dress))


def _moved(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = _answer(f"{HOST}/stories/{seed.rng.randrange(9999)}/new-name", t.article_page(seed.rng, told, seed.dress))
    return _case(kind, seed, Truth.ALIVE, told, page)


def _rebranded(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = _answer("https://lantern.example/archive/2021/story", t.article_page(seed.rng, told, seed.dress))
    return _case(kind, seed, Truth.ALIVE, told, page)


def _soft_site(kind: str, seed: Seed) -> Case:
    """A living article of a site that answers 200 to whatever is asked."""
    told = seed.article()
    heading, text = seed.pick(seed.language.missing)
    excuse = t.excuse(seed.rng, seed.language, heading, text, title=told.site)
    return _case(kind, seed, Truth.ALIVE, told, t.article_page(seed.rng, told, seed.dress), excuse)


# --- drifted --------------------------------------------------------------------------------------------------


def _other_article(kind: str, seed: Seed) -> Case:
    other = seed.other_article()
    return _case(kind, seed, Truth.DRIFTED, seed.article(), t.article_page(seed.rng, other, seed.dress))


def _redirected_to_other(kind: str, seed: Seed) -> Case:
    page = t.article_page(seed.rng, seed.other_article(), seed.dress)
    return _case(kind, seed, Truth.DRIFTED, seed.article(), _answer(f"{HOST}/2024/11/other-story", page))


def _foreign_article(kind: str, seed: Seed) -> Case:
    page = t.article_page(seed.rng, seed.other_article(), seed.dress)
    return _case(kind, seed, Truth.DRIFTED, seed.article(), _answer("https://casino.example/best/slots-of-2025", page))


def _in_english(kind: str, seed: Seed) -> Case:
    """A page of the domain's next owner, in another language."""
    language = LANGUAGES[(CODES.index(seed.language.code) + 1 + seed.number) % len(LANGUAGES)]
    page = t.article_page(seed.rng, t.article(seed.rng, language), seed.dress)
    return _case(kind, seed, Truth.DRIFTED, seed.article(), page)


# --- soft 404 -------------------------------------------------------------------------------------------------


def _says_in_title(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.missing)
    told = seed.article()
    page = t.excuse(
        seed.rng, seed.language, heading, text, title=f"{heading} | {told.site}", has_teasers=seed.number == 1
    )
    return _case(kind, seed, Truth.SOFT_404, told, page, page)


def _says_in_heading(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.missing)
    told = seed.article()
    page = t.excuse(seed.rng, seed.language, heading, text, title=told.site, has_teasers=seed.number == 1)
    return _case(kind, seed, Truth.SOFT_404, told, page)


def _says_in_text(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.missing)
    told = seed.article()
    page = t.excuse(seed.rng, seed.language, "", f"{heading}. {text}", title=told.site)
    return _case(kind, seed, Truth.SOFT_404, told, page)


def _to_home(kind: str, seed: Seed) -> Case:
    told = seed.article()
    home = f"{HOST}/{('', 'index.html', 'en/', '')[seed.place % 4]}"
    return _case(kind, seed, Truth.SOFT_404, told, _answer(home, t.front(seed.rng, seed.language, told.site)))


def _home_in_place(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.front(seed.rng, seed.language, told.site)
    return _case(kind, seed, Truth.SOFT_404, told, page, page)


def _to_section(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.front(seed.rng, seed.language, told.site, seed.rng.choice(seed.language.sections))
    answer = _answer(f"{HOST}/news/latest/", page)
    return _case(kind, seed, Truth.SOFT_404, told, answer, answer)


def _to_search(kind: str, seed: Seed) -> Case:
    told = seed.article()
    wording = seed.pick(seed.language.search)
    page = t.search_page(seed.rng, seed.language, told.site, wording, told.title)
    probe = t.search_page(seed.rng, seed.language, told.site, wording, PROBE_LETTERS)
    return _case(kind, seed, Truth.SOFT_404, told, page, probe)


def _echo(kind: str, seed: Seed) -> Case:
    told, has_list = seed.article(), seed.half is Half.TUNING
    page = t.echo_page(seed.language, told.site, "/2021/story", has_list=has_list)
    probe = t.echo_page(seed.language, told.site, f"/2021/{PROBE_LETTERS}", has_list=has_list)
    return _case(kind, seed, Truth.SOFT_404, told, page, probe)


def _error_path(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.document(seed.language, t.title_tag(told.site), f"<p>{escape(told.site)}</p>")
    path = ("404", "errors/404.html", "page-not-found", "not-found")[seed.place % 4]
    return _case(kind, seed, Truth.SOFT_404, told, _answer(f"{HOST}/{path}", page))


def _closed(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.closed_page(seed.language, told.site, seed.pick(seed.language.closed))
    return _case(kind, seed, Truth.SOFT_404, told, page, page)


# --- parked ---------------------------------------------------------------------------------------------------


def _for_sale(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.for_sale)
    page = t.sale_page(seed.language, heading, text, "paper.example", has_script=seed.number == 1)
    return _case(kind, seed, Truth.PARKED, seed.article(), page, page)


def _adverts(kind: str, seed: Seed) -> Case:
    sellers = (
        "https://img1.wsimg.com/parking-lander/static/js/main.js",
        "https://www.google.com/adsense/domains/caf.js",
        "//d38psrni17bvxu.cloudfront.net/themes/registrar/parkingcrew.net/x.js",
        "https://parklogic.com/page/scripts/enhance.js",
    )
    page = t.advert_page(seed.language, "paper.example", seed.pick(sellers))
    return _case(kind, seed, Truth.PARKED, seed.article(), page, page)


def _to_market(kind: str, seed: Seed) -> Case:
    page = t.sale_page(seed.language, "paper.example", "2,888 USD", "paper.example", has_script=False)
    market = (
        "https://www.hugedomains.com/domain_profile.cfm?d=paper",
        "https://www.afternic.com/forsale/paper.example",
    )
    return _case(kind, seed, Truth.PARKED, seed.article(), _answer(seed.pick(market), page))


def _other_owner(kind: str, seed: Seed) -> Case:
    page = t.front(seed.rng, seed.language, "Lucky Spin")
    home = ("https://lucky-spin.example/", "https://www.shoes4you.example/index.html")
    return _case(kind, seed, Truth.PARKED, seed.article(), _answer(seed.pick(home), page))


# --- walls, and what shows nothing ----------------------------------------------------------------------------


def _login(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.login)
    told = seed.article()
    page = t.form_page(seed.rng, seed.language, told.site, heading, text)
    answer = page if seed.number else _answer(f"{HOST}/login?next=%2F2021", page)
    return _case(kind, seed, Truth.RESTRICTED, told, answer)


def _paywall(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.teaser_page(seed.rng, told, replace(seed.dress, is_paid=True, has_description=False), shows_excerpt=False)
    return _case(kind, seed, Truth.RESTRICTED, told, page)


def _consent(kind: str, seed: Seed) -> Case:
    heading, text = seed.pick(seed.language.consent)
    told = seed.article()
    page = t.consent_page(seed.language, told.site, heading, text)
    answer = page if seed.number else _answer("https://consent.paper.example/v2/collect?s=1", page)
    return _case(kind, seed, Truth.UNKNOWN, told, answer)


def _script_only(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.script_page(seed.language, told.site, has_noscript=seed.place % 2 == 0)
    return _case(kind, seed, Truth.UNKNOWN, told, page, page)


def _thin(kind: str, seed: Seed) -> Case:
    told = seed.article()
    page = t.document(seed.language, t.title_tag(told.site), f"<p>{escape(seed.rng.choice(seed.language.clauses))}</p>")
    return _case(kind, seed, Truth.UNKNOWN, told, page)


def _empty(kind: str, seed: Seed) -> Case:
    return _case(kind, seed, Truth.UNKNOWN, seed.article(), ("", "<html><body></body></html>")[seed.number])


def _walled(number: int, status: int, headers: tuple[tuple[str, str], ...], body: str) -> Case:
    half = (Half.TUNING, Half.HELD_BACK)[number % 2]
    seed = seeded(f"wall {number}", LANGUAGES[number % len(LANGUAGES)], half, number)
    answer = Answer(url="", body=body.encode(), status=status, headers=(("content-type", "text/html"), *headers))
    probe = replace(answer, url=f"{HOST}/2021/{PROBE_LETTERS}")
    return _case(f"challenge {WALLS[number].vendor}", seed, Truth.CHALLENGE, seed.article(), answer, probe)


KINDS: dict[str, Callable[[str, Seed], Case]] = {
    "article": _plain,
    "article, cluttered": _cluttered,
    "article, bare": _bare,
    "article, retitled": _retitled,
    "article, updated": _updated,
    "article, other typography": _typography,
    "article, before Unicode": _legacy,
    "article, AMP": _amp,
    "article, live blog": _live,
    "article, teaser": _teaser,
    "article, on words": _on_words,
    "article, moved": _moved,
    "article, rebranded": _rebranded,
    "article, soft site": _soft_site,
    "drift, other article": _other_article,
    "drift, redirected": _redirected_to_other,
    "drift, foreign": _foreign_article,
    "drift, other language": _in_english,
    "soft 404, title": _says_in_title,
    "soft 404, heading": _says_in_heading,
    "soft 404, text": _says_in_text,
    "soft 404, to home": _to_home,
    "soft 404, home in place": _home_in_place,
    "soft 404, to section": _to_section,
    "soft 404, search": _to_search,
    "soft 404, echo": _echo,
    "soft 404, error path": _error_path,
    "soft 404, closed": _closed,
    "parked, for sale": _for_sale,
    "parked, adverts": _adverts,
    "parked, to market": _to_market,
    "parked, other owner": _other_owner,
    "login": _login,
    "paywall": _paywall,
    "consent": _consent,
    "script only": _script_only,
    "thin": _thin,
    "empty": _empty,
}
