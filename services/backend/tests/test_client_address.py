"""Whose address counts when proxies stand between."""

from ipaddress import ip_network

import pytest

from logbook.client_address import client_address, subject_of

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        pytest.param("192.0.2.1", [], "192.0.2.1", id="no proxy"),
        pytest.param("192.0.2.1", ["198.51.100.7"], "192.0.2.1", id="from anybody"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="a proxy that tells nothing"),
        pytest.param("10.0.0.1", ["198.51.100.7"], "198.51.100.7", id="from a proxy"),
        pytest.param("10.0.0.1", ["1.1.1.1, 198.51.100.7"], "198.51.100.7", id="made up before it"),
        pytest.param("10.0.0.1", ["1.1.1.1", "198.51.100.7"], "198.51.100.7", id="two headers"),
        pytest.param("10.0.0.1", ["198.51.100.7, 10.2.3.4"], "198.51.100.7", id="two proxies"),
        pytest.param("10.0.0.1", ["10.9.9.9, 10.2.3.4"], "10.9.9.9", id="nobody but proxies"),
        pytest.param("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1", id="nonsense"),
        pytest.param("10.0.0.1", [""], "10.0.0.1", id="empty"),
        pytest.param("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7", id="with a port"),
        pytest.param("fd00::1", ["[2001:db8::7]:4711"], "2001:db8::7", id="IPv6 with a port"),
        pytest.param("::ffff:10.0.0.1", ["::ffff:192.0.2.9"], "192.0.2.9", id="IPv4 within IPv6"),
        pytest.param("", ["198.51.100.7"], "None", id="no address at all"),
    ],
)
def test_only_what_a_trusted_proxy_adds_counts(
    peer: str, forwarded_for: list[str], expected: str
) -> None:
    assert str(client_address(peer, forwarded_for, TRUSTED)) == expected


def test_one_who_has_a_network_of_ipv6_addresses_is_one_client() -> None:
    first, second, other = (
        subject_of(client_address(peer, [], [])) for peer in ("2001:db8::1", "2001:db8::2:3", "::1")
    )
    assert first == second == "2001:db8::/64"
    assert other != first
    assert subject_of(client_address("192.0.2.1", [], [])) == "192.0.2.1"
    assert subject_of(None) == "unknown"
