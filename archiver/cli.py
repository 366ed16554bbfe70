"""The command `archiver`: options, wiring and exit codes. What is slow to import is imported where it is used."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from archiver import __version__
from archiver.model import ArchiveBusyError, ArchiverError, LinkReport, RunReport, SettingsError
from archiver.verdict.threshold import Threshold

FINE, FINDINGS, UNUSABLE, BUSY = 0, 1, 2, 75
SIGNALLED = 128  # and the signal's number: 130 for SIGINT

app = typer.Typer(
    help="Check every link and image of article records, and remember what was seen.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: quick, and the same in a pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSONL = "jsonl"


class RobotsRule(StrEnum):
    """What a robots.txt is to us."""

    OBEY = "obey"
    IGNORE = "ignore"


Paths = Annotated[list[str], typer.Argument(help="Records: files, folders or globs.", metavar="PATH...")]
ArchiveFolder = Annotated[Path, typer.Option("--archive", metavar="DIR", help="Where results are kept.")]
OutputFormat = Annotated[Format, typer.Option("--format", help="How results are written.")]
Output = Annotated[Path | None, typer.Option(metavar="FILE", help="Write results there, not to standard output.")]
Unpublished = Annotated[bool, typer.Option("--unpublished", help="Read records with `published: false` too.")]
ConnectTimeout = Annotated[str, typer.Option(metavar="DURATION", help="For name, connection and TLS together.")]
FirstByteTimeout = Annotated[str, typer.Option("--timeout", metavar="DURATION", help="To an answer's first byte.")]
IdleTimeout = Annotated[str, typer.Option(metavar="DURATION", help="Between two arrivals of a body.")]
TotalTimeout = Annotated[str, typer.Option(metavar="DURATION", help="For one answer in all.")]
Concurrency = Annotated[int, typer.Option(min=1, help="Requests under way at once, over all hosts.")]
PerHost = Annotated[int, typer.Option(min=1, help="Requests under way at once at one host.")]
HostDelay = Annotated[str, typer.Option(metavar="DURATION", help="Between the starts of two requests to one host.")]
Retries = Annotated[int, typer.Option(min=0, help="How often passing trouble is tried again.")]
MaxPageBytes = Annotated[str, typer.Option(metavar="SIZE", help="Read no more of a page.")]
MaxImageBytes = Annotated[str, typer.Option(metavar="SIZE", help="Read no more of an image.")]
RobotsOption = Annotated[RobotsRule, typer.Option("--robots", help="Whether a robots.txt that names us is obeyed.")]
UserAgent = Annotated[str | None, typer.Option(metavar="TEXT", help="Replaces the User-Agent header.")]
Contact = Annotated[str | None, typer.Option(metavar="URL", help="Goes into the User-Agent: who asks.")]
CaFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Trust these authorities (PEM) too.")]
ConnectTo = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT:TOHOST:TOPORT", help="Connect elsewhere, as curl's; repeatable."),
]
AllowNet = Annotated[
    list[str] | None,
    typer.Option(metavar="CIDR", help="Fetch from this network although it is not global; repeatable."),
]
FailOn = Annotated[
    Threshold | None,
    typer.Option(help="From where on the exit code is 1 (check: strong, run: never).", show_default=False),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait where the archive is in use.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List what is well, too.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress.")]


def main() -> None:
    """Run the command; ends the process with its exit code."""
    try:
        app()
    except ArchiverError as error:
        _tell(f"archiver: {error}")
        sys.exit(BUSY if isinstance(error, ArchiveBusyError) else UNUSABLE)


@app.callback(invoke_without_command=True)
def _main(
    *,
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"archiver {__version__}")
        raise typer.Exit


@app.command("check", help="Check every link and record the outcome, only.")
@app.command("run", help="Check every link and keep what was seen: the main job.")
def _check(
    context: typer.Context,
    paths: Paths,
    *,
    archive: ArchiveFolder = Path("archive"),
    format_: OutputFormat = Format.TEXT,
    output: Output = None,
    fail_on: FailOn = None,
    unpublished: Unpublished = False,
    connect_timeout: ConnectTimeout = "5s",
    timeout: FirstByteTimeout = "20s",
    idle_timeout: IdleTimeout = "10s",
    total_timeout: TotalTimeout = "120s",
    concurrency: Concurrency = 128,
    per_host: PerHost = 2,
    host_delay: HostDelay = "500ms",
    retries: Retries = 2,
    max_page_bytes: MaxPageBytes = "10MB",
    max_image_bytes: MaxImageBytes = "25MB",
    robots: RobotsOption = RobotsRule.OBEY,
    user_agent: UserAgent = None,
    contact: Contact = None,
    ca_file: CaFile = None,
    connect_to: ConnectTo = None,
    allow_net: AllowNet = None,
    wait: Wait = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_progress: NoProgress = False,
) -> None:
    import asyncio

    from archiver import settings as reading
    from archiver.model import Limits, Pacing
    from archiver.report.jsonl import run_lines
    from archiver.report.text import run_text
    from archiver.wiring import run

    settings = reading.Settings(
        archive=archive,
        limits=Limits(
            connect_timeout_s=reading.duration_s("--connect-timeout", connect_timeout),
            first_byte_timeout_s=reading.duration_s("--timeout", timeout),
            idle_timeout_s=reading.duration_s("--idle-timeout", idle_timeout),
            total_timeout_s=reading.duration_s("--total-timeout", total_timeout),
            max_page_bytes=reading.size_bytes("--max-page-bytes", max_page_bytes),
            max_image_bytes=reading.size_bytes("--max-image-bytes", max_image_bytes),
        ),
        pacing=Pacing(delay_s=reading.duration_s("--host-delay", host_delay), at_once=per_host),
        pacing_by_host={} if _was_given(context, "host_delay", "per_host") else reading.SHIPPED_PACING,
        concurrency=concurrency,
        retries=retries,
        obeys_robots=robots is RobotsRule.OBEY,
        user_agent=reading.header_value("--user-agent", user_agent) if user_agent else None,
        contact=reading.header_value("--contact", contact) if contact else None,
        ca_file=reading.existing_file("--ca-file", ca_file) if ca_file else None,
        detours=tuple(map(reading.detour, connect_to or ())),
        allowed=tuple(map(reading.network, allow_net or ())),
        waits=wait,
    )
    found = _read(paths, unpublished=unpublished)
    name = str(context.info_name)
    report, signalled = asyncio.run(
        run(
            found,
            settings,
            command=" ".join(["archiver", name, *paths]),
            keeps_pages=name == "run",
            shows_progress=not (quiet or no_progress),
        )
    )
    _write(run_lines(report) if format_ is Format.JSONL else _encoded(run_text(report, everything=verbose)), output)
    threshold = fail_on or (Threshold.NEVER if name == "run" else Threshold.STRONG)
    raise typer.Exit(SIGNALLED + signalled if signalled else _exit_code(report, threshold))


@app.command("links")
def _links(
    paths: Paths, *, format_: OutputFormat = Format.TEXT, output: Output = None, unpublished: Unpublished = False
) -> None:
    """List every link with its place; no network."""
    from archiver.report.jsonl import link_lines
    from archiver.report.text import link_text

    found = _read(paths, unpublished=unpublished)
    report = RunReport(
        links=tuple(LinkReport(link=link) for link in found.links),
        problems=found.problems,
        records=found.records,
        unpublished=found.unpublished,
        targets=len({link.target for link in found.links}),
    )
    _write(link_lines(report) if format_ is Format.JSONL else _encoded(link_text(report)), output)
    raise typer.Exit(FINDINGS if report.problems else FINE)


@app.command("history")
def _history(
    url: Annotated[str, typer.Argument(help="An address, as a record has it.", metavar="URL")],
    *,
    archive: ArchiveFolder = Path("archive"),
    format_: OutputFormat = Format.TEXT,
    output: Output = None,
) -> None:
    """Show every check of an address, its state, and where it stands."""
    from archiver.archive import history
    from archiver.report.jsonl import history_lines
    from archiver.report.text import history_text
    from archiver.urls import BadAddressError, normalise

    try:
        target = normalise(url)
    except BadAddressError:
        target = url.strip()
    known = history(archive, target)
    if known is None:
        raise SettingsError(f"the archive {archive} has no check of {target}")
    lines = history_lines(known) if format_ is Format.JSONL else _encoded(history_text(known))
    _write(lines, output)


@app.command("verify")
def _verify(
    *,
    archive: ArchiveFolder = Path("archive"),
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what is derived.")] = False,
    quiet: Quiet = False,
) -> None:
    """Tell whether every promised byte is there and right."""
    from archiver.archive import verify
    from archiver.wiring import advance

    report = verify(archive, repair=repair, advance=advance)
    for line in report.repaired:
        typer.echo(f"repaired: {line}")
    for line in report.problems:
        typer.echo(f"wrong: {line}")
    if not quiet:
        for line in report.notes:
            typer.echo(f"note: {line}")
        counts = {"runs": report.runs, "checks": report.checks, "targets": report.targets, "links": report.links}
        typer.echo(", ".join(f"{number:,} {name}" for name, number in counts.items()))
    raise typer.Exit(FINDINGS if report.problems else FINE)


def _was_given(context: typer.Context, *names: str) -> bool:
    """Tell whether one of the options `names` was given, not left at its default."""
    return any(getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE" for name in names)


def _read(paths: list[str], *, unpublished: bool) -> Any:
    from archiver.records import read

    found = read(paths, unpublished=unpublished)
    if not found.records and not found.unpublished:
        for problem in found.problems:
            _tell(f"{problem.record}{f':{problem.line}' if problem.line else ''}: {problem.message}")
        raise SettingsError("no readable record")
    return found


def _exit_code(report: RunReport, threshold: Threshold) -> int:
    from archiver.verdict.threshold import is_finding

    found = any(is_finding(threshold, row.check, row.track) for row in report.links)
    unread = bool(report.problems) and threshold is not Threshold.NEVER
    return FINDINGS if found or unread else FINE


def _encoded(lines: Iterable[str]) -> Iterable[bytes]:
    return (f"{line}\n".encode() for line in lines)


def _write(lines: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return
    try:
        with output.open("wb") as file:
            file.writelines(lines)
    except OSError as error:
        raise SettingsError(f"--output: {output} cannot be written: {error.strerror}") from error


def _tell(message: str) -> None:
    typer.echo(message, err=True)
