"""What is seen in an image is stored, and read again."""

from __future__ import annotations

import msgspec

from archiver.model import ImageEvidence, ImageFault, Look, Thumbnail, ThumbnailFormat


def test_evidence_goes_through_json_unchanged() -> None:
    evidence = ImageEvidence(format="PNG", width=3, fault=ImageFault.TRUNCATED, note="é", phash="0f", has_alpha=True)
    assert msgspec.json.decode(msgspec.json.encode(evidence), type=ImageEvidence) == evidence
    assert b'"fault":"truncated"' in msgspec.json.encode(evidence)


def test_a_look_goes_through_messagepack_unchanged() -> None:
    thumbnail = Thumbnail(width=320, height=180, format=ThumbnailFormat.WEBP, content=b"RIFF\xff")
    look = Look(evidence=ImageEvidence(), thumbnails=(thumbnail,))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(look), type=Look) == look
