"""What is kept: check segments, which are the truth, and archive.db, which is made of them."""

from archiver.archive.database import Advance
from archiver.archive.folder import MIN_FREE_BYTES, Archive, history, known, new_run
from archiver.archive.integrity import VerifyReport, verify
from archiver.archive.lines import RunLine

__all__ = ["MIN_FREE_BYTES", "Advance", "Archive", "RunLine", "VerifyReport", "history", "known", "new_run", "verify"]
