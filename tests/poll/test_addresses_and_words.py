"""The guard's table, and what people may read."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.poll.addresses import Guard
from advisor.poll.words import shown

REFUSED = (
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.1",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
    "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1",
)  # fmt: skip
PERMITTED = (
    "8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1", "2a00:1450:4001::1", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
)  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused(address):
    assert not Guard().permits(address)


@pytest.mark.parametrize("address", PERMITTED)
def test_public_addresses_are_permitted(address):
    assert Guard().permits(address)


def test_allowed_networks_open_exactly_themselves():
    guard = Guard.of(["10.1.0.0/16", "fd00::/8"])
    assert guard.permits("10.1.2.3")
    assert guard.permits("::ffff:10.1.2.3")
    assert guard.permits("fd00::1")
    assert not guard.permits("10.2.0.1")


@given(st.ip_addresses())
def test_nothing_is_permitted_that_python_calls_private(address):
    reached = getattr(address, "ipv4_mapped", None) or address
    if reached.is_private and reached not in ipaddress.ip_network("64:ff9b::/96"):
        assert not Guard().permits(str(address))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@example.org/feed?page=2", "https://example.org/feed?page=2"),
        ("https://example.org:8443/f?api_key=abc", "https://example.org:8443/f?api_key=..."),
        ("https://example.org/f?x=0123456789abcdef0123456789", "https://example.org/f?x=..."),
        ("http://[2001:db8::1]/x#frag", "http://[2001:db8::1]/x"),
        ("http://[::1", "an address that cannot be read"),
    ],
)
def test_addresses_are_shown_without_secrets(url, expected):
    assert shown(url) == expected


@given(st.text())
def test_showing_any_address_gives_one_line(url):
    assert "\n" not in shown(url)
