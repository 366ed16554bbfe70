"""Warnings, told for people: what is true of links, but no verdict. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from archiver.model import Caution
from archiver.report.places import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archiver.model import Link, LinkReport

MOST_PLACES = 3

SENTENCES = {
    Caution.ROBOTS: "robots.txt asks that the page not be kept",
    Caution.TITLE_MISMATCH: "the page is not what this record describes, though another record of it says so",
    Caution.PROVIDER_MISMATCH: "ends on a domain that is neither the provider's nor the link's own",
    Caution.AMP_CACHE_MISMATCH: "the cached address is not the AMP address's own",
    Caution.NOT_AMP: "the AMP address shows a page that is no AMP page",
    Caution.AMP_NOT_LINKED: "the page does not name this AMP copy",
    Caution.CANONICAL_MISMATCH: "the AMP copy names another page as its own",
    Caution.CONTENT_TYPE: "its header tells another kind of content than came",
    Caution.IMAGE_DIMENSIONS: "the image has another size than the record says",
    Caution.IMAGE_CHANGED: "another picture came than the cached one, or a part of it; "
    "`archiver refresh --accept-changes` takes it",
}
"""Those that are told; `inconclusive` has a caveat of its own."""


def warning_lines(rows: Iterable[LinkReport]) -> Iterator[str]:
    """Give a line for each kind of warning: how many links it is true of, and where the first of them stand."""
    found: defaultdict[Caution, list[Link]] = defaultdict(list)
    for row in rows:
        for caution in {*(row.check.warnings if row.check else ()), *row.cautions}:
            found[caution].append(row.link)
    for caution, sentence in SENTENCES.items():
        if links := found[caution]:
            shown = ", ".join(map(place, links[:MOST_PLACES]))
            more = f", and {len(links) - MOST_PLACES:,} more" if len(links) > MOST_PLACES else ""
            yield f"{len(links):,} link{'' if len(links) == 1 else 's'}: {sentence} ({caution}): {shown}{more}"
