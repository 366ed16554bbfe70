"""Videos and other embeds whose pages answer 200 when they are gone: their providers' oEmbed answers tell. Pure.

Source: https://oembed.com, and each provider's own page on it.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec

from archiver.model import Outcome, Reason, Verdict

_GONE = frozenset({404, 410})
_CLOSED = frozenset({401, 403})
_FINE = range(200, 300)


class Provider(msgspec.Struct, frozen=True):
    """One provider: which addresses are its, and where it is asked of them."""

    name: str
    pattern: str  # of what follows the scheme; its one group names what is embedded
    page: str  # what is set before that name: the address that the provider knows
    endpoint: str  # what the quoted page is set behind
    missing: frozenset[int] = _GONE  # the statuses that say there is no such thing


_YOUTUBE = "https://www.youtube.com/oembed?format=json&url="
_WATCH = "https://www.youtube.com/watch?v="
_BAD_ID = _GONE | {400}

PROVIDERS = (
    Provider("YouTube", r"youtube\.com/watch\?(?:[^#]{0,500}&)?v=([\w-]{11})(?![\w-])", _WATCH, _YOUTUBE, _BAD_ID),
    Provider(
        "YouTube",
        r"youtube(?:-nocookie)?\.com/(?:embed|shorts|live|v)/(?!videoseries)([\w-]{11})(?![\w-])",
        _WATCH,
        _YOUTUBE,
        _BAD_ID,
    ),
    Provider("YouTube", r"youtu\.be/([\w-]{11})(?![\w-])", _WATCH, _YOUTUBE, _BAD_ID),
    Provider(
        "Vimeo",
        r"(?:player\.)?vimeo\.com/(?:video/)?(\d{5,12})(?!\w)",
        "https://vimeo.com/",
        "https://vimeo.com/api/oembed.json?url=",
    ),
    Provider(
        "Dailymotion",
        r"(?:geo\.)?dailymotion\.com/(?:embed/)?video/(\w{4,20})",
        "https://www.dailymotion.com/video/",
        "https://www.dailymotion.com/services/oembed?format=json&url=",
    ),
    Provider(
        "Dailymotion",
        r"dai\.ly/(\w{4,20})",
        "https://www.dailymotion.com/video/",
        "https://www.dailymotion.com/services/oembed?format=json&url=",
    ),
    Provider(
        "SoundCloud",
        r"soundcloud\.com/([\w-]{1,100}/[\w-]{1,200}(?:/[\w-]{1,200})?)",
        "https://soundcloud.com/",
        "https://soundcloud.com/oembed?format=json&url=",
    ),
    Provider(
        "TikTok",
        r"tiktok\.com/(@[\w.-]{1,60}/video/\d{5,25})",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/oembed?url=",
        _BAD_ID,
    ),
    Provider(
        "Spotify",
        r"open\.spotify\.com/(?:embed/|intl-[a-z]{2}/)?((?:track|album|playlist|episode|show|artist)/\w{10,40})",
        "https://open.spotify.com/",
        "https://open.spotify.com/oembed?url=",
    ),
    Provider(
        "Flickr",
        r"flickr\.com/(photos/[\w@-]{1,60}/\d{5,20})",
        "https://www.flickr.com/",
        "https://www.flickr.com/services/oembed/?format=json&url=",
    ),
    Provider(
        "X",
        r"(?:mobile\.)?(?:twitter|x)\.com/(\w{1,20}/status/\d{5,25})",
        "https://twitter.com/",
        "https://publish.twitter.com/oembed?url=",
    ),
    Provider(
        "Reddit",
        r"(?:old\.)?reddit\.com/(r/\w{1,60}/comments/\w{3,12}(?:/[^?#]{0,200})?)",
        "https://www.reddit.com/",
        "https://www.reddit.com/oembed?url=",
    ),
    Provider(
        "TED",
        r"(?:embed\.)?ted\.com/talks/([\w-]{1,200})",
        "https://www.ted.com/talks/",
        "https://www.ted.com/services/v1/oembed.json?url=",
    ),
)


_EMBED = re.compile(rf"https?://(?:www\.|m\.)?(?:{'|'.join(provider.pattern for provider in PROVIDERS)})")
"""Any provider's: which of its groups took part tells whose. Most addresses are of none, and are looked at once."""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Where to ask about one target."""

    provider: Provider
    url: str


def inquiry(target: str) -> Inquiry | None:
    """Give where its provider tells of `target`, or None where it is no embed we know."""
    found = _EMBED.match(target)
    if found is None or found.lastindex is None:
        return None
    provider = PROVIDERS[found.lastindex - 1]
    page = quote(provider.page + found[found.lastindex], safe="")
    return Inquiry(provider=provider, url=f"{provider.endpoint}{page}")


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
