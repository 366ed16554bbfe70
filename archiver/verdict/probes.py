"""The probe: does a site answer to an address that cannot exist as it does to ours? Pure.

Source: Z. Bar-Yossef et al., "Sic transit gloria telae" (2004).
"""

from __future__ import annotations

from enum import Enum
from urllib.parse import urlsplit

from archiver.model import SHOWS_CONTENT, Chain, NoAnswer, PageEvidence, ProbeAnswer, ProbeKey, Reply
from archiver.urls import host_key
from archiver.verdict.texts import vocabulary_likeness
from archiver.verdict.thresholds import SAME_ANSWER

_LONGEST_EXTENSION = 5
_CLIENT_ERRORS = range(400, 500)
_REFUSES_US = frozenset({401, 403, 407, 408, 425, 429, 451})


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
    """Give what a probe's chain tells: no status where it was broken, or our own network may have been away."""
    asked, last = chain.target, chain.last
    is_sound = not chain.broken and not any(exchange.inconclusive for exchange in chain.exchanges)
    match last.answer:
        case NoAnswer():
            return ProbeAnswer(url=asked, status=None, final_url=last.url)
        case Reply() as reply:
            return ProbeAnswer(
                url=asked,
                status=reply.status if is_sound else None,
                final_url=last.url,
                vocabulary=reply.evidence.vocabulary,
                is_challenge=reply.evidence.challenge is not None,
            )


def is_telling(probe: ProbeAnswer) -> bool:
    """Tell whether an answer says how the site treats what it does not have; any other may be another one tomorrow."""
    return not probe.is_challenge and (probe.status in SHOWS_CONTENT or _is_hard_error(probe.status))


def weigh(probe: ProbeAnswer, page: PageEvidence, final_url: str) -> Finding:
    """Say what `probe` tells of a page that was shown at `final_url`."""
    if not is_telling(probe):
        return Finding.NOTHING
    if _is_hard_error(probe.status):
        return Finding.HARD_ERROR
    is_same = probe.final_url == final_url or alike(probe, page) >= SAME_ANSWER
    return Finding.SAME if is_same else Finding.NOTHING


def _is_hard_error(status: int | None) -> bool:
    return status in _CLIENT_ERRORS and status not in _REFUSES_US


def alike(probe: ProbeAnswer, page: PageEvidence) -> float:
    """Give the share of words that the probe's answer and a page have in common."""
    return vocabulary_likeness(probe.vocabulary, page.vocabulary)
