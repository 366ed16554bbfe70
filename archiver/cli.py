"""The command `archiver`: commands, wiring and exit codes. What is slow to import is imported where it is used."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from archiver import __version__
from archiver.arguments import Group, SectionedCommand, taking, told
from archiver.model import (
    IMAGE_ROLES,
    ArchiveBusyError,
    ArchiverError,
    Caution,
    Correction,
    LinkReport,
    RecordError,
    RunReport,
    SettingsError,
)
from archiver.options import OF_CHECK, OF_EXPORT, OF_EXPORT_IMAGES, OF_HISTORY, OF_LINKS, OF_VERIFY, Format
from archiver.streams import (
    encoded,
    require_harmless,
    require_writable,
    screen_for,
    standard_input,
    tell,
    tell_problems,
    write_results,
)
from archiver.verdict.threshold import Threshold

if TYPE_CHECKING:
    from archiver.settings import Settings

FINE, FINDINGS, UNUSABLE, INCONCLUSIVE, BUSY = 0, 1, 2, 3, 75
_MADE_BETWEEN_SEARCHES = 10_000  # objects, more than were thrown away, before garbage is looked for
SIGNALLED = 128  # and the signal's number: 130 for SIGINT

app = typer.Typer(
    cls=Group,
    help="Check every link and image of article records, and remember what was seen.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: quick, and the same in a pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
exports = typer.Typer(cls=Group, help="Hand what the archive holds to other tools.", no_args_is_help=True)
app.add_typer(exports, name="export")

Paths = Annotated[
    list[str],
    typer.Argument(help="Records: files, folders, globs, `-` for standard input, or addresses.", metavar="PATH..."),
]


def main() -> None:
    """Run the command; ends the process with its exit code, unless Ctrl-C does."""
    gc.freeze()  # modules stay, and so does most of what comes of each target
    gc.set_threshold(_MADE_BETWEEN_SEARCHES, 20, 20)
    gc.enable()
    try:
        app()
    except ArchiverError as error:
        tell(f"archiver: {error}")
        sys.exit(BUSY if isinstance(error, ArchiveBusyError) else UNUSABLE)


@app.callback(invoke_without_command=True)
def _main(
    *,
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"archiver {__version__}")
        raise typer.Exit


@app.command("check", cls=SectionedCommand, help="Check every link and record the outcome, only.")
@app.command("run", cls=SectionedCommand, help="Check every link and keep what was seen: the main job.")
@taking(OF_CHECK)
def _check(context: typer.Context, paths: Paths, **_: Any) -> None:
    settings = _settings(context)
    found = _read(paths, settings, meanwhile=_load_crawler)
    from archiver.wiring import Errand, run_in_processes

    require_writable(settings, found.links)
    name = str(context.info_name)
    errand = Errand(
        command=" ".join(["archiver", name, *paths]),
        keeps_pages=name == "run",
        shows_progress=settings.shows_progress and not settings.is_quiet,
    )
    report, signalled = run_in_processes(found, settings, errand)
    write_results(_run_lines(report, settings), settings.output)
    raise typer.Exit(_code(report, settings, signalled, Threshold.NEVER if name == "run" else Threshold.STRONG))


@app.command("links", cls=SectionedCommand)
@taking(OF_LINKS)
def _links(context: typer.Context, paths: Paths, **_: Any) -> None:
    """List every link with its place; no network."""
    from archiver.plan.choose import choose
    from archiver.report.jsonl import link_lines
    from archiver.report.text import link_text
    from archiver.verdict.amp import cache_mismatches

    settings = _settings(context)
    found = _read(paths, settings)
    require_writable(settings, found.links)
    links, _excluded = choose(found.links, settings.include, settings.exclude, settings.roles)
    cautions = dict.fromkeys(cache_mismatches(links), (Caution.AMP_CACHE_MISMATCH,))
    report = RunReport(
        links=tuple(LinkReport(link=link, cautions=cautions.get(link, ())) for link in links),
        problems=found.problems,
        records=found.records,
        unpublished=found.unpublished,
        targets=len({link.target for link in links}),
    )
    lines = link_lines(report) if settings.format is Format.JSONL else encoded(link_text(report, screen_for(settings)))
    write_results(lines, settings.output)
    raise typer.Exit(FINDINGS if report.problems else FINE)


@app.command("plan", cls=SectionedCommand)
@taking(OF_CHECK)
def _plan(context: typer.Context, paths: Paths, **_: Any) -> None:
    """Tell what a run would ask of whom, and how long that takes; no network."""
    from archiver.forecast import forecast
    from archiver.report.plan import plan_lines, plan_text

    settings = _settings(context)
    found = _read(paths, settings)
    require_writable(settings, found.links)
    tell_problems(found.problems)
    estimate, left_out = forecast(found.links, settings)
    in_json = settings.format is Format.JSONL
    lines = plan_lines(estimate, left_out=left_out) if in_json else encoded(plan_text(estimate, left_out=left_out))
    write_results(lines, settings.output)
    raise typer.Exit(FINDINGS if found.problems else FINE)


@app.command("history", cls=SectionedCommand)
@taking(OF_HISTORY)
def _history(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="An address, as a record has it.", metavar="URL")],
    **_: Any,
) -> None:
    """Show every check of an address, its state, and where it stands."""
    from archiver.archive import history
    from archiver.report.history import history_text
    from archiver.report.jsonl import history_lines
    from archiver.urls import BadAddressError, mask_user_info, normalise
    from archiver.verdict import state

    settings = _settings(context)
    try:
        target = normalise(url)
    except BadAddressError:
        target = url.strip()
    known = history(settings.archive, target)
    if known is None:
        raise SettingsError(f"the archive in {settings.archive} has no check of {mask_user_info(target)}")
    screen, advance = screen_for(settings), partial(state.advance, rot=settings.rot)
    in_json = settings.format is Format.JSONL
    lines = history_lines(known) if in_json else encoded(history_text(known, screen, rot=settings.rot, advance=advance))
    write_results(lines, settings.output)


@app.command("refresh", cls=SectionedCommand)
@taking(OF_CHECK)
def _refresh(
    context: typer.Context,
    paths: Paths,
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the true width and height into the records.")] = False,
    write_cached: Annotated[
        bool, typer.Option("--write-cached", help="Write `isCached`, too: whether a copy is held. Implies --write.")
    ] = False,
    accept_changes: Annotated[
        bool, typer.Option("--accept-changes", help="Where another picture came, make it the cached copy.")
    ] = False,
    **_: Any,
) -> None:
    """Refresh the cached images and their thumbnails; show, or write, what records say wrong of them."""
    from archiver.records.truing import corrections, image_changes
    from archiver.report.corrections import correction_lines, correction_text

    settings = _settings(context)
    found = _read(paths, settings, meanwhile=_load_crawler)
    from archiver.wiring import Errand, run_in_processes

    require_writable(settings, found.links)
    images = replace(found, links=tuple(link for link in found.links if link.role in IMAGE_ROLES))
    errand = Errand(
        command=" ".join(["archiver", "refresh", *paths]),
        refreshes=True,
        accepts_changes=accept_changes,
        shows_progress=settings.shows_progress and not settings.is_quiet,
    )
    report, signalled = run_in_processes(images, settings, errand)
    wanted = image_changes(report.links, marks_cached=write_cached)
    made = list(corrections(wanted, writes=write or write_cached))
    problems = [each for each in made if isinstance(each, RecordError)]
    corrected = [each for each in made if isinstance(each, Correction)]
    if settings.format is Format.JSONL:
        write_results(chain(_run_lines(report, settings), correction_lines(corrected)), settings.output)
    else:
        write_results(chain(_run_lines(report, settings), encoded(correction_text(corrected))), settings.output)
    tell_problems(problems)
    code = _code(report, settings, signalled, Threshold.NEVER)
    raise typer.Exit(code or (FINDINGS if problems else FINE))


@app.command("verify", cls=SectionedCommand)
@taking(OF_VERIFY)
def _verify(
    context: typer.Context,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Make anew what is derived.")] = False,
    **_: Any,
) -> None:
    """Tell whether every promised byte is there and right."""
    from archiver.archive.integrity import verify
    from archiver.report.summary import count
    from archiver.wiring import advance_by, draw_thumbnails

    settings = _settings(context)
    draw = partial(draw_thumbnails, settings.images.look.limits)
    report = verify(settings.archive, repair=repair, advance=advance_by(settings.rot), draw=draw)
    for line in report.repaired:
        typer.echo(f"repaired: {line}")
    for line in report.problems:
        typer.echo(f"wrong: {line}")
    if not settings.is_quiet:
        for line in report.notes:
            typer.echo(f"note: {line}")
        names = ["runs", "checks", "targets", "links"]
        names += ["captures", "warcs"] if report.warcs else []
        names += ["images", "thumbnails"] if report.images else []
        typer.echo(", ".join(count(getattr(report, name), name.removesuffix("s")) for name in names))
    raise typer.Exit(FINDINGS if report.problems else FINE)


@exports.command("wacz", cls=SectionedCommand)
@taking(OF_EXPORT)
def _export_wacz(
    context: typer.Context,
    *,
    record: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="Only what was kept for this record's links; repeatable.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what was kept since, as 2026-01-31.")] = None,
    **_: Any,
) -> None:
    """Write the snapshots as one WACZ file: it opens in ReplayWeb.page and in pywb."""
    from archiver.archive.export import Wanted, export_wacz
    from archiver.settings import moment
    from archiver.wiring import clock

    settings = _settings(context)
    links = _read(record, settings).links if record else ()
    wanted = Wanted(
        targets={link.target for link in links} if record else None, since=moment("--since", since) if since else None
    )
    goal = settings.output or Path(f"{settings.archive.resolve().name}.wacz")
    require_harmless(goal, settings, links)
    if goal.exists() and not goal.is_file():
        raise SettingsError(f"--output: {goal} is no file")
    done = export_wacz(settings.archive, goal, wanted, software=f"archiver/{__version__}", now=clock())
    if not settings.is_quiet:
        tell(f"{goal}: {done.captures:,} captures, {done.pages:,} pages, {done.size_bytes / 1e6:,.1f} MB")


@exports.command("images", cls=SectionedCommand)
@taking(OF_EXPORT_IMAGES)
def _export_images(
    context: typer.Context,
    *,
    prefix: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Comes before every path, as in `/cache/`: where your site has the files."),
    ] = "",
    **_: Any,
) -> None:
    """Write which files stand for which image's address, for site generators (JSON)."""
    from archiver.archive import export_images

    settings = _settings(context)
    if settings.output:
        require_harmless(settings.output, settings, ())
    write_results(export_images(settings.archive, prefix), settings.output)


