"""What a run may be told: options as their words, checked and turned into values."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.fetch.address import Detour, Network
from archiver.model import HostKey, Limits, Pacing, SettingsError
from archiver.urls import AMP_CACHES

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT = "archiver"
"""The product token that a robots.txt may name."""

ACCEPT = "text/html,application/xhtml+xml,image/avif,image/webp,image/*,*/*;q=0.8"

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_BYTES = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_MOST_BYTES = 10**12
_MOST_PORT = 65_535
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_PRODUCT = re.compile(r"(?:^|\(compatible;\s*)(?!Mozilla/)([A-Za-z_-]+)/(?!/)")

SHIPPED_PACING = dict.fromkeys((HostKey(cache) for cache in AMP_CACHES), Pacing(delay_s=0.125, at_once=8))
"""The AMP caches are large: each is asked 8 times a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run behaves."""

    archive: Path = Path("archive")
    limits: Limits = field(default_factory=Limits)
    pacing: Pacing = field(default_factory=Pacing)
    pacing_by_host: Mapping[HostKey, Pacing] = field(default_factory=lambda: SHIPPED_PACING)
    concurrency: int = 128
    retries: int = 2
    obeys_robots: bool = True
    user_agent: str | None = None
    contact: str | None = None
    accept_language: str = "en-GB,en;q=0.9"
    ca_file: Path | None = None
    detours: tuple[Detour, ...] = ()
    allowed: tuple[Network, ...] = ()
    waits: bool = False

    @property
    def agent(self) -> str:
        """The product token by which a robots.txt names us."""
        product = _PRODUCT.search(self.user_agent or "")
        return product[1] if product else AGENT

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        contact = f"; +{self.contact}" if self.contact else ""
        return {
            "User-Agent": self.user_agent or f"Mozilla/5.0 (compatible; {AGENT}/{__version__}{contact})",
            "Accept": ACCEPT,
            "Accept-Language": self.accept_language,
            "Accept-Encoding": "gzip, br",
        }

    def pacing_of(self, host: HostKey) -> Pacing:
        """Give how politely `host` is asked."""
        return self.pacing_by_host.get(host, self.pacing)


def duration_s(option: str, text: str) -> float:
    """Read `250ms`, `20s`, `5m`, `12h` or `7d`; a bare number is seconds. Raises SettingsError."""
    quantity = _QUANTITY.fullmatch(text)
    if quantity is None or (quantity[2] or "s") not in _SECONDS:
        raise SettingsError(f"{option}: {text!r} is not a duration, such as 250ms, 20s or 7d")
    return float(quantity[1]) * _SECONDS[quantity[2] or "s"]


def size_bytes(option: str, text: str) -> int:
    """Read `10MB`, `500KiB` or a bare number of bytes. Raises SettingsError."""
    quantity = _QUANTITY.fullmatch(text)
    if quantity is None or quantity[2] not in _BYTES:
        raise SettingsError(f"{option}: {text!r} is not a size, such as 10MB or 500KiB")
    size = float(quantity[1]) * _BYTES[quantity[2]]
    if not 1 <= size <= _MOST_BYTES:
        raise SettingsError(f"{option}: {text!r} is not between 1 byte and 1 TB")
    return int(size)


def network(text: str) -> Network:
    """Read a network, such as `127.0.0.0/8` or `::1`. Raises SettingsError."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(f"--allow-net: {text!r} is not a network, such as 127.0.0.0/8 ({error})") from error


def detour(text: str) -> Detour:
    """Read curl's `HOST:PORT:TOHOST:TOPORT`, each part perhaps empty, IPv6 in brackets. Raises SettingsError."""
    parts = re.fullmatch(r"(\[[^]]*\]|[^:]*):(\d*):(\[[^]]*\]|[^:]*):(\d*)", text)
    if parts is None:
        raise SettingsError(f"--connect-to: {text!r} is not HOST:PORT:TOHOST:TOPORT")
    host, port, to_host, to_port = parts.groups()
    if any(int(number) > _MOST_PORT for number in (port, to_port) if number):
        raise SettingsError(f"--connect-to: {text!r} names a port over {_MOST_PORT}")
    return Detour(
        host=host.strip("[]").lower(),
        port=int(port) if port else None,
        to_host=to_host.strip("[]"),
        to_port=int(to_port) if to_port else None,
    )


def header_value(option: str, text: str) -> str:
    """Let `text` stand in a request header. Raises SettingsError where it would make another one of it."""
    if not text.isprintable() or not text.isascii():
        raise SettingsError(f"{option}: {text!r} has characters that no header may carry")
    return text


def existing_file(option: str, path: Path) -> Path:
    """Let `path` be read. Raises SettingsError."""
    if not path.is_file():
        raise SettingsError(f"{option}: there is no file {path}")
    return path
