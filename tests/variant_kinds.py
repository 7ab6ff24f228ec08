"""What a variant of the good service is, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from variant_place import Place


@dataclass(frozen=True)
class Variant:
    """A variant.

    Attributes:
        name: Its name; an image's as well.
        edit: What makes it out of the good service.
        killer: The check that must find it; None for a good one.
        also: Checks of other families that rightly fall with it.
    """

    name: str
    edit: Callable[[Place], None]
    killer: str | None = None
    also: frozenset[str] = frozenset()


# Tried every time: what must never get through, and one of each family.
QUICK = frozenset(
    {
        "good-as-it-is",
        "good-wrapper-that-execs",
        "good-without-a-shell",
        "user-root",
        "user-becomes-root",
        "health-always-well",
        "listens-twice",
        "variable-has-a-default",
        "variable-not-named",
        "signal-stays-in-the-shell",
        "signal-drops-the-request",
        "writes-where-it-can",
        "logs-to-a-file",
        "secret-env-file-copied",
        "secret-in-the-logs",
        "development-packages-installed",
        "source-before-dependencies",
        "version-of-another-commit",
        "memory-hog",
    }
)
VARIANTS: list[Variant] = []


def good(edit: Callable[[Place], None]) -> Callable[[Place], None]:
    VARIANTS.append(Variant(_name(edit), edit))
    return edit


def mutant(killer: str, *also: str) -> Callable[[Callable[[Place], None]], Callable[[Place], None]]:
    def register(edit: Callable[[Place], None]) -> Callable[[Place], None]:
        VARIANTS.append(Variant(_name(edit), edit, killer, frozenset(also)))
        return edit

    return register


def _name(edit: Callable[[Place], None]) -> str:
    return getattr(edit, "__name__", "").replace("_", "-")
