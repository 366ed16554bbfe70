"""Lines: what a segment says of runs, links and checks."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from archiver.archive.lines import check_line, decode, encode, link_line, plain, read_check, read_link
from archiver.archive.segments import members, pack
from archiver.model import Check, Redirect
from tests.edge.archives import DAY_0, check, link


def test_a_check_is_written_for_people() -> None:
    text = encode([check_line(check("a", "redirect_301"))]).decode()
    assert text == (
        '{"type":"check","target":"https://example.com/a","checked_at":"2026-01-30T12:03:04.567Z","verdict":"moved",'
        '"reason":"redirect_301","note":"declared 1600x900, is 1200x675","status":200,'
        '"final_url":"https://example.com/a","redirects":[{"status":301,"url":"https://example.com/a"}],'
        '"content_type":"text/html; charset=utf-8","bytes":24540,"digest":"sha256:' + "0f" * 32 + '","attempts":1,'
        '"elapsed_ms":41.2,"warnings":["robots"],"snapshot":null,"image":null}\n'
    )


def test_a_link_is_written_for_people() -> None:
    assert encode([link_line(link("a"))]).decode() == (
        '{"type":"link","record":"seeds/a.md","item":"article","field":"webUrl","role":"web","line":4,"column":9,'
        '"url":"https://example.com/a#top","target":"https://example.com/a"}\n'
    )


@pytest.mark.parametrize(
    "each",
    [
        check("a"),
        check("b", "redirect_301"),
        Check(target="not a url", checked_at=DAY_0, outcome=check("c").outcome, reason="ok"),
    ],
    ids=["full", "with-redirects", "bare"],
)
def test_a_check_comes_back_as_it_was(each: Check) -> None:
    line = decode(encode([check_line(each)]))
    assert line == check_line(each)
    assert read_check(check_line(each)) == each


def test_a_link_comes_back_as_it_was() -> None:
    assert read_link(link_line(link("a"))) == link("a")


def test_times_are_kept_to_the_millisecond() -> None:
    exact = replace(check("a"), checked_at=DAY_0.replace(microsecond=567_891))
    assert read_check(check_line(exact)) == check("a")


@pytest.mark.parametrize(
    ("stray", "written"),
    [("a\udcff.md", "a\\udcff.md"), ("é\udcff", "é\\udcff"), ("日本", "日本"), ("\x00", "\x00"), ("😀", "😀")],
    ids=["file-name", "mixed", "japanese", "nul", "emoji"],
)
def test_stray_bytes_are_written_readably(stray: str, written: str) -> None:
    assert plain(stray) == written
    line = check_line(replace(check("a"), content_type=stray, note=stray, redirects=(Redirect(status=302, url=stray),)))
    assert decode(encode([line])) == line
    assert line.note == written


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_law_any_text_can_be_kept(text: str) -> None:
    line = check_line(replace(check("a"), target=text, note=text))
    assert decode(encode([line])) == line


@pytest.mark.parametrize(
    "damaged",
    [
        b'{"type":"check"}',
        b"{}",
        b"[]",
        b"\xff",
        b"",
        b'{"type":"run","run":"r","version":"0","command":"c","started_at":"yesterday"}',
        b'{"type":"run","run":"r","version":"0","command":"c","started_at":"2026-02-31T00:00:00.000Z"}',
        encode([check_line(check("a"))]).replace(b"alive", b"lively"),
    ],
    ids=["no-keys", "no-type", "no-object", "no-utf-8", "nothing", "no-time", "no-day", "no-verdict"],
)
def test_a_damaged_line_is_refused(damaged: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode(damaged)


def test_keys_that_a_later_version_adds_are_passed_over() -> None:
    later = encode([link_line(link("a"))]).replace(b'"line"', b'"new":{"x":1},"line"')
    assert decode(later) == link_line(link("a"))


# --- gzip members ---------------------------------------------------------------------------------------------

BATCHES = [pack([link_line(link(name))]) for name in ("a", "b", "c")]


def test_members_are_read_one_by_one() -> None:
    read = list(members(b"".join(BATCHES)))
    assert [member.text for member in read] == [encode([link_line(link(name))]) for name in ("a", "b", "c")]
    assert read[-1].end == sum(map(len, BATCHES))


def test_a_flipped_bit_anywhere_costs_one_member() -> None:
    """Whatever a damaged member seems to be, those around it are read, and what is read is right."""
    first, second, third = BATCHES
    whole = {member.text for member in members(b"".join(BATCHES))}
    for at in range(len(second)):
        damaged = bytearray(second)
        damaged[at] ^= 0x10
        texts = [member.text for member in members(first + bytes(damaged) + third)]
        assert texts[0] is not None
        assert texts[-1] is not None
        assert {text for text in texts if text} <= whole


def test_big_members_are_read_over_many_chunks() -> None:
    batch = pack([link_line(link(str(hash((name, "x"))) * 9)) for name in range(20_000)])
    assert len(batch) > 3 * 65_536
    assert [member.end for member in members(batch * 2)] == [len(batch), 2 * len(batch)]
