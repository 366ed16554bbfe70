"""Texts in any script as words, and how alike two are. Pure."""

from __future__ import annotations

import functools
import itertools
import math
import re
import struct
import unicodedata
from html import unescape
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_SHINGLES = 300
MAX_VOCABULARY = 192
_SKETCHED_CHARS = 3000
"""The sketches cover the first 300 or so words of a text: an excerpt stands at its head, if anywhere."""
_MOSTLY_ENOUGH_CHARS = 2100
_ENOUGH_DENSE_CHARS = 500
_CUT_WORDS = 10
"""The last few words of a text that is cut off may be others than they seem: an entity, an accent is cut in two."""

_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai and Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""Letters of scripts that set no spaces between words: each is a word here."""

_FOREIGN = (
    "\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7"  # Latin-1 signs
    "\u02b9-\u02df\u055a-\u055f\u0589\u05be\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4"
    "\u0964\u0965\u2000-\u2bff\u3000-\u3004\u3008-\u3040\u30fb\ufe10-\ufe6f\uff00-\uff0f"
)
_FOREIGN_SIGN = re.compile(f"[{_FOREIGN}]")
_WORD = re.compile(f"[{_DENSE}]|[^\\s\\x00-/:-@\\[-`{{-\x7f{_FOREIGN}{_DENSE}]+")
_DENSE_LETTER = re.compile(f"[{_DENSE}]")
_DENSE_LETTERS = re.compile(f"[{_DENSE}]+")
_ODD_ASCII_SPACES = "\n\t\r\f\v\x1c\x1d\x1e\x1f"
_ASCII = bytes(range(128))
_BEGINS_DENSE = bytes([0xE0, 0xE1, *range(0xE3, 0xEA), 0xEF, *range(0xF0, 0xF5)])
_BEGINS_NO_DENSE = bytes(byte for byte in range(256) if byte not in _BEGINS_DENSE)
"""The first bytes in UTF-8 that dense letters may have, and all other bytes."""

_ASCII_WORDS = bytes(byte if byte not in _ASCII or chr(byte).isalnum() else 0x20 for byte in range(256)).lower()
"""What bytes become where words are told apart: the same as by the pattern, in a quarter of its time."""

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u3099\u309a\u200b-\u200f\u00ad\ufeff]+")
"""Accents, vowel points and invisible characters: one text is written with them, the next without."""
_ALIKE = {"\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ى": "ي", "ک": "ك", "ی": "ي"}
_ALIKE_LETTER = re.compile(f"[{''.join(_ALIKE)}]")

_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\-:\xb7\xbb\xab\u2022/\uff5c]+\s+|\s*[|\uff5c_]\s*")

_SHORT = 3
_SHORT_WEIGHT = 0.4
"""Words of up to three letters are mostly articles and prepositions: titles share them by chance."""


def words(text: str) -> list[str]:
    """Give the words of `text`, folded: no case, accents, entities or punctuation; Han, kana and Thai by letters."""
    plain = unescape(text) if "&" in text else text
    if not plain.isascii():
        plain = _folded(plain)
        if _is_dense_text(plain):
            return _WORD.findall(plain)
        plain = _FOREIGN_SIGN.sub(" ", plain)
    return plain.encode(errors="surrogatepass").translate(_ASCII_WORDS).decode(errors="surrogatepass").split()


def phrase(text: str) -> str:
    """Give the words of `text` as one line with a space around each: a phrase is found in it by `in`."""
    return f" {' '.join(words(text))} "


def title_likeness(one: str, other: str) -> float:
    """Give the cosine of two titles' words, from 0 to 1; pairs of letters stand for words where no spaces are set."""
    ours, theirs = _terms(one), _terms(other)
    if ours == theirs:
        return 1.0 if ours else 0.0
    shared = sum(_weight(term) for term in ours & theirs)
    norm = math.sqrt(sum(map(_weight, ours)) * sum(map(_weight, theirs)))
    return shared / norm if norm else 0.0


def title_parts(title: str) -> list[str]:
    """Give what separators set apart in a title: `Title | Site` is two parts."""
    return [part for part in _SEPARATOR.split(title) if part]


def counted(text: str) -> tuple[int, int]:
    """Give how many words a line with single spaces has, and how many letters of scripts that set no spaces."""
    if not _may_be_dense(text):
        return text.count(" ") + 1 if text else 0, 0
    others = _DENSE_LETTERS.split(text)
    return len(" ".join(others).split()), len(text) - sum(map(len, others))


def _is_dense_text(text: str) -> bool:
    return _may_be_dense(text) and _DENSE_LETTER.search(_foreign(text)) is not None


def _may_be_dense(text: str) -> bool:
    """Tell by its bytes whether a text may have dense letters: most have none that begins as those do."""
    return not text.isascii() and bool(text.encode(errors="replace").translate(None, _BEGINS_NO_DENSE))


