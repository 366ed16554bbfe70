"""Why no answer came: httpx's errors, each with a reason. Foreign errors are translated here, and only here."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from typing import TYPE_CHECKING

import aiohttp
import httpx

from archiver.model import FetchError, Reason

if TYPE_CHECKING:
    from archiver.fetch.answer import Answer

ADDRESS_REFUSED = 10_001
"""The errno of an address that the guard refuses; no system uses it."""


class Failure(httpx.TransportError):
    """No whole answer came; `reason` says why."""

    def __init__(self, reason: Reason, message: str = "") -> None:
        super().__init__(message or reason.value)
        self.reason = reason
        self.heard = False  # a byte of the answer had come
        self.part: Answer | None = None  # as much of the answer as came, where its head did


class ConnectFailure(Failure, httpx.ConnectError):
    """No connection came about."""


class ConnectTimeout(Failure, httpx.ConnectTimeout):
    """No connection came about in time."""


class ReadFailure(Failure, httpx.ReadError):
    """The connection broke."""


class ReadTimeout(Failure, httpx.ReadTimeout):
    """The answer stayed away, or stalled."""


class ProtocolFailure(Failure, httpx.RemoteProtocolError):
    """What came is not HTTP, or is nothing."""


_OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})

_REASON_OF_ERRNO = {  # where several addresses failed in several ways, the first row that fits tells most
    errno.ECONNREFUSED: Reason.REFUSED,
    errno.ECONNRESET: Reason.RESET,
    errno.EPIPE: Reason.RESET,
    errno.ECONNABORTED: Reason.RESET,
    errno.ETIMEDOUT: Reason.CONNECT_TIMEOUT,
    errno.EHOSTUNREACH: Reason.NO_ROUTE,
    errno.ENETUNREACH: Reason.NO_ROUTE,
    errno.ENETDOWN: Reason.NO_ROUTE,
    errno.EHOSTDOWN: Reason.NO_ROUTE,
    ADDRESS_REFUSED: Reason.PRIVATE_ADDRESS,
}
_ERRNO_IN_TEXT = re.compile(r"\[Errno (\d+)\]")

# OpenSSL's X509_V_ERR_ codes (x509_vfy.h); any other failed verification is `tls_untrusted`.
_REASON_OF_VERIFY_CODE = {
    9: Reason.TLS_EXPIRED,  # not yet valid
    10: Reason.TLS_EXPIRED,
    62: Reason.TLS_HOSTNAME,
    64: Reason.TLS_HOSTNAME,  # an address instead of a name
}


def connect_failure(error: BaseException, *, resolving: bool) -> Failure:
    """Translate what went wrong before a request could be sent. Raises FetchError where it was our own fault."""
    match error:
        case asyncio.TimeoutError() if resolving:
            return ConnectTimeout(Reason.DNS_FAILURE, "the name server did not answer in time")
        case asyncio.TimeoutError():
            return ConnectTimeout(Reason.CONNECT_TIMEOUT)
        case aiohttp.ClientConnectorDNSError(os_error=os_error):
            return _name_failure(os_error)
        case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as refusal):
            return _certificate_failure(refusal)
        case ssl.SSLCertVerificationError() as refusal:
            return _certificate_failure(refusal)
        case aiohttp.ClientConnectorError(os_error=os_error):
            return _os_failure(os_error, ConnectFailure)
        case OSError():
            return _os_failure(error, ConnectFailure)
        case _:
            return ConnectFailure(Reason.NO_ROUTE, str(error))


def connection_failure(error: OSError | None, *, heard: bool) -> Failure:
    """Translate that the connection was lost before the answer's head was whole; `heard` where a byte had come.

    Raises FetchError where it was our own fault.
    """
    failure = _connection_failure(error, heard=heard)
    failure.heard = heard
    return failure


def _connection_failure(error: OSError | None, *, heard: bool) -> Failure:
    if error is not None:
        return _os_failure(error, ReadFailure)
    if heard:
        return ProtocolFailure(Reason.BAD_HTTP, "the answer ended within its header block")
    return ProtocolFailure(Reason.EMPTY_REPLY)


def _certificate_failure(refusal: ssl.SSLCertVerificationError) -> Failure:
    reason = _REASON_OF_VERIFY_CODE.get(refusal.verify_code, Reason.TLS_UNTRUSTED)
    return ConnectFailure(reason, refusal.verify_message)


def _name_failure(error: OSError) -> Failure:
    if error.errno in _OURS or error.errno == socket.EAI_MEMORY:
        raise FetchError(f"this machine cannot look up names: {error}") from error
    if error.errno == socket.EAI_NONAME:
        return ConnectFailure(Reason.DNS_NXDOMAIN)
    return ConnectFailure(Reason.DNS_FAILURE, error.strerror or "")


def _os_failure(error: OSError, kind: type[Failure]) -> Failure:
    numbers = {error.errno} if error.errno else {int(number) for number in _ERRNO_IN_TEXT.findall(str(error))}
    if numbers & _OURS:
        raise FetchError(f"this machine cannot open more connections: {error}") from error
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return kind(Reason.RESET, "the connection was closed within TLS")
    if isinstance(error, ssl.SSLError):
        return kind(Reason.TLS_ERROR, error.reason or str(error))
    if isinstance(error, ConnectionError) and not numbers:
        return kind(Reason.RESET)
    reason = next((reason for number, reason in _REASON_OF_ERRNO.items() if number in numbers), Reason.NO_ROUTE)
    return kind(reason, error.strerror or str(error))
