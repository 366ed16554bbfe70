"""Archives to test with: what runs keep on days that are named."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from archiver.archive import Archive, new_run
from archiver.archive.integrity import VerifyReport, verify
from archiver.model import Caution, Check, Link, Outcome, Redirect, Role, RotRules
from archiver.verdict.state import advance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ADVANCE = partial(advance, rot=RotRules())
DAY_0 = datetime(2026, 1, 30, 12, 3, 4, 567000, tzinfo=UTC)

OUTCOMES = {
    "ok": Outcome.ALIVE,
    "status_404": Outcome.GONE,
    "status_410": Outcome.GONE,
    "timeout": Outcome.UNREACHABLE,
    "status_403": Outcome.BLOCKED,
    "redirect_301": Outcome.MOVED,
}


def day(number: float) -> datetime:
    return DAY_0 + timedelta(days=number)


def url(name: str) -> str:
    return f"https://example.com/{name}"


def link(name: str, *, line: int = 4, record: str = "seeds/a.md") -> Link:
    return Link(
        record=record,
        item="article",
        field="webUrl",
        role=Role.WEB,
        line=line,
        column=9,
        url=url(name) + "#top",
        target=url(name),
    )


def check(name: str, reason: str = "ok", at: datetime = DAY_0) -> Check:
    moved = reason == "redirect_301"
    return Check(
        target=url(name),
        checked_at=at,
        outcome=OUTCOMES[reason],
        reason=reason,
        note="declared 1600x900, is 1200x675",
        status=404 if reason == "status_404" else 200,
        final_url=url(name),
        redirects=(Redirect(status=301, url=url(name)),) if moved else (),
        content_type="text/html; charset=utf-8",
        size_bytes=24_540,
        digest="sha256:" + "0f" * 32,
        attempts=1,
        elapsed_ms=41.2,
        warnings=(Caution.ROBOTS,),
    )


def keep(folder: Path, number: float, reasons: dict[str, str], *, token: str | None = None) -> str:
    """Let a run of day `number` find what `reasons` say, and give its id."""
    run = new_run("archiver check seeds/", "0.1.0", day(number), token)

    async def keep_all() -> None:
        async with Archive.open(folder, run, advance=ADVANCE) as archive:
            await archive.begin([link(name, line=4 + int(number)) for name in reasons])
            for name, reason in reasons.items():
                await archive.keep([check(name, reason, day(number))])

    asyncio.run(keep_all())
    return run.run


def five_days(folder: Path) -> list[str]:
    """Let five runs on five days see targets live, die and come back; give their ids."""
    seen: Sequence[dict[str, str]] = [
        {"alive": "ok", "dies": "status_404", "gone": "status_410", "comes-back": "status_410", "slow": "timeout"},
        {"alive": "ok", "dies": "status_404", "gone": "status_403", "comes-back": "status_410", "slow": "timeout"},
        {"alive": "ok", "dies": "status_404", "gone": "status_410", "comes-back": "ok", "slow": "timeout"},
        {"alive": "redirect_301", "dies": "status_403", "comes-back": "status_404", "slow": "timeout"},
        {"alive": "ok", "dies": "status_404", "slow": "timeout", "new": "ok"},
    ]
    return [keep(folder, number, reasons) for number, reasons in zip((0, 3, 6, 10, 14), seen, strict=True)]


def dump(
    folder: Path, tables: Sequence[str] = ("runs", "targets", "links", "checks")
) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of `tables`."""
    with closing(sqlite3.connect(folder / "archive.db")) as rows:
        return {table: sorted(rows.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables}


def observed(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row that tells what was seen, and not how its run ended."""
    return {table: rows for table, rows in dump(folder).items() if table != "runs"}


def change(folder: Path, statement: str) -> None:
    """Change rows behind archiver's back."""
    with closing(sqlite3.connect(folder / "archive.db")) as rows, rows:
        assert rows.execute(statement).rowcount == 1


def files(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder, byte for byte, and every folder."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "checks").rglob("*.gz*"), key=lambda path: path.name)


def look(folder: Path) -> VerifyReport:
    return verify(folder, repair=False, advance=ADVANCE)


def repair(folder: Path) -> VerifyReport:
    return verify(folder, repair=True, advance=ADVANCE)