@app.command("config", cls=SectionedCommand)
@taking(OF_CHECK)
def _config(context: typer.Context, **_: Any) -> None:
    """Show every setting: what holds, and where it comes from."""
    from archiver.config import config_lines, config_text, settings_of

    given = told(context)
    settings = settings_of(given)
    in_json = settings.format is Format.JSONL
    write_results(config_lines(given, settings) if in_json else encoded(config_text(given, settings)), settings.output)


@app.command("demo")
def _demo(
    archive: Annotated[
        Path | None, typer.Option("--archive", metavar="DIR", help="Keep the results here; else nothing is left.")
    ] = None,
) -> None:
    """Play the main job against a stand-in web on this machine; no network needed."""
    import asyncio

    from archiver.demo import Stage, play
    from archiver.model import RotRules
    from archiver.report.history import history_text
    from archiver.report.screen import screen_of
    from archiver.report.text import run_text
    from archiver.wiring import advance_by

    screen, rot = screen_of(sys.stdout, os.environ), RotRules()
    stage = Stage(
        say=lambda lines: write_results(encoded(lines), None),
        show_run=lambda report: run_text(report, screen, everything=False, rot=rot),
        show_history=lambda history: history_text(history, screen, rot=rot, advance=advance_by(rot)),
    )
    if signalled := asyncio.run(play(stage, archive)):
        raise typer.Exit(SIGNALLED + signalled)


