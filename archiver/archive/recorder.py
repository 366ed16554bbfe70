"""Keeping what a visit saw: as a new capture, as a revisit of one that is held, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec.structs import replace

from archiver.archive.errors import translated
from archiver.archive.warc.reading import answer_at
from archiver.archive.warc.records import one_line, tells_of_body
from archiver.model import Capture, How, Kept

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archiver.archive.warc.writer import Place, WarcWriter
    from archiver.model import Cut, Keeping, Original, Taken

TextOf: TypeAlias = Callable[[str, bytes, bytes], str | None]
"""Gives the digest of the main text in an answer, by its URL, its header block and its body as sent; None for none."""


class Committed(Protocol):
    """What rows know: only what is committed is ever referred to."""

    def original(self, payload_digest: str, cut: Cut | None, /) -> Original | None:
        """Give the record that holds a body, by its digest and by what cut it."""

    def place_of(self, record_id: str, /) -> tuple[str, int, int] | None:
        """Give where a record stands: its WARC, the offset there, and its length."""


def tell_no_text(_url: str, _head: bytes, _body: bytes) -> None:
    """Read no text: then every page that changed is another one."""


class Recorder:
    """Writes what a worker fetched. What `keep` returned from is on the disk."""

    def __init__(self, folder: Path, writer: WarcWriter, committed: Committed, text_of: TextOf = tell_no_text) -> None:
        self._folder = folder
        self._writer = writer
        self._committed = committed
        self._text_of = text_of

    async def keep(self, taken: Taken, keeping: Keeping) -> Kept:
        """Keep an exchange as `keeping` has it, and say what became of it. Raises ArchiveError."""
        taken, held = _storable(taken, keeping), keeping.held
        original = self._original(taken, keeping)
        if original is None and held and self._says_the_same(taken, held, keeping.same_text_since):
            return Kept(how=How.SAME_TEXT, capture=held)
        with translated(self._folder):
            place = await self._writer.append(taken, keeping, taken.payload_digest, original)
        capture = _capture(taken, keeping, place, original)
        return Kept(how=How.IDENTICAL if original else How.STORED, capture=capture)

    async def close(self) -> dict[str, int]:
        """Put all that was kept on the disk; give the files by name, and how many captures each holds."""
        with translated(self._folder):
            await self._writer.close()
        return self._writer.whole

    def _original(self, taken: Taken, keeping: Keeping) -> Original | None:
        """Give the record that holds this body, if one does; an empty body is nothing to refer to.

        The same bytes are another body where they were cut for another reason, or are the whole.
        """
        if taken.payload_digest is None:
            return None
        held = keeping.held
        if held and (taken.confirms or (taken.payload_digest, taken.cut) == (held.payload_digest, held.cut)):
            return held.source
        return self._committed.original(taken.payload_digest, taken.cut)

    def _says_the_same(self, taken: Taken, held: Capture, since: datetime | None) -> bool:
        """Tell whether the page held has the same main text. Both are read here: few pages come with other bytes."""
        if since is None or not _may_say_the_same(taken, held, since):
            return False
        text = self._text_of(taken.url, taken.head, taken.body)
        return text is not None and text == self._text_held(held)

    def _text_held(self, held: Capture) -> str | None:
        place = self._committed.place_of(held.source.record_id)
        answer = answer_at(self._folder, *place) if place else None
        return self._text_of(held.url, *answer) if answer else None


def _may_say_the_same(taken: Taken, held: Capture, since: datetime) -> bool:
    """Tell whether the page held, if it is whole and young enough, is one that another may stand for."""
    return (
        taken.evidence.is_page
        and held.is_page
        and held.captured_at >= since
        and held.status == taken.status
        and (held.cut, taken.cut) == (None, None)
    )


def _storable(taken: Taken, keeping: Keeping) -> Taken:
    """Give `taken` as a WARC can tell it again; a 304 confirms what is held."""
    told = _confirmed(taken, keeping.held) if taken.confirms and keeping.held else taken
    return replace(
        told,
        content_type=_told(told.content_type),
        etag=_told(told.etag),
        last_modified=_told(told.last_modified),
    )


def _confirmed(taken: Taken, held: Capture) -> Taken:
    return replace(
        taken,
        status=held.status,
        payload_digest=held.payload_digest,
        content_type=held.content_type,
        etag=taken.etag or held.etag,
        last_modified=taken.last_modified or held.last_modified,
    )


def _told(value: str | None) -> str | None:
    return None if value is None else one_line(value)


def _capture(taken: Taken, keeping: Keeping, place: Place, original: Original | None) -> Capture:
    is_told = tells_of_body(taken, keeping, original)
    return Capture(
        url=taken.url,
        captured_at=taken.at,
        warc=place.warc,
        offset=place.offset,
        length=place.length,
        unit_length=place.unit_length,
        record_id=place.record_id,
        status=taken.status,
        content_type=taken.content_type,
        payload_digest=taken.payload_digest,
        cut=None if original else taken.cut,
        original=original,
        etag=taken.etag,
        last_modified=taken.last_modified,
        evidence=taken.evidence if is_told else None,
        via=keeping.via,
        places=keeping.places,
        requisites=taken.requisites if is_told else None,
    )
