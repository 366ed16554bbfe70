"""Which capture stands for a URL, and which record for a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archiver.archive.database import Database
from archiver.archive.queries import QUERIES
from archiver.archive.reader import NAME
from archiver.model import Capture, Cut, Original
from tests.edge.archives import ADVANCE, day, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open_or_make(tmp_path / NAME, ADVANCE)
    yield database
    database.close()


def capture(number: int, **given: Any) -> Capture:
    """Give the capture of a page on day `number`."""
    usual: dict[str, Any] = {
        "url": url("page"),
        "captured_at": day(number),
        "warc": "warc/2026/01/some.warc.gz",
        "offset": number,
        "length": 1,
        "unit_length": 1,
        "record_id": f"urn:uuid:{number}",
        "status": 200,
        "payload_digest": DIGEST,
    }
    return Capture(**usual | given)


def revisit(number: int, of: Capture) -> Capture:
    return capture(number, original=of.source, payload_digest=of.payload_digest)


WHOLE, NEWER = capture(1), capture(2)
MISSING = capture(3, status=404)
PART = capture(4, cut=Cut.TIME)
AGAIN = revisit(5, WHOLE)
PART_AGAIN = revisit(6, PART)

HELD = {
    "nothing": ([], None),
    "the newest": ([NEWER, WHOLE], NEWER),
    "a whole page before an error": ([WHOLE, MISSING], WHOLE),
    "a whole page before a part": ([WHOLE, PART], WHOLE),
    "an error where there is nothing better": ([MISSING], MISSING),
    "the newest of what is no whole page": ([PART, MISSING], PART),
    "a revisit": ([WHOLE, AGAIN], AGAIN),
    "no revisit whose body is gone": ([NEWER, AGAIN], NEWER),
    "no revisit of a part before a whole page": ([WHOLE, PART, PART_AGAIN], WHOLE),
}


@pytest.mark.parametrize(("captures", "held"), HELD.values(), ids=HELD)
def test_held(database: Database, captures: list[Capture], held: Capture | None) -> None:
    """Of a URL's captures the newest whole page is held, else the newest of all, if its body is there."""
    database.put_captures(captures)
    assert database.held(url("page")) == held
    assert database.held(url("another")) is None


ORIGINALS = {
    "nothing": ([], None),
    "the first": ([NEWER, WHOLE], WHOLE.source),
    "of another URL": ([capture(1, url=url("another"))], capture(1, url=url("another")).source),
    "no revisit": ([AGAIN, NEWER], NEWER.source),
    "no part of it": ([PART], None),
    "no other body": ([capture(1, payload_digest="sha256:1")], None),
}


@pytest.mark.parametrize(("captures", "original"), ORIGINALS.values(), ids=ORIGINALS)
def test_original(database: Database, captures: list[Capture], original: Original | None) -> None:
    """A body stands in the first record that was made of it."""
    database.put_captures(captures)
    assert database.original(DIGEST, None) == original


def test_the_original_of_a_part_was_cut_for_the_same_reason(database: Database) -> None:
    database.put_captures([PART, capture(7, cut=Cut.LENGTH)])
    assert database.original(DIGEST, Cut.TIME) == PART.source
    assert database.original(DIGEST, Cut.DISCONNECT) is None


def test_the_original_is_found_in_one_step(database: Database) -> None:
    """However many records hold the body: where many addresses show it at once, all of them store it."""
    query = QUERIES["original"].replace(":payload_digest", "?").replace(":cut", "?")
    plan = [row["detail"] for row in database.ask(f"EXPLAIN QUERY PLAN {query}", [DIGEST, "time"])]
    assert plan == ["SEARCH captures USING INDEX captures_by_payload (payload_digest=?)"]  # and sorts nothing
