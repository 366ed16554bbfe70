"""What a judge needs of an answer, extracted where its bytes are. Pure."""

from __future__ import annotations

from archiver.model import Content, PageEvidence
from archiver.verdict.signatures import challenger


def extract(content: Content) -> PageEvidence:
    """Give the evidence in an answer's headers and body."""
    return PageEvidence(challenge=challenger(content.headers))
