"""Compose's configuration, read into the model."""

from __future__ import annotations

from typing import Any

import pytest

from seatrial.compose.stack import (
    check_profiles,
    check_services,
    read_stack,
    selected,
    with_tag,
)
from seatrial.errors import ConfigurationError

CONFIG: dict[str, Any] = {
    "name": "shop",
    "services": {
        "web": {
            "image": "shop-web:latest",
            "pull_policy": "never",
            "depends_on": {"tables": {"condition": "service_completed_successfully"}},
            "ports": [
                {
                    "target": 8000,
                    "published": "18000",
                    "host_ip": "127.0.0.1",
                    "app_protocol": "http",
                },
                {"target": 9000, "published": "9000-9010"},
            ],
        },
        "tables": {"image": "shop-tables", "profiles": ["never-asked-for"]},
        "cache": {"image": "cache", "profiles": ["fast", "all"]},
        "page": {
            "image": "page",
            "profiles": ["all"],
            "depends_on": {
                "web": {"condition": "service_healthy", "required": True},
                "cache": {"condition": "service_started", "required": False},
            },
        },
    },
}


def test_services_come_with_their_ports_and_needs() -> None:
    web = read_stack(CONFIG).service("web")
    assert web is not None
    assert (web.image, web.never_pulled, web.needs) == ("shop-web:latest", True, ("tables",))
    assert web.ports[0].published == 18000
    assert web.ports[0].application == "http"
    assert web.ports[1].published is None, "a range is the engine's choice"


def test_a_service_that_another_waits_for_to_end_is_a_one_shot() -> None:
    stack = read_stack(CONFIG)
    assert [service.name for service in stack.services if service.one_shot] == ["tables"]


def test_profiles_are_those_that_services_name() -> None:
    assert read_stack(CONFIG).profiles == ("all", "fast", "never-asked-for")


def test_without_a_profile_only_what_has_none_and_what_it_needs_is_started() -> None:
    assert [s.name for s in selected(read_stack(CONFIG), [])] == ["tables", "web"]


def test_a_need_that_is_not_required_is_not_started() -> None:
    stack = read_stack({**CONFIG, "services": {**CONFIG["services"]}})
    names = [s.name for s in selected(stack, ["fast"])]
    assert names == ["cache", "tables", "web"]


def test_an_unknown_profile_is_an_error_with_the_known_and_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_profiles(read_stack(CONFIG), ["al"])
    assert caught.value.expected == "all, fast, never-asked-for"
    assert caught.value.hint == "did you mean all?"
    assert caught.value.exit_code == 2


def test_a_profile_given_twice_counts_once() -> None:
    assert check_profiles(read_stack(CONFIG), ["all", "all"]) == ("all",)


def test_an_unknown_service_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="unknown service 'wep'") as caught:
        check_services(read_stack(CONFIG), ["wep"])
    assert caught.value.hint == "did you mean web?"


def test_a_file_with_variables_left_in_can_be_read() -> None:
    port = {"target": 80, "published": "${PORT:-80}", "app_protocol": "http"}
    short = "127.0.0.1:${PORT}:80"
    stack = read_stack(
        {"name": "x", "services": {"a": {"image": "a:${T}", "ports": [port, short]}}}
    )
    assert [p.published for p in stack.services[0].ports] == [None]


@pytest.mark.parametrize(
    ("image", "full"),
    [
        ("web", "web:latest"),
        ("web:1", "web:1"),
        ("host:5000/web", "host:5000/web:latest"),
        ("host:5000/web:1", "host:5000/web:1"),
        ("web@sha256:abc", "web@sha256:abc"),
        ("", ""),
    ],
)
def test_an_image_without_a_tag_is_the_latest(image: str, full: str) -> None:
    assert with_tag(image) == full


def test_the_subnets_that_a_stacks_own_networks_want_are_read() -> None:
    networks = {
        "default": {"ipam": {"config": [{"subnet": "10.1.0.0/24"}, {"gateway": "10.1.0.1"}]}},
        "others": {"external": True, "ipam": {"config": [{"subnet": "10.2.0.0/24"}]}},
        "any": {"ipam": {}},
        "none": None,
    }
    assert read_stack({"name": "shop", "networks": networks}).subnets == ("10.1.0.0/24",)
