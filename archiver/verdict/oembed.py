"""Videos and other embeds whose pages answer 200 when they are gone: their providers' oEmbed answers tell. Pure.

Source: https://oembed.com, and each provider's own page on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from archiver.model import Outcome, Reason, Verdict

_GONE = frozenset({404, 410})
_CLOSED = frozenset({401, 403})
_FINE = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider: which addresses are its, and where it is asked of them."""

    name: str
    pattern: re.Pattern[str]
    page: str  # the address it knows a matched one by, as `re.Match.expand` takes it
    endpoint: str  # what the quoted page is set behind
    missing: frozenset[int] = _GONE  # the statuses that say there is no such thing


def _provider(name: str, pattern: str, page: str, endpoint: str, missing: frozenset[int] = _GONE) -> Provider:
    compiled = re.compile(rf"https?://(?:www\.|m\.)?{pattern}")
    return Provider(name=name, pattern=compiled, page=page, endpoint=endpoint, missing=missing)


_YOUTUBE = "https://www.youtube.com/oembed?format=json&url="
_WATCH = r"https://www.youtube.com/watch?v=\1"
_BAD_ID = _GONE | {400}

PROVIDERS = (
    _provider("YouTube", r"youtube\.com/watch\?(?:[^#]{0,500}&)?v=([\w-]{11})(?![\w-])", _WATCH, _YOUTUBE, _BAD_ID),
    _provider(
        "YouTube",
        r"youtube(?:-nocookie)?\.com/(?:embed|shorts|live|v)/(?!videoseries)([\w-]{11})(?![\w-])",
        _WATCH,
        _YOUTUBE,
        _BAD_ID,
    ),
    _provider("YouTube", r"youtu\.be/([\w-]{11})(?![\w-])", _WATCH, _YOUTUBE, _BAD_ID),
    _provider(
        "Vimeo",
        r"(?:player\.)?vimeo\.com/(?:video/)?(\d{5,12})(?!\w)",
        r"https://vimeo.com/\1",
        "https://vimeo.com/api/oembed.json?url=",
    ),
    _provider(
        "Dailymotion",
        r"(?:geo\.)?dailymotion\.com/(?:embed/)?video/(\w{4,20})",
        r"https://www.dailymotion.com/video/\1",
        "https://www.dailymotion.com/services/oembed?format=json&url=",
    ),
    _provider(
        "Dailymotion",
        r"dai\.ly/(\w{4,20})",
        r"https://www.dailymotion.com/video/\1",
        "https://www.dailymotion.com/services/oembed?format=json&url=",
    ),
    _provider(
        "SoundCloud",
        r"soundcloud\.com/([\w-]{1,100}/[\w-]{1,200}(?:/[\w-]{1,200})?)",
        r"https://soundcloud.com/\1",
        "https://soundcloud.com/oembed?format=json&url=",
    ),
    _provider(
        "TikTok",
        r"tiktok\.com/(@[\w.-]{1,60}/video/\d{5,25})",
        r"https://www.tiktok.com/\1",
        "https://www.tiktok.com/oembed?url=",
        _BAD_ID,
    ),
    _provider(
        "Spotify",
        r"open\.spotify\.com/(?:embed/|intl-[a-z]{2}/)?((?:track|album|playlist|episode|show|artist)/\w{10,40})",
        r"https://open.spotify.com/\1",
        "https://open.spotify.com/oembed?url=",
    ),
    _provider(
        "Flickr",
        r"flickr\.com/(photos/[\w@-]{1,60}/\d{5,20})",
        r"https://www.flickr.com/\1",
        "https://www.flickr.com/services/oembed/?format=json&url=",
    ),
    _provider(
        "X",
        r"(?:mobile\.)?(?:twitter|x)\.com/(\w{1,20}/status/\d{5,25})",
        r"https://twitter.com/\1",
        "https://publish.twitter.com/oembed?url=",
    ),
    _provider(
        "Reddit",
        r"(?:old\.)?reddit\.com/(r/\w{1,60}/comments/\w{3,12}(?:/[^?#]{0,200})?)",
        r"https://www.reddit.com/\1",
        "https://www.reddit.com/oembed?url=",
    ),
    _provider(
        "TED",
        r"(?:embed\.)?ted\.com/talks/([\w-]{1,200})",
        r"https://www.ted.com/talks/\1",
        "https://www.ted.com/services/v1/oembed.json?url=",
    ),
)


_EMBED = re.compile("|".join(f"(?:{provider.pattern.pattern})" for provider in PROVIDERS))
"""Any provider's: most addresses are of none, and are looked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """Where to ask about one target."""

    provider: Provider
    url: str


def inquiry(target: str) -> Inquiry | None:
    """Give where its provider tells of `target`, or None where it is no embed we know."""
    if not _EMBED.match(target):
        return None
    for provider in PROVIDERS:
        found = provider.pattern.match(target)
        if found:
            page = quote(found.expand(provider.page), safe="")
            return Inquiry(provider=provider, url=f"{provider.endpoint}{page}")
    return None


def judge_embed(asked: Inquiry, status: int | None) -> Verdict | None:
    """Judge a target by what its provider's oEmbed address answered; None where the target's own answer stands.

    `status` is None where no answer came: like one that says nothing of the target, that leaves it open.
    """
    answers = "gives no answer" if status is None else f"answers {status}"
    note = f"{asked.provider.name} {answers} at its oEmbed address"
    if status in asked.provider.missing:
        return Verdict(outcome=Outcome.SOFT_404, reason=Reason.SAYS_MISSING, note=note)
    if status in _CLOSED:  # private, or not to be embedded: whether it is there is not said
        return Verdict(outcome=Outcome.RESTRICTED, reason=Reason.LOGIN, note=note)
    if status not in _FINE:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.UNCERTAIN, note=note)
    return None
