"""Python packages: what is installed, and whose each module is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seatrial.model.holding_facts import Distribution
from seatrial.verify.claims import module_of
from seatrial.verify.final import Files

_METADATA = re.compile(r"(?P<name>[^/]+?)-(?P<version>[^/-]+)(-py[\d.]+)?\.(dist|egg)-info$")
_SITE = "site-packages/"
_CODE = (".py", ".pyc", ".so", ".pyd", ".pth")


def normalised(name: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(files: Files, above: int) -> list[Distribution]:
    """Return the Python distributions of the layers from `above` upward."""
    folders: dict[str, int] = {}
    for path, held in files.items():
        head, mark, _ = path.partition("-info")
        if mark and held.layer >= above:
            folders.setdefault(head + mark, held.layer)
    return [
        Distribution(
            name=normalised(match["name"]), version=match["version"], path=f"/{path}", layer=layer
        )
        for path, layer in sorted(folders.items())
        if (match := _METADATA.search(path))
    ]


def unclaimed(files: Files, above: int, claims: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the top-level modules in site-packages that no installed distribution claims.

    Args:
        files: The final file system.
        above: Number of the lowest layer that is looked at.
        claims: Modules by the path of the metadata that claims them.
    """
    claimed = {
        f"{metadata.rpartition('/')[0]}/{module}"
        for metadata, modules in claims.items()
        if any(f"{metadata}/{name}" in files for name in ("RECORD", "METADATA", "PKG-INFO"))
        for module in modules
    }
    found = set()
    for path, held in files.items():
        if held.layer < above or held.trait.kind == "dir" or not path.endswith(_CODE):
            continue
        site, mark, inside = path.rpartition(_SITE)
        if mark and (module := module_of(inside)):
            found.add(f"{site}{mark}{module}")
    return sorted(f"/{module}" for module in found - claimed)
