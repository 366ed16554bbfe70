"""What is kept: check segments and WARCs, which are the truth, and archive.db and the index, which are made of them.

What few commands need (`export`, `integrity`) is imported from where it stands: no run waits for it.
"""

from archiver.archive.database import Advance
from archiver.archive.folder import (
    MIN_FREE_BYTES,
    Archive,
    export_images,
    history,
    holding,
    known,
    new_run,
    recorder_elsewhere,
)
from archiver.archive.images import ImageStore
from archiver.archive.lines import RunLine
from archiver.archive.recorder import Recorder

__all__ = [
    "MIN_FREE_BYTES",
    "Advance",
    "Archive",
    "ImageStore",
    "Recorder",
    "RunLine",
    "export_images",
    "history",
    "holding",
    "known",
    "new_run",
    "recorder_elsewhere",
]
