"""What is checked: pages, and records that name them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE = "Civil liberties groups demand a ban on facial recognition cameras"
SEED = next(Path(__file__).parents[1].joinpath("seeds").glob("*.md"))

_PARAGRAPH = (
    "<p>Police and Home Office are accused of bypassing parliament over guidance allowing officers, local councils and "
    'enforcement agencies to use <a href="/topics/{number}">cameras of kind {number}</a> across the country.</p>\n'
)
_HOST = re.compile(r"https://([^/\"]+)/")


def page(size_bytes: int, number: int = 0) -> bytes:
    """Give the plainest page of about that size that shows TITLE: what is fetched where its text matters to nobody."""
    head = (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{TITLE}</title></head><body><h1>{TITLE}</h1>\n"
    )
    count = max(1, (size_bytes - len(head)) // len(_PARAGRAPH))
    paragraphs = (_PARAGRAPH.format(number=number * count + each) for each in range(count))
    return f"{head}{''.join(paragraphs)}</body></html>".encode()


def write_feed(file: Path, addresses: Sequence[str]) -> Path:
    """Write a feed that names each address in a record, with a title to hold its page against."""
    records = [{"title": TITLE, "webUrl": address} for address in addresses]
    file.write_text(json.dumps({"value": records}, indent=0))
    return file


def write_markdown(file: Path, addresses: Sequence[str]) -> Path:
    """Write what a peer without records reads: each address in angle brackets."""
    file.write_text("".join(f"<{address}>\n" for address in addresses))
    return file


def write_folder(folder: Path, addresses: Sequence[str], *, per_record: int) -> Path:
    """Write records of YAML front matter, so many addresses in each, a hundred files a folder."""
    for start in range(0, len(addresses), per_record):
        first, *others = addresses[start : start + per_record]
        related = "".join(f'  - title: "{TITLE}"\n    webUrl: "{address}"\n' for address in others)
        text = f'---\ntitle: "{TITLE}"\nwebUrl: "{first}"\nrelated:\n{related or "  []"}\n---\n'
        _write(folder, start // per_record, text)
    return folder


def write_seeds(folder: Path, count: int) -> Path:
    """Write so many records like the example, each with addresses of its own."""
    text = SEED.read_text()
    for number in range(count):
        _write(folder, number, _HOST.sub(rf"https://\1/{number}/", text))
    return folder


def write_seed_feed(file: Path, count: int) -> Path:
    """Write a JSON feed of so many records like the example without its related items."""
    record = {
        "title": TITLE,
        "excerpt": "Police and Home Office are accused of bypassing parliament over guidance. " * 3,
        "publishedDateTime": "2021-08-23T09:27:00Z",
        **{key: f"https://news.example/{key}" for key in ("originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl")},
        "heat": 88,
        "quality": 58,
        "published": True,
        "provider": {"name": "News", "domain": "news.example"},
        "topics": ["Computer Vision", "AI"],
        "images": [{"url": "https://img.example/a.jpg?1", "width": 1600, "height": 900, "isCached": True}],
        "secured": "A" * 800,
    }
    text = json.dumps(record)
    records = (_HOST.sub(rf"https://\1/{number}/", text) for number in range(count))
    file.write_text('{"value": [\n' + ",\n".join(records) + "\n]}\n")
    return file


def _write(folder: Path, number: int, text: str) -> None:
    file = folder / f"{number // 100:03}" / f"{number:06}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
