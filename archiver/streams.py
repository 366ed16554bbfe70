"""What goes in and out: standard input, results to a file or to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

import typer

from archiver.model import SettingsError
from archiver.report.screen import PLAIN, screen_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archiver.model import Link, RecordError
    from archiver.report.screen import Screen
    from archiver.settings import Settings

BROKEN_PIPE = 141  # as the shell tells of SIGPIPE: whoever read has heard enough


def screen_for(settings: Settings) -> Screen:
    """Give what the results are shown on: a file and a pipe are as wide as they need to be."""
    return PLAIN if settings.output or sys.stdout is None else screen_of(sys.stdout, os.environ)


def encoded(lines: Iterable[str]) -> Iterable[bytes]:
    """Give lines of text as bytes, each with its end."""
    return (f"{line}\n".encode() for line in lines)


def tell_problems(problems: Iterable[RecordError]) -> None:
    """Tell what could not be read, on standard error."""
    for problem in problems:
        tell(f"{problem.record}{f':{problem.line}' if problem.line else ''}: {problem.message}")


def standard_input() -> str:
    """Read all of standard input. Raises SettingsError where it is closed, or no UTF-8."""
    if sys.stdin is None:
        raise SettingsError("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise SettingsError(f"standard input: the byte 0x{error.object[error.start]:02X} is not UTF-8") from error


def require_writable(settings: Settings, links: Iterable[Link]) -> None:
    """Find out before a long run, not after it, and let no report overwrite what it is about."""
    if settings.output is None:
        return
    require_harmless(settings.output, settings, links)
    write_results((), settings.output, mode="ab")


def require_harmless(output: Path, settings: Settings, links: Iterable[Link]) -> None:
    """Let nothing be written over a record that was read, nor within the archive."""
    goal = output.resolve()
    if goal.is_relative_to(settings.archive.resolve()) or _is_record(goal, links):
        raise SettingsError(f"--output: {output} is a record, or in the archive")


def _is_record(path: Path, links: Iterable[Link]) -> bool:
    """Tell whether `path` is the file of one of `links`, by whatever name."""
    try:
        status = path.stat()
    except OSError:
        return False
    return any(_is_file(record, status) for record in {link.record for link in links})


def _is_file(path: str, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(path), status)  # noqa: PTH116 (of thousands of records, and half the price)
    except (OSError, ValueError):
        return False


def write_results(lines: Iterable[bytes], output: Path | None, *, mode: Literal["wb", "ab"] = "wb") -> None:
    """Write results to a file, or to standard output where none is named. Raises SettingsError."""
    if output is None:
        _print(lines)
        return
    try:
        with output.open(mode) as file:
            file.writelines(lines)
    except OSError as error:
        raise SettingsError(f"--output: {output} cannot be written: {error.strerror}") from error


def _print(lines: Iterable[bytes]) -> None:
    if sys.stdout is None:
        raise SettingsError("standard output is closed")
    try:
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed to nobody at exit
        raise typer.Exit(BROKEN_PIPE) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SettingsError(f"standard output cannot be written: {error.strerror}") from error


def tell(message: str) -> None:
    """Say something that is no result, on standard error."""
    typer.echo(message, err=True)
