"""Redirect chains, as a pure function of the hops already done."""

from __future__ import annotations

from email.message import Message
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any, cast
from urllib.request import Request

import msgspec

from archiver.model import REDIRECTS, Chain, Exchange, Reason, Reply
from archiver.urls import BadAddressError, mask_user_info, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_REDIRECTS = 10
_MOST_SHOWN_CHARS = 200


class Step(msgspec.Struct, frozen=True, gc=False):
    """What a chain asks for: a URL, and the cookie of a cookie wall or None."""

    url: str
    cookie: str | None


class Lack(msgspec.Struct, frozen=True, gc=False):
    """What a chain waits for: its next step, and the URL that led there."""

    step: Step
    via: str | None  # None at its start


def follow(target: str, exchanges: Mapping[Step, Exchange]) -> Chain | Lack:
    """Give the whole chain from `target`, or the step it lacks.

    A loop is a step that comes twice. Where the chain was given a cookie on its way, it goes on with it, once:
    without that every cookie wall would look like a loop.
    """
    step = Step(target, None)
    if step not in exchanges:
        return Lack(step, None)
    first = exchanges[step]
    if not _redirects(first):  # most chains end where they begin
        return Chain(target=target, exchanges=(first,))
    done: list[Exchange] = []
    steps: list[Step] = []
    while True:
        if step in steps:
            return Chain(target=target, exchanges=tuple(done), broken=Reason.REDIRECT_LOOP)
        if len(steps) > MAX_REDIRECTS:
            return Chain(target=target, exchanges=tuple(done), broken=Reason.REDIRECT_LIMIT)
        if step not in exchanges:
            return Lack(step, steps[-1].url)
        steps.append(step)
        done.append(exchanges[step])
        answer = _redirects(done[-1])
        if answer is None:
            return Chain(target=target, exchanges=tuple(done))
        try:
            url = _destination(answer, step.url)
        except BadAddressError as error:
            note = _shown(answer.location)
            return Chain(target=target, exchanges=tuple(done), broken=_BROKEN_BY[error.fault], note=note)
        step = _next_step(url, steps, done)


def _redirects(exchange: Exchange) -> Reply | None:
    """Give the answer of an exchange where it sends further on."""
    answer = exchange.answer
    return answer if isinstance(answer, Reply) and answer.status in REDIRECTS else None


_BROKEN_BY = {
    Reason.BAD_URL: Reason.REDIRECT_WITHOUT_LOCATION,  # none that can be read
    Reason.BAD_SCHEME: Reason.REDIRECT_SCHEME,
}


def _shown(location: str | None) -> str | None:
    return None if location is None else mask_user_info(location)[:_MOST_SHOWN_CHARS]


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
    jar = CookieJar()
    for exchange in done:
        if isinstance(exchange.answer, Reply) and exchange.answer.set_cookies:
            jar.extract_cookies(cast("Any", _Told(exchange.answer.set_cookies)), _request(exchange.url))
    request = _request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


def _request(url: str) -> Request:
    return Request(url)  # noqa: S310 (a target; nothing is opened)


class _Told:
    """As much of an answer as a cookie jar looks at."""

    def __init__(self, cookies: Sequence[str]) -> None:
        self._headers = Message()
        for cookie in cookies:
            if cookie.isascii():
                self._headers["Set-Cookie"] = cookie

    def info(self) -> Message:
        return self._headers
