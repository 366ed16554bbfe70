"""The corpus' pages: articles in several layouts, and what sites show instead of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from tests.corpus.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an article says."""

    language: Language
    site: str
    title: str
    excerpt: str
    paragraphs: tuple[str, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """How a page is made up."""

    layout: str
    has_metas: bool = True  # og, twitter and the like
    has_json: bool = False
    has_description: bool = True
    is_paid: bool = False
    is_amp: bool = False
    suffix: str = " | {site}"


def headline(rng: Random, language: Language) -> str:
    parts = [rng.choice(language.subjects), rng.choice(language.verbs), rng.choice(language.objects)]
    if rng.random() < 0.7:
        parts.append(rng.choice(language.places))
    if language.code == "ja":
        parts[1:] = [*parts[3:], parts[2], parts[1]]
    return language.gap.join(parts)


def sentence(rng: Random, language: Language) -> str:
    comma = {"zh": "，", "ja": "、", "ar": "، "}.get(language.code, ", ")
    first = headline(rng, language)
    return comma.join([first, *rng.sample(language.clauses, 2)]) + language.stop


def article(rng: Random, language: Language, *, around: Language | None = None, paragraphs: int = 7) -> Article:
    """Give an article written with the words of `language`, on a site whose other words are those of `around`."""
    texts = tuple("".join(sentence(rng, language) for _ in range(3)).strip() for _ in range(paragraphs))
    return Article(
        language=around or language,
        site=rng.choice(language.sites),
        title=headline(rng, language),
        excerpt=sentence(rng, language).strip(),
        paragraphs=texts,
        published_at=datetime(2021, 1, 1, 9, tzinfo=UTC) + timedelta(hours=rng.randrange(20_000)),
    )


# --- articles -------------------------------------------------------------------------------------------------


def article_page(rng: Random, told: Article, dress: Dress) -> str:
    heading = f"<h1>{escape(told.title)}</h1>"
    texts = [told.excerpt, *told.paragraphs]
    body = LAYOUTS[dress.layout](rng, told, heading, texts)
    return document(told.language, _article_head(told, dress), body, is_amp=dress.is_amp)


def document(language: Language, head: str, body: str, *, is_amp: bool = False) -> str:
    amp = " ⚡" if is_amp else ""
    root = f'<html{amp} lang="{language.code}">'
    return f"<!doctype html>\n{root}\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def title_tag(title: str, dress_suffix: str = "", site: str = "") -> str:
    return f"<title>{escape(title + dress_suffix.format(site=site))}</title>"


def _article_head(told: Article, dress: Dress) -> str:
    lines = [title_tag(told.title, dress.suffix, told.site)]
    if dress.has_metas:
        lines += [
            f'<meta property="og:title" content="{escape(told.title)}">',
            f'<meta property="og:site_name" content="{escape(told.site)}">',
            f'<meta property="article:published_time" content="{told.published_at.isoformat()}">',
        ]
    if dress.has_description:
        lines.append(f'<meta name="description" content="{escape(told.excerpt)}">')
    if dress.has_json or dress.is_paid:
        thing = {
            "@context": "https://schema.org",
            "@graph": [
                {
                    "@type": "NewsArticle",
                    "headline": told.title,
                    "datePublished": told.published_at.isoformat(),
                    "isAccessibleForFree": not dress.is_paid,
                    "hasPart": {"@type": "WebPageElement", "cssSelector": ".closed"},
                }
            ],
        }
        lines.append(f'<script type="application/ld+json">{json.dumps(thing)}</script>')
    return "\n".join(lines)


def _paragraphs(texts: list[str]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def menu(rng: Random, language: Language) -> str:
    rows = "".join(
        f'<li class="nav__row"><a href="/{n}">{escape(section)}</a></li>' for n, section in enumerate(language.sections)
    )
    return f'<header><nav class="menu"><ul>{rows}</ul></nav><span class="logo">{rng.randrange(9)}</span></header>'


def teasers(rng: Random, language: Language, number: int = 8) -> str:
    return "".join(
        f'<div class="card"><a href="/t/{n}"><h3>{escape(headline(rng, language))}</h3></a>'
        f"<p>{escape(rng.choice(language.clauses))}</p></div>"
        for n in range(number)
    )


def footer(rng: Random, language: Language) -> str:
    return f"<footer><p>© {escape(rng.choice(language.sites))} {rng.randrange(2015, 2026)}</p></footer>"


def clean(_rng: Random, _told: Article, heading: str, texts: list[str]) -> str:
    return f"<article>{heading}\n{_paragraphs(texts)}</article>"


def cluttered(rng: Random, told: Article, heading: str, texts: list[str]) -> str:
    language = told.language
    advert = f'<div class="ad-slot"><p>{escape(sentence(rng, language))}</p></div>'
    script = f"<script>var config={json.dumps({'token': rng.randrange(10**9), 'x': '<p>' * 3})};</script>"
    halves = _paragraphs(texts[:3]) + advert + _paragraphs(texts[3:])
    return (
        f"{menu(rng, language)}{script}<main><article>{heading}<div class='body'>{halves}</div></article>"
        f"<aside class='related'>{teasers(rng, language)}</aside></main>{footer(rng, language)}"
    )


def breaks(rng: Random, told: Article, heading: str, texts: list[str]) -> str:
    text = "<br><br>\n".join(map(escape, texts))
    return f"{menu(rng, told.language)}<div id=content>{heading.replace('h1', 'h2')}<div class=text>{text}</div></div>"


def sectioned(rng: Random, told: Article, heading: str, texts: list[str]) -> str:
    parts = "".join(f"<section>{_paragraphs(texts[n : n + 2])}</section>" for n in range(0, len(texts), 2))
    return (
        f"{menu(rng, told.language)}<main>{heading}<div class=story>{parts}</div></main>"
        f"<div class=more>{teasers(rng, told.language, 5)}</div>{footer(rng, told.language)}"
    )


def tabled(rng: Random, told: Article, heading: str, texts: list[str]) -> str:
    rows = "".join(f"<tr><td><a href=/{n}>{escape(s)}</a></td></tr>" for n, s in enumerate(told.language.sections))
    text = "<br>\n".join(map(escape, texts))
    return (
        f"<table><tr><td width=150><table>{rows}</table></td><td>{heading}<font size=2>{text}</font></td></tr></table>"
        f"<!-- {rng.random()} -->"
    )


def wrapped(rng: Random, told: Article, heading: str, texts: list[str]) -> str:
    parts = "".join(f'<div class="block block-{n}"><p>{escape(text)}</p></div>' for n, text in enumerate(texts))
    return (
        f"{menu(rng, told.language)}{heading}<div class='entry'>{parts}</div>"
        f'<div class="newsletter"><p>{escape(rng.choice(told.language.clauses))}</p></div>{footer(rng, told.language)}'
    )


LAYOUTS = {
    "clean": clean,
    "cluttered": cluttered,
    "breaks": breaks,
    "sectioned": sectioned,
    "tabled": tabled,
    "wrapped": wrapped,
}


def live_blog(rng: Random, told: Article, dress: Dress) -> str:
    posts = "".join(
        f'<div class="post"><time datetime="{told.published_at.isoformat()}">{n}:00</time>'
        f"<h2>{escape(headline(rng, told.language))}</h2>"
        f"<p>{escape(sentence(rng, told.language))}</p><p>{escape(sentence(rng, told.language))}</p></div>"
        for n in range(20, 8, -1)
    )
    body = f"{menu(rng, told.language)}<main><h1>{escape(told.title)}</h1><div class=posts>{posts}</div></main>"
    return document(told.language, _article_head(told, dress), body)


def teaser_page(rng: Random, told: Article, dress: Dress, *, shows_excerpt: bool) -> str:
    """A paywall: the title, perhaps the excerpt, and an offer."""
    shown = [told.excerpt] if shows_excerpt else []
    offer = f'<div class="offer"><p>{escape(rng.choice(told.language.clauses))}</p><button>9,99 €</button></div>'
    body = f"{menu(rng, told.language)}<main><h1>{escape(told.title)}</h1>{_paragraphs(shown)}{offer}</main>"
    return document(told.language, _article_head(told, dress), body + footer(rng, told.language))


# --- what sites show instead ----------------------------------------------------------------------------------


def excuse(rng: Random, language: Language, heading: str, text: str, *, title: str, has_teasers: bool = False) -> str:
    more = f'<aside class="most-read">{teasers(rng, language, 6)}</aside>' if has_teasers else ""
    said = f"<h1>{escape(heading)}</h1>" if heading else ""
    body = f"{menu(rng, language)}<main>{said}<p>{escape(text)}</p></main>{more}{footer(rng, language)}"
    return document(language, title_tag(title), body)


def front(rng: Random, language: Language, site: str, section: str | None = None) -> str:
    title = f"{section} - {site}" if section else site
    cards = teasers(rng, language, 24)
    body = f"{menu(rng, language)}<main><h1>{escape(section or site)}</h1>{cards}</main>{footer(rng, language)}"
    return document(language, title_tag(title) + f'<meta property="og:title" content="{escape(title)}">', body)


def search_page(rng: Random, language: Language, site: str, wording: str, asked: str) -> str:
    said = wording.format(asked)
    body = (
        f"{menu(rng, language)}<main><h1>{escape(said)}</h1>{teasers(rng, language, 7)}</main>{footer(rng, language)}"
    )
    return document(language, title_tag(said, " | {site}", site), body)


def echo_page(language: Language, site: str, path: str, *, has_list: bool) -> str:
    """A template that is the same for every address, but for the address."""
    row, around = (
        ("<li><a href=/{}>{}</a></li>", "<ul>{}</ul>") if has_list else ("<a href=/{}>{}</a> ", "<div>{}</div>")
    )
    links = around.format("".join(row.format(n, escape(section)) for n, section in enumerate(language.sections)))
    said = escape(language.gap.join(language.sections))
    return document(language, title_tag(site), f"<h1>{escape(site)}</h1><p>{escape(path)}</p>{links}<p>{said}</p>")


def closed_page(language: Language, site: str, text: str) -> str:
    return document(language, title_tag(site), f"<h1>{escape(site)}</h1><p>{escape(text)}</p>")


def form_page(rng: Random, language: Language, site: str, heading: str, text: str) -> str:
    form = (
        '<form method=post action="/session"><input type=email name=user><input type="password" name=word>'
        f"<button>{escape(heading)}</button></form>"
    )
    body = f"{menu(rng, language)}<main><h1>{escape(heading)}</h1><p>{escape(text)}</p>{form}</main>"
    return document(language, title_tag(heading, " - {site}", site), body)


def consent_page(language: Language, site: str, heading: str, text: str) -> str:
    said = f"<h1>{escape(heading)}</h1><p>{escape(text)}</p><button>OK</button>"
    return document(language, title_tag(site), f"<div class=cmp>{said}</div><script src=/cmp.js></script>")


def sale_page(language: Language, heading: str, text: str, domain: str, *, has_script: bool) -> str:
    heading, text = heading.format(domain=domain), text.format(domain=domain)
    script = '<script src="https://www.google.com/adsense/domains/caf.js"></script>' if has_script else ""
    body = f"<h1>{escape(heading)}</h1><p>{escape(text)}</p><ul><li>{escape(domain)}</ul>{script}"
    return document(language, title_tag(heading), body)


def advert_page(language: Language, domain: str, seller: str) -> str:
    """A parked domain that says nothing: scripts fill it with advertisements."""
    return document(language, title_tag(domain), f'<div id="ads"></div><script src="{seller}"></script>')


def script_page(language: Language, site: str, *, has_noscript: bool) -> str:
    said = "<noscript><p>You need to enable JavaScript to run this app.</p></noscript>" if has_noscript else ""
    return document(
        language, title_tag(site), f'{said}<div id="root"></div><script src="/static/js/main.81f3.js"></script>'
    )
