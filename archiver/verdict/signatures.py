"""How bot walls give themselves away: one row a wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A header that only a bot wall's own answer carries."""

    vendor: str
    header: str
    values: frozenset[str]  # in lower case; empty for any value


SIGNATURES = (
    Signature(vendor="Cloudflare", header="cf-mitigated", values=frozenset({"challenge"})),
    Signature(vendor="AWS WAF", header="x-amzn-waf-action", values=frozenset()),
)


def challenger(headers: Mapping[str, str]) -> str | None:
    """Give the vendor whose challenge an answer with `headers` (names case-insensitive) is, or None."""
    for signature in SIGNATURES:
        value = headers.get(signature.header)
        if value is not None and (not signature.values or value.strip().lower() in signature.values):
            return signature.vendor
    return None
