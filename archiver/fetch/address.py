"""Where a connection may go: every address is vetted as its socket is made, after the name was resolved."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.fetch.failures import ADDRESS_REFUSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohappyeyeballs import AddrInfoType

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out; Python calls the rest global too
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637, younger than Python's tables
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Lets through global addresses, and those of the networks `allowed`."""

    allowed: tuple[Network, ...] = ()

    def permits(self, address: str) -> bool:
        """Tell whether a connection to `address` may be made; what an IPv6 address carries within counts."""
        outer = ipaddress.ip_address(address.partition("%")[0])
        inner = _carried(outer)
        return _is_global(inner) or any(part in network for network in self.allowed for part in (outer, inner))

    def vet(self, address: str) -> None:
        """Raise OSError where `address` may not be asked."""
        if not self.permits(address):
            raise OSError(ADDRESS_REFUSED, f"{address} is not a global address")

    def open_socket(self, info: AddrInfoType, *, trusted: bool = False) -> socket.socket:
        """Make the socket for one address of getaddrinfo's form; raises OSError where it may not be asked.

        What is `trusted`, a proxy that the user named, may stand anywhere.
        """
        family, kind, protocol, _, where = info
        if not trusted:
            self.vet(where[0])
        return socket.socket(family, kind, protocol)


def _is_global(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL_UNICAST or address in _DOCUMENTATION):
        return False
    return address.is_global and not address.is_multicast


def _carried(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address leads to (mapped, 6to4, Teredo, NAT64), else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """One `--connect-to` rule: where to connect instead. Empty parts match all, or keep what was."""

    host: str = ""
    port: int | None = None
    to_host: str = ""
    to_port: int | None = None


def apply_detours(detours: Sequence[Detour], host: str, port: int) -> tuple[str, int]:
    """Give the host and port to connect to, by the first rule that fits."""
    for detour in detours:
        if detour.host in ("", host) and detour.port in (None, port):
            return detour.to_host or host, detour.to_port or port
    return host, port
