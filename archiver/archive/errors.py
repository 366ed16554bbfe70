"""Foreign exceptions, translated once."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from archiver.model import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPAIR = "run `archiver verify --repair`"
"""What helps wherever only derived files are wrong."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise what the disk or SQLite say about `path` as an ArchiveError."""
    try:
        yield
    except OSError as error:
        place = os.fsdecode(error.filename) if error.filename else str(path)
        raise ArchiveError(f"the archive cannot be used: {place}: {error.strerror or error}") from error
    except sqlite3.OperationalError as error:  # locked, full, read-only
        raise ArchiveError(f"the archive cannot be used: {path}: {error}") from error
    except (sqlite3.DatabaseError, msgspec.MsgspecError, ValueError) as error:
        raise ArchiveError(f"{path} is damaged ({error}): {REPAIR}") from error
