"""The statements of queries.sql, by their names."""

from __future__ import annotations

import re
from pathlib import Path


def load(text: str) -> dict[str, str]:
    """Give each statement of `text` that a line `-- name: …` opens."""
    _, *parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


QUERIES = load(Path(__file__).with_name("queries.sql").read_text(encoding="utf-8"))
