"""One request: what came of it, looked into and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from archiver.fetch.failures import Failure
from archiver.fetch.robots import MAX_BYTES as MAX_ROBOTS_BYTES
from archiver.fetch.sinks import BodySink
from archiver.fetch.transport import NO_VALIDATORS
from archiver.model import (
    REDIRECTS,
    SHOWS_CONTENT,
    Capture,
    Content,
    Cut,
    Depth,
    NoAnswer,
    PageEvidence,
    Reply,
    SeenImage,
    Taken,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from archiver.fetch.answer import Answer
    from archiver.fetch.body import Body
    from archiver.fetch.transport import Transport, Validators
    from archiver.model import Hop, Keeping, Kept, KnownBy, Limits, Viewing

    Needs = Callable[[Content], tuple[str, ...]]

_MOST_COOKIES = 50
_MOST_COOKIE_CHARS = 4096
_OK = 200
_NOT_MODIFIED = 304


class Extract(Protocol):
    """Reads the evidence for judges: the verdicts' side."""

    def __call__(self, content: Content, known_by: KnownBy, /) -> PageEvidence:
        """Give the evidence in an answer: no more than is needed of a page that is known."""


class Recorder(Protocol):
    """Keeps what was fetched on the disk: the archive's side."""

    async def keep(self, taken: Taken, keeping: Keeping) -> Kept:
        """Keep an exchange, and say what became of it."""


class Viewer(Protocol):
    """Looks into images, and keeps them."""

    async def view(self, content: Content, digest: str, viewing: Viewing) -> SeenImage:
        """Say what is seen in a whole image, and what became of it."""

    async def aclose(self) -> None:
        """End all that is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aides:
    """Those who look into what was fetched, and keep it."""

    extract: Extract
    needs: Needs = lambda _: ()  # the addresses of what a page needs to be shown
    recorder: Recorder | None = None  # None: nothing is kept
    viewer: Viewer | None = None  # None: no image is looked into


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one request."""

    answer: Reply | NoAnswer  # as we tell it
    heard: bool  # a byte came
    wire: Answer | None = None  # as it came, where all did
    part: Answer | None = None  # as much of it as came, where it broke off
    body: Body | None = None
    content: Content | None = None  # where all came
    requisites: tuple[str, ...] | None = None


class Asker:
    """Asks for one hop at a time, and keeps what came."""

    def __init__(self, transport: Transport, *, limits: Limits, aides: Aides) -> None:
        self._transport = transport
        self._limits = limits
        self._aides = aides

    async def ask(self, hop: Hop) -> Asked:
        """Give what came of one request."""
        sink = BodySink(self._limits, at_most_bytes=MAX_ROBOTS_BYTES if hop.keep_body else None)
        validators = _validators(hop)
        referer = hop.viewing.referer if hop.viewing else None
        try:
            answer = await self._transport.exchange(
                hop.url, sink, cookie=hop.cookie, validators=validators, referer=referer
            )
        except Failure as failure:
            note = str(failure).encode(errors="replace").decode()
            no_answer = NoAnswer(reason=failure.reason, note=note if note != failure.reason else None)
            return Asked(answer=no_answer, heard=failure.heard, part=failure.part, body=sink.body)
        body = sink.body
        assert body is not None
        content = Content(url=hop.url, status=answer.status, headers=answer.headers, body=body.held)
        held = _confirmed(hop) if any(validators) and answer.status == _NOT_MODIFIED else None
        return Asked(
            answer=self._reply(answer, body, content, hop, held),
            heard=True,
            wire=answer,
            body=body,
            content=content,
            requisites=held.requisites if isinstance(held, Capture) else self._requisites(hop, content),
        )

    def _reply(self, answer: Answer, body: Body, content: Content, hop: Hop, held: Capture | SeenImage | None) -> Reply:
        """Tell an answer; where it confirms what is `held`, in the words of that."""
        return Reply(
            status=answer.status,
            location=answer.first("location"),
            content_type=held.content_type if held else answer.first("content-type"),
            content_range=answer.first("content-range"),
            size_bytes=body.size_bytes,
            digest=body.digest,
            cut=answer.cut or (None if body.is_whole else Cut.DISCONNECT),
            set_cookies=_cookies(answer) if answer.status in REDIRECTS else (),
            confirms=held is not None,
            evidence=(isinstance(held, Capture) and held.evidence) or self._aides.extract(content, hop.known_by),
            body=content.body if hop.keep_body else None,
        )

    def _requisites(self, hop: Hop, content: Content) -> tuple[str, ...] | None:
        """Give what a page needs; None where that is not asked for, or it is no page."""
        wanted = hop.keeping is not None and hop.keeping.depth is Depth.FULL and content.status == _OK
        is_style = content.headers.get("content-type", "").lower().startswith("text/css")
        return self._aides.needs(content) if wanted and (is_style or not hop.is_requisite) else None

    async def view(self, hop: Hop, asked: Asked) -> Reply | NoAnswer:
        """Give the answer with what is seen in its image, where one is to be looked into and came whole."""
        answer, viewing, viewer = asked.answer, hop.viewing, self._aides.viewer
        if viewing is None or viewer is None or not isinstance(answer, Reply) or asked.content is None:
            return answer
        if answer.confirms:
            return msgspec.structs.replace(answer, image=viewing.held)
        if answer.status not in SHOWS_CONTENT or answer.cut or answer.digest is None:
            return answer
        return msgspec.structs.replace(answer, image=await viewer.view(asked.content, answer.digest, viewing))

    async def aclose(self) -> None:
        """Let those go who look into what was fetched."""
        if self._aides.viewer is not None:
            await self._aides.viewer.aclose()

    async def keep(self, hop: Hop, asked: Asked, at: datetime, elapsed_ms: float) -> Kept | None:
        """Keep what came, where it is to be kept; None where it is not, or nothing came."""
        answer = asked.wire or asked.part
        if self._aides.recorder is None or hop.keeping is None or answer is None or asked.body is None:
            return None
        reply = asked.answer if isinstance(asked.answer, Reply) else None
        taken = Taken(
            url=hop.url,
            at=at,
            elapsed_ms=elapsed_ms,
            peer=answer.peer,
            request=answer.request,
            head=answer.head,
            body=asked.body.received,
            payload_digest=asked.body.received_digest,
            cut=reply.cut if reply else answer.cut,
            status=answer.status,
            content_type=answer.first("content-type"),
            etag=answer.first("etag"),
            last_modified=answer.first("last-modified"),
            confirms=reply is not None and reply.confirms,
            evidence=reply.evidence if reply else PageEvidence(),
            requisites=asked.requisites,
        )
        return await self._aides.recorder.keep(taken, hop.keeping)


def _validators(hop: Hop) -> Validators:
    """Give what asks for no more than a 304: nothing where what it would confirm is not held in every form wanted."""
    captured = hop.keeping.validators if hop.keeping else NO_VALIDATORS
    if hop.viewing is None:
        return captured
    seen = hop.viewing.held.validators if hop.viewing.held else NO_VALIDATORS
    return seen if hop.keeping is None or seen == captured else NO_VALIDATORS


def _confirmed(hop: Hop) -> Capture | SeenImage | None:
    """Give what a 304 stands for."""
    if hop.keeping is not None:
        return hop.keeping.held
    return hop.viewing.held if hop.viewing else None


def _cookies(answer: Answer) -> tuple[str, ...]:
    """Give the cookies an answer sets, as many and as long as browsers take."""
    return tuple(cookie for cookie in answer.all_of("set-cookie") if len(cookie) <= _MOST_COOKIE_CHARS)[:_MOST_COOKIES]
