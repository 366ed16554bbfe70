"""Bot walls: a mark that only a wall has tells alone; another wants a refusal, or a page that is not the record's."""

from __future__ import annotations

import pytest

from archiver.verdict.signatures import REFUSALS, SIGNATURES, Signature, challenger
from tests.corpus.walls import WALLS, Wall
from tests.unit.verdict.pages import html, page


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: f"{wall.vendor} {wall.status}")
def test_each_vendor_is_known(wall: Wall) -> None:
    headers = {name.replace("-", "_"): value for name, value in wall.headers}
    found = page(wall.body, status=wall.status, **headers)
    assert wall.vendor in (found.challenge, found.wall)


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda row: f"{row.vendor} {row.header}{row.cookie}{row.body!r}")
def test_each_row_finds_its_own_mark_and_nothing_else(signature: Signature) -> None:
    headers = {signature.header: signature.value or "x"} if signature.header else {}
    cookies = [f"{signature.cookie}=1"] if signature.cookie else []
    found = challenger(headers, cookies=cookies, body=b"<p>" + signature.body)
    assert found is not None
    assert found.vendor == signature.vendor
    assert challenger({}, body=b"<p>a plain page</p>") is None


@pytest.mark.parametrize("status", [200, 404, 410, 500, 503])
def test_a_cookie_alone_is_no_challenge(status: int) -> None:
    found = page(html(), status=status, set_cookie="a=b; Path=/, ak_bmsc=1; Path=/")
    assert (found.challenge, found.wall) == (None, "Akamai")


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_a_cookie_and_a_refusal_are(status: int) -> None:
    assert page(html(), status=status, set_cookie="ak_bmsc=1").challenge == "Akamai"
    assert page(html(), status=status, set_cookie="a=b; Path=/\nak_bmsc; Path=/").challenge == "Akamai"


def test_the_text_of_an_article_is_not_looked_through() -> None:
    """It may well tell of captchas."""
    found = page(html(text="px-captcha and _cf_chl_opt are marks of walls. " * 40))
    assert (found.challenge, found.wall) == (None, None)
