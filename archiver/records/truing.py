"""Making records true: the sizes of images that are held, and which of them are."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.model import Correction, RecordError
from archiver.records.files import content_of, decoded
from archiver.records.patch import Change, Patch, patch
from archiver.records.rewriting import diff, write
from archiver.records.roles import is_described

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archiver.model import LinkReport


def image_changes(rows: Iterable[LinkReport], *, marks_cached: bool) -> dict[str, list[Change]]:
    """Give what would have to be written, by record: the size of each cached copy, and whether there is one."""
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for row in rows:
        if not is_described(row.link.field):
            continue
        for key, value in (*_sizes(row), *(_mark(row) if marks_cached else ())):
            parent = row.link.field.rpartition(".")[0]
            found[row.link.record].append(Change(item=row.link.item, field=f"{parent}.{key}", value=value))
    return dict(found)


def corrections(changes: Mapping[str, Sequence[Change]], *, writes: bool) -> Iterator[Correction | RecordError]:
    """Give what becomes of each record's file, in their order; its file is changed only where `writes`."""
    for record, wanted in changes.items():
        path = Path(record)
        if not path.exists():  # standard input, or an address that was given by itself
            continue
        try:
            source = decoded(path, content_of(path))
            patched = patch(source, wanted)
            if writes:
                write(path, patched)
        except RecordError as error:
            yield error
        else:
            if patched.applied or patched.proposed:
                yield _correction(record, patched, writes=writes)


def _correction(record: str, patched: Patch, *, writes: bool) -> Correction:
    return Correction(
        record=record,
        diff=diff(patched),
        changes=len(patched.applied),
        is_written=writes and bool(patched.applied),
        proposed=tuple(_told(change) for change in patched.proposed),
    )


def _told(change: Change) -> str:
    place = change.field if change.item == "article" else f"{change.item} {change.field}"
    return f"{place}: {str(change.value).lower()}"


def _sizes(row: LinkReport) -> Iterator[tuple[str, int]]:
    """Give the sides of the cached copy that the record says otherwise, or both where it says neither."""
    link, image = row.link, row.image
    if image is None or image.current.evidence.width is None or image.current.evidence.height is None:
        return
    true = {"width": image.current.evidence.width, "height": image.current.evidence.height}
    said = {"width": link.declared.width, "height": link.declared.height}
    for side, pixels in true.items():
        if not link.declared.says_size or said[side] not in (None, pixels):
            yield side, pixels


def _mark(row: LinkReport) -> Iterator[tuple[str, bool]]:
    """Give whether a copy is held, where the record does not say so; that none is, only where it says that one is."""
    is_held, is_said = row.image is not None, row.link.declared.is_cached
    if is_said != is_held and (is_held or is_said):
        yield "isCached", is_held
