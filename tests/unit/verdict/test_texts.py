"""Texts: words of any script, titles' likeness, sketches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.verdict.texts import (
    MAX_SHINGLES,
    MAX_VOCABULARY,
    counted,
    has_odd_space,
    hashed,
    head_words,
    phrase,
    share_found,
    sketch_shingles,
    sketch_vocabulary,
    title_likeness,
    title_parts,
    vocabulary_likeness,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t panic!", ["don", "t", "panic"]),
        ("Tom &amp; Jerry &quot;live&quot;", ["tom", "jerry", "live"]),
        ("ÉCONOMIE: l’œuvre", ["economie", "l", "oeuvre"]),
        ("Straße", ["strasse"]),
        ("Ёлка й", ["елка", "и"]),
        ("أَلْعَرَبِيَّة", ["العربية"]),
        ("人脸，识别", ["人", "脸", "识", "别"]),
        ("ガ・ｶﾞ", ["カ", "カ"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("หน้า", list("หน้า")),
        ("e\u0301tat", ["etat"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा"]),
        ("", []),
        ("—…!?", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = words(text.replace("&", ""))
    assert words(" ".join(once)) == once


def test_a_phrase_is_found_word_by_word() -> None:
    assert phrase("Not found") in phrase("Page NOT  found!")
    assert phrase("not found") not in phrase("not foundling")


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Ferry fares fall", "FERRY FARES FALL", 1.0, 1.0),
        ("“Ferry” fares fall", "&quot;Ferry&quot; fares fall", 1.0, 1.0),
        ("Économie en panne", "Economie en panne", 1.0, 1.0),
        ("禁止人脸识别摄像头", "禁止人脸识别摄像头！", 1.0, 1.0),
        ("禁止人脸识别摄像头", "提高牛奶价格", 0.0, 0.0),
        ("The fate of the boat in the bay", "The lure of the gold in the hill", 0.0, 0.4),
        ("Ferry fares fall", "Ferry fares fall in winter", 0.7, 0.9),
        ("Ferry fares fall", "", 0.0, 0.0),
        ("!", "!", 0.0, 0.0),
        ("禁", "禁", 1.0, 1.0),
    ],
)
def test_titles_are_compared_in_any_script(one: str, other: str, least: float, most: float) -> None:
    assert least - 1e-9 <= title_likeness(one, other) <= most + 1e-9


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    found = title_likeness(one, other)
    assert 0.0 <= found <= 1.0 + 1e-9
    assert found == pytest.approx(title_likeness(other, one))


@given(st.text(min_size=1, max_size=80).filter(lambda text: bool(words(text))))
def test_a_title_is_like_itself(title: str) -> None:
    assert title_likeness(title, title) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Fares | Paper", ["Fares", "Paper"]),
        ("Fares - News - Paper", ["Fares", "News", "Paper"]),
        ("Well-kept", ["Well-kept"]),
        ("标题｜报", ["标题", "报"]),
        ("Fares_Paper", ["Fares", "Paper"]),
    ],
)
def test_title_parts(title: str, parts: list[str]) -> None:
    assert title_parts(title) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [("two words", (2, 0)), ("人脸识别", (0, 4)), ("人脸 and 识别", (1, 4)), ("два слова", (2, 0)), ("", (0, 0))],
)
def test_a_text_is_counted_by_words_or_letters(text: str, expected: tuple[int, int]) -> None:
    assert counted(text) == expected


DENSE = [
    range(0x0E00, 0x0F00),
    range(0x3041, 0x30FB),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x20400),
]


def test_a_dense_letter_is_told_from_all_others() -> None:
    assert {counted(chr(code)) for codes in DENSE for code in codes} == {(0, 1)}
    assert {counted(chr(code)) for code in (*range(0x21, 0xD00), *range(0x2010, 0x2C00))} == {(1, 0)}


@given(st.text(st.sampled_from("ab é…да人\u2009\u3000\xa0\t\x1f\x85\ufeff"), max_size=9))
def test_odd_space_is_all_white_space_but_spaces(text: str) -> None:
    assert has_odd_space(text) is any(letter.isspace() and letter != " " for letter in text)


@pytest.mark.parametrize("word", ["a", "harbour", "naïve", "гавань", "достопримечательность", "人脸", "人 b", "... ,"])
def test_the_head_of_a_text_is_as_many_words_as_are_sketched(word: str) -> None:
    text = f"{word} " * 1500
    kept = words(text[:3000])
    assert head_words(text) == kept[: MAX_SHINGLES + 2]


# --- sketches -------------------------------------------------------------------------------------------------

TEXT = [f"word{number}" for number in range(250)]


def sketch(*texts: str) -> bytes:
    return sketch_shingles([hashed(words(text)) for text in texts])


@pytest.mark.parametrize(
    ("excerpt", "share"),
    [
        (" ".join(TEXT[10:40]), 1.0),
        ("nothing of the kind stands there", 0.0),
        (" ".join(TEXT[:11]) + " " + " ".join(f"new{n}" for n in range(9)), 0.5),
        ("too short", None),
        ("", None),
    ],
)
def test_the_share_of_an_excerpt(excerpt: str, share: float | None) -> None:
    assert share_found(excerpt, sketch(" ".join(TEXT))) == share


def test_sketches_are_bounded_and_sorted() -> None:
    many = hashed(f"word{number}" for number in range(10_000))
    assert len(sketch_shingles([many])) == 4 * MAX_SHINGLES
    assert len(sketch_vocabulary(many)) == 2 * MAX_VOCABULARY
    assert sketch_vocabulary(many) == sketch_vocabulary(reversed(many))
    assert sketch_shingles([]) == sketch_vocabulary([]) == b""


@pytest.mark.parametrize(
    ("shared", "least", "most"), [(1000, 1.0, 1.0), (500, 0.2, 0.47), (0, 0.0, 0.05)], ids=["all", "half", "none"]
)
def test_vocabularies_of_long_texts_are_estimated(shared: int, least: float, most: float) -> None:
    one = sketch_vocabulary(hashed(f"word{number}" for number in range(1000)))
    other = sketch_vocabulary(hashed(f"word{number}" for number in range(1000 - shared, 2000 - shared)))
    assert least <= vocabulary_likeness(one, other) <= most


def test_vocabularies_of_short_texts_are_exact() -> None:
    one, other = sketch_vocabulary(hashed("abcd")), sketch_vocabulary(hashed("abce"))
    assert vocabulary_likeness(one, other) == pytest.approx(3 / 5)
    assert vocabulary_likeness(b"", b"") == 0.0
