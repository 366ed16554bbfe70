"""What is made true in records: as a diff for people, and as JSON Lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archiver.report.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Correction


def correction_text(corrections: Iterable[Correction]) -> Iterator[str]:
    """Give the diffs of files that are not written, the names of those that are, and what only their owner can write.

    The diffs alone are what `patch -p1` takes.
    """
    for correction in corrections:
        yield ""
        if correction.is_written:
            yield f"{correction.record}: {count(correction.changes, 'value')} written"
        else:
            yield from correction.diff.rstrip("\n").split("\n")
        for change in correction.proposed:
            yield f"{correction.record}: write yourself: {change}"


def correction_lines(corrections: Iterable[Correction]) -> Iterator[bytes]:
    """Give a JSON line for each file."""
    for correction in corrections:
        told = {
            "type": "correction",
            "record": correction.record,
            "written": correction.is_written,
            "diff": correction.diff,
            "proposed": correction.proposed,
        }
        yield msgspec.json.encode(told) + b"\n"
