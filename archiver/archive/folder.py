"""The archive, open for the one run that writes to it."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

from archiver.archive import lock
from archiver.archive.database import Advance, Database
from archiver.archive.errors import translated
from archiver.archive.lines import Line, RunLine, check_line, link_line, plain, probe_line
from archiver.archive.manifest import lines as manifest_lines
from archiver.archive.manifest import write_manifest
from archiver.archive.reader import NAME, Reader
from archiver.archive.recorder import Recorder, TextOf, tell_no_text
from archiver.archive.recovery import recover, require_database, take_in, write_index
from archiver.archive.segments import make_folder
from archiver.archive.warc.writer import WarcWriter, open_path, seal
from archiver.archive.writer import Writer
from archiver.model import ArchiveError, History, stamp
from archiver.urls import mask_user_info

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archiver.archive.lines import EndLine
    from archiver.archive.lock import Lock
    from archiver.archive.warc.records import Field
    from archiver.model import (
        CachedImage,
        Capture,
        Check,
        Known,
        Link,
        ProbeAnswer,
        ProbeKey,
        SeenImage,
        Snapshot,
        Standing,
        Track,
    )

MIN_FREE_BYTES = 200_000_000


def new_run(command: str, version: str, started_at: datetime, token: str | None = None) -> RunLine:
    """Describe a run that begins: its id is its time and six hexadecimal digits, by chance if not as `token` says."""
    started = stamp(started_at)
    digits = "".join(character for character in started if character.isdigit())
    return RunLine(
        run=f"{digits[:8]}T{digits[8:]}Z-{token or secrets.token_hex(3)}",
        version=version,
        command=plain(" ".join(mask_user_info(word) for word in command.split(" "))),
        started_at=started,
    )


class Archive:
    """What is kept. What `begin` and `keep` returned from is on the disk, whatever happens then."""

    def __init__(self, folder: Path, run: RunLine, database: Database, held: Lock, min_free_bytes: int) -> None:
        self.lock = held
        self._folder = folder
        self._run = run
        self._database = database
        self._min_free_bytes = min_free_bytes
        self._committed = Reader.open(folder / NAME)  # sees only what is committed
        self._held_before = self._committed.has_captures()
        self._writer: Writer | None = None  # made with the first batch: a run that keeps nothing leaves nothing
        self._recorder: Recorder | None = None
        self._written_elsewhere: dict[str, int] = {}
        self._failed = False
        self._ended = "whole"
        self._sealed = False
        self._turn = asyncio.Lock()
        self._batches: set[asyncio.Task[dict[str, Track]]] = set()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, run: RunLine, *, advance: Advance, wait: bool = False, min_free_bytes: int = MIN_FREE_BYTES
    ) -> AsyncIterator[Archive]:
        """Open an archive, or make it, for `run`; what a killed run left is brought in order first.

        Raises ArchiveBusyError where another process writes, unless `wait`, and ArchiveError where nobody can.
        """
        with translated(folder):
            make_folder(folder)
            _require_room(folder, min_free_bytes)
        held = await lock.take_in_turn(folder, run.command) if wait else lock.take(folder, run.command)
        with held, closing(_in_order(folder, advance)) as database:
            archive = cls(folder, run, database, held, min_free_bytes)
            try:
                yield archive
            except BaseException:
                archive._ended = "cut short"
                raise
            finally:
                await archive.seal()

    @property
    def run(self) -> str:
        """The id of the run."""
        return self._run.run

    def recorder(
        self, told: Sequence[Field], clock: Callable[[], datetime], text_of: TextOf = tell_no_text
    ) -> Recorder:
        """Give what writes the run's captures; `told` says in each file who writes it, `text_of` reads pages."""
        writer = WarcWriter(self._folder, self._run.run, told, clock)
        self._recorder = Recorder(self._folder, writer, self._committed, text_of)
        return self._recorder

    def note_written(self, warcs: Mapping[str, int]) -> None:
        """Learn which WARCs other processes wrote for this run, and how many captures each holds."""
        self._written_elsewhere |= warcs

    def held(self, url: str) -> Capture | None:
        """Give the newest capture of a URL: a run asks for none twice, so one that began with none looks for none."""
        return self._committed.held(url) if self._held_before else None

    def latest_image(self, url: str) -> SeenImage | None:
        """Give the newest good image that a URL showed; None where its file is gone, so that it is had again."""
        image = self._committed.latest_image(url)
        return image if image and image.path and (self._folder / image.path).exists() else None

    def cached(self, targets: Iterable[str]) -> dict[str, CachedImage]:
        """Give what is held of each image among `targets`."""
        with translated(self._folder / NAME):
            return self._committed.cached(targets)

    def probes(self, since: datetime) -> dict[ProbeKey, ProbeAnswer]:
        """Give what sites answered, since then, to addresses that cannot exist."""
        with translated(self._folder / NAME):
            return self._committed.probes(since)

    async def keep_probes(self, probes: Mapping[ProbeKey, ProbeAnswer], at: datetime) -> None:
        """Keep what sites answered to addresses that cannot exist."""
        await self._keep([probe_line(key, answer, at) for key, answer in probes.items()])

    def snapshots(self, targets: Iterable[str]) -> dict[str, Snapshot]:
        """Give the newest snapshot of each target that has one: without captures, none is looked for."""
        with translated(self._folder / NAME):
            return self._committed.snapshots(targets) if self._committed.has_captures() else {}

    def tracks(self, targets: Iterable[str]) -> dict[str, Track]:
        """Give what is known of each target that was ever checked."""
        with translated(self._folder / NAME):
            return self._database.tracks(targets)

    def standings(self, targets: Iterable[str]) -> dict[str, Standing]:
        """Give what decides whether each target is due, of those that were ever checked."""
        with translated(self._folder / NAME):
            return self._database.standings(targets)

    def last_checks(self, targets: Iterable[str]) -> dict[str, Check]:
        """Give the last check of each target that was ever checked."""
        with translated(self._folder / NAME):
            return self._database.last_checks(targets)

    async def begin(self, links: Sequence[Link]) -> None:
        """Keep where the links of this run stand."""
        await self._keep([link_line(link) for link in links])

    async def keep(self, checks: Sequence[Check], captures: Sequence[Capture] = ()) -> dict[str, Track]:
        """Keep a batch of checks, and of captures that are on the disk; give the histories they lead to, by target."""
        tracks = await self._keep([check_line(check) for check in checks], captures)
        return {check.target: tracks[plain(check.target)] for check in checks}

    async def seal(self) -> None:
        """Close the run's files, after the batches under way; one that failed is left for the next run to mend."""
        await asyncio.gather(*self._batches, return_exceptions=True)
        self._sealed = True
        writer, self._writer = self._writer, None
        try:
            with translated(self._folder):
                warcs = self._written_elsewhere | (await self._recorder.close() if self._recorder else {})
                if writer and self._failed:
                    await writer.close()
                elif writer:
                    end = await writer.finish(self._ended)
                    await asyncio.to_thread(self._conclude, end)
                    await writer.seal()
                if warcs and not self._failed:
                    await asyncio.to_thread(self._take_in, warcs)
        finally:
            self._committed.close()

    def _conclude(self, end: EndLine) -> None:
        """Take in the last line, and write down what the images' addresses show now."""
        with self._database.transaction():
            self._database.absorb(self._run.run, [end])
            write_manifest(self._folder, self._database)

    def _take_in(self, warcs: Mapping[str, int]) -> None:
        """Note which WARCs are whole, then seal them: one that is sealed is all rows, and stands in the index.

        Captures whose run ended before they were told of become rows too.
        """
        with self._database.transaction():
            for name, captures in warcs.items():
                path = open_path(self._folder, name)
                if len(self._database.offsets(name)) == captures:
                    self._database.put_warc(name, path.stat().st_size)
                else:
                    take_in(self._folder, path, self._database)
            write_index(self._folder, self._database)
        for name in warcs:
            seal(self._folder, name)

    async def _keep(self, lines: Sequence[Line], captures: Sequence[Capture] = ()) -> dict[str, Track]:
        """Keep a batch to its end, even where the caller is cancelled."""
        if not lines and not captures:
            return {}
        batch = asyncio.create_task(self._write(lines, captures))
        self._batches.add(batch)
        batch.add_done_callback(self._batches.discard)
        return await asyncio.shield(batch)

    async def _write(self, lines: Sequence[Line], captures: Sequence[Capture]) -> dict[str, Track]:
        """Bytes before rows: what the database knows is in the segment, always."""
        async with self._turn:
            assert not self._sealed, "a segment that is sealed never changes"
            if self._failed:
                raise ArchiveError(f"nothing more is kept in {self._folder}: an earlier batch failed")
            with translated(self._folder):
                _require_room(self._folder, self._min_free_bytes)
                try:
                    if self._writer is None:
                        self._writer = await Writer.create(self._folder, self._run.run)
                        lines = [self._run, *lines]
                    if lines:
                        await self._writer.append(lines)
                    return await asyncio.to_thread(self._absorb, lines, captures)
                except BaseException:
                    self._failed = True
                    raise

    def _absorb(self, lines: Sequence[Line], captures: Sequence[Capture] = ()) -> dict[str, Track]:
        with self._database.transaction():
            self._database.put_captures(captures)
            return self._database.absorb(self._run.run, lines)


