"""How records are to be read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiver.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """What the user wants of a reading."""

    unpublished: bool = False  # give the links of records with `published: false` too
    base_url: str | None = None  # an absolute address: what relative ones are resolved against
    roles_by_field: Mapping[str, Role] = dataclasses.field(default_factory=dict)  # `cover`, `hero.image`, `list[].src`
    stdin: str | None = None  # what `-` stands for


DEFAULT_RULES = ReadingRules()
