"""Addresses: normalising, resolving, host keys, masking, AMP caches."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from archiver.model import Reason
from archiver.urls import (
    BadAddressError,
    amp_cache_subdomain,
    amp_cache_url,
    amp_origin_url,
    host_key,
    mask_user_info,
    normalise,
    origin,
    resolve,
)

ANY_CHARACTER = st.characters(exclude_categories=[])


def fault_of(address: str) -> Reason | None:
    try:
        normalise(address)
    except BadAddressError as error:
        return error.fault
    return None


# --- normalising ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "target"),
    [
        pytest.param("https://example.com/a", "https://example.com/a", id="as-it-is"),
        pytest.param("HTTPS://EXAMPLE.com/A?B", "https://example.com/A?B", id="case"),
        pytest.param("https://example.com", "https://example.com/", id="empty-path"),
        pytest.param("https://例え.jp/ü?ü", "https://xn--r8jz45g.jp/%C3%BC?%C3%BC", id="idna"),
        pytest.param("https://faß.de/", "https://xn--fa-hia.de/", id="idna-2008"),
        pytest.param("https://%65xample.com/", "https://example.com/", id="escaped-host"),
        pytest.param("https://a_b.example.com/", "https://a_b.example.com/", id="underscore"),
        pytest.param("http://example.com:80/", "http://example.com/", id="port-of-http"),
        pytest.param("https://example.com:443/", "https://example.com/", id="port-of-https"),
        pytest.param("http://example.com:443/", "http://example.com:443/", id="port-of-the-other-scheme"),
        pytest.param("http://example.com:/", "http://example.com/", id="empty-port"),
        pytest.param("https://example.com/a/../b/./c", "https://example.com/b/c", id="dot-segments"),
        pytest.param("https://example.com/../../a", "https://example.com/a", id="dots-above-the-root"),
        pytest.param("https://example.com/a/%2e%2E/b", "https://example.com/b", id="escaped-dots"),
        pytest.param("https://example.com/%7ea/%2f%c3%a9", "https://example.com/~a/%2F%C3%A9", id="escapes"),
        pytest.param("https://example.com/?b=%41%2b&a=+", "https://example.com/?b=A%2B&a=+", id="escapes-in-query"),
        pytest.param("https://example.com/%2541", "https://example.com/%2541", id="escaped-escape"),
        pytest.param("https://example.com/100%", "https://example.com/100%", id="stray-percent"),
        pytest.param("https://example.com/?b=2&a=1&b=1", "https://example.com/?b=2&a=1&b=1", id="query-order"),
        pytest.param("https://example.com/?", "https://example.com/?", id="empty-query"),
        pytest.param("https://example.com/a?b#c?d", "https://example.com/a?b", id="fragment"),
        pytest.param("https://me:secret@example.com/", "https://example.com/", id="user-info"),
        pytest.param("https://me@evil@example.com/", "https://example.com/", id="two-at-signs"),
        pytest.param("//example.com/x", "https://example.com/x", id="no-scheme"),
        pytest.param("https:example.com", "https://example.com/", id="no-slashes"),
        pytest.param("http:\\\\example.com\\x", "http://example.com/x", id="backslashes"),
        pytest.param("http://127.1/", "http://127.0.0.1/", id="short-ipv4"),
        pytest.param("http://2130706433/", "http://127.0.0.1/", id="decimal-ipv4"),
        pytest.param("http://0177.0.0.1/", "http://127.0.0.1/", id="octal-ipv4"),
        pytest.param("http://0x7f.1/", "http://127.0.0.1/", id="hexadecimal-ipv4"),
        pytest.param("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/", id="ipv6"),
        pytest.param("  https://example.com/a b \n", "https://example.com/a%20b", id="spaces"),
        pytest.param("https://example.com/a\r\n\tb", "https://example.com/ab", id="newlines-within"),
    ],
)
def test_one_form_for_all_spellings(address: str, target: str) -> None:
    assert normalise(address) == target


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        pytest.param("", Reason.BAD_URL, id="empty"),
        pytest.param("   ", Reason.BAD_URL, id="blank"),
        pytest.param("page.html", Reason.BAD_URL, id="relative"),
        pytest.param("/page", Reason.BAD_URL, id="root-relative"),
        pytest.param("#top", Reason.BAD_URL, id="fragment"),
        pytest.param("http://", Reason.BAD_URL, id="no-host"),
        pytest.param("//", Reason.BAD_URL, id="slashes"),
        pytest.param("https://exa mple.com/", Reason.BAD_URL, id="space-in-host"),
        pytest.param("https://example.com:99999/", Reason.BAD_URL, id="port-too-high"),
        pytest.param("https://example.com:http/", Reason.BAD_URL, id="port-no-number"),
        pytest.param("http://256.1.1.1/", Reason.BAD_URL, id="no-ipv4"),
        pytest.param("http://[nonsense", Reason.BAD_URL, id="no-ipv6"),
        pytest.param("http://[fe80::1%25eth0]/", Reason.BAD_URL, id="scope-id"),
        pytest.param("https://example.com/\udcff", Reason.BAD_URL, id="half-a-character"),
        pytest.param("https://example.com/" + "a" * 100_000, Reason.BAD_URL, id="too-long"),
        pytest.param("https://example.com/" + "é" * 20_000, Reason.BAD_URL, id="too-long-once-escaped"),
        pytest.param("javascript:alert(1)", Reason.BAD_SCHEME, id="javascript"),
        pytest.param("mailto:me@example.com", Reason.BAD_SCHEME, id="mailto"),
        pytest.param("tel:+441234", Reason.BAD_SCHEME, id="tel"),
        pytest.param("data:text/html,x", Reason.BAD_SCHEME, id="data"),
        pytest.param("ftp://example.com/", Reason.BAD_SCHEME, id="ftp"),
        pytest.param("file:///etc/passwd", Reason.BAD_SCHEME, id="file"),
    ],
)
def test_what_cannot_be_fetched_says_why(address: str, fault: Reason) -> None:
    assert fault_of(address) is fault


NASTY = st.text(ANY_CHARACTER | st.sampled_from("%#?@:/\\.[]0123456789aAfF\t\n "), max_size=20)
ADDRESSES = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["https://", "http://", "//", "HTTP:", "https:/\\"]),
    NASTY | st.sampled_from(["example.com", "me:x@example.com", "xn--a", "0x7f.1", "[::1]", "a..b", "example.com:80"]),
    st.sampled_from(["", "/", "?", "#"]),
    NASTY,
    st.sampled_from(["", "?", "/%2e/", "/%252e", "/.%2E/"]),
    NASTY,
)


@given(ADDRESSES)
@example("http://example.com/%%34%31")
@example("http://example.com/.%2e/%2e")
def test_law_normalising_twice_changes_nothing(address: str) -> None:
    assume(fault_of(address) is None)
    target = normalise(address)
    assert normalise(target) == target


@given(ADDRESSES)
def test_law_a_target_is_plain(address: str) -> None:
    """Printable ASCII, http(s), no fragment, no user info."""
    assume(fault_of(address) is None)
    target = normalise(address)
    assert target.isascii()
    assert target.isprintable()
    assert target.startswith(("https://", "http://"))
    assert "#" not in target
    assert "@" not in origin(target)


@given(st.text(ANY_CHARACTER) | NASTY)
def test_law_any_text_is_a_target_or_has_a_fault(text: str) -> None:
    assert fault_of(text) in (None, Reason.BAD_URL, Reason.BAD_SCHEME)


LABELS = ["e", "a-b", "-a", "a-", "--", "xn--a", "xn--", "0x7f", "1", "08", "com", "A", "e_e", "é", "", "a:80"]
SEGMENTS = ["a", "", ".", "..", ".a", "a.", "...", "%2e", "%41", "@", ":", "'", '"', "|", "\\", "^", "`", "[", " "]
NEARLY_NORMAL = st.builds(
    "{}://{}/{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.lists(st.sampled_from(LABELS) | st.text("abz019-", min_size=1, max_size=5), min_size=1, max_size=4).map(
        ".".join
    ),
    st.lists(st.sampled_from(SEGMENTS) | st.text("aZ0.~!$&()*+,;=@:'_-", max_size=4), max_size=4).map("/".join),
    st.just("") | st.text("aZ09?/.~!$&'()*+,;=:@_-%|^`{[\"<\\ é", max_size=6).map("?{}".format),
).map(str.strip)


@given(NEARLY_NORMAL)
@example("https://a.xn--a/")
@example("https://e.0x7f/")
@example("https://e.com/a\n")
@example("https://e.com/" + "a" * 65_536)
def test_law_what_is_taken_as_it_stands_is_what_a_parser_makes_of_it(address: str) -> None:
    """With a fragment it is parsed."""
    assert fault_of(address) == fault_of(f"{address}#")
    if fault_of(address) is None:
        assert normalise(address) == normalise(f"{address}#")


# --- resolving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://other.example/x#part", "https://other.example/x"),
        ("//other.example/x", "https://other.example/x"),
        ("/x", "https://example.com/x"),
        ("x", "https://example.com/a/x"),
        ("../x", "https://example.com/x"),
        ("?q", "https://example.com/a/b?q"),
        ("", "https://example.com/a/b?c"),
        ("#part", "https://example.com/a/b?c"),
        ("  /x ", "https://example.com/x"),
        ("/%7e%2f", "https://example.com/~%2F"),
        ("https://me:secret@other.example/", "https://other.example/"),
    ],
)
def test_a_location_is_read_where_it_was_seen(location: str, target: str) -> None:
    assert resolve(location, "https://example.com/a/b?c") == target


@pytest.mark.parametrize(
    ("location", "fault"),
    [
        ("http://[nonsense", Reason.BAD_URL),
        ("https://", Reason.BAD_URL),
        ("//example.com:99999/", Reason.BAD_URL),
        ("javascript:alert(1)", Reason.BAD_SCHEME),
        (" \x01ftp://example.com/", Reason.BAD_SCHEME),
        ("file:///etc/passwd", Reason.BAD_SCHEME),
        ("about:blank", Reason.BAD_SCHEME),
    ],
)
def test_a_location_that_leads_nowhere(location: str, fault: Reason) -> None:
    with pytest.raises(BadAddressError) as caught:
        resolve(location, "https://example.com/")
    assert caught.value.fault is fault


@pytest.mark.parametrize("location", ["f\ttp://example.com/x", "fi\nle://host/etc/passwd", "w\rs://example.com/"])
def test_a_scheme_hidden_by_what_a_browser_leaves_out(location: str) -> None:
    """WHATWG drops tabs and newlines before it looks for the scheme: what is left is no http."""
    with pytest.raises(BadAddressError):
        resolve(location, "https://example.com/")


# --- host, origin, user info ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.com/a", "www.example.com"),
        ("https://example.com./a", "example.com"),
        ("http://example.com:8080/a", "example.com:8080"),
        ("http://[::1]:8080/a", "[::1]:8080"),
        ("https://xn--r8jz45g.jp/", "xn--r8jz45g.jp"),
        ("https://cdn.ampproject.org/c/s/example.com", "cdn.ampproject.org"),
        ("https://example-com.cdn.ampproject.org/c/s/example.com", "cdn.ampproject.org"),
        ("https://xn---com-k47jg78q.cdn.ampproject.org/", "cdn.ampproject.org"),
        ("https://example-com.cdn.ampproject.org./", "cdn.ampproject.org"),
        ("https://www.bing-amp.com/c/s/example.com", "bing-amp.com"),
        ("https://evilcdn.ampproject.org/", "evilcdn.ampproject.org"),
        ("https://cdn.ampproject.org.example.com/", "cdn.ampproject.org.example.com"),
        ("https://notbing-amp.com/", "notbing-amp.com"),
        ("https://ampproject.org/", "ampproject.org"),
    ],
)
def test_what_is_asked_politely_as_one(url: str, key: str) -> None:
    assert host_key(url) == key


def test_a_trailing_dot_before_a_port_is_the_same_host() -> None:
    assert host_key("http://example.com.:8080/") == host_key("http://example.com:8080/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/", "https://example.com"),
        ("http://example.com:8080/a/b?c=https://d/", "http://example.com:8080"),
        ("https://[::1]/a", "https://[::1]"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: str) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("https://me:secret@example.com/", "https://***@example.com/"),
        ("https://me@example.com/", "https://***@example.com/"),
        ("https://me:sec@ret@example.com/", "https://***@example.com/"),
        ("  HTTP://me:secret@example.com", "HTTP://***@example.com"),
        ("https:me:secret@example.com", "https:***@example.com"),
        ("https:\\\\me:secret@example.com", "https:\\\\***@example.com"),
        ("//me:secret@example.com", "//***@example.com"),
        ("ftp://me:secret@example.com", "ftp://***@example.com"),
        ("http://me:secret@[nonsense", "http://***@[nonsense"),
        ("https://example.com/@me", "https://example.com/@me"),
        ("https://example.com/?to=me@example.com#@", "https://example.com/?to=me@example.com#@"),
        ("mailto:me@example.com", "mailto:me@example.com"),
        ("", ""),
    ],
)
def test_a_password_is_never_shown(address: str, masked: str) -> None:
    assert mask_user_info(address) == masked


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2003", "\ufeff"])
def test_a_password_behind_a_space_that_no_parser_leaves_out(space: str) -> None:
    """Such spaces come with pasted text: the address cannot be parsed, but it is printed."""
    assert "secret" not in mask_user_info(f"{space}https://me:secret@example.com/")


@pytest.mark.parametrize("address", ["\x00https://me:secret@example.com/", "https:/\t/me:secret@example.com/"])
def test_a_password_in_an_address_that_is_fetched_all_the_same(address: str) -> None:
    """WHATWG reads past control characters: what is accepted as a target is masked too."""
    assert normalise(address) == "https://example.com/"
    assert "secret" not in mask_user_info(address)


# --- AMP caches -----------------------------------------------------------------------------------------------

EXAMPLE = "https://www-example-com.cdn.ampproject.org"
CACHED = [
    ("https://www.example.com", f"{EXAMPLE}/c/s/www.example.com"),
    ("http://www.example.com", f"{EXAMPLE}/c/www.example.com"),
    ("https://www.example.com/index.html", f"{EXAMPLE}/c/s/www.example.com/index.html"),
    ("http://www.example.com/index.html", f"{EXAMPLE}/c/www.example.com/index.html"),
    ("https://www.example.com/image.png", f"{EXAMPLE}/i/s/www.example.com/image.png"),
    ("http://www.example.com/image.png", f"{EXAMPLE}/i/www.example.com/image.png"),
    ("https://www.example.com/image.PNG", f"{EXAMPLE}/c/s/www.example.com/image.PNG"),
    ("https://www.example.com/font.woff2", f"{EXAMPLE}/r/s/www.example.com/font.woff2"),
    ("http://www.example.com/font.woff2", f"{EXAMPLE}/r/www.example.com/font.woff2"),
    ("https://www.example.com/png", f"{EXAMPLE}/c/s/www.example.com/png"),
    ("https://www.example.com/a.png/b", f"{EXAMPLE}/c/s/www.example.com/a.png/b"),
    ("https://www.example.com/a.html?b=c.png", f"{EXAMPLE}/c/s/www.example.com/a.html?b=c.png"),
    (
        "https://example.com/g?value=Hello%20World",
        "https://example-com.cdn.ampproject.org/c/s/example.com/g?value=Hello%20World",
    ),
    ("https://點看.com", "https://xn---com-k47jg78q.cdn.ampproject.org/c/s/點看.com"),
]


@pytest.mark.parametrize(("url", "cached"), CACHED)
def test_the_amp_cache_url_of_a_page(url: str, cached: str) -> None:
    assert amp_cache_url(url) == cached


@pytest.mark.parametrize(("url", "cached"), CACHED)
def test_the_page_of_an_amp_cache_url(url: str, cached: str) -> None:
    assert amp_origin_url(cached) == url


def test_a_port_is_dropped() -> None:
    assert amp_cache_url("https://www.example.com:8443/a") == f"{EXAMPLE}/c/s/www.example.com/a"


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("something.com", "something-com"),
        ("SOMETHING.COM", "something-com"),
        ("hello-world.com", "hello--world-com"),
        ("hello--world.com", "hello----world-com"),
        ("toplevelnohyphens", "qsgpfjzulvuaxb66z77vlhb5gu2irvcnyp6t67cz6tqo5ae6fysa"),
        ("no-dot-domain", "4lxc7wqq7b25walg4rdiil62veijrmqui5z3ept2lyfqqwpowryq"),
        ("xn--bcher-kva.ch", "xn--bcher-ch-65a"),
        ("en-us.example.com", "0-en--us-example-com-0"),
    ],
)
def test_the_subdomain_of_a_host(host: str, label: str) -> None:
    assert amp_cache_subdomain(host) == label


@pytest.mark.parametrize(
    "host",
    ["ab--c.example.com", "a" * 60 + ".com", "-".join("a" * 25) + ".example.com", "hello.אב"],
    ids=["hyphens-at-3-and-4", "longer-than-a-label", "longer-once-written", "both-directions"],
)
def test_a_host_that_fits_no_label_is_hashed(host: str) -> None:
    assert len(amp_cache_subdomain(host)) == 52


@given(st.from_regex(r"(xn--)?[a-z0-9-]{1,40}(\.(xn--)?[a-z0-9-]{1,20}){0,3}", fullmatch=True))
def test_law_a_subdomain_is_one_label(host: str) -> None:
    label = amp_cache_subdomain(host)
    assert 0 < len(label) <= 63
    assert label.isascii()
    assert "." not in label


@pytest.mark.parametrize(
    ("cached", "url"),
    [
        pytest.param("https://cdn.ampproject.org/c/s/example.com/a", "https://example.com/a", id="older-form"),
        pytest.param("https://cdn.ampproject.org/c/example.com/a", "http://example.com/a", id="older-form-http"),
        pytest.param(f"{EXAMPLE}/v/s/www.example.com/a?b", "https://www.example.com/a?b", id="viewer"),
        pytest.param("https://www.bing-amp.com/c/s/example.com/a?b#c", "https://example.com/a?b", id="bing"),
        pytest.param("https://example-com.bing-amp.com/c/s/example.com", "https://example.com", id="bing-subdomain"),
        pytest.param("https://other.cdn.ampproject.org/c/s/example.com", "https://example.com", id="path-is-trusted"),
        pytest.param("HTTPS://X.CDN.AMPPROJECT.ORG/c/s/example.com", "https://example.com", id="capitals"),
        pytest.param("https://cdn.ampproject.org./c/s/example.com", "https://example.com", id="trailing-dot"),
        pytest.param("https://www.example.com/c/s/example.com", None, id="another-host"),
        pytest.param("https://evilcdn.ampproject.org/c/s/example.com", None, id="look-alike"),
        pytest.param("https://cdn.ampproject.org.evil.com/c/s/example.com", None, id="look-alike-before"),
        pytest.param("https://cdn.ampproject.org/", None, id="root"),
        pytest.param("https://cdn.ampproject.org/c/", None, id="no-page"),
        pytest.param("https://cdn.ampproject.org/v0.js", None, id="library"),
        pytest.param("https://cdn.ampproject.org/x/s/example.com", None, id="no-such-kind"),
        pytest.param("mailto:me@cdn.ampproject.org", None, id="mail"),
        pytest.param("", None, id="empty"),
    ],
)
def test_what_an_amp_cache_url_is_a_copy_of(cached: str, url: str | None) -> None:
    assert amp_origin_url(cached) == url


def test_what_no_parser_reads_is_no_amp_cache_url() -> None:
    assert amp_origin_url("https://[nonsense") is None


PAGES = st.from_regex(
    r"https?://[a-z0-9]{1,9}(-[a-z0-9]{1,4})?(\.[a-z]{2,6}){1,3}(/[A-Za-z0-9._~%:@,;=&-]{0,9}){0,4}(\?[a-z0-9=&/?%]{1,9})?",
    fullmatch=True,
)


@given(PAGES, st.sampled_from(["cdn.ampproject.org", "bing-amp.com"]))
def test_law_to_the_amp_cache_and_back_returns(url: str, cache: str) -> None:
    assert amp_origin_url(amp_cache_url(url, cache=cache)) == url
