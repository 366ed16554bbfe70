"""The segment of a run that is at work."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import aiofiles

from archiver.archive.lines import CheckLine, EndLine, LinkLine
from archiver.archive.segments import OPEN, SEALED, make_folder, pack, path_of, sync, sync_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self

    from aiofiles.threadpool.binary import AsyncBufferedIOBase

    from archiver.archive.lines import Line


class Writer:
    """Appends to a run's segment. What `append` returned from is on the disk."""

    def __init__(self, path: Path, file: AsyncBufferedIOBase) -> None:
        self._path = path
        self._file = file
        self._counts: Counter[type] = Counter()

    @classmethod
    async def create(cls, folder: Path, run: str) -> Self:
        """Begin the segment of `run`, which has none yet."""
        path = path_of(folder, run, OPEN)
        make_folder(path.parent)
        file = await aiofiles.open(path, "xb")
        await asyncio.to_thread(sync_folder, path.parent)
        return cls(path, file)

    async def append(self, lines: Sequence[Line]) -> None:
        """Write `lines` as one gzip member: all of them are read again, or none."""
        await self._file.write(pack(lines))
        await self._file.flush()
        await asyncio.to_thread(sync, self._file.fileno())
        self._counts.update(map(type, lines))

    async def finish(self, ended: str) -> EndLine:
        """Write the line that the segment ends with, and give it."""
        end = EndLine(ended, links=self._counts[LinkLine], checks=self._counts[CheckLine])
        await self.append([end])
        await self.close()
        return end

    async def seal(self) -> None:
        """Give the segment the name of one that never changes again, once all of it is rows."""
        self._path.rename(self._path.with_name(self._path.name.replace(OPEN, SEALED)))
        await asyncio.to_thread(sync_folder, self._path.parent)

    async def close(self) -> None:
        """Leave the segment as it is: the next run brings it in order."""
        await self._file.close()
