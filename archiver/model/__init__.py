"""The words of archiver: values, enumerations and the error tree. Each word is told in docs/glossary.md."""

from archiver.model.captures import Capture, Depth, How, Keeping, Kept, Original, Snapshot, Taken
from archiver.model.errors import ArchiveBusyError, ArchiveError, ArchiverError, FetchError, RecordError, SettingsError
from archiver.model.hops import Chain, Exchange, Hop
from archiver.model.leases import Feed, Fetched, Forgive, HostMemory, Lease, Probe, Probed, Release, Released
from archiver.model.links import Expectation, Link, Role
from archiver.model.policies import Limits, Pacing, RotRules
from archiver.model.reports import HostEstimate, LinkReport, RunEstimate, RunReport
from archiver.model.times import read_stamp, stamp
from archiver.model.tracks import History, Known, State, Track
from archiver.model.verdicts import Check, Redirect, Verdict, mended
from archiver.model.visits import (
    PERMANENT_REDIRECTS,
    REDIRECTS,
    SHOWS_CONTENT,
    Content,
    Cut,
    HostKey,
    Mark,
    NoAnswer,
    Origin,
    PageEvidence,
    Reply,
)
from archiver.model.words import Caution, Outcome, Reason

__all__ = [
    "PERMANENT_REDIRECTS",
    "REDIRECTS",
    "SHOWS_CONTENT",
    "ArchiveBusyError",
    "ArchiveError",
    "ArchiverError",
    "Capture",
    "Caution",
    "Chain",
    "Check",
    "Content",
    "Cut",
    "Depth",
    "Exchange",
    "Expectation",
    "Feed",
    "FetchError",
    "Fetched",
    "Forgive",
    "History",
    "Hop",
    "HostEstimate",
    "HostKey",
    "HostMemory",
    "How",
    "Keeping",
    "Kept",
    "Known",
    "Lease",
    "Limits",
    "Link",
    "LinkReport",
    "Mark",
    "NoAnswer",
    "Origin",
    "Original",
    "Outcome",
    "Pacing",
    "PageEvidence",
    "Probe",
    "Probed",
    "Reason",
    "RecordError",
    "Redirect",
    "Release",
    "Released",
    "Reply",
    "Role",
    "RotRules",
    "RunEstimate",
    "RunReport",
    "SettingsError",
    "Snapshot",
    "State",
    "Taken",
    "Track",
    "Verdict",
    "mended",
    "read_stamp",
    "stamp",
]
