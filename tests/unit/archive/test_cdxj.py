"""The index's keys are those of the Internet Archive's surt, which players look captures up by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt

from archiver.archive.cdxj import place_of

PLACES = {
    "https://www.example.com/": "com,example)/",
    "https://www.example.com": "com,example)/",
    "http://www2.example.com/News/": "com,example)/news",
    "https://example.com:8443/a?b=2&B=1&a": "com,example:8443)/a?a&b=1&b=2",
    "http://example.com:80/a": "com,example)/a",
    "http://192.0.2.31/a": "31,2,0,192)/a",
    "https://example.com/a%20b": "com,example)/a%20b",
    "https://example.com/a?sid=0123456789abcdef0123456789ABCDEF": "com,example)/a",
    "https://bücher.example/": "example,xn--bcher-kva)/",
}


@pytest.mark.parametrize(("url", "place"), PLACES.items())
def test_places(url: str, place: str) -> None:
    """The host is turned around; `www.`, a default port, a last slash and a session's id are left out."""
    assert place_of(url) == place


_LABELS = st.sampled_from(
    ["www", "www2", "wwwa", "example", "com", "a-b", "xn--bcher-kva", "1", "010", "0x7f", "255", "A"]
)
_HOSTS = st.lists(_LABELS, min_size=1, max_size=5).map(".".join)
_ADDRESSES = st.lists(st.integers(0, 255).map(str), min_size=4, max_size=4).map(".".join)
_PORTS = st.sampled_from(["", ":80", ":443", ":8", ":8080", ":65535", ":080"])
_CHARACTERS = "aZ0.-_~!$&'()*+,;=:@%/é "
_PATHS = st.lists(st.text(_CHARACTERS, max_size=5) | st.just("(a(0123456789abcdef01234567))"), max_size=4)
_ARGUMENTS = st.text(_CHARACTERS + "?", max_size=5) | st.sampled_from(
    ["SID=", "a=1", "A=0", "a", "PHPSESSID=", "jsessionid=", "ASPSESSIONIDabcdefgh=", "cfid=1&cftoken=2"]
).flatmap(lambda name: st.sampled_from([name, name + "0" * 32, name + "a" * 24]))
_QUERIES = st.just("") | st.lists(_ARGUMENTS, max_size=4).map(lambda arguments: "?" + "&".join(arguments))
_URLS = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}{''.join('/' + part for part in path)}{query}",
    st.sampled_from(["http", "https"]),
    _HOSTS | _ADDRESSES,
    _PORTS,
    _PATHS,
    _QUERIES,
)


@given(_URLS)
def test_a_place_is_what_surt_gives(url: str) -> None:
    """Whatever way a key is made, it is surt's."""
    assert place_of(url) == surt(url)
