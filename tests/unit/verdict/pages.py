"""Pages to judge with: a builder of plain ones, and the judging of one answer as a run does it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiver.model import Chain, Expectation, PageEvidence, Reply
from archiver.verdict.evidence import extract
from archiver.verdict.judge import judge
from tests.builders import content, exchange

if TYPE_CHECKING:
    from archiver.model import Verdict
    from archiver.verdict.probes import ProbeAnswer

TITLE = "Ferry passengers welcome cheaper winter fares"
EXCERPT = "A spokeswoman called the figures encouraging, and said that more boats would follow."
PUBLISHED = datetime(2021, 8, 23, 9, 27, tzinfo=UTC)
EXPECTED = Expectation(title=TITLE, excerpt=EXCERPT, published_at=PUBLISHED, provider_domain="example.com")
TARGET = "https://example.com/news/2021/winter-fares.html"
TEXT = " ".join(f"Sentence number {word} tells of the harbour and its boats." for word in "abcdefghijklmno")


def html(title: str = TITLE, text: str = TEXT, head: str = "", excerpt: str = "") -> bytes:
    body = f"<article><h1>{title}</h1><p>{excerpt}</p><p>{text}</p><p>{text}</p></article>" if text else ""
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def page(body: bytes | str, url: str = TARGET, status: int = 200, **headers: str) -> PageEvidence:
    given = {"content-type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return extract(content(body.encode() if isinstance(body, str) else body, url=url, status=status, headers=given))


def seen(evidence: PageEvidence, final_url: str = TARGET, target: str = TARGET, status: int = 200) -> Chain:
    """A chain that shows a page, after a 302 where it ends elsewhere."""
    last = exchange(final_url, Reply(status=status, content_type="text/html", size_bytes=9, evidence=evidence))
    first = exchange(target, Reply(status=302, location=final_url))
    return Chain(target=target, exchanges=(last,) if final_url == target else (first, last))


def judged(
    body: bytes | str,
    final_url: str = TARGET,
    *,
    expected: Expectation | None = EXPECTED,
    probe: ProbeAnswer | None = None,
) -> Verdict:
    """Judge what `TARGET` shows."""
    chain = seen(page(body, final_url), final_url)
    return judge(chain, expected=(expected,) if expected else (), probe=probe)
