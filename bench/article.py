"""A page like a newspaper's: prose in many words, menus, cards with pictures in several sizes, styles and scripts.

How well a page compresses decides what an archiver pays for it, so this one does as real ones do: to about a quarter
with ISA-L at level 2. The prose is English that every Python carries: the topics of its `help()`.
"""

from __future__ import annotations

import functools
import random
import re
from html import escape
from pydoc_data.topics import topics
from typing import TYPE_CHECKING

from bench.material import TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence

_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
_PROSE_CHARS = range(30, 400)
_RULES, _SWITCHES, _MENU, _CARDS, _INFO = 24, 16, 20, 9, 16
_WIDTHS = (140, 300, 460, 620, 780)
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | The Stand-in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="description" content="{description}">
<link rel="canonical" href="https://standin.example/uk/{number}"><meta property="og:title" content="{title}">
<meta property="og:type" content="article"><meta property="article:published_time" content="2021-08-23T09:27:00.000Z">
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{title}",\
"datePublished":"2021-08-23T09:27:00.000Z","author":[{{"@type":"Person","name":"A. Reporter"}}]}}</script>
<style>{rules}</style>
<script>window.page={{"id":"uk/{number}","edition":"UK","switches":{{{switches}}}}}</script></head><body>
<nav><ul>
{menu}</ul></nav>
<main><article><h1>{title}</h1>
<p class="byline">By <a rel="author" href="https://standin.example/profile/a-reporter">A. Reporter</a></p>
"""
_FOOT = "</article></main>\n<aside>\n{cards}</aside>\n<footer><ul>\n{info}</ul></footer></body></html>\n"


def article(size_bytes: int, number: int = 0) -> bytes:
    """Give a page of about that size, or little more where it is small, that shows TITLE; each number another one."""
    chance = random.Random(number)  # noqa: S311 (the same page every time)
    head = _HEAD.format(
        title=TITLE,
        number=number,
        description=escape(chance.choice(_sentences())),
        rules="".join(_rule(chance) for _ in range(_RULES)),
        switches=",".join(f'"{_name(chance)}":{chance.choice(("true", "false"))}' for _ in range(_SWITCHES)),
        menu="".join(_entry(chance, "menu") for _ in range(_MENU)),
    )
    foot = _FOOT.format(
        cards="".join(_card(chance) for _ in range(_CARDS)),
        info="".join(_entry(chance, "info") for _ in range(_INFO)),
    )
    paragraphs: list[str] = []
    room = size_bytes - len(head) - len(foot)
    while room > 0:
        paragraphs.append(_paragraph(chance))
        room -= len(paragraphs[-1])
    return f"{head}{''.join(paragraphs)}{foot}".encode()


@functools.cache
def _sentences() -> Sequence[str]:
    prose = (" ".join(part.split()) for name in sorted(topics) for part in topics[name].split("\n\n"))
    told = (sentence for part in prose if part.endswith(".") for sentence in _SENTENCE_END.split(part))
    return [sentence for sentence in told if len(sentence) in _PROSE_CHARS and sentence[0].isupper()]


def _words(chance: random.Random, fewest: int, most: int) -> list[str]:
    return re.findall(r"[A-Za-z]+", chance.choice(_sentences()))[: chance.randint(fewest, most)]


def _name(chance: random.Random) -> str:
    return "-".join(_words(chance, 2, 3)).lower()


def _rule(chance: random.Random) -> str:
    side = chance.choice(("top", "bottom", "left", "right"))
    return f".standin-{chance.randrange(16**4):04x}{{margin-{side}:0.25rem;line-height:1.15;font-weight:500}}"


def _entry(chance: random.Random, kind: str) -> str:
    words = " ".join(_words(chance, 1, 3))
    link = f'<a class="{kind}-link" href="https://standin.example/{_name(chance)}" data-link-name="{kind} : {words}">'
    return f'<li class="{kind}-item" role="none">{link}{words}</a></li>\n'


def _card(chance: random.Random) -> str:
    headline = " ".join(_words(chance, 5, 11))
    image = f"https://i.standin.example/img/media/{chance.randrange(16**12):012x}/master/4928.jpg"
    sources = ", ".join(f"{image}?width={width}&amp;quality=85&amp;auto=format {width}w" for width in _WIDTHS)
    return (
        f'<div class="card card--has-image"><a class="card-link" href="https://standin.example/world/{_name(chance)}">'
        f'<picture><source media="(min-width: 740px)" sizes="300px" srcset="{sources}">'
        f'<img class="card-image" src="{image}?width=300&amp;quality=85&amp;auto=format" alt="{headline}" width="300" '
        f'height="180" loading="lazy"></picture><h3 class="card-headline">{headline}</h3></a></div>\n'
    )


def _paragraph(chance: random.Random) -> str:
    text = escape(" ".join(chance.choice(_sentences()) for _ in range(chance.randint(2, 4))))
    before, middle, after = text[:40], text[40:60], text[60:]
    if chance.random() < 1 / 3 and "&" not in text[:70]:
        link = f'<a href="https://standin.example/{_name(chance)}" data-link-name="in body link">'
        text = f"{before}{link}{middle}</a>{after}"
    return f'<p class="standin-body-text">{text}</p>\n'
