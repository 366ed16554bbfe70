"""Settings: options as their words, checked and turned into values."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import __version__
from archiver.fetch.address import Detour
from archiver.model import HostKey, Pacing, SettingsError
from archiver.settings import (
    Settings,
    detour,
    duration_s,
    header_value,
    network,
    size_bytes,
)

# --- quantities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", 0.25),
        ("20s", 20.0),
        ("5m", 300.0),
        ("12h", 43_200.0),
        ("7d", 604_800.0),
        ("1.5s", 1.5),
        ("20", 20.0),
        ("0", 0.0),
        (" 20 s ", 20.0),
    ],
)
def test_durations(text: str, expected: float) -> None:
    assert duration_s("--timeout", text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "s", "-1s", "1M", "20 seconds", "1h30m", "nan", "inf", "1e3", "1_0s", "1.s", ".5s"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--timeout: .* is not a duration, such as 250ms, 20s or 7d$"):
        duration_s("--timeout", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10MB", 10_000_000),
        ("500KiB", 512_000),
        ("1.5KB", 1500),
        ("2GiB", 2 * 1024**3),
        ("3MiB", 3 * 1024**2),
        ("1GB", 1_000_000_000),
        ("12B", 12),
        ("12", 12),
        (" 10 MB ", 10_000_000),
    ],
)
def test_sizes(text: str, expected: int) -> None:
    assert size_bytes("--max-page-bytes", text) == expected


@pytest.mark.parametrize("text", ["", "MB", "-1", "10mb", "10 megabytes", "1e3", "nan"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--max-page-bytes: .* is not a size, such as 10MB or 500KiB$"):
        size_bytes("--max-page-bytes", text)


@pytest.mark.parametrize("text", ["0", "0MB", "0.5B"])
def test_a_size_that_leaves_nothing_to_read(text: str) -> None:
    with pytest.raises(SettingsError, match="not between 1 byte and 1 TB"):
        size_bytes("--max-page-bytes", text)


def test_a_size_beyond_all_numbers_is_refused_in_words() -> None:
    with pytest.raises(SettingsError):
        size_bytes("--max-page-bytes", "9" * 400)


# --- networks and detours -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.0/8", "127.0.0.0/8"),
        ("127.0.0.1/8", "127.0.0.0/8"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("::1", "::1/128"),
        ("fd00::/8", "fd00::/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_networks(text: str, expected: str) -> None:
    assert network(text) == ip_network(expected)


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1/33", "[::1]", "10.0.0", "127.0.0.1:80"])
def test_what_is_no_network(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--allow-net: .* is not a network"):
        network(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.example:80:b.example:8080", Detour(host="a.example", port=80, to_host="b.example", to_port=8080)),
        ("A.Example:80:b.example:8080", Detour(host="a.example", port=80, to_host="b.example", to_port=8080)),
        ("::127.0.0.1:8080", Detour(to_host="127.0.0.1", to_port=8080)),
        (":443:127.0.0.1:", Detour(port=443, to_host="127.0.0.1")),
        ("a.example::b.example:", Detour(host="a.example", to_host="b.example")),
        (":::8080", Detour(to_port=8080)),
        (":::", Detour()),
        ("a.example:80:[::1]:8080", Detour(host="a.example", port=80, to_host="::1", to_port=8080)),
        ("[2001:DB8::1]:80:[::1]:", Detour(host="2001:db8::1", port=80, to_host="::1")),
    ],
)
def test_detours(text: str, expected: Detour) -> None:
    assert detour(text) == expected


@pytest.mark.parametrize("text", ["", "a", "a:80", "a:80:b", "a:80:b:80:c", "a:b:c:d", "::1:80:a:80", "a:80:[::1:80"])
def test_what_is_no_detour(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--connect-to: .* is not HOST:PORT:TOHOST:TOPORT$"):
        detour(text)


@pytest.mark.parametrize("text", ["a:80:b:99999", "a:65536:b:80"])
def test_a_detour_to_a_port_that_cannot_be(text: str) -> None:
    with pytest.raises(SettingsError):
        detour(text)


# --- headers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["mybot/1.0 (+https://example.com/)", "", "en-GB,en;q=0.9"])
def test_a_header_is_taken_as_it_is(text: str) -> None:
    assert header_value("--user-agent", text) == text


@pytest.mark.parametrize("text", ["a\r\nCookie: b", "a\nb", "a\rb", "a\x00b", "a\tb", "café", "a\u2028b", "\x7f"])
def test_a_header_never_makes_another_one(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--user-agent: "):
        header_value("--user-agent", text)


@given(st.text())
def test_law_what_may_stand_in_a_header_is_one_line(text: str) -> None:
    try:
        value = header_value("--contact", text)
    except SettingsError:
        return
    assert all(" " <= character <= "~" for character in value)


def test_the_headers_of_every_request() -> None:
    assert Settings().headers == {
        "User-Agent": f"Mozilla/5.0 (compatible; archiver/{__version__})",
        "Accept": "text/html,application/xhtml+xml,image/avif,image/webp,image/*,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.9",
        "Accept-Encoding": "gzip, br",
    }


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            Settings(contact="https://example.com/bot"),
            f"Mozilla/5.0 (compatible; archiver/{__version__}; +https://example.com/bot)",
        ),
        (Settings(user_agent="mybot/1.0", contact="https://example.com/bot"), "mybot/1.0"),
    ],
    ids=["contact", "own"],
)
def test_the_user_agent(settings: Settings, expected: str) -> None:
    assert settings.headers["User-Agent"] == expected


@pytest.mark.parametrize(
    ("user_agent", "agent"),
    [
        (None, "archiver"),
        ("", "archiver"),
        ("mybot/1.0", "mybot"),
        ("my-bot_x/1.0 (+https://example.com/)", "my-bot_x"),
        ("mybot", "archiver"),
    ],
)
def test_the_name_a_robots_txt_may_call_us(user_agent: str | None, agent: str) -> None:
    assert Settings(user_agent=user_agent).agent == agent


@pytest.mark.parametrize(
    ("user_agent", "agent"),
    [
        ("Mozilla/5.0 (compatible; mybot/1.0)", "mybot"),
        ("Mozilla/5.0 (compatible; mybot/1.0; +https://example.com/bot)", "mybot"),
        ("Mozilla/5.0", "archiver"),
    ],
)
def test_the_name_within_a_browsers_user_agent(user_agent: str, agent: str) -> None:
    """Every browser calls itself Mozilla: no robots.txt means us by it, nor by a part of the word."""
    assert Settings(user_agent=user_agent).agent == agent


def test_a_contact_is_no_name() -> None:
    assert Settings(user_agent="mybot (+https://example.com/bot)").agent != "com"


# --- pacing ---------------------------------------------------------------------------------------------------

AMP = Pacing(delay_s=0.125, at_once=8)


def test_amp_caches_are_asked_eight_times_a_second() -> None:
    for host in ("cdn.ampproject.org", "bing-amp.com"):
        assert Settings().pacing_of(HostKey(host)) == Pacing(delay_s=0.125, at_once=8)


def test_who_names_a_pace_means_all_hosts() -> None:
    slow = Pacing(delay_s=60.0, at_once=1)
    assert Settings(pacing=slow, hosts=()).pacing_of(HostKey("cdn.ampproject.org")) == slow


def test_other_hosts_are_asked_as_the_user_says() -> None:
    usual = Pacing(delay_s=2.0, at_once=1)
    assert Settings(pacing=usual).pacing_of(HostKey("example.com")) == usual
