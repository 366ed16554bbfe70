"""The WARCs of one worker: captures are appended in batches, and told of once they are on the disk."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from archiver.archive.segments import make_folder, sync, sync_folder
from archiver.archive.warc.reading import OPEN, SEALED
from archiver.archive.warc.records import pack, unit, warcinfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    from archiver.archive.warc.records import Field
    from archiver.model import Keeping, Original, Taken

MOST_BYTES = 1_000_000_000
"""A file that has grown so large is closed, and another one begun."""
BATCH_BYTES = 2_000_000
BATCH_S = 0.05
SERIALS = 1000
"""So many files a worker numbers as its own; the next worker's numbers follow."""


class Place(NamedTuple):
    """Where a capture stands."""

    warc: str  # seen from the archive's folder
    offset: int
    length: int  # of its first record
    unit_length: int  # of all its records
    record_id: str  # of the first


class WarcWriter:
    """Writes captures. What `append` returned from is on the disk."""

    def __init__(
        self,
        folder: Path,
        run: str,
        told: Sequence[Field],
        clock: Callable[[], datetime],
        *,
        worker: int = 0,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._folder = folder
        self._run = run
        self._told = told
        self._clock = clock
        self._serial = worker * SERIALS
        self._most_bytes = most_bytes
        self._file: _File | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.whole: dict[str, int] = {}  # files that are closed, by name, and how many captures each holds

    async def append(
        self, taken: Taken, keeping: Keeping, payload_digest: str | None, original: Original | None
    ) -> Place:
        """Write a capture: where there is an `original`, as a revisit of it. Raises OSError where the disk is full."""
        file = self._file or self._begin()
        record_id, *records = unit(taken, keeping, payload_digest, original)
        first, request, metadata = map(pack, records)
        packed = b"".join((first, request, metadata))
        offset, on_disk = file.add(packed)
        if file.size_bytes >= self._most_bytes:
            self._file = None
            self._close_aside(file)
        await on_disk
        return Place(file.name, offset, len(first), len(packed), record_id)

    async def close(self) -> None:
        """Put all that was appended on the disk; a file that could not be written is left for the next run to mend."""
        file, self._file = self._file, None
        if file:
            self._close_aside(file)
        await asyncio.gather(*self._closing)

    def _begin(self) -> _File:
        self._serial += 1
        at = self._clock()
        time = f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}"
        filename = f"archiver-{time}-{self._serial:05}-{self._run[-6:]}{SEALED}"
        self._file = _File.create(self._folder, f"warc/{at:%Y/%m}/{filename}")
        told = [("isPartOf", self._run), *self._told]
        self._file.open_with(pack(warcinfo(filename, at, told)))
        return self._file

    def _close_aside(self, file: _File) -> None:
        self._closing.add(asyncio.create_task(self._close(file)))

    async def _close(self, file: _File) -> None:
        if await file.close():
            self.whole[file.name] = file.captures


def open_path(folder: Path, name: str) -> Path:
    """Give where a WARC stands while it is not sealed."""
    return folder / (name.removesuffix(SEALED) + OPEN)


def seal(folder: Path, name: str) -> None:
    """Give a WARC that is whole the name of one that never changes again: once its captures are rows."""
    path = folder / name
    open_path(folder, name).rename(path)
    sync_folder(path.parent)


class _File:
    """One file: what is added is written soon, many captures at once, and then synced."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.size_bytes = 0
        self.captures = 0
        self._path = path
        self._file = path.open("xb", buffering=0)
        self._written_bytes = 0
        self._batch: list[bytes] = []
        self._batch_bytes = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._is_full = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None
        self._fault: OSError | None = None  # nothing more is written after it

    @classmethod
    def create(cls, folder: Path, name: str) -> Self:
        path = open_path(folder, name)
        make_folder(path.parent)
        file = cls(path, name)
        sync_folder(path.parent)
        return file

    def open_with(self, packed: bytes) -> None:
        """Let the file begin with `packed`, which nobody waits for."""
        self._put(packed)

    def add(self, packed: bytes) -> tuple[int, asyncio.Future[None]]:
        """Give where `packed` will stand, and what is done once it is on the disk."""
        offset = self.size_bytes
        self.captures += 1
        self._put(packed)
        on_disk = asyncio.get_running_loop().create_future()
        self._waiting.append(on_disk)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return offset, on_disk

    async def close(self) -> bool:
        """Write what is left, and tell whether all of it could be written."""
        self._is_full.set()
        if self._writing:
            await self._writing
        self._file.close()
        return self._fault is None

    def _put(self, packed: bytes) -> None:
        self._batch.append(packed)
        self._batch_bytes += len(packed)
        self.size_bytes += len(packed)
        if self._batch_bytes >= BATCH_BYTES:
            self._is_full.set()

    async def _write(self) -> None:
        """Write batch after batch, while there are any."""
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_full.wait(), BATCH_S)
            await self._write_batch()

    async def _write_batch(self) -> None:
        packed, self._batch, self._batch_bytes = b"".join(self._batch), [], 0
        waiting, self._waiting = self._waiting, []
        self._is_full.clear()
        if self._fault is None:
            try:
                self._write_all(packed)
                await asyncio.to_thread(sync, self._file.fileno())
                self._written_bytes += len(packed)
            except OSError as error:
                self._fault = error
                self._take_back()
        _settle(waiting, self._fault)

    def _write_all(self, packed: bytes) -> None:
        view = memoryview(packed)
        while view:
            view = view[self._file.write(view) :]

    def _take_back(self) -> None:
        """Leave no torn tail behind, where the disk lets us."""
        with suppress(OSError):
            os.ftruncate(self._file.fileno(), self._written_bytes)


def _settle(waiting: Sequence[asyncio.Future[None]], error: OSError | None) -> None:
    for on_disk in waiting:
        if on_disk.done():
            continue
        if error is None:
            on_disk.set_result(None)
        else:
            on_disk.set_exception(error)
