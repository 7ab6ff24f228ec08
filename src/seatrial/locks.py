"""Reads `uv.lock`: what may be installed in production, and what is known at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seatrial.errors import ConfigurationError
from seatrial.model.holding_facts import LockFacts
from seatrial.root import read_text


def read_uv_lock(path: Path) -> LockFacts:
    """Read a `uv.lock`.

    Raises:
        ConfigurationError: When it cannot be read or is no lock.
    """
    try:
        return locked(tomllib.loads(read_text(path)))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path} is not a lock that can be read: {error}", hint="make it anew: uv lock"
        ) from error


def locked(document: dict[str, Any]) -> LockFacts:
    """Return what a parsed `uv.lock` allows.

    The production set is what the lock's own projects need, and what that needs in turn; groups
    and optional dependencies of the projects are left out, those that an extra asks for are in.
    Markers are not evaluated: a package that some platform needs is allowed on all.
    """
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in document.get("package", ()):
        packages.setdefault(_normalised(package["name"]), []).append(package)
    roots = [name for name, kinds in packages.items() if any(_is_project(p) for p in kinds)]
    production = _reached(packages, [(name, ()) for name in roots])
    return LockFacts(
        production=_versions(packages, production),
        known=_versions(packages, packages),
        groups={
            name: tuple(sorted(_reached(packages, map(_needed, needs))))
            for name, needs in _groups(packages, roots).items()
        },
    )


def _groups(
    packages: dict[str, list[dict[str, Any]]], roots: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return what each group and each extra of the projects asks for itself."""
    found: dict[str, list[dict[str, Any]]] = {}
    for package in (package for name in roots for package in packages[name]):
        for kind in ("dev-dependencies", "optional-dependencies"):
            for group, needs in package.get(kind, {}).items():
                found.setdefault(group, []).extend(needs)
    return found


def _reached(
    packages: dict[str, list[dict[str, Any]]], start: Iterable[tuple[str, tuple[str, ...]]]
) -> set[str]:
    waiting, seen = list(start), set()
    while waiting:
        name, extras = waiting.pop()
        for extra in ("", *extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for package in packages.get(name, ()):
                waiting += [_needed(need) for need in _needs(package, extra)]
    return {name for name, _ in seen if name in packages}


def _needs(package: dict[str, Any], extra: str) -> list[dict[str, Any]]:
    found = package.get("optional-dependencies", {}).get(extra) if extra else None
    return list((found if extra else package.get("dependencies")) or ())


def _needed(need: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return _normalised(need["name"]), tuple(need.get("extra", ()))


def _is_project(package: dict[str, Any]) -> bool:
    """Tell a project of this lock from what it needs: uv installs it from a folder."""
    return bool({"editable", "virtual", "directory"} & set(package.get("source", {})))


def _versions(
    packages: dict[str, list[dict[str, Any]]], names: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(p["version"] for p in packages[name] if "version" in p)
        for name in sorted(names)
    }


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
