"""When we are the ones offline: failures below HTTP are doubted until somebody answers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import REDIRECTS, Exchange, NoAnswer, Reason, Reply
from archiver.urls import BadAddressError, host_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from archiver.model import Fetched, HostKey

SUSPICIOUS_HOSTS = 5
"""So many hosts in a row without an HTTP answer, or all that have work left if fewer, and we ask the controls."""

_BELOW_HTTP = frozenset(
    {
        Reason.DNS_NXDOMAIN,
        Reason.DNS_FAILURE,
        Reason.REFUSED,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.CONNECT_TIMEOUT,
        Reason.EMPTY_REPLY,
        Reason.TLS_ERROR,
        Reason.NO_ROUTE,
        Reason.HOST_DOWN,
    }
)


class Doubts:
    """The failures below HTTP since the last HTTP answer of anyone: theirs, or ours."""

    def __init__(self) -> None:
        self._failures: list[Fetched] = []

    def __bool__(self) -> bool:
        return bool(self._failures)

    def add(self, failure: Fetched) -> None:
        """Doubt one more."""
        self._failures.append(failure)

    def may_be_ours(self, busy: AbstractSet[HostKey]) -> bool:
        """Tell whether so many hosts failed, or all of those still `busy`, that it may be our own network."""
        failed = {failure.host for failure in self._failures}
        return len(failed) >= min(SUSPICIOUS_HOSTS, len(failed | busy))

    def settle(self) -> list[Fetched]:
        """Give all that was doubted, and doubt it no more."""
        failures, self._failures = self._failures, []
        return failures


def is_below_http(exchange: Exchange) -> bool:
    """Tell whether an exchange failed in a way that may be our own network's fault."""
    return isinstance(exchange.answer, NoAnswer) and exchange.answer.reason in _BELOW_HTTP


def is_online(controls: Iterable[Exchange]) -> bool:
    """Tell whether a control address answered under its own name: a captive portal answers under another."""
    return any(answers_itself(exchange) for exchange in controls)


def answers_itself(exchange: Exchange) -> bool:
    """Tell whether an answer came, and under the name that was asked."""
    answer = exchange.answer
    if not isinstance(answer, Reply):
        return False
    if answer.status not in REDIRECTS or answer.location is None:
        return True
    try:
        return _site(resolve(answer.location, exchange.url)) == _site(exchange.url)
    except BadAddressError:
        return False


def _site(url: str) -> str:
    return host_key(url).removeprefix("www.")
