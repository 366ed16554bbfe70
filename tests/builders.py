"""Values to test with: each builder gives a plain one, and takes what a test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from archiver.model import (
    Chain,
    Check,
    Content,
    Exchange,
    ImageEvidence,
    Link,
    NoAnswer,
    Outcome,
    Reason,
    Reply,
    Role,
    SeenImage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
URL = "https://example.com/a"
DIGEST = "sha256:" + "0f" * 32


def reply(status: int = 200, location: str | None = None, **given: Any) -> Reply:
    usual = {"content_type": "text/html", "size_bytes": 1000, "digest": DIGEST}
    return Reply(status=status, location=location, **{**usual, **given})


def content(
    body: bytes = b"", *, url: str = URL, status: int = 200, headers: Mapping[str, str] | None = None
) -> Content:
    return Content(url=url, status=status, headers=httpx.Headers(headers or {}), body=body)


def exchange(url: str = URL, answer: Reply | NoAnswer | None = None, **given: Any) -> Exchange:
    return Exchange(url=url, answer=answer or reply(), started_at=NOW, **given)


def chain(*answers: Reply | NoAnswer, broken: Reason | None = None, note: str | None = None) -> Chain:
    """A chain from `https://example.com/0` over `/1`, `/2` and so on: one step for each answer."""
    exchanges = tuple(exchange(f"https://example.com/{step}", answer) for step, answer in enumerate(answers))
    return Chain(target=exchanges[0].url, exchanges=exchanges, broken=broken, note=note)


def seen_image(digest: str = DIGEST, *, path: str | None = None, **given: Any) -> SeenImage:
    """An image as an answer showed it; `given` is what was seen inside."""
    usual = {"format": "JPEG", "width": 1200, "height": 675, "phash": "f" * 16, "dhash": "f" * 16}
    return SeenImage(digest=digest, size_bytes=1000, evidence=ImageEvidence(**{**usual, **given}), path=path)


def check(outcome: Outcome = Outcome.ALIVE, reason: str = "ok", **given: Any) -> Check:
    return Check(**{"target": URL, "checked_at": NOW, "outcome": outcome, "reason": reason, **given})


def link(url: str = URL, **given: Any) -> Link:
    usual = {
        "record": "seeds/a.md",
        "item": "article",
        "field": "webUrl",
        "role": Role.WEB,
        "line": 4,
        "column": 9,
        "target": url,
    }
    return Link(url=url, **{**usual, **given})
