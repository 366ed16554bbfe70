"""What a bench is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How thorough a bench is to be, and where it may write."""

    folder: Path  # its own, empty, thrown away afterwards
    runs: int = 5
    size: float = 1.0  # what share of the full numbers
    is_quick: bool = False  # leave out what takes minutes

    def number(self, full: int) -> int:
        """Give how many of what would be `full` many: at least one."""
        return max(1, round(full * self.size))

    def sub(self, name: str) -> Path:
        """Give an empty folder of that name."""
        folder = self.folder / name
        folder.mkdir()
        return folder
