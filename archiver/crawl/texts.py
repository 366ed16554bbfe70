"""The main text of an answer as it is stored: read where a page came with other bytes than the one that is held."""

from __future__ import annotations

import re

from archiver.bounds import MAX_BYTES
from archiver.fetch.body import BadCodingError, Body
from archiver.model import Content
from archiver.verdict.evidence import text_digest

_TELLING = re.compile(rb"^(content-type|content-encoding)[ \t]*+:[ \t]*+([^\r\n]*+)", re.IGNORECASE | re.MULTILINE)
_OK = 200


def text_digest_of(url: str, head: bytes, body: bytes) -> str | None:
    """Give `sha256:…` of the main text in a page, by its header block and its body as sent; None where it has none."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in reversed(_TELLING.findall(head))}
    decoded = Body(coding=headers.get("content-encoding", ""), limit_bytes=2 * MAX_BYTES)
    try:
        decoded.take(body)
    except BadCodingError:
        return None
    return text_digest(Content(url=url, status=_OK, headers=headers, body=decoded.held))
