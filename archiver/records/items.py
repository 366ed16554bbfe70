"""What an article, or an item related to it, says of itself: what its pages show, and how much it matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from math import isfinite
from typing import NamedTuple

from archiver.model import Expectation
from archiver.records.tree import Mapping, Node, Scalar, Source


class Item(NamedTuple):
    """What the links of one item share."""

    name: str
    expected: Expectation
    rank: tuple[float, float, float]  # heat, quality, date


def read_item(name: str, mapping: Mapping, source: Source, *, heat: float = 0.0) -> Item:
    """Give what an item says of itself; `heat` is the enclosing item's, for one that has none."""
    provider = mapping.get("provider")
    published_at = _moment(mapping.get("publishedDateTime"))
    expected = Expectation(
        title=_text(mapping.get("title"), source),
        excerpt=_text(mapping.get("excerpt"), source),
        published_at=published_at,
        provider_domain=_text(provider.get("domain"), source) if isinstance(provider, dict) else None,
    )
    rank = (
        _number(mapping.get("heat"), heat),
        _number(mapping.get("quality"), 0.0),
        published_at.timestamp() if published_at else 0.0,
    )
    return Item(name, expected, rank)


def is_published(record: Mapping) -> bool:
    """Tell whether a record does not say that it is unpublished."""
    published = record.get("published")
    return not (isinstance(published, Scalar) and published.value is False)


def _text(node: Node | None, source: Source) -> str | None:
    """Give a value as text; as written where the format takes it for a number or a date."""
    if not isinstance(node, Scalar) or node.value is None:
        return None
    text = node.value if isinstance(node.value, str) else source.text[node.start : node.end]
    return text.strip() or None


def _number(node: Node | None, default: float) -> float:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        return float(value) if isfinite(value) else default
    except OverflowError:
        return default


def _moment(node: Node | None) -> datetime | None:
    """Give a date in UTC, which it is taken to be in where it names no offset; None where it is none."""
    value = node.value if isinstance(node, Scalar) else None
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
