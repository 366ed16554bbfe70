"""When we are the ones offline: failures below HTTP are doubted until somebody answers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archiver.model import REDIRECTS, Exchange, NoAnswer, Reason, Reply
from archiver.urls import BadAddressError, host_key, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.model import Fetched

SUSPICIOUS_HOSTS = 5
"""So many hosts in a row without an HTTP answer, or all of a run where there are fewer, and we ask the controls."""

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

    def are_ours(self, hosts: int) -> bool:
        """Tell whether so many hosts failed, of the `hosts` of the run, that it may be our own network."""
        return len({failure.host for failure in self._failures}) >= min(SUSPICIOUS_HOSTS, hosts)

    def settle(self) -> list[Fetched]:
        """Give all that was doubted, and doubt it no more."""
        failures, self._failures = self._failures, []
        return failures


def is_below_http(exchange: Exchange) -> bool:
    """Tell whether an exchange failed in a way that may be our own network's fault."""
    return isinstance(exchange.answer, NoAnswer) and exchange.answer.reason in _BELOW_HTTP


def is_online(controls: Iterable[Exchange]) -> bool:
    """Tell whether a control address answered under its own name: a captive portal answers under another."""
    return any(_answers_itself(exchange) for exchange in controls)


def _answers_itself(exchange: Exchange) -> bool:
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
