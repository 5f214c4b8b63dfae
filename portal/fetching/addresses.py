"""Which web addresses the portal may read, and which addresses of machines are public."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from portal.addresses import is_web_address
from portal.errors import N_, Invalid

HTTPS = 443
LONGEST = 2000
LONGEST_HOST = 253
#: The only machine that tests read from, by http and at any port.
LOOPBACK = "127.0.0.1"
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
#: A name with a dot whose end begins with a letter: `127.1`, `2130706433` and `0x7f.1` are numbers
#: to the system's resolver.
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
_ALONE = re.compile(rf"(?=[a-z]){_LABEL}")
#: Names that mean something only inside a network.
_INSIDE = ("local", "localhost", "internal", "localdomain", "lan", "home.arpa", "onion",
           "corp", "home", "intranet", "private")  # fmt: skip

#: Addresses of machines that are not public: the registries of special purposes of IANA (RFC 6890).
_REFUSED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        # What Azure tells its machines stands at an address that looks public.
        "168.63.129.16/32",
        # Teredo, 6to4 and others that carry another address inside, and addresses for examples.
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
#: Of IPv6, only this is given to anybody: addresses that carry one of IPv4 (mapped, NAT64),
#: private, link-local and multicast ones are outside.
_GIVEN = ip_network("2000::/3")


@dataclass(frozen=True, slots=True)
class Target:
    """A web address, taken apart. `path` has the query."""

    secure: bool
    host: str
    port: int
    path: str


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet can be asked at."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found not in _GIVEN:
        return False
    return not any(found in network for network in _REFUSED)


def read(text: str, loopback: bool = False) -> Target:
    """A web address that the portal may read: https at the usual port, with the name of a host.

    Args:
        text: as somebody typed it.
        loopback: `http://127.0.0.1` at any port is one too: for tests.

    Raises:
        Invalid: for the field `url`: it is none.
    """
    if not is_web_address(text) or len(text) > LONGEST or not text.isascii():
        raise Invalid("url", N_("Enter a web address, like https://data.example.gov.uk/figures"))
    parts = urlsplit(text)
    host, path = (parts.hostname or ""), (parts.path or "/")
    path = f"{path}?{parts.query}" if parts.query else path
    if loopback and parts.scheme == "http" and host == LOOPBACK:
        return Target(False, host, parts.port or 80, path)
    if parts.scheme != "https":
        raise Invalid("url", N_("The address must begin with https://"))
    if parts.port not in (None, HTTPS):
        raise Invalid("url", N_("The address must have no port number"))
    if parts.fragment:
        raise Invalid("url", N_("The address must have no part after #"))
    return Target(True, named_host(host, "url"), HTTPS, path)


def named_host(text: str, field: str = "host", loopback: bool = False) -> str:
    """The name of a host that could be public, in small letters.

    Raises:
        Invalid: for `field`: it is no name, or one that is known inside a network only.
    """
    host = text.strip().lower()
    if loopback and host == LOOPBACK:
        return host
    if _ALONE.fullmatch(host):
        raise Invalid(field, N_("The host must have a dot in it, like data.example.gov.uk"))
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        raise Invalid(field, N_("The host must be a name like data.example.gov.uk, not a number"))
    if any(host.endswith(f".{end}") for end in _INSIDE):
        raise Invalid(field, N_("The host must be on the public internet"))
    return host
