"""From which address a request came, where proxies may stand between."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logbook.environment import Network

Address = IPv4Address | IPv6Address


def client_address(
    peer: str, forwarded_for: Iterable[str], trusted: "Sequence[Network]"
) -> Address | None:
    """Return the address of the client, or nothing where the connection has none.

    `forwarded_for` are the values of X-Forwarded-For. Anybody can write one, so it counts only
    from a proxy that is `trusted`, and of it the address farthest to the right that is none of
    those proxies: what stands before it is the client's own word.
    """
    client = _read(peer)
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    while client is not None and hops and any(client in network for network in trusted):
        before = _read(hops.pop())
        if before is None:  # a proxy that tells no address answers for its clients itself
            break
        client = before
    return client


def subject_of(address: Address | None) -> str:
    """Return what stands for a client: one has a whole /64 network of IPv6 to choose from."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address or "unknown")


def _read(text: str) -> Address | None:
    """Read an address, with or without a port, as proxies write it."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address
