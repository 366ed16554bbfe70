"""What commands may take."""

from __future__ import annotations

import inspect
from typing import Annotated, get_args, get_origin

import pytest
import typer

from archiver.arguments import SectionedCommand
from archiver.cli import app, exports

COMMANDS = [each for group in (app, exports) for each in group.registered_commands if each.cls is SectionedCommand]
TAKEN = {bool, str, str | None, list[str], list[str] | None}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_takes_texts_and_flags(command: typer.models.CommandInfo) -> None:
    """Nothing else is made of what is given: texts come as they are."""
    assert command.callback is not None
    given = [
        each
        for each in inspect.signature(command.callback, eval_str=True).parameters.values()
        if each.kind is not each.VAR_KEYWORD and each.annotation is not typer.Context
    ]
    assert {_plain(each.annotation) for each in given} <= TAKEN


def _plain(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
