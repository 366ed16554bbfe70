"""One check's verdict: what a chain says of its target (docs/verdicts.md). Pure."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.model import (
    LIVING,
    SHOWS_CONTENT,
    Caution,
    Chain,
    Check,
    Cut,
    ImageFault,
    NoAnswer,
    Outcome,
    Reason,
    Redirect,
    Reply,
    Verdict,
    mended,
)
from archiver.verdict.probes import probe_key
from archiver.verdict.shown import Shown, judge_shown, wants_probe

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from archiver.model import Exchange, Expectation, ProbeAnswer, ProbeKey, SeenImage

_OUTCOME_OF_REASON = {
    Reason.DNS_NXDOMAIN: Outcome.UNREACHABLE,
    Reason.DNS_FAILURE: Outcome.UNREACHABLE,
    Reason.REFUSED: Outcome.UNREACHABLE,
    Reason.RESET: Outcome.UNREACHABLE,
    Reason.TIMEOUT: Outcome.UNREACHABLE,
    Reason.CONNECT_TIMEOUT: Outcome.UNREACHABLE,
    Reason.EMPTY_REPLY: Outcome.UNREACHABLE,
    Reason.BAD_HTTP: Outcome.UNREACHABLE,
    Reason.TLS_ERROR: Outcome.UNREACHABLE,
    Reason.NO_ROUTE: Outcome.UNREACHABLE,
    Reason.HOST_DOWN: Outcome.UNREACHABLE,
    Reason.TLS_EXPIRED: Outcome.INSECURE,
    Reason.TLS_HOSTNAME: Outcome.INSECURE,
    Reason.TLS_UNTRUSTED: Outcome.INSECURE,
    Reason.ROBOTS_5XX: Outcome.FAILING,
    Reason.ROBOTS: Outcome.SKIPPED,
    Reason.PRIVATE_ADDRESS: Outcome.SKIPPED,
    Reason.NOT_REACHED: Outcome.SKIPPED,
    Reason.BAD_URL: Outcome.INVALID,
    Reason.BAD_SCHEME: Outcome.INVALID,
}

_OUTCOME_OF_STATUS = {
    401: Outcome.RESTRICTED,
    402: Outcome.RESTRICTED,
    403: Outcome.BLOCKED,
    404: Outcome.GONE,
    407: Outcome.RESTRICTED,
    410: Outcome.GONE,
    429: Outcome.BLOCKED,
    451: Outcome.RESTRICTED,
    999: Outcome.BLOCKED,
    **dict.fromkeys(range(500, 600), Outcome.FAILING),
}
_VERDICT_OF_FAULT = {
    ImageFault.IMAGE_IS_HTML: (Outcome.SOFT_404, Reason.IMAGE_IS_HTML),
    ImageFault.IMAGE_PLACEHOLDER: (Outcome.SOFT_404, Reason.IMAGE_PLACEHOLDER),
    ImageFault.TRUNCATED: (Outcome.BROKEN, Reason.TRUNCATED),
    ImageFault.UNDECODABLE_IMAGE: (Outcome.BROKEN, Reason.UNDECODABLE_IMAGE),
    ImageFault.TOO_LARGE: (Outcome.UNKNOWN, Reason.TOO_LARGE),
}
_WELL = Verdict(outcome=Outcome.ALIVE, reason=Reason.OK)
_UNCHANGED = Verdict(outcome=Outcome.ALIVE, reason=Reason.NOT_MODIFIED)
_HAS_NO_CONTENT = frozenset({204, 205})
_PARTIAL = 206
_RANGE = re.compile(r"bytes 0-([0-9]{1,18})/([0-9]{1,18})")


def judge(
    chain: Chain,
    accepted: Collection[int] = (),
    *,
    expected: Sequence[Expectation] = (),
    probe: ProbeAnswer | None = None,
) -> Verdict:
    """Say what `chain` tells about its target; a status among `accepted` is as good as a 200.

    `expected` is what the records of its links say it shows, by `held_against`; the best match counts. `probe` is what
    its host answered to an address that cannot exist: `probe_for` tells when that is wanted.
    """
    if chain.broken is not None:
        return Verdict(outcome=Outcome.BROKEN, reason=chain.broken, note=chain.note)
    match chain.last.answer:
        case NoAnswer(reason=reason, note=note):
            return Verdict(outcome=_OUTCOME_OF_REASON[reason], reason=reason, note=note)
        case Reply() as reply:
            return _judge_reply(reply, accepted) or _judge_content(reply) or _judge_page(chain, reply, expected, probe)


def probe_for(chain: Chain, accepted: Collection[int] = (), *, expected: Sequence[Expectation]) -> ProbeKey | None:
    """Give the key of the probe without which `chain` cannot be judged, or None where it can, or none would help."""
    reply = chain.last.answer
    if chain.broken or not isinstance(reply, Reply) or _judge_reply(reply, accepted) or _judge_content(reply):
        return None
    return probe_key(chain.target) if reply.evidence.is_page and wants_probe(_shown(chain, reply, expected)) else None


def observe(
    chain: Chain,
    warnings: tuple[Caution, ...] = (),
    *,
    accepted: Collection[int] = (),
    expected: Sequence[Expectation] = (),
    probe: ProbeAnswer | None = None,
) -> Check:
    """Make the check of a chain: its verdict, and what it was drawn from; the rest is told of `judge`."""
    verdict = judge(chain, accepted, expected=expected, probe=probe)
    last = chain.last
    reply = last.answer if isinstance(last.answer, Reply) else None
    doubted = [done for done in chain.exchanges if done.inconclusive]
    return Check(
        target=chain.target,
        checked_at=last.started_at,
        outcome=verdict.outcome,
        reason=verdict.reason,
        note=verdict.note,
        status=reply.status if reply else None,
        final_url=_final_url(chain, last) if reply or len(chain.exchanges) > 1 else None,
        redirects=_redirects(chain),
        content_type=sys.intern(reply.content_type) if reply and reply.content_type else None,
        size_bytes=reply.size_bytes if reply else None,
        digest=reply.digest if reply else None,
        attempts=last.attempts,
        elapsed_ms=round(sum([done.elapsed_ms for done in chain.exchanges]), 1) if last.attempts else None,
        warnings=(*warnings, Caution.INCONCLUSIVE) if doubted else warnings,
        snapshot=last.kept.snapshot if last.kept and verdict.outcome in LIVING else None,
        image=reply.image if reply else None,
    )


def _final_url(chain: Chain, last: Exchange) -> str:
    """Give where a chain ended; the target itself takes no room of its own."""
    return chain.target if last.url == chain.target else last.url


def _judge_reply(reply: Reply, accepted: Collection[int]) -> Verdict | None:
    """Judge by challenge, then status; None where the status promises content."""
    if reply.evidence.challenge is not None:
        return Verdict(outcome=Outcome.BLOCKED, reason=Reason.CHALLENGE, note=reply.evidence.challenge)
    if reply.confirms or reply.status in accepted or (reply.status in SHOWS_CONTENT and not _is_partial(reply)):
        return None
    if reply.status in _HAS_NO_CONTENT:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.NO_CONTENT)
    outcome = _OUTCOME_OF_STATUS.get(reply.status, Outcome.UNKNOWN)
    return Verdict(outcome=outcome, reason=f"status_{reply.status}")


def _judge_content(reply: Reply) -> Verdict | None:
    """Judge whether the promised content came, an image whole and with something to show; None where it did."""
    if reply.cut is not None and (verdict := _judge_cut(reply)):
        return verdict
    if reply.size_bytes == 0 and reply.status not in _HAS_NO_CONTENT and not reply.confirms:
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.EMPTY)
    return _judge_image(reply.image) if reply.image else None


def _judge_cut(reply: Reply) -> Verdict | None:
    """Judge content that did not come whole; None where as much of it came as is wanted."""
    if reply.cut is Cut.DISCONNECT:
        return Verdict(outcome=Outcome.BROKEN, reason=Reason.TRUNCATED, note=f"ended after {reply.size_bytes} bytes")
    if reply.cut is Cut.LENGTH and (reply.content_type or "").lower().startswith("image/"):
        return Verdict(outcome=Outcome.UNKNOWN, reason=Reason.TOO_LARGE)
    return None


def _judge_image(image: SeenImage) -> Verdict | None:
    """Judge what was seen inside an image; None where it is one."""
    if image.evidence.fault is None:
        return None
    outcome, reason = _VERDICT_OF_FAULT[image.evidence.fault]
    return Verdict(outcome=outcome, reason=reason, note=image.evidence.note)


def _judge_page(chain: Chain, reply: Reply, expected: Sequence[Expectation], probe: ProbeAnswer | None) -> Verdict:
    """Judge content by what it shows, where it is a page."""
    verdict = judge_shown(_shown(chain, reply, expected, probe)) if reply.evidence.is_page else None
    if verdict is None:
        return _praise(chain, reply)
    if verdict.outcome is Outcome.ALIVE:
        praise = _praise(chain, reply)
        return replace(verdict, outcome=praise.outcome, reason=_reason(praise, verdict))
    return verdict


def _reason(praise: Verdict, verdict: Verdict) -> str:
    """Tell of a move rather than of a new title: the move has a mend."""
    return praise.reason if praise.outcome is Outcome.MOVED else verdict.reason


def _shown(chain: Chain, reply: Reply, expected: Sequence[Expectation], probe: ProbeAnswer | None = None) -> Shown:
    return Shown(page=reply.evidence, target=chain.target, final_url=chain.last.url, expected=expected, probe=probe)


def _praise(chain: Chain, reply: Reply) -> Verdict:
    """Judge a target that shows content: alive, or moved where its first redirect is for good."""
    verdict = _praise_redirected(chain) if len(chain.exchanges) > 1 else _UNCHANGED if reply.confirms else _WELL
    if reply.cut is Cut.LENGTH:
        return replace(verdict, note=f"read no further than {reply.size_bytes} bytes")
    return verdict


def _praise_redirected(chain: Chain) -> Verdict:
    redirects = _redirects(chain)
    mend = mended(redirects, chain.last.url)
    outcome = Outcome.MOVED if mend not in (None, chain.target) else Outcome.ALIVE
    return Verdict(outcome=outcome, reason=f"redirect_{redirects[0].status}")


def _redirects(chain: Chain) -> tuple[Redirect, ...]:
    done = chain.exchanges if chain.broken else chain.exchanges[:-1]
    redirects = [
        Redirect(status=exchange.answer.status, url=exchange.url)
        for exchange in done
        if isinstance(exchange.answer, Reply)
    ]
    return tuple(redirects)


def _is_partial(reply: Reply) -> bool:
    """Tell whether a 206, which nobody asked for, is but a part (RFC 9110, section 14.4)."""
    if reply.status != _PARTIAL:
        return False
    whole = _RANGE.fullmatch((reply.content_range or "").strip())
    return whole is None or int(whole[1]) + 1 != int(whole[2])
