"""Which addresses may be connected to: public ones, and the networks that the operator allows.

Refuses what the IANA special-purpose registries (RFC 6890 and its updates) mark as not globally reachable,
multicast, and IPv6 forms that carry an IPv4 address which is itself refused. Resolving names is left to
`network`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from advisor.errors import UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Python's `is_private` follows the registries of its own release; these are named so that an older one
# cannot open a door. RFC 6598 (shared space), 7526 (6to4 relays), 5737, 2544, 1112, 8215, 3056, 4380, 6666,
# 3849, 9637, 4193, 4291, 3879, 9602.
_SPECIAL = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached


@dataclass(frozen=True, slots=True)
class Guard:
    """Says which addresses may be reached. `allowed` opens networks that are refused otherwise."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Sequence[str]) -> Guard:
        """A guard that opens `networks` ("127.0.0.0/8"); UsageError names one that cannot be read."""
        try:
            return cls(tuple(ip_network(network, strict=False) for network in networks))
        except ValueError as error:
            raise UsageError(f"fetch.allow_networks: {error}; write networks like 10.1.0.0/16") from error

    def permits(self, address: str) -> bool:
        """Whether a connection to `address` (a literal, with or without a scope) may be made."""
        reached = _reached(ip_address(address.partition("%")[0]))
        if any(reached in network for network in self.allowed if network.version == reached.version):
            return True
        if any(reached in network for network in _SPECIAL if network.version == reached.version):
            return False
        return reached.is_global and not reached.is_multicast


def _reached(address: Address) -> Address:
    """The address that packets end up at: the IPv4 one inside mapped and NAT64 forms."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
