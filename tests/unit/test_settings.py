"""Settings: options as their words, checked and turned into values."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import __version__
from archiver.fetch.address import Detour
from archiver.hosts import SHIPPED_RULES, HostRule
from archiver.model import HostKey, Pacing, SettingsError
from archiver.settings import (
    Settings,
    address,
    detour,
    duration_s,
    flag,
    header_value,
    host_match,
    network,
    number,
    pattern,
    secret_header,
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


# --- numbers, flags, patterns, addresses ----------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), [("0", 0), ("2", 2), (" 128 ", 128), ("007", 7)])
def test_numbers(text: str, expected: int) -> None:
    assert number("--retries", text) == expected


@pytest.mark.parametrize("text", ["", "-1", "1.0", "two", "1e3", "٣", "9" * 40, "0x1"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--retries: .* is not a whole number from 0 on$"):
        number("--retries", text)


def test_a_number_has_a_least() -> None:
    with pytest.raises(SettingsError, match="from 1 on"):
        number("--per-host", "0", 1)


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("Yes", True), ("1", True), ("on", True), ("false", False), ("0", False)]
)
def test_flags(text: str, *, expected: bool) -> None:
    assert flag("ARCHIVER_DUE", text) is expected


@pytest.mark.parametrize("text", ["", "maybe", "2"])
def test_what_is_no_flag(text: str) -> None:
    with pytest.raises(SettingsError, match="is not true or false"):
        flag("ARCHIVER_DUE", text)


@pytest.mark.parametrize("text", ["(", "[a", "*", "a{2,1}", "\\", "(?P<a>", "x{99999999999}"])
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^--exclude: .* is not a regular expression"):
        pattern("--exclude", text)


def test_a_pattern_that_python_will_one_day_read_otherwise_is_read_today() -> None:
    assert pattern("--exclude", "[[a]").search("a")


@pytest.mark.parametrize("text", ["", "example.org", "mailto:me@example.org", "https://", "/a"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a web address"):
        address("--base-url", text)


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A\r\nB", "hunter2"),
        ("", "hunter2"),
        ("Host", "hunter2"),
        ("accept-encoding", "hunter2"),
        ("Authorization", "hunter2\r\nX: y"),
        ("Authorization", ["hunter2"]),
    ],
    ids=["two lines", "no name", "ours", "ours in lower case", "value of two lines", "no text"],
)
def test_a_bad_secret_is_refused_and_never_shown(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        secret_header("archiver.toml:3: host[0].headers", name, value)
    assert "hunter2" not in str(caught.value)


# --- single hosts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", "example.com"),
        ("Example.COM.", "example.com"),
        ("*.example.com", "*.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("example.com:8080", "example.com:8080"),
        ("example.com:443", "example.com"),
        ("example.com:80", "example.com"),
        ("*", "*"),
        ("[::1]:8080", "[::1]:8080"),
    ],
)
def test_matches_are_written_as_host_keys(text: str, expected: str) -> None:
    assert host_match("host[0].match", text) == expected


@pytest.mark.parametrize("text", ["", " ", "https://example.com/", "example.com/a", "me@example.com", "a b", 3, None])
def test_what_is_no_match(text: object) -> None:
    with pytest.raises(SettingsError, match="is not a host"):
        host_match("host[0].match", text)


RULES = Settings(
    hosts=(
        HostRule(match="www.example.com", headers=(("X-Key", "1"),), obeys_robots=False),
        HostRule(match="*.example.com", headers=(("X-Key", "2"),), accept=frozenset({403}), delay_s=3.0),
        HostRule(match="cdn.ampproject.org", at_once=1),
        *SHIPPED_RULES,
    )
)


@pytest.mark.parametrize(
    ("url", "keys", "accepted", "obeys"),
    [
        ("https://www.example.com/a", ["1"], {403}, False),
        ("https://img.example.com/", ["2"], {403}, True),
        ("http://a.b.example.com/?q", ["2"], {403}, True),
        ("https://example.com/", [], set(), True),
        ("https://www.example.com:8443/", [], set(), True),
        ("https://www.example.com.evil.example/", [], set(), True),
        ("https://evilwww.example.com/", ["2"], {403}, True),
        ("https://other.example/www.example.com", [], set(), True),
    ],
)
def test_the_first_row_that_fits_and_says_something_holds(
    url: str, keys: list[str], accepted: set[int], *, obeys: bool
) -> None:
    assert [value for _, value in RULES.headers_of(url)] == keys
    assert RULES.accepted_of(url) == accepted
    assert RULES.obeys_robots_of(url) is obeys


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.example.com", Pacing(delay_s=3.0, at_once=2)),
        ("cdn.ampproject.org", Pacing(delay_s=0.125, at_once=1)),
        ("bing-amp.com", Pacing(delay_s=0.125, at_once=8)),
        ("example.com", Pacing()),
    ],
)
def test_a_pace_is_put_together_key_by_key(host: str, expected: Pacing) -> None:
    assert RULES.pacing_of(HostKey(host)) == expected


def test_an_amp_cache_is_one_host_also_where_a_row_names_its_subdomains() -> None:
    settings = Settings(hosts=(HostRule(match="*.cdn.ampproject.org", delay_s=9.0), *SHIPPED_RULES))
    assert settings.pacing_of(HostKey("cdn.ampproject.org")) == Pacing(delay_s=9.0, at_once=8)


def test_a_rule_does_not_show_its_secrets() -> None:
    assert "hunter2" not in repr(Settings(hosts=(HostRule(match="a.example", headers=(("A", "hunter2"),)),)))


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
