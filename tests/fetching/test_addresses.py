"""Which machines are public, and which web addresses may be read."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.fetching import is_public, named_host, read
from portal.fetching.addresses import Target

PRIVATE = (
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15",
)  # fmt: skip
V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
INSIDE = st.sampled_from(PRIVATE).flatmap(
    lambda n: st.integers(int(ip_network(n)[0]), int(ip_network(n)[-1])).map(IPv4Address)
)


@given(st.one_of(V4, INSIDE))
def test_an_address_that_the_standard_library_takes_for_special_is_never_public(
    address: IPv4Address,
) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved
    assert not (special and is_public(str(address)))


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_the_same_of_ipv6(address: IPv6Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved
    assert not (special and is_public(str(address)))


@given(st.one_of(V4, INSIDE), st.integers(0, 2**16 - 1))
def test_no_address_that_carries_another_is_public(inner: IPv4Address, more: int) -> None:
    number = int(inner)
    carried = (
        0xFFFF << 32 | number,  # mapped
        number,  # compatible
        0xFFFF << 48 | number,  # translated
        0x64FF9B << 96 | number,  # NAT64
        0x64FF9B0001 << 80 | more << 48 | number,  # NAT64 of a network's own
        0x2002 << 112 | number << 80 | more,  # 6to4
        0x20010000 << 96 | more << 32 | number ^ 0xFFFFFFFF,  # Teredo
    )
    assert not any(is_public(str(IPv6Address(each))) for each in carried)


@given(INSIDE)
def test_no_private_address_is_public(address: IPv4Address) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.0.144", "2a04:4e42::144", "2606:4700::1"])
def test_others_are(address: str) -> None:
    assert is_public(address) and ip_address(address).is_global


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "::1",
     "fe80::1%eth0", "::ffff:127.0.0.1", "0.0.0.0", "::", "255.255.255.255", "ff02::1",
     "2001:db8::1", "192.88.99.1", "localhost", "", "0x7f.1", "127.1", "017700000001",
     "2130706433"],
)  # fmt: skip
def test_known_tricks_are_not(address: str) -> None:
    assert not is_public(address)


def test_a_web_address_is_taken_apart() -> None:
    found = read("https://Data.Example.gov.uk/a/b?c=d")
    assert found == Target(True, "data.example.gov.uk", 443, "/a/b?c=d")
    assert read("https://data.example.gov.uk:443").path == "/"


@pytest.mark.parametrize(
    "url",
    ["http://data.example.gov.uk/", "ftp://data.example.gov.uk/", "file:///etc/passwd",
     "https://data.example.gov.uk:8443/", "https://data.example.gov.uk:22/",
     "https://user:secret@data.example.gov.uk/", "https://a@data.example.gov.uk/",
     "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://127.1/",
     "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://1.0x7f/",
     "https://localhost/", "https://db.internal/", "https://printer.local/", "https://intranet/",
    "https://host.corp/",
     "https://data.example.gov.uk./", "https://data.example.gov.uk/#part", "https:///figures",
     "https://data.example.gov.uk\\@127.0.0.1/", "https://data.example.gov.uk/a b",
     "https://data.example.gov.uk/a\r\nHost: x", "https://データ.example/", "https://a_b.example/",
     "https://１２７.0.0.1/", "https://-a.example/", f"https://{'a.' * 130}uk/", "data.gov.uk",
     "https://data.example.gov.uk/" + "a" * 2000, ""],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(Invalid) as said:
        read(url)
    assert said.value.field == "url"


def test_loopback_is_read_where_tests_say_so_and_nothing_else_by_http() -> None:
    assert read("http://127.0.0.1:8000/a", loopback=True) == Target(False, "127.0.0.1", 8000, "/a")
    for url in ("http://127.0.0.2/", "http://localhost/", "http://10.0.0.1/", "https://127.0.0.1/"):
        with pytest.raises(Invalid):
            read(url, loopback=True)
    assert named_host("127.0.0.1", loopback=True) == "127.0.0.1"
    with pytest.raises(Invalid):
        named_host("127.0.0.1")
    assert named_host(" Data.Example.gov.uk ") == "data.example.gov.uk"


def test_a_host_alone_is_told_what_it_lacks() -> None:
    with pytest.raises(Invalid, match="must have a dot"):
        read("https://intranet/figures.csv")
    with pytest.raises(Invalid, match="not a number"):
        read("https://2130706433/")
