"""Keeping what a visit saw: as a new capture, as a revisit of one that is held, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.archive.errors import translated
from archiver.archive.warc.records import one_line, tells_of_body
from archiver.model import Capture, How, Kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archiver.archive.warc.writer import Place, WarcWriter
    from archiver.model import Cut, Keeping, Original, Taken

    Find = Callable[[str, Cut | None], Original | None]


class Recorder:
    """Writes what a worker fetched. What `keep` returned from is on the disk.

    `find` gives the record that holds a body, by its digest and by what cut it, of those that rows know: only what is
    committed is ever referred to.
    """

    def __init__(self, folder: Path, writer: WarcWriter, find: Find) -> None:
        self._folder = folder
        self._writer = writer
        self._find = find

    async def keep(self, taken: Taken, keeping: Keeping) -> Kept:
        """Keep an exchange as `keeping` has it, and say what became of it. Raises ArchiveError."""
        taken = _storable(taken, keeping)
        original = self._original(taken, keeping)
        if original is None and keeping.held and says_the_same(taken, keeping):
            return Kept(how=How.SAME_TEXT, capture=keeping.held)
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
        return self._find(taken.payload_digest, taken.cut)


def says_the_same(taken: Taken, keeping: Keeping) -> bool:
    """Tell whether the page held, if it is whole and young enough, has the same main text."""
    held = keeping.held
    return (
        held is not None
        and held.evidence is not None
        and keeping.same_text_since is not None
        and held.captured_at >= keeping.same_text_since
        and held.status == taken.status
        and held.cut is None
        and taken.cut is None
        and taken.evidence.text_digest is not None
        and taken.evidence.text_digest == held.evidence.text_digest
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