def _settings(context: typer.Context) -> "Settings":
    from archiver.config import settings_of

    return settings_of(told(context))


_load_crawler = partial(import_module, "archiver.wiring")
"""Imports what a run needs: it takes as long as parsing some hundred records."""


def _read(paths: list[str], settings: "Settings", meanwhile: Callable[[], object] | None = None) -> Any:
    from archiver.records import ReadingRules, read
    from archiver.records.cache import cache_folder, open_cache

    rules = ReadingRules(
        unpublished=settings.reads_unpublished,
        base_url=settings.base_url,
        roles_by_field=settings.fields,
        stdin=standard_input() if "-" in paths else None,
    )
    folder = cache_folder(os.environ) if settings.caches_records else None
    cache = open_cache(folder, rules) if folder else None
    gc.disable()
    with cache or nullcontext():
        found = read(paths, rules, cache, meanwhile)
    gc.freeze()  # links stay to the end: to look them through for garbage, again and again, takes a fifth of a listing
    gc.enable()
    if not found.records and not found.unpublished:
        tell_problems(found.problems)
        raise SettingsError("no readable record")
    return found


def _run_lines(report: RunReport, settings: "Settings") -> Iterable[bytes]:
    from archiver.report.jsonl import run_lines
    from archiver.report.text import run_text

    if settings.format is Format.JSONL:
        return run_lines(report)
    return encoded(run_text(report, screen_for(settings), everything=settings.is_verbose, rot=settings.rot))


def _code(report: RunReport, settings: "Settings", signalled: int, usual: Threshold) -> int:
    """Give the exit code of a run: that of a signal before inconclusive before findings."""
    if signalled:
        return SIGNALLED + signalled
    return INCONCLUSIVE if report.inconclusive else _exit_code(report, settings.fail_on or usual)


def _exit_code(report: RunReport, threshold: Threshold) -> int:
    from archiver.verdict.threshold import has_finding

    found = has_finding(threshold, report.links)
    unread = bool(report.problems) and threshold is not Threshold.NEVER
    return FINDINGS if found or unread else FINE
