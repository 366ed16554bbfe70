"""Where a connection may go, and where it is led to instead."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fetch.address import Detour, Guard, apply_detours


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("93.184.216.34", id="ipv4"),
        pytest.param("192.88.99.1", id="6to4-relay"),
        pytest.param("2606:4700::1111", id="ipv6"),
        pytest.param("::ffff:93.184.216.34", id="mapped"),
        pytest.param("2002:5db8:d822::1", id="6to4"),
        pytest.param("64:ff9b::5db8:d822", id="nat64"),
    ],
)
def test_global_addresses_are_asked(address: str) -> None:
    assert Guard().permits(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("10.1.2.3", id="private-10"),
        pytest.param("172.16.0.1", id="private-172"),
        pytest.param("192.168.0.1", id="private-192"),
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("127.255.255.254", id="loopback-end"),
        pytest.param("169.254.169.254", id="link-local"),
        pytest.param("100.64.0.1", id="carrier-nat"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("0.1.2.3", id="this-network"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarks"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("239.255.255.250", id="multicast-end"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="ipv6-loopback"),
        pytest.param("::", id="ipv6-unspecified"),
        pytest.param("fe80::1", id="ipv6-link-local"),
        pytest.param("fe80::1%eth0", id="scope-id"),
        pytest.param("fc00::1", id="unique-local"),
        pytest.param("fd12:3456::1%1", id="unique-local-scope-id"),
        pytest.param("ff02::1", id="ipv6-multicast"),
        pytest.param("ff0e::1", id="ipv6-global-multicast"),
        pytest.param("2001:db8::1", id="ipv6-documentation"),
        pytest.param("100::1", id="discard"),
        pytest.param("::ffff:10.0.0.1", id="mapped-private"),
        pytest.param("::ffff:7f00:1", id="mapped-loopback"),
        pytest.param("::ffff:224.0.0.1", id="mapped-multicast"),
        pytest.param("2002:a00:1::1", id="6to4-private"),
        pytest.param("64:ff9b::a00:1", id="nat64-private"),
        pytest.param("64:ff9b::7f00:1", id="nat64-loopback"),
        pytest.param("2001:0:4136:e378:8000:63bf:f5ff:fffe", id="teredo-private"),
    ],
)
def test_other_addresses_are_not(address: str) -> None:
    assert not Guard().permits(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("::10.0.0.1", id="ipv4-compatible"),
        pytest.param("::127.0.0.1", id="ipv4-compatible-loopback"),
        pytest.param("::ffff:0:10.0.0.1", id="ipv4-translated"),
        pytest.param("64:ff9b:1::a00:1", id="local-nat64"),
        pytest.param("fec0::1", id="site-local"),
        pytest.param("3fff::1", id="newer-documentation"),
        pytest.param("5f00::1", id="segment-routing"),
        pytest.param("4000::1", id="not-yet-given-out"),
    ],
)
def test_ipv6_outside_global_unicast_is_not_asked(address: str) -> None:
    """Only 2000::/3 is global unicast (IANA): Python's tables call what they don't know global."""
    assert not Guard().permits(address)


@pytest.mark.parametrize(
    ("network", "address", "permitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "192.168.0.1", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("10.0.0.0/8", "64:ff9b::a01:203", True),
        ("127.0.0.0/8", "::1", False),
        ("::1/128", "::1", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("2002::/16", "2002:a00:1::1", True),
        ("10.0.0.0/8", "93.184.216.34", True),
    ],
)
def test_an_allowed_network_is_asked_too(network: str, address: str, permitted: bool) -> None:  # noqa: FBT001
    assert Guard(allowed=(ip_network(network),)).permits(address) is permitted


@given(st.ip_addresses(v=4))
def test_law_what_ipv6_carries_is_held_to_the_same_rule(address: object) -> None:
    number = int(ip_address(str(address)))
    carriers = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80 | 1]
    outcomes = {Guard().permits(str(ip_address(carrier))) for carrier in carriers}
    assert outcomes == {Guard().permits(str(address))}


# --- detours --------------------------------------------------------------------------------------------------

HOST, PORT = "example.com", 443


@pytest.mark.parametrize(
    ("detours", "expected"),
    [
        pytest.param([], (HOST, PORT), id="none"),
        pytest.param([Detour(host=HOST, port=PORT, to_host="127.0.0.1", to_port=8443)], ("127.0.0.1", 8443), id="fits"),
        pytest.param([Detour(to_host="127.0.0.1", to_port=8443)], ("127.0.0.1", 8443), id="fits-all"),
        pytest.param([Detour(host=HOST, to_host="127.0.0.1")], ("127.0.0.1", PORT), id="keeps-the-port"),
        pytest.param([Detour(port=PORT, to_port=8443)], (HOST, 8443), id="keeps-the-host"),
        pytest.param([Detour()], (HOST, PORT), id="empty"),
        pytest.param([Detour(host="other.example", to_host="127.0.0.1")], (HOST, PORT), id="another-host"),
        pytest.param([Detour(host="www.example.com", to_host="127.0.0.1")], (HOST, PORT), id="no-suffixes"),
        pytest.param([Detour(port=80, to_host="127.0.0.1")], (HOST, PORT), id="another-port"),
        pytest.param([Detour(to_host="first"), Detour(to_host="second")], ("first", PORT), id="the-first-one"),
        pytest.param([Detour(port=80, to_host="first"), Detour(to_host="x")], ("x", PORT), id="the-first-that-fits"),
    ],
)
def test_detours(detours: list[Detour], expected: tuple[str, int]) -> None:
    assert apply_detours(detours, HOST, PORT) == expected
