"""What was read of files, kept until they change: thousands of records are parsed once, not in every run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
import time
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from archiver import __version__
from archiver.records.packing import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from archiver.records.reading import Reading
    from archiver.records.rules import ReadingRules

MAX_AGE_S = 90 * 86_400.0
"""What was kept longer ago is forgotten, and so is what other versions of archiver kept."""

MAX_CACHE_BYTES = 2_000_000_000
"""A larger cache is begun anew."""

_KEEP_AT_ONCE = 1000
_PATIENCE_S = 1.0  # with another process that writes; then it is done without
_PARSERS = ("ada_url", "markdown_it", "selectolax", "yaml")

_TABLE = """
CREATE TABLE IF NOT EXISTS readings (
    path BLOB, rules BLOB, stamp TEXT, digest BLOB, checksum INTEGER, packed BLOB, kept_at_ns INTEGER,
    PRIMARY KEY (path, rules)
)"""
_FIND = "SELECT path, stamp, digest, checksum, packed FROM readings WHERE rules = ? AND path IN ({marks})"
_KEEP = "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM readings WHERE kept_at_ns < ?"


class Kept(NamedTuple):
    """A reading as it was kept."""

    path: bytes
    stamp: str | None
    digest: bytes  # SHA-256 of the file
    checksum: int
    packed: bytes

    def reading(self, name: str) -> Reading | None:
        """Give what was read of the file, which is now called `name`; None where it is damaged."""
        try:
            is_whole = self.checksum == _checksum(self.path, self.stamp, self.digest, self.packed)
            return unpack(self.packed, name) if is_whole else None
        except (TypeError, ValueError):
            return None


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Give the user's cache folder for archiver (XDG Base Directory Specification); None where there is no home."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    home = environment.get("HOME", "")
    if named.is_absolute():
        return named / "archiver"
    return Path(home, ".cache", "archiver") if home else None


class Cache:
    """Readings by path and rules. It never fails: what it cannot give is read anew, what it cannot keep is not kept."""

    def __init__(self, file: Path, rules: ReadingRules, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.now_ns = now_ns
        self._file = file
        self._rules = _told(rules)
        self._here = os.fsencode(Path.cwd())
        self._new: list[tuple[object, ...]] = []
        self._database: sqlite3.Connection | None = None
        with self._forgiving():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileNotFoundError):
                if file.stat().st_size > MAX_CACHE_BYTES:
                    file.unlink()
            self._database = _opened(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Keep what is new, and forget what is old."""
        self._flush()
        with self._forgiving():
            _forget_others(self._file)
        if self._database is not None:
            self._database.close()

    def find(self, paths: Sequence[str]) -> dict[str, Kept]:
        """Give what was kept of the files at some hundreds of paths, whatever they are now."""
        by_key = {self._key(path): path for path in paths}
        if self._database is None:
            return {}
        try:
            rows = self._database.execute(_FIND.format(marks=", ".join("?" * len(by_key))), (self._rules, *by_key))
            return {by_key[row[0]]: Kept(*row) for row in rows}
        except (KeyError, sqlite3.Error) as error:
            self._give_up(error)
            return {}

    def keep(self, path: str | Path, stamped: str | None, digest: bytes, packed: bytes) -> None:
        """Keep what was read of the bytes of `digest`; `stamped` is the file's stamp of before it was read."""
        key = self._key(path)
        checksum = _checksum(key, stamped, digest, packed)
        self._new.append((key, self._rules, stamped, digest, checksum, packed, self.now_ns()))
        if len(self._new) >= _KEEP_AT_ONCE:
            self._flush()

    def _key(self, path: str | Path) -> bytes:
        return os.path.join(self._here, os.fsencode(path))  # noqa: PTH118 (of bytes: names need not be text)

    def _flush(self) -> None:
        new, self._new = self._new, []
        with self._forgiving():
            if new and self._database is not None:
                with self._database:
                    self._database.executemany(_KEEP, new)
                    self._database.execute(_FORGET, (self.now_ns() - int(MAX_AGE_S * 1e9),))

    @contextlib.contextmanager
    def _forgiving(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without a cache where it is in use, read-only or full; a damaged one is thrown away."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if type(error) is sqlite3.DatabaseError:  # its subclasses tell of other troubles
            with contextlib.suppress(OSError):
                self._file.unlink()


def open_cache(folder: Path, rules: ReadingRules) -> Cache | None:
    """Open the cache in `folder` for readings by `rules`; None where nobody can say which code reads."""
    code = _code()
    return Cache(folder / f"records-{code}.db", rules) if code else None


def _opened(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=_PATIENCE_S, isolation_level="IMMEDIATE")
    file.chmod(0o600)  # records may be nobody else's business
    database.execute("PRAGMA synchronous = OFF")  # checksums tell what a power cut leaves
    database.execute("PRAGMA page_size = 16384")  # most readings fit in a page
    database.execute("PRAGMA mmap_size = 268435456")
    database.execute(_TABLE)
    return database


def _told(rules: ReadingRules) -> bytes:
    """Give the rules as a key: other rules make other links."""
    roles = sorted(rules.roles_by_field.items())
    return hashlib.sha256(repr((rules.unpublished, rules.base_url, roles)).encode()).digest()[:16]


def _checksum(path: bytes, stamped: str | None, digest: bytes, packed: bytes) -> int:
    return zlib.crc32(packed, zlib.crc32(b"\0".join((path, str.encode(stamped or ""), digest))))


def _code() -> str | None:
    """Name the code that reads: other versions of it, or of its parsers, may read otherwise."""
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    try:
        for file in _sources():
            digest.update(file.read_bytes())
        for name in _PARSERS:
            spec = find_spec(name)
            status = Path(spec.origin).stat() if spec and spec.origin else None
            digest.update(repr(status and (status.st_size, status.st_mtime_ns)).encode())
    except OSError:  # in an archive, say
        return None
    return digest.hexdigest()[:16]


def _sources() -> Iterable[Path]:
    here = Path(__file__).parent
    yield from sorted(here.rglob("*.py"))
    yield here.parent / "urls.py"
    yield from (here.parent / "model" / name for name in ("images.py", "links.py", "words.py"))


def _forget_others(file: Path) -> None:
    """Throw away what other versions kept, once nobody has written to it for long."""
    for other in file.parent.glob("records-*.db"):
        if other != file and time.time() - other.stat().st_mtime > MAX_AGE_S:
            other.unlink()
