"""In which characters a page is written: header, byte order mark, meta, or what its bytes look like. Pure."""

from __future__ import annotations

import codecs
import functools
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"""charset\s*+=\s*+["']?+\s*+([A-Za-z0-9_.:+-]{2,40})""", re.IGNORECASE)
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:+-]{2,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<html[^>]{0,300}?\slang\s{0,9}=\s{0,9}["']?([A-Za-z]{2,3})""", re.IGNORECASE)
_STATEFUL = "iso2022_jp"
"""The one coding of the web in which plain ASCII bytes may be something else."""
_META_WITHIN = 4096
"""The standard looks at 1024 bytes; pages with long comments at their head exist."""

_LABELS = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "x-user-defined": "cp1252",
    "utf-16": "utf-8",  # a meta that can be read as ASCII lies (WHATWG HTML, prescan)
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
}
"""What a label means on the web, where that is not what Python takes it for (WHATWG Encoding)."""

_OF_THE_WEB = frozenset(
    {
        *("utf-8", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"),
        *("cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
        *(f"cp{number}" for number in range(1250, 1259)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    }
)
"""The codings that browsers know. Python knows others, some of them none of text, and some that take quadratic time."""

_OF_LANGUAGE = {
    b"ar": "cp1256", b"fa": "cp1256", b"he": "cp1255", b"el": "cp1253", b"tr": "cp1254", b"th": "cp874",
    b"ru": "cp1251", b"uk": "cp1251", b"bg": "cp1251", b"sr": "cp1251", b"be": "cp1251",
    b"pl": "cp1250", b"cs": "cp1250", b"sk": "cp1250", b"hu": "cp1250", b"sl": "cp1250", b"hr": "cp1250",
    b"ja": "cp932", b"ko": "cp949", b"zh": "gb18030", b"vi": "cp1258", b"lt": "cp1257", b"lv": "cp1257",
}  # fmt: skip
"""The coding from before Unicode that pages of a language are written in, where nothing else is said."""


def as_utf8(body: bytes, content_type: str | None) -> bytes:
    """Give a page's bytes in UTF-8, without byte order mark; what cannot be read becomes U+FFFD.

    A byte order mark decides, then the header, then `<meta>`. Bytes that are valid UTF-8 are taken for it against
    either: hardly any other text is so by chance, and servers do mislabel it.
    """
    for bom, coding in _BOMS:
        if body.startswith(bom):
            rest = body[len(bom) :]
            return rest if coding == "utf-8" else _recoded(rest, coding)
    declared = _declared(body, content_type)
    if declared == _STATEFUL:
        return _recoded(body, declared)
    if declared == "utf-8" or _is_utf8(body):
        return body
    return _recoded(body, declared or _guess(body))


def _declared(body: bytes, content_type: str | None) -> str:
    """Give the coding that header or `<meta>` names, as Python calls it; empty where none is known."""
    in_header = _CHARSET.search(content_type or "")
    if in_header and (coding := _coding(in_header[1])):
        return coding
    in_page = _META.search(body[:_META_WITHIN])
    return _coding(in_page[1].decode("ascii")) if in_page else ""


@functools.lru_cache(maxsize=256)
def _coding(label: str) -> str:
    try:
        found = codecs.lookup(_LABELS.get(label.lower(), label)).name
    except (LookupError, ValueError):
        return ""
    return found if found in _OF_THE_WEB else ""


def _is_utf8(body: bytes) -> bool:
    """Tell whether `body` is UTF-8, but for a character cut off at its end."""
    try:
        _, length = codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return False
    return length == len(body) or not body[:length].isascii()


def _guess(body: bytes) -> str:
    language = _LANGUAGE.search(body[:_META_WITHIN])
    return _OF_LANGUAGE.get(language[1].lower(), "cp1252") if language else "cp1252"


def _recoded(body: bytes, coding: str) -> bytes:
    return body.decode(coding, "replace").encode("utf-8", "replace")
