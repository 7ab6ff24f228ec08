"""What was seen, family by family, in words: the evidence behind checks that passed as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from seatrial.model.observation import Observation
from seatrial.report import seen_alive, seen_held
from seatrial.report.fact import Fact


def facts_of(family: str, seen: Observation) -> list[Fact]:
    """Return what was seen of a family; nothing where no words are known for it."""
    words = _FAMILIES.get(family)
    return list(words(seen)) if words else []


_FAMILIES: dict[str, Callable[[Observation], Iterable[Fact]]] = {
    "health": seen_alive.health,
    "identity": seen_alive.identity,
    "network": seen_alive.network,
    "environment": seen_alive.environment,
    "signals": seen_alive.signals,
    "filesystem": seen_held.filesystem,
    "logs": seen_alive.logs,
    "database": seen_alive.database,
    "processes": seen_alive.processes,
    "secrets": seen_held.secrets,
    "dependencies": seen_held.dependencies,
    "cache": seen_held.cache,
    "stamp": seen_held.stamp,
    "limits": seen_held.limits,
    "bases": seen_held.bases,
    "recipe": seen_held.recipe,
    "restart": seen_alive.restart,
}
