"""A page's main text: the paragraphs that stand together, without what surrounds them. Pure.

A smaller kin of the text-density extractors (Kohlschuetter 2010): paragraphs lend their length to their parent and,
less, to its parent; what lies under the best of them is the text.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.verdict.texts import counted, has_odd_space
from archiver.verdict.thresholds import ENOUGH_CHARACTERS, ENOUGH_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = ["script", "style", "noscript", "template", "svg", "iframe", "object"]
_AROUND = [*_UNSEEN, "nav", "header", "footer", "aside", "dialog", "select", "button", "ins", "amp-ad"]
_BESIDE = ["aside", "nav", "footer", "dialog", "noscript", "ins"]
_BOXES = "div, td, section, article, main"
_HEAD_CHARS = 1000
_PARAGRAPH_BYTES = 60
"""UTF-8 bytes: ten words, or twenty letters of Han."""
_BOX_CHARS = 400
_GRANDPARENT_SHARE = 0.6
_BARE_NUMBER = re.compile(r" \d++(?= )")
_ADVERT = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|sponsor\w*|promo\w*|related|newsletter|teasers?|share|social|comments?)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class MainText:
    """What a page has to say, as one line with single spaces."""

    text: str
    is_whole_page: bool = False  # no part of it stands out

    @property
    def words(self) -> int:
        """How many words there are."""
        return self._counted[0]

    @property
    def characters(self) -> int:
        """How many letters of scripts that set no spaces."""
        return self._counted[1]

    @functools.cached_property
    def is_enough(self) -> bool:
        """Whether it is a main text worth the name: most are so by their first words."""
        return any(_is_enough(*counted(part)) for part in (self.text[:_HEAD_CHARS], self.text))

    @property
    def digest(self) -> str | None:
        """`sha256:…` of the text without its bare numbers; None where there is no main text worth the name."""
        if self.is_whole_page or not self.is_enough:
            return None
        kept = _BARE_NUMBER.sub("", f" {self.text} ")
        return "sha256:" + hashlib.sha256(kept.encode(errors="replace")).hexdigest()

    @functools.cached_property
    def _counted(self) -> tuple[int, int]:
        return counted(self.text)


def _is_enough(words: int, characters: int) -> bool:
    return words >= ENOUGH_WORDS or characters >= ENOUGH_CHARACTERS


def read_main_text(document: LexborHTMLParser) -> MainText:
    """Give a page's main text, or all it shows where none stands out. Takes parts off `document`."""
    document.strip_tags(_BESIDE, recursive=True)
    standing_out = _of_paragraphs(document)
    if standing_out is None or not standing_out.is_enough:
        boxed = _of_boxes(document)
        standing_out = boxed if boxed and boxed.is_enough else None
    return standing_out or _whole(document)


def _of_paragraphs(document: LexborHTMLParser) -> MainText | None:
    over: dict[int, int] = {}
    found = [_Paragraph(node, over) for node in _paragraphs(document)]
    sizes: defaultdict[int, int] = defaultdict(int)  # of what stands right in it
    for paragraph in found:
        if paragraph.size_bytes >= _PARAGRAPH_BYTES:
            sizes[paragraph.parent] += paragraph.size_bytes
    if not sizes:
        return None
    scores: defaultdict[int, float] = defaultdict(float)
    for parent, size_bytes in sizes.items():
        scores[parent] += size_bytes
        scores[over[parent]] += size_bytes * _GRANDPARENT_SHARE
    best = max(scores, key=scores.__getitem__)
    within = {best, *(parent for parent, grandparent in over.items() if grandparent == best)}
    return _joined([each for each in found if each.text and each.parent in within and not each.is_advert_in(best)])


def _paragraphs(document: LexborHTMLParser) -> list[LexborNode]:
    """Give the paragraphs in their order; most pages have only those of one tag, which are found in half the time."""
    return document.css("p, pre") if document.tags("pre") else document.tags("p")


def _joined(paragraphs: Sequence[_Paragraph]) -> MainText:
    return MainText(text=_in_one_line(" ".join(each.text for each in paragraphs)))


class _Paragraph:
    """A paragraph and where it stands; `over` learns where its parent does."""

    __slots__ = ("_above", "_node", "parent", "size_bytes", "text")

    def __init__(self, node: LexborNode, over: dict[int, int]) -> None:
        above = node.parent
        self._node, self._above = node, above
        self.text = text = node.text_lexbor().strip()
        self.size_bytes = len(text) if text.isascii() else len(text.encode(errors="replace"))
        self.parent = above.mem_id if above else 0
        if self.parent not in over:
            beyond = above.parent if above else None
            over[self.parent] = beyond.mem_id if beyond else 0

    def is_advert_in(self, container: int) -> bool:
        """Tell whether it, or what wraps it within `container`, is named like an advert."""
        if _says_advert(self._node):
            return True
        return self._above is not None and self.parent != container and _says_advert(self._above)


def _in_one_line(text: str) -> str:
    """Give `text` with single spaces between its words; most has no others."""
    return " ".join(text.split()) if "  " in text or has_odd_space(text) else text.strip(" ")


def _says_advert(node: LexborNode) -> bool:
    given = node.attributes
    return bool(given) and _names_advert(f"{given.get('class') or ''} {given.get('id') or ''}"[:500])


@functools.lru_cache(maxsize=512)  # a page's paragraphs share theirs
def _names_advert(names: str) -> bool:
    return _ADVERT.search(names) is not None


def _of_boxes(document: LexborHTMLParser) -> MainText | None:
    """Give the box with the most text of its own: pages without paragraphs break lines in it."""
    for tag in _UNSEEN:
        for node in document.css(tag):
            node.decompose()
    boxes = document.css(_BOXES)
    own = [len(node.text(deep=False)) for node in boxes]
    longest = max(own, default=0)
    if longest < _BOX_CHARS // 4:
        return None
    return MainText(text=" ".join(boxes[own.index(longest)].text().split()))


def _whole(document: LexborHTMLParser) -> MainText:
    body = document.body
    if body is None:
        return MainText(text="", is_whole_page=True)
    body.strip_tags(_AROUND, recursive=True)
    return MainText(text=" ".join(body.text(separator=" ").split()), is_whole_page=True)