def has_odd_space(text: str) -> bool:
    """Tell whether other white space than spaces is in `text`."""
    if any(map(text.__contains__, _ODD_ASCII_SPACES)):
        return True
    foreign = "" if text.isascii() else _foreign(text)
    return not foreign.isprintable() and any(map(str.isspace, foreign))


def _foreign(text: str) -> str:
    """Give what of `text` is not ASCII: that is quicker to look through."""
    return text.encode(errors="replace").translate(None, _ASCII).decode()


# --- sketches: what is left of a text when it has crossed to those who judge it


def hashed(text: Iterable[str]) -> list[int]:
    """Give a hash of 32 bits for each word: the same in every process."""
    return list(map(crc32, " ".join(text).encode(errors="replace").split()))


def sketch_shingles(texts: Iterable[Sequence[int]]) -> bytes:
    """Give the hashes of each hashed text's first 3-word shingles: at most 300 in all, 32 bits each, each once."""
    hashes = itertools.chain.from_iterable(map(_shingles, texts))
    kept = dict.fromkeys(itertools.islice(hashes, MAX_SHINGLES))
    return struct.pack(f"<{len(kept)}I", *kept)


def sketch_vocabulary(text: Iterable[int]) -> bytes:
    """Give the least 192 hashes of a hashed text's words, 16 bits each (a bottom-k sketch, Cohen 2007)."""
    kept = sorted({word & 0xFFFF for word in text})[:MAX_VOCABULARY]
    return struct.pack(f"<{len(kept)}H", *kept)


def head_words(text: str) -> list[str]:
    """Give the words at the head of `text`: as many as the sketches cover."""
    characters = _likely_enough(text)
    found = words(text[:characters])
    if len(found) <= MAX_SHINGLES + _CUT_WORDS and len(text) > characters:
        found = words(text[:_SKETCHED_CHARS])
    return found[: MAX_SHINGLES + 2]


def _likely_enough(text: str) -> int:
    """Give how many characters of `text` most likely have as many words as the sketches cover."""
    if _may_be_dense(text[:_CUT_WORDS]):
        return _ENOUGH_DENSE_CHARS
    is_wordy = text.count(" ", 0, _MOSTLY_ENOUGH_CHARS) > MAX_SHINGLES + _CUT_WORDS
    return _MOSTLY_ENOUGH_CHARS if is_wordy else _SKETCHED_CHARS


def share_found(excerpt: str, shingles: bytes) -> float | None:
    """Give which share of `excerpt`'s 3-word shingles is in a sketch; None for one of fewer than three words."""
    wanted = set(_shingles(hashed(words(excerpt))))
    found = frozenset(struct.unpack(f"<{len(shingles) // 4}I", shingles))
    return len(wanted & found) / len(wanted) if wanted else None


def vocabulary_likeness(one: bytes, other: bytes) -> float:
    """Give the estimated share (Jaccard) of the words that two texts have in common; exact for short texts."""
    ours, theirs = (frozenset(struct.unpack(f"<{len(each) // 2}H", each)) for each in (one, other))
    least = frozenset(sorted(ours | theirs)[:MAX_VOCABULARY])
    return len(least & ours & theirs) / len(least) if least else 0.0


def _shingles(text: Sequence[int]) -> Sequence[int]:
    """Give a hash of each three words that follow one another: a + 3b + 7c, in 32 bits.

    They are computed all at once, as the digits of one long number, which has room for 64 bits in each.
    """
    number = max(0, len(text) - 2)
    digits = int.from_bytes(struct.pack(f"<{len(text)}Q", *text), "little")
    sums = digits + 3 * (digits >> 64) + 7 * (digits >> 128)
    return struct.unpack_from(f"<{2 * number}I", sums.to_bytes(8 * len(text) + 8, "little"))[::2]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    if len(plain) > len(text) or _MARKS.search(_foreign(plain)):  # accents apart make it longer
        plain = _MARKS.sub("", plain)
    folded = plain.casefold()
    return _ALIKE_LETTER.sub(_alike, folded) if _ALIKE_LETTER.search(_foreign(folded)) else folded


def _alike(letter: re.Match[str]) -> str:
    return _ALIKE[letter[0]]


@functools.lru_cache(maxsize=4096)
def _terms(title: str) -> frozenset[str]:
    found = words(title)
    if "".join(found).isascii():
        return frozenset(found)
    pairs = {a + b for a, b in itertools.pairwise(found) if _is_dense(a) and _is_dense(b)}
    return frozenset(pairs | {word for word in found if not _is_dense(word)}) or frozenset(found)


def _is_dense(word: str) -> bool:
    return len(word) == 1 and _DENSE_LETTER.match(word) is not None


@functools.lru_cache(maxsize=4096)
def _weight(term: str) -> float:
    is_slight = len(term) <= _SHORT and not term.isdigit() and not _DENSE_LETTER.match(term)
    return _SHORT_WEIGHT if is_slight else 1.0
