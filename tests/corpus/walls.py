"""Challenge pages as the vendors' own look, in our words: status, headers and body of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One answer of a vendor's wall."""

    vendor: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


def _page(title: str, body: str) -> str:
    return f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'


WALLS = (
    Wall(
        vendor="Cloudflare",
        status=403,
        headers=(("cf-mitigated", "challenge"), ("server", "cloudflare")),
        body=_page("Just a moment...", "<script>window._cf_chl_opt={cType:'managed'}</script>"),
    ),
    Wall(
        vendor="Cloudflare",
        status=503,
        headers=(("server", "cloudflare"),),
        body=_page("Just a moment...", "<div class='cf-browser-verification'>Checking your browser</div>"),
    ),
    Wall(
        vendor="Cloudflare",
        status=200,
        body=_page(
            "One moment", "<p>Verifying</p><script src='/cdn-cgi/challenge-platform/h/b/orchestrate.js'></script>"
        ),
    ),
    Wall(
        vendor="DataDome",
        status=403,
        headers=(("x-datadome", "protected"), ("set-cookie", "datadome=x; Path=/")),
        body=_page("example.com", "<script>var dd={'host':'geo.captcha-delivery.com'}</script>"),
    ),
    Wall(
        vendor="DataDome",
        status=405,
        headers=(("server", "DataDome"),),
        body=_page("Robot check", "<iframe src='https://geo.captcha-delivery.com/captcha/?x=1'></iframe>"),
    ),
    Wall(
        vendor="HUMAN",
        status=403,
        headers=(("set-cookie", "_pxhd=1; Path=/"),),
        body=_page(
            "Access to this page has been denied", "<div id='px-captcha'></div><script>window._pxAppId='PX1'</script>"
        ),
    ),
    Wall(
        vendor="HUMAN",
        status=200,
        body=_page(
            "Human verification", "<p>Press and hold</p><script src='//client.perimeterx.net/PX1/main.min.js'></script>"
        ),
    ),
    Wall(
        vendor="Akamai",
        status=403,
        headers=(("server", "AkamaiGHost"),),
        body=_page("Access Denied", "<h1>Access Denied</h1><p>Reference #18.2f https://errors.edgesuite.net/18.2f</p>"),
    ),
    Wall(
        vendor="Akamai",
        status=200,
        headers=(("set-cookie", "bm_sz=1; Path=/"),),
        body=_page("&nbsp;", "<div id='sec-if-cpt-container'></div><script src='/_sec/cp_challenge/1.js'></script>"),
    ),
    Wall(
        vendor="Akamai",
        status=200,
        headers=(("set-cookie", "a=1, ak_bmsc=2; Path=/"),),
        body=_page("Pardon", "<p>Something about your browser made us think.</p><script>go()</script>"),
    ),
    Wall(
        vendor="Imperva",
        status=200,
        headers=(("x-iinfo", "1-2-3"), ("set-cookie", "visid_incap_1=2; Path=/")),
        body=_page(
            "", "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 1</iframe>"
        ),
    ),
    Wall(
        vendor="Imperva",
        status=403,
        headers=(("x-iinfo", "1-2-3"),),
        body=_page("Pardon Our Interruption", "<script src='/_Incapsula_Resource?y'></script>"),
    ),
    Wall(
        vendor="Kasada",
        status=429,
        headers=(("x-kpsdk-ct", "1"), ("set-cookie", "KP_UIDz=1; Path=/")),
        body=_page("", "<script>window.KPSDK={};KPSDK.now=1</script>"),
    ),
    Wall(
        vendor="Kasada",
        status=200,
        body=_page("", "<script src='/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39/ips.js'></script>"),
    ),
    Wall(vendor="AWS WAF", status=202, headers=(("x-amzn-waf-action", "challenge"),), body=_page("", "")),
    Wall(
        vendor="AWS WAF",
        status=405,
        headers=(("x-amzn-waf-action", "captcha"),),
        body=_page("Human Verification", "<script>window.gokuProps = {}</script>"),
    ),
    Wall(
        vendor="Sucuri",
        status=200,
        body=_page("You are being redirected...", "<script>var s={};sucuri_cloudproxy_js='';</script>"),
    ),
    Wall(
        vendor="Sucuri",
        status=403,
        headers=(("x-sucuri-id", "11"),),
        body=_page("Sucuri WebSite Firewall - Access Denied", "<h1>Access Denied</h1>"),
    ),
    Wall(
        vendor="F5",
        status=200,
        body=_page("Request Rejected", "The requested URL was rejected. Please consult with your administrator."),
    ),
    Wall(
        vendor="F5",
        status=200,
        body=_page("", "<script>window.bobcmn='1'</script><script src='/TSPD/08?type=9'></script>"),
    ),
    Wall(
        vendor="Vercel",
        status=429,
        headers=(("x-vercel-mitigated", "challenge"),),
        body=_page("Vercel Security Checkpoint", "<p>We're verifying your browser</p>"),
    ),
    Wall(vendor="Vercel", status=403, body=_page("Vercel Security Checkpoint", "<p>Verifying</p>")),
    Wall(
        vendor="Anubis",
        status=200,
        body=_page(
            "Making sure you&#39;re not a bot!", '<script id="anubis_challenge" type="application/json">{}</script>'
        ),
    ),
    Wall(vendor="Anubis", status=200, body=_page("Making sure you're not a bot!", "<p>Loading</p>")),
    Wall(vendor="Radware", status=200, body=_page("Captcha", "<p>Radware Bot Manager Captcha</p>")),
    Wall(vendor="Radware", status=200, body=_page("", "<a href='https://validate.perfdrive.com/?ssa=1'>go</a>")),
)
"""Two of each vendor side by side, so that each half has one."""
