"""What is kept: check segments and WARCs, which are the truth, and archive.db and the index, which are made of them."""

from archiver.archive.database import Advance
from archiver.archive.export import Exported, Wanted, export_wacz
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
from archiver.archive.integrity import VerifyReport, verify
from archiver.archive.lines import RunLine
from archiver.archive.pictures import Draw
from archiver.archive.recorder import Recorder

__all__ = [
    "MIN_FREE_BYTES",
    "Advance",
    "Archive",
    "Draw",
    "Exported",
    "ImageStore",
    "Recorder",
    "RunLine",
    "VerifyReport",
    "Wanted",
    "export_images",
    "export_wacz",
    "history",
    "holding",
    "known",
    "new_run",
    "recorder_elsewhere",
    "verify",
]
