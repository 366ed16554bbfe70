"""The page of results: one section a bench; those that were not run stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADING = """# Results

Written by `python -m bench` (see bench/README.md). All rows of a section were measured in turn, on
the machine and in the hour that it names: their ratios tell something. Figures of different sections do not compare.
"""

_SECTION = re.compile(r"^## (?P<name>\S+)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def sections_of(page: str) -> dict[str, str]:
    """Give the bodies of a page's sections by their names."""
    return {found["name"]: found["body"].strip() for found in _SECTION.finditer(page)}


def with_section(page: str, name: str, body: str, order: Sequence[str]) -> str:
    """Give the page with one section as new; sections stand in `order`, others after them."""
    sections = sections_of(page) | {name: body.strip()}
    return _page({each: sections[each] for each in [*order, *sections] if each in sections})


def _page(sections: Mapping[str, str]) -> str:
    return HEADING + "".join(f"\n## {name}\n{body}\n" for name, body in sections.items())
