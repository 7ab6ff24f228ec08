"""Reads Compose's configuration into the model, and picks what is asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from seatrial.catalog import nearest
from seatrial.errors import ConfigurationError
from seatrial.model.stack import Port, Service, Stack

ENDED_WELL = "service_completed_successfully"


def read_stack(config: Mapping[str, Any]) -> Stack:
    """Read what `docker compose config --format json` printed, variables filled in or not."""
    services = config.get("services") or {}
    awaited = {
        needed
        for service in services.values()
        for needed, how in _needs(service).items()
        if how.get("condition") == ENDED_WELL
    }
    return Stack(
        name=str(config.get("name", "")),
        services=tuple(
            Service(
                name=name,
                image=service.get("image") or "",
                profiles=tuple(service.get("profiles") or ()),
                needs=tuple(_needs(service)),
                ports=tuple(port for entry in service.get("ports") or () if (port := _port(entry))),
                never_pulled=service.get("pull_policy") == "never",
                one_shot=name in awaited,
            )
            for name, service in sorted(services.items())
        ),
        subnets=tuple(_subnets(config.get("networks") or {})),
    )


def check_profiles(stack: Stack, profiles: Iterable[str]) -> tuple[str, ...]:
    """Return the profiles, each once.

    Compose takes any name and starts nothing for one that it does not know.

    Raises:
        ConfigurationError: For the first that no service names.
    """
    wanted = tuple(dict.fromkeys(profiles))
    for name in wanted:
        if name not in stack.profiles:
            raise _unknown("profile", name, stack.profiles)
    return wanted


def check_services(stack: Stack, services: Iterable[str]) -> tuple[str, ...]:
    """Return the services, each once.

    Raises:
        ConfigurationError: For the first that the Compose file does not have.
    """
    wanted = tuple(dict.fromkeys(services))
    known = [service.name for service in stack.services]
    for name in wanted:
        if name not in known:
            raise _unknown("service", name, known)
    return wanted


def selected(stack: Stack, profiles: Sequence[str]) -> tuple[Service, ...]:
    """Return the services that `profiles` enable, those without a profile, and what they need."""
    chosen = {
        service.name
        for service in stack.services
        if not service.profiles or set(profiles) & set(service.profiles)
    }
    waiting = list(chosen)
    while waiting:
        service = stack.service(waiting.pop())
        more = set(service.needs if service else ()) - chosen
        chosen |= more
        waiting += more
    return tuple(service for service in stack.services if service.name in chosen)


def with_tag(image: str) -> str:
    """Return an image's reference with the tag that an engine assumes."""
    last = image.rsplit("/", 1)[-1]
    return image if not image or ":" in last or "@" in last else f"{image}:latest"


def _unknown(kind: str, name: str, known: Iterable[str]) -> ConfigurationError:
    guess = nearest(name, known)
    return ConfigurationError(
        f"unknown {kind} {name!r}",
        expected=", ".join(known) or f"no {kind}: the Compose file has none",
        hint=f"did you mean {guess}?" if guess else None,
    )


def _subnets(networks: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for network in networks.values():
        if network and not network.get("external"):
            wanted = (network.get("ipam") or {}).get("config") or ()
            yield from (pool["subnet"] for pool in wanted if pool.get("subnet"))


def _needs(service: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    needs: Mapping[str, Mapping[str, Any]] = service.get("depends_on") or {}
    return {name: how for name, how in needs.items() if how.get("required", True)}


def _port(entry: Any) -> Port | None:
    """Read a published port; None for Compose's short syntax with variables in it, or a range."""
    if not isinstance(entry, Mapping) or not str(entry.get("target", "")).isdigit():
        return None
    published = str(entry.get("published") or "")
    return Port(
        host=entry.get("host_ip") or "",
        published=int(published) if published.isdigit() else None,
        target=int(entry["target"]),
        application=entry.get("app_protocol"),
    )
