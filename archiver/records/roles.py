"""Which role a field has: the rules of records, and those that the settings add for other people's field names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archiver.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class RoleRule(NamedTuple):
    """The role of the addresses at `pattern`: a field's path in its item, `[]` for any index."""

    pattern: str
    role: Role
    may_nest: bool = False  # a mapping or a list is no fault there


ROLE_RULES = (
    RoleRule("originalUrl", Role.ORIGINAL),
    RoleRule("webUrl", Role.WEB),
    RoleRule("ampWebUrl", Role.AMP),
    RoleRule("cdnAmpWebUrl", Role.CDN_AMP),
    RoleRule("images[].url", Role.IMAGE),
    RoleRule("images[]", Role.IMAGE, may_nest=True),
    RoleRule("provider.images[].url", Role.PROVIDER_IMAGE),
    RoleRule("provider.images[]", Role.PROVIDER_IMAGE, may_nest=True),
    RoleRule("featuredContent", Role.EMBED, may_nest=True),
)

_OWN_KEYS = frozenset({"url", "src"})

RuleFinder: TypeAlias = "Callable[[str], RoleRule | None]"
"""Gives the rule for a field's pattern."""

_KNOWN = {rule.pattern: rule for rule in ROLE_RULES}


def rule_finder(roles_by_field: Mapping[str, Role]) -> RuleFinder:
    """Give what finds a field's rule: the longest path of `roles_by_field` that it ends with, else a record's own."""
    if not roles_by_field:
        return _KNOWN.get
    longest_first = sorted(roles_by_field.items(), key=lambda row: len(row[0]), reverse=True)
    return _Found([RoleRule(path, role, may_nest=True) for path, role in longest_first]).__getitem__


class _Found(dict[str, RoleRule | None]):
    """Rules by pattern, each searched for once: thousands of records have the same few patterns."""

    def __init__(self, rules: list[RoleRule]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, pattern: str) -> RoleRule | None:
        found = next((rule for rule in self._rules if _is_at(rule.pattern, pattern)), _KNOWN.get(pattern))
        self[pattern] = found
        return found


def _is_at(path: str, pattern: str) -> bool:
    """Tell whether a pattern is `path`, on any level, or the elements of the list there."""
    while pattern:
        if pattern == path or pattern.endswith(f".{path}"):
            return True
        if not pattern.endswith("[]"):
            return False
        pattern = pattern.removesuffix("[]")
    return False


def is_described(field: str) -> bool:
    """Tell whether an address has a mapping of its own, so that a `width` beside it is its image's.

    Beside `cover` stands what is said of the article.
    """
    mapping, _, key = field.rpartition(".")
    return bool(mapping) and key in _OWN_KEYS
