"""Pages of a given size, made as real ones are: a third of it scripts, many teasers, one text."""

from __future__ import annotations

from random import Random

from archiver.model import Expectation
from tests.corpus import templates as t
from tests.corpus.languages import LANGUAGES


def page_of(size_bytes: int, number: int) -> tuple[Expectation, bytes]:
    """Give a page of about `size_bytes`, and what a record says of it."""
    rng = Random(number)
    language = LANGUAGES[number % len(LANGUAGES)]
    told = t.article(rng, language, paragraphs=20)
    page = t.article_page(rng, told, t.Dress(layout="cluttered", has_json=True))
    script = "<script>" + "var a=function(b){return{c:b,d:[1,2,3],e:'f'}};" * (size_bytes // 3 // 47) + "</script>"
    page = page.replace("</body>", script + "</body>")
    while len(page.encode()) < size_bytes:
        page = page.replace("</aside>", t.teasers(rng, language, 20) + "</aside>")
    expected = Expectation(title=told.title, excerpt=told.excerpt, published_at=told.published_at)
    return expected, page.encode()
