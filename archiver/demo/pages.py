"""What the stand-in web shows: pages with the records' own titles and excerpts, and generated images."""

from __future__ import annotations

import colorsys
import io
import zlib
from html import escape
from typing import TYPE_CHECKING

from PIL import Image

from archiver.model import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiver.model import Link

IMAGE_SIZE = (960, 540)

_PAGE = """<!doctype html>
<html{amp} lang="en">
<head>
<meta charset="utf-8">
<title>{title} | {site}</title>
<meta property="og:title" content="{title}">
<meta property="article:published_time" content="{published}">
{twin}
</head>
<body>
<article>
<h1>{title}</h1>
<p>{excerpt}</p>
<p>{body}</p>
</article>
</body>
</html>
"""

_BODY = (
    "This page stands in for the article of that title. It was made on this machine, for the demonstration, from what "
    "the record says of the article: its title, its excerpt and its date. "
)


def page(link: Link, siblings: Mapping[Role, str]) -> bytes:
    """Give the page a link shows; `siblings` are the addresses of the same item, by role."""
    expected = link.expected
    is_amp = link.role in (Role.AMP, Role.CDN_AMP)
    twin = _twin("canonical", siblings.get(Role.WEB)) if is_amp else _twin("amphtml", siblings.get(Role.AMP))
    return _PAGE.format(
        amp=" amp" if is_amp else "",
        title=escape(expected.title or "Untitled"),
        site=escape(expected.provider_domain or "stand-in"),
        published=expected.published_at.isoformat() if expected.published_at else "",
        twin=twin,
        excerpt=escape(expected.excerpt or ""),
        body=_BODY * 8,
    ).encode()


def picture(url: str) -> bytes:
    """Give a JPEG of a colour of its own for each address."""
    hue = zlib.crc32(url.encode()) / 2**32
    light, dark = (tuple(int(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.6, value)) for value in (0.9, 0.3))
    mask = Image.linear_gradient("L").resize(IMAGE_SIZE)
    image = Image.composite(Image.new("RGB", IMAGE_SIZE, dark), Image.new("RGB", IMAGE_SIZE, light), mask)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def _twin(relation: str, url: str | None) -> str:
    return f'<link rel="{relation}" href="{escape(url)}">' if url else ""
