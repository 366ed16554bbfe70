"""Patterns of all modules, as `re` parses them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

import archiver

if TYPE_CHECKING:
    from collections.abc import Iterator

SINGLE = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY}


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in pkgutil.walk_packages(archiver.__path__, "archiver."):
        if module.name not in ("archiver.__main__", "archiver.images.child"):  # commands
            for name, value in vars(importlib.import_module(module.name)).items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name}.{name}", value


def possessive_groups(parsed: Any) -> Iterator[Any]:
    """Give what is repeated possessively and may be more than one character."""
    for operation, argument in parsed:
        if operation is _constants.POSSESSIVE_REPEAT and (len(argument[2]) > 1 or argument[2][0][0] not in SINGLE):
            yield argument[2]
        for part in argument if isinstance(argument, tuple) else ():
            for each in part if isinstance(part, list) else (part,):
                if isinstance(each, _parser.SubPattern):
                    yield from possessive_groups(each)


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5 matches `(?:…)*+` wrongly where the group backtracks; `(?>(?:…)*)` says the same."""
    found = [
        name for name, pattern in patterns() if any(possessive_groups(_parser.parse(pattern.pattern, pattern.flags)))
    ]
    assert found == []


def test_such_groups_would_be_found() -> None:
    for text in (r"(?:ab|c)*+", r"x(?:(a)|(?:b[cd])++)", r"(?=(?:ab)?+)"):
        assert any(possessive_groups(_parser.parse(text))), text
    assert not any(possessive_groups(_parser.parse(r"a*+[bc]++(?>(?:de)*).?+")))
