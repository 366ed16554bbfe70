"""Where the stages meet: links are planned, visited, judged and kept."""

from archiver.crawl.check import Job, check_links, with_excluded
from archiver.crawl.visit import Visit, VisitPolicy

__all__ = ["Job", "Visit", "VisitPolicy", "check_links", "with_excluded"]
