"""Pages that nest without end: lexbor walks all open elements at many a tag, in time by the square of their number.

40,000 `<div>` (200 KB) take it 2 seconds. Browsers stop at a depth of 512; here it is the sum of the depths that is
bounded, since that is the time it takes.
"""

from __future__ import annotations

import re
from collections import Counter

MOST_TAGS_UNASKED = 5_000
"""A page of so few tags is parsed in 30 ms, whatever they are."""

MOST_STEPS = 20_000_000
MOST_STEPS_PER_TAG = 100
"""A step is one open element passed, and takes some 4 ns. An ordinary page makes 10 to 30 of them at a tag."""

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_CLOSE_THEMSELVES = frozenset(
    "area base br col dd dt embed hr img input li link meta option p param source td th tr track wbr path".split()  # noqa: SIM905 (reads as a list)
)


def cut_where_too_deep(page: str) -> str:
    """Give the page, up to where it nests too deep to be parsed in time in proportion to its size."""
    if page.count("<") <= MOST_TAGS_UNASKED:
        return page
    unclosed: Counter[str] = Counter()
    depth = steps = 0
    for number, tag in enumerate(_TAG.finditer(page)):
        closes, name = tag.groups()
        if not closes and name not in _CLOSE_THEMSELVES:
            unclosed[name] += 1
            depth += 1
        elif closes and unclosed[name]:
            unclosed[name] -= 1
            depth -= 1
        steps += depth
        if steps > MOST_STEPS + MOST_STEPS_PER_TAG * number:
            return page[: tag.start()]
    return page
