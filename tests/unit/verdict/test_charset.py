"""In which characters a page is written."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.verdict.charset import as_utf8

RUSSIAN = "Страница"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param("é".encode(), None, "é", id="utf-8 by its bytes"),
        pytest.param("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é", id="header"),
        pytest.param("“".encode("cp1252"), "text/html; charset=latin1", "“", id="latin1 means windows-1252"),
        pytest.param(RUSSIAN.encode("cp1251"), 'text/html; charset="windows-1251"', RUSSIAN, id="quoted"),
        pytest.param(
            b'<meta charset="koi8-r">' + RUSSIAN.encode("koi8-r"),
            "text/html",
            '<meta charset="koi8-r">' + RUSSIAN,
            id="meta",
        ),
        pytest.param(
            b"<meta http-equiv=content-type content='text/html; charset=shift_jis'>" + "頁".encode("cp932"),
            None,
            "<meta http-equiv=content-type content='text/html; charset=shift_jis'>頁",
            id="old meta",
        ),
        pytest.param(b'<html lang="ru">' + RUSSIAN.encode("cp1251"), None, f'<html lang="ru">{RUSSIAN}', id="language"),
        pytest.param(b"<html lang=zh-CN>" + "页面".encode("gbk"), None, "<html lang=zh-CN>页面", id="language, region"),
        pytest.param("é".encode("cp1252"), None, "é", id="a guess"),
        pytest.param(codecs.BOM_UTF8 + "é".encode(), "text/html; charset=koi8-r", "é", id="mark before header"),
        pytest.param(codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le"), None, RUSSIAN, id="utf-16 le"),
        pytest.param(codecs.BOM_UTF16_BE + RUSSIAN.encode("utf-16-be"), None, RUSSIAN, id="utf-16 be"),
        pytest.param(RUSSIAN.encode(), "text/html; charset=iso-8859-1", RUSSIAN, id="utf-8 against its header"),
        pytest.param(b"a\xff", "text/html; charset=utf-8", "a\ufffd", id="broken utf-8"),
        pytest.param(b"a\xe9", "text/html; charset=nonsense", "aé", id="unknown label"),
        pytest.param(b"a\xe9", "text/html; charset=base64", "aé", id="no coding of text"),
        pytest.param("頁".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "頁", id="stateful"),
        pytest.param("é".encode()[:1], "text/html; charset=utf-8", "\ufffd", id="cut off"),
        pytest.param(b"", None, "", id="empty"),
    ],
)
def test_a_page_is_read_in_its_own_characters(body: bytes, content_type: str | None, expected: str) -> None:
    assert as_utf8(body, content_type).decode("utf-8", "replace") == expected


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_bytes_and_no_label_are_too_odd(body: bytes, label: str) -> None:
    assert isinstance(as_utf8(body, f"text/html; charset={label}"), bytes)


@given(st.sampled_from(["utf-8", "cp1251", "gb18030", "idna", "punycode", "utf-7", "hz", "rot13", "undefined", "mbcs"]))
def test_every_coding_python_knows_is_survived(label: str) -> None:
    assert isinstance(as_utf8(b"\xff\xfeabc~{+-", f"charset={label}"), bytes)
