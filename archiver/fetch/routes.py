"""Where requests may go, and by which way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archiver.fetch.address import Guard
from archiver.fetch.proxies import NO_PROXIES, Proxies

if TYPE_CHECKING:
    from pathlib import Path

    from archiver.fetch.address import Detour


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Which addresses may be asked, where names lead instead, through whom, and whose certificates hold."""

    guard: Guard = field(default_factory=Guard)
    detours: tuple[Detour, ...] = ()
    proxies: Proxies = NO_PROXIES
    ca_file: Path | None = None  # authorities to trust besides the usual ones
