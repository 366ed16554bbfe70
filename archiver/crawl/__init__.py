"""Where the stages meet: links are planned, visited, judged and kept."""

from archiver.crawl.check import Job, check_links, with_excluded
from archiver.crawl.snapshots import Snapshots, no_snapshots
from archiver.crawl.texts import text_digest_of
from archiver.crawl.viewing import Viewer, Viewings
from archiver.crawl.visit import Visit, VisitPolicy

__all__ = [
    "Job",
    "Snapshots",
    "Viewer",
    "Viewings",
    "Visit",
    "VisitPolicy",
    "check_links",
    "no_snapshots",
    "text_digest_of",
    "with_excluded",
]
