"""SVG as a picture: rewritten without what reaches beyond the file, then drawn by resvg.

resvg reads files that an `image` names, and multiplies entities; here a drawing is parsed by expat first, which sees
each declaration before it is used, and only what was seen is written anew.
"""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

import resvg_py
from PIL import Image

from archiver.images.colour import to_srgb
from archiver.images.pictures import Flaw, Picture, fitted
from archiver.model import ImageFault

if TYPE_CHECKING:
    from archiver.model import ImageLimits

MAX_DEPTH = 200
MAX_ELEMENTS = 200_000
MAX_ENTITY_CHARS = 1_000
"""Longer ones multiply; short ones are how drawing programs abbreviate the names of their namespaces."""

_WITHOUT_SIZE = (300, 150)
"""What browsers give to an image without a size or a ratio (CSS 2.2, section 10.3.2)."""

_OWN = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|jpg|gif|webp)[;,])", re.IGNORECASE)
_PARTIAL = frozenset({"text", "image", "foreignObject", "use"})
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(px|pt|pc|in|cm|mm|em|ex)?\s*")
_PIXELS_OF_UNIT = {
    None: 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "em": 16.0,
    "ex": 8.0,
}
_MOST_SIDE = 16_000
_DOTS_PER_INCH = 96.0  # as in CSS; resvg's own default makes nothing of inches


class Drawing(NamedTuple):
    """An SVG that speaks of nothing but itself."""

    text: str
    size: tuple[float, float] | None
    is_partial: bool  # whether it has elements that may draw nothing here
    has_text: bool


class _RefusedError(Exception):
    """The drawing asks for too much."""


def decode(content: bytes, most_wide: int, limits: ImageLimits) -> Picture | Flaw:
    """Give the picture that an SVG draws, its base at most so wide."""
    try:
        drawing = rewrite(content)
    except _RefusedError as error:
        return Flaw(ImageFault.TOO_LARGE, f"SVG: {error}")
    except (expat.ExpatError, ValueError, LookupError) as error:
        return Flaw(_fault_of(error), f"SVG: {error}")
    width, height = drawing.size or _WITHOUT_SIZE
    if min(width, height) <= 0:
        return Flaw(ImageFault.UNDECODABLE_IMAGE, "SVG: its size is nothing")
    drawn = fitted(max(1, round(width)), max(1, round(height)), most_wide)
    if max(drawn) > _MOST_SIDE or drawn[0] * drawn[1] > limits.pixels:
        return Flaw(ImageFault.TOO_LARGE, f"SVG: {width:.0f}x{height:.0f} is too long to draw")
    return _draw(drawing, drawn[0])


def _fault_of(error: Exception) -> ImageFault:
    unfinished = (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)
    is_cut = isinstance(error, expat.ExpatError) and expat.ErrorString(error.code) in unfinished
    return ImageFault.TRUNCATED if is_cut else ImageFault.UNDECODABLE_IMAGE


def _draw(drawing: Drawing, width: int) -> Picture | Flaw:
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing.text, width=width, dpi=_DOTS_PER_INCH, skip_system_fonts=not drawing.has_text
        )
    except ValueError as error:
        return Flaw(ImageFault.UNDECODABLE_IMAGE, f"SVG: {error}")
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        base = to_srgb(image, None)
    size = tuple(max(1, round(side)) for side in drawing.size) if drawing.size else (None, None)
    return Picture(base, size[0], size[1], is_partial=drawing.is_partial)


# --- rewriting ---------------------------------------------------------------------------------------------------


def rewrite(content: bytes) -> Drawing:
    """Give an SVG without scripts, declarations, instructions, and addresses of anything outside it."""
    rewriter = _Rewriter()
    rewriter.feed(content)
    return rewriter.drawing()


class _Rewriter:
    """Writes down what expat reads."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._depth = 0
        self._elements = 0
        self._muted_at: int | None = None  # the depth of the script that is left out
        self._names: set[str] = set()
        self._root: dict[str, str] = {}

    def feed(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _refuse_entity
        parser.Parse(content, True)

    def drawing(self) -> Drawing:
        names = {name.rpartition(":")[2] for name in self._names}
        return Drawing("".join(self._written), _size(self._root), bool(names & _PARTIAL), "text" in names)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise _RefusedError("too many elements, or too deep in one another")
        if self._depth == 1:
            self._root = attributes
        if self._muted_at is None and name.rpartition(":")[2] == "script":
            self._muted_at = self._depth
        if self._muted_at is None:
            self._names.add(name)
            kept = (f' {key}="{escape(value)}"' for key, value in attributes.items() if _stays_within(key, value))
            self._written.append(f"<{name}{''.join(kept)}>")

    def _end(self, name: str) -> None:
        if self._muted_at is None:
            self._written.append(f"</{name}>")
        elif self._muted_at == self._depth:
            self._muted_at = None
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._muted_at is None:
            self._written.append(escape(text))


def _stays_within(name: str, value: str) -> bool:
    return name.rpartition(":")[2] not in ("href", "base", "src") or bool(_OWN.match(value))


def _refuse_entity(name: str, is_parameter: int, value: str | None, *outside: str | None) -> None:
    """Let pass what abbreviates a word, and nothing that multiplies, or is read from elsewhere."""
    if is_parameter or value is None or "&" in value or "%" in value or len(value) > MAX_ENTITY_CHARS or any(outside):
        raise _RefusedError(f"the entity {name[:40]!r} expands, or is read from elsewhere")


def _size(root: dict[str, str]) -> tuple[float, float] | None:
    """Give a drawing's own size in CSS pixels (SVG 2, section 8.2): a side that is missing follows from its ratio."""
    width, height = _length(root.get("width")), _length(root.get("height"))
    box = _box(root.get("viewBox", ""))
    if width is not None and height is not None:
        return width, height
    if box is None:
        return None
    if width is not None:
        return width, width * box[1] / box[0]
    return (height * box[0] / box[1], height) if height is not None else box


def _length(text: str | None) -> float | None:
    found = _LENGTH.fullmatch(text or "")
    return float(found[1]) * _PIXELS_OF_UNIT[found[2]] if found else None


def _box(text: str) -> tuple[float, float] | None:
    sides = [_length(part) for part in text.replace(",", " ").split()[2:]]
    if len(sides) == 2 and sides[0] and sides[1]:  # noqa: PLR2004 (a width and a height)
        return sides[0], sides[1]
    return None
