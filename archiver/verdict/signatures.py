"""How bot walls give themselves away: one row a mark.

A cookie or a network's name alone is no wall: nearly every page behind one carries it. So a mark tells alone where only
the wall's own page has it; otherwise it wants a refusing status, or else a page that is not the record's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REFUSALS = frozenset({202, 403, 405, 406, 418, 429, 456})
"""Statuses that a wall answers with, and a failing server hardly ever; a 404 or 410 is the site's own word."""

READ_BYTES = 65_536
"""As much of a body is looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A mark of one vendor's wall: all that is given has to be there."""

    vendor: str
    header: str = ""
    value: str = ""  # what that header starts with, in lower case; empty for any value
    cookie: str = ""  # the start of a cookie's name that is set
    body: bytes = b""
    alone: bool = False  # only the wall's own page has it


def _signature(vendor: str, *, alone: bool = False, **mark: str) -> Signature:
    body = mark.pop("body", "").encode()
    return Signature(vendor=vendor, alone=alone, body=body, **mark)


SIGNATURES = (
    _signature("Cloudflare", header="cf-mitigated", value="challenge", alone=True),
    _signature("Cloudflare", body="_cf_chl_opt", alone=True),
    _signature("Cloudflare", body="cf-browser-verification", alone=True),
    _signature("Cloudflare", body="<title>Just a moment...</title>", alone=True),
    _signature("Cloudflare", body="<title>Attention Required! | Cloudflare</title>", alone=True),
    _signature("Cloudflare", body="/cdn-cgi/challenge-platform/"),
    _signature("Cloudflare", body="challenges.cloudflare.com"),
    _signature("AWS WAF", header="x-amzn-waf-action", alone=True),
    _signature("AWS WAF", body="window.gokuProps", alone=True),
    _signature("AWS WAF", body=".awswaf.com/"),
    _signature("AWS WAF", cookie="aws-waf-token"),
    _signature("DataDome", body="geo.captcha-delivery.com", alone=True),
    _signature("DataDome", body="ct.captcha-delivery.com", alone=True),
    _signature("DataDome", header="x-dd-b"),
    _signature("DataDome", header="x-datadome"),
    _signature("DataDome", header="x-datadome-cid"),
    _signature("DataDome", header="server", value="datadome"),
    _signature("DataDome", cookie="datadome"),
    _signature("HUMAN", body="window._pxAppId", cookie="_px"),
    _signature("HUMAN", body="px-captcha", alone=True),
    _signature("HUMAN", body="captcha.px-cdn.net", alone=True),
    _signature("HUMAN", body="client.perimeterx.net"),
    _signature("HUMAN", body="_pxAppId"),
    _signature("HUMAN", cookie="_px3"),
    _signature("HUMAN", cookie="_pxhd"),
    _signature("Akamai", body="errors.edgesuite.net", alone=True),
    _signature("Akamai", body="sec-if-cpt-container", alone=True),
    _signature("Akamai", body="/_sec/cp_challenge/", alone=True),
    _signature("Akamai", header="server", value="akamaighost", body="Access Denied"),
    _signature("Akamai", cookie="ak_bmsc"),
    _signature("Akamai", cookie="bm_sz"),
    _signature("Imperva", body="Incapsula incident ID", alone=True),
    _signature("Imperva", body="/_Incapsula_Resource"),
    _signature("Imperva", header="x-iinfo"),
    _signature("Imperva", cookie="visid_incap_"),
    _signature("Imperva", cookie="reese84"),
    _signature("Kasada", body="/149e9513-01fa-4fb0-aad4-566afd725d1b/", alone=True),
    _signature("Kasada", body="KPSDK.configure"),
    _signature("Kasada", header="x-kpsdk-ct"),
    _signature("Kasada", cookie="KP_UIDz"),
    _signature("Sucuri", body="sucuri_cloudproxy_js", alone=True),
    _signature("Sucuri", body="Sucuri WebSite Firewall - Access Denied", alone=True),
    _signature("Sucuri", header="x-sucuri-id"),
    _signature("F5", body="The requested URL was rejected. Please consult with your administrator.", alone=True),
    _signature("F5", body="window.bobcmn", alone=True),
    _signature("F5", body="/TSPD/"),
    _signature("Vercel", header="x-vercel-mitigated", alone=True),
    _signature("Vercel", body="Vercel Security Checkpoint", alone=True),
    _signature("Anubis", body='id="anubis_challenge"', alone=True),
    _signature("Anubis", body="Making sure you&#39;re not a bot!", alone=True),
    _signature("Anubis", body="Making sure you're not a bot!", alone=True),
    _signature("go-away", body="/.well-known/.git.gammaspectra.live/", alone=True),
    _signature("Radware", body="Radware Bot Manager Captcha", alone=True),
    _signature("Radware", body="validate.perfdrive.com", alone=True),
    _signature("Fastly", body="/_fs-ch-1T1wmsGaOgGaSxcX/", alone=True),
    _signature("DDoS-Guard", body="check.ddos-guard.net"),
    _signature("DDoS-Guard", header="server", value="ddos-guard"),
    _signature("StackPath", body="sp_rotated_captcha", alone=True),
    _signature("Qrator", body="__qrator/", alone=True),
    _signature("hCaptcha", body="hcaptcha.com/1/api.js"),
    _signature("reCAPTCHA", body="google.com/recaptcha/api.js"),
)  # fmt: skip

_BY_BODY = tuple(row for row in SIGNATURES if row.body)
_BY_COOKIE = tuple(row for row in SIGNATURES if row.cookie and not row.body)
_BY_HEADER = {
    name: tuple(row for row in SIGNATURES if row.header == name and not row.body)
    for name in dict.fromkeys(row.header for row in SIGNATURES if row.header)
}
"""The rows by what they cannot do without: most answers have none of these headers and set no cookie, and most pages
have no body that is looked through."""

_ORDER = {row: (not row.alone, place) for place, row in enumerate(SIGNATURES)}
"""Which mark is told of, where there are several: one that tells alone, then the first."""


def challenger(headers: Mapping[str, str], *, cookies: Iterable[str] = (), body: bytes = b"") -> Signature | None:
    """Give the mark of the wall that an answer is, or, where its `alone` is false, may be; None where there is none.

    `headers` by names in lower case, `cookies` as set, `body` that of a page with hardly any text, else empty.
    """
    names, head = [cookie.lstrip() for cookie in cookies], body[:READ_BYTES]
    by_header = [row for name in _BY_HEADER.keys() & headers.keys() for row in _BY_HEADER[name]]
    rows = [*by_header, *(_BY_COOKIE if names else ()), *(_BY_BODY if body else ())]
    if not rows:
        return None
    found = (signature for signature in rows if _is_marked(signature, headers, names, head))
    return min(found, key=_ORDER.__getitem__, default=None)


def is_refusal(status: int) -> bool:
    """Tell whether a wall's mark needs no more evidence than this status."""
    return status in REFUSALS


def _is_marked(signature: Signature, headers: Mapping[str, str], cookies: list[str], body: bytes) -> bool:
    if signature.header:
        value = headers.get(signature.header)
        if value is None or not value.strip().lower().startswith(signature.value):
            return False
    if signature.cookie and not any(cookie.startswith(signature.cookie) for cookie in cookies):
        return False
    return not signature.body or signature.body in body
