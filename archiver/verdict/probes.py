"""The probe: does a site answer to an address that cannot exist as it does to ours? Pure.

Source: Z. Bar-Yossef et al., "Sic transit gloria telae" (2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archiver.model import SHOWS_CONTENT, Chain, NoAnswer, PageEvidence, Reply
from archiver.urls import host_key
from archiver.verdict.texts import vocabulary_likeness
from archiver.verdict.thresholds import SAME_ANSWER

if TYPE_CHECKING:
    from archiver.model import HostKey

_LONGEST_EXTENSION = 5
_REFUSES_US = frozenset({401, 403, 407, 408, 425, 429, 451})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeKey:
    """Where one probe answers for all: the pages of a folder that end alike."""

    host: HostKey
    folder: str  # `https://example.com/news/`
    extension: str  # `.html`, or `/`, or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeAnswer:
    """What a site answered to an address that cannot exist; small enough for a row."""

    url: str
    status: int | None  # None where no HTTP answer came
    final_url: str
    vocabulary: bytes = b""  # of its main text
    is_challenge: bool = False


class Finding(Enum):
    """What a probe tells of a page."""

    SAME = "answers the same"
    HARD_ERROR = "tells what is missing"
    NOTHING = "tells nothing"


def probe_key(target: str) -> ProbeKey:
    """Give the key of the probe that speaks for `target`."""
    parts = urlsplit(target)
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    _, dot, extension = name.rpartition(".")
    if dot and 0 < len(extension) <= _LONGEST_EXTENSION and extension.isalpha():
        end = f".{extension}"
    else:
        end = "/" if parts.path.endswith("/") and name else ""
    return ProbeKey(host=host_key(target), folder=f"{parts.scheme}://{parts.netloc}{folder}/", extension=end)


def probe_url(key: ProbeKey, letters: str) -> str:
    """Give the address to ask: `letters` are random, `PROBE_LETTERS` of them."""
    return f"{key.folder}{letters}{key.extension}"


def probe_answer(chain: Chain) -> ProbeAnswer:
    """Give what is kept of a probe's chain."""
    asked, last = chain.target, chain.last
    match last.answer:
        case NoAnswer():
            return ProbeAnswer(url=asked, status=None, final_url=last.url)
        case Reply() as reply:
            return ProbeAnswer(
                url=asked,
                status=None if chain.broken else reply.status,
                final_url=last.url,
                vocabulary=reply.evidence.vocabulary,
                is_challenge=reply.evidence.challenge is not None,
            )


def weigh(probe: ProbeAnswer, page: PageEvidence, final_url: str) -> Finding:
    """Say what `probe` tells of a page that was shown at `final_url`."""
    if probe.status is None or probe.is_challenge or probe.status in _REFUSES_US:
        return Finding.NOTHING
    if probe.status in SHOWS_CONTENT:
        is_same = probe.final_url == final_url or alike(probe, page) >= SAME_ANSWER
        return Finding.SAME if is_same else Finding.NOTHING
    return Finding.HARD_ERROR if 400 <= probe.status < 500 else Finding.NOTHING  # noqa: PLR2004 (the client's errors)


def alike(probe: ProbeAnswer, page: PageEvidence) -> float:
    """Give the share of words that the probe's answer and a page have in common."""
    return vocabulary_likeness(probe.vocabulary, page.vocabulary)