def recorder_elsewhere(
    folder: Path, run: str, told: Sequence[Field], clock: Callable[[], datetime], text_of: TextOf, worker: int
) -> Recorder:
    """Give what writes captures of `run` in another process than the one whose archive is open."""
    writer = WarcWriter(folder, run, told, clock, worker=worker)
    return Recorder(folder, writer, Reader.open(folder / NAME), text_of)


def known(folder: Path, targets: Iterable[str]) -> dict[str, Known]:
    """Give history and last check of each target that was ever checked: none where there is no archive yet."""
    if not (folder / NAME).exists():
        return {}
    with translated(folder / NAME), closing(Reader.open(folder / NAME)) as reader:
        reader.ask("BEGIN")  # one moment for all that is read
        return reader.known(targets)


@contextmanager
def holding(folder: Path) -> Iterator[Callable[[str], Capture | None]]:
    """Give what gives the newest capture of a URL: none where there is no archive yet."""
    if not (folder / NAME).exists():
        yield lambda _: None
        return
    with translated(folder / NAME), closing(Reader.open(folder / NAME)) as reader:
        yield reader.held


def history(folder: Path, target: str) -> History | None:
    """Give all that is known of a target, or None where it was never checked. A writer is neither asked nor awaited."""
    require_database(folder)
    with translated(folder / NAME), closing(Reader.open(folder / NAME)) as reader:
        reader.ask("BEGIN")  # one moment for all that is read
        track = reader.tracks([target]).get(target)
        if track is None:
            return None
        checks, links = tuple(reader.checks_of(target)), tuple(reader.links_of(target))
        image = reader.cached([target]).get(target)
    return History(target=target, track=track, checks=checks, links=links, image=image)


def export_images(folder: Path, prefix: str = "") -> list[bytes]:
    """Give images.json as it stands in the rows, every path after `prefix`. Raises ArchiveError."""
    require_database(folder)
    with translated(folder / NAME), closing(Reader.open(folder / NAME)) as reader:
        return list(manifest_lines(reader.listed("manifest"), prefix))


def _in_order(folder: Path, advance: Advance) -> Database:
    """Open the database, and bring files and rows in line."""
    with translated(folder / NAME):
        database = Database.open_or_make(folder / NAME, advance)
        try:
            recover(folder, database)
        except BaseException:
            database.close()
            raise
    return database


def _require_room(folder: Path, min_free_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < min_free_bytes:
        raise ArchiveError(
            f"{free_bytes / 1e6:,.0f} MB are free on the disk of {folder}: a run needs {min_free_bytes / 1e6:,.0f} MB"
        )
