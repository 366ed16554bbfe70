"""Proxies, from the environment: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as Python reads them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

# typeshed does not know the second name, which Python has on every system
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from archiver.model import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL_PORT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """One HTTP proxy."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)  # the Proxy-Authorization header: a secret

    @property
    def header(self) -> str:
        """The header line by which the proxy knows us, or nothing."""
        return f"Proxy-Authorization: {self.authorization}\r\n" if self.authorization else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxies:
    """Which proxy asks for whom."""

    by_scheme: Mapping[str, Proxy]
    bypass: Mapping[str, str] = field(repr=False)  # as proxy_bypass_environment wants it

    @classmethod
    def from_environment(cls) -> Proxies:
        """Read the environment. Raises SettingsError where a proxy is none we can use."""
        found = getproxies_environment()
        usual = found.get("all")
        named = {scheme: found.get(scheme, usual) for scheme in ("http", "https")}
        return cls(by_scheme={scheme: _read(scheme, url) for scheme, url in named.items() if url}, bypass=found)

    def proxy_for(self, scheme: str, host: str) -> Proxy | None:
        """Give the proxy that is to ask `host`, None where we ask it ourselves."""
        proxy = self.by_scheme.get(scheme)
        return None if proxy is None or proxy_bypass_environment(host, dict(self.bypass)) else proxy


NO_PROXIES = Proxies(by_scheme={}, bypass={})


def _read(scheme: str, url: str) -> Proxy:
    form = f"the environment's proxy for {scheme}:// links is not of the form http://host:port"
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or _USUAL_PORT
    except ValueError:
        raise SettingsError(form) from None
    if parts.scheme != "http" or not parts.hostname:
        raise SettingsError(form)
    return Proxy(host=parts.hostname, port=port, authorization=_authorization(parts.username, parts.password))


def _authorization(name: str | None, password: str | None) -> str | None:
    if name is None:
        return None
    pair = f"{unquote(name)}:{unquote(password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")
