"""The options of a command, made of the table of settings, and what was given by them."""

from __future__ import annotations

import inspect
import os
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from archiver.options import BY_KEY, Kind, Section, Setting
from archiver.sources import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archiver.options import Told

C = TypeVar("C", bound="Callable[..., None]")

_OPPOSITE = "no_"


def taking(keys: Iterable[str]) -> Callable[[C], C]:
    """Give a command the options of the settings `keys`, in its `**_`; `told` reads them from the context."""

    def with_options(command: C) -> C:
        signature = inspect.signature(command, eval_str=True)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        made = [each for key in keys for each in _parameters(BY_KEY[key])]
        command.__signature__ = signature.replace(parameters=[*own, *made])  # type: ignore[attr-defined]  # any function's
        return command

    return with_options


def told(context: typer.Context) -> Told:
    """Give all that was told: by the options of the command, the environment and a file. Raises SettingsError."""
    return gather(dict(_given(context)), os.environ)


class Group(TyperGroup):
    """A group of commands."""

    def get_params(self, ctx: Any) -> list[Any]:  # of the click that typer carries within
        """Give the parameters; that of `--help` is among them."""
        return _taking_texts(super().get_params(ctx))


class SectionedCommand(TyperCommand):
    """A command whose help shows its options by section."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Give the parameters; that of `--help` is among them."""
        return _taking_texts(super().get_params(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then each section's options."""
        shown: dict[str, list[tuple[str, str]]] = {"Arguments": [], **{section: [] for section in Section}}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            usual = "Arguments" if each.param_type_name == "argument" else "Options"
            if record is not None:
                shown.setdefault(getattr(each, "rich_help_panel", None) or usual, []).append(record)
        for title, records in shown.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _taking_texts(parameters: list[Any]) -> list[Any]:
    """Have arguments and options, all of which are texts or flags, taken as they are."""
    for each in parameters:
        if "process_value" not in vars(each):
            each.process_value = partial(_text, each, each.process_value)
    return parameters


def _text(parameter: Any, usual: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    """Take texts as they come: typer would have pydantic look at each, which takes long to load."""
    if not (parameter.required and parameter.value_is_missing(value)):
        if value is None:
            return () if parameter.multiple or parameter.nargs == -1 else None
        if isinstance(value, str | tuple | list):
            return value
    return usual(context, value)


@cache
def _parameters(setting: Setting) -> tuple[inspect.Parameter, ...]:
    """Give the parameters of a setting, which most commands share; a flag has another one that takes it back."""
    name, panel = setting.key, setting.section.value
    if setting.kind is Kind.FLAG:
        letters = [setting.short] if setting.short else []
        shown = typer.Option(setting.option, *letters, help=setting.help, rich_help_panel=panel)
        usually_on = setting.default == "true"
        opposite = typer.Option(setting.opposite, hidden=True)
        return (
            _parameter(_OPPOSITE + name if usually_on else name, bool, shown, default=False),
            _parameter(name if usually_on else _OPPOSITE + name, bool, opposite, default=False),
        )
    option = typer.Option(setting.option, metavar=setting.metavar, help=setting.help, rich_help_panel=panel)
    if setting.repeatable:
        return (_parameter(name, list[str] | None, option, default=list(setting.default_texts) or None),)
    return (_parameter(name, str | None, option, default=setting.default),)


def _parameter(name: str, kind: Any, option: Any, *, default: Any) -> inspect.Parameter:
    annotation = Annotated[kind, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _given(context: typer.Context) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the texts of each setting that an option was given for, not left at its default."""
    for name, value in context.params.items():
        key = name.removeprefix(_OPPOSITE)
        if key not in BY_KEY or getattr(context.get_parameter_source(name), "name", "") != "COMMANDLINE":
            continue
        if BY_KEY[key].kind is Kind.FLAG:
            yield key, (str(name == key).lower(),)
        else:
            yield key, tuple(value) if BY_KEY[key].repeatable else (value,)
