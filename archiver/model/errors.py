"""The error tree: *we* failed. A dead link is a verdict, never an exception."""

from __future__ import annotations


class ArchiverError(Exception):
    """The root of all that archiver raises; its text is a sentence for the user."""


class SettingsError(ArchiverError):
    """The run cannot start as it was asked for."""


class RecordError(ArchiverError):
    """One record, or a part of it, is unreadable: it is reported, the others go on."""

    def __init__(self, message: str, *, record: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.record = record
        self.line = line


class FetchError(ArchiverError):
    """This machine cannot fetch (no file handles, no memory): nothing is held against a link."""


class ArchiveError(ArchiverError):
    """The archive cannot be read or written: the run stops, and nothing that was kept is lost."""


class ArchiveBusyError(ArchiveError):
    """Another process writes to the archive."""
