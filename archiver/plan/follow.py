"""Redirect chains, as a pure function of the hops already done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import httpx

from archiver.model import REDIRECTS, Chain, Exchange, Reason, Reply
from archiver.urls import BadAddressError, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_REDIRECTS = 10


class Step(NamedTuple):
    """What a chain asks for: a URL, and the cookie of a cookie wall or None."""

    url: str
    cookie: str | None


def follow(target: str, exchanges: Mapping[Step, Exchange]) -> Chain | Step:
    """Give the whole chain from `target`, or the step it lacks.

    A loop is a step that comes twice. Where the chain was given a cookie on its way, it goes on with it, once:
    without that every cookie wall would look like a loop.
    """
    done: list[Exchange] = []
    steps: list[Step] = []
    step = Step(target, None)
    while True:
        if step in steps:
            return Chain(target=target, exchanges=tuple(done), broken=Reason.REDIRECT_LOOP)
        if len(steps) > MAX_REDIRECTS:
            return Chain(target=target, exchanges=tuple(done), broken=Reason.REDIRECT_LIMIT)
        if step not in exchanges:
            return step
        steps.append(step)
        done.append(exchanges[step])
        answer = done[-1].answer
        if not isinstance(answer, Reply) or answer.status not in REDIRECTS:
            return Chain(target=target, exchanges=tuple(done))
        try:
            url = _destination(answer, step.url)
        except BadAddressError as error:
            return Chain(target=target, exchanges=tuple(done), broken=_BROKEN_BY[error.fault], note=answer.location)
        step = _next_step(url, steps, done)


_BROKEN_BY = {
    Reason.BAD_URL: Reason.REDIRECT_WITHOUT_LOCATION,  # none that can be read
    Reason.BAD_SCHEME: Reason.REDIRECT_SCHEME,
}


def _destination(answer: Reply, url: str) -> str:
    if answer.location is None:
        raise BadAddressError(Reason.BAD_URL)
    return resolve(answer.location, url)


def _next_step(url: str, steps: Sequence[Step], done: Sequence[Exchange]) -> Step:
    """Come with a cookie from where the chain would else turn in a circle."""
    circling = Step(url, None) in steps or any(step.cookie for step in steps)
    return Step(url, _cookie_for(url, done) if circling else None)


def _cookie_for(url: str, done: Sequence[Exchange]) -> str | None:
    """Give the Cookie header that a browser would send to `url` after the exchanges in `done` (RFC 6265)."""
    jar = httpx.Cookies()
    for exchange in done:
        if isinstance(exchange.answer, Reply) and exchange.answer.set_cookies:
            headers = [("set-cookie", cookie) for cookie in exchange.answer.set_cookies if cookie.isascii()]
            request = httpx.Request("GET", exchange.url)
            jar.extract_cookies(httpx.Response(exchange.answer.status, headers=headers, request=request))
    request = httpx.Request("GET", url)
    jar.set_cookie_header(request)
    cookie: str | None = request.headers.get("cookie")
    return cookie
