"""What a variant of the good service is, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from variant_place import Place

Kind = Literal["mutant", "good", "equivalent"]
Edit = Callable[[Place], None]


@dataclass(frozen=True)
class Variant:
    """A variant.

    Attributes:
        name: Its name; an image's as well.
        edit: What makes it out of the good service.
        kind: A mutant breaks a promise, a good one breaks none; an equivalent one is written
            like a mutant and behaves like the good one.
        killer: The check that must find a mutant.
        also: Checks of other families that rightly fall with it.
    """

    name: str
    edit: Edit
    kind: Kind = "mutant"
    killer: str = ""
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
        "base-by-tag",
        "base-by-argument",
        "recipe-loses-an-exit-code",
        "label-of-another-commit",
        "workdir-elsewhere",
        "good-on-stages-and-scratch",
        "good-with-a-database",
        "capabilities-of-a-file",
        "child-dies-and-nobody-minds",
        "database-away-and-yet-ready",
        "development-reloader-of-its-own",
    }
)
VARIANTS: list[Variant] = []


def good(edit: Edit) -> Edit:
    """Declare a variant that keeps every promise."""
    VARIANTS.append(Variant(_name(edit), edit, "good"))
    return edit


def equivalent(edit: Edit) -> Edit:
    """Declare a variant that looks broken and is not: no trial can tell it from the good one."""
    VARIANTS.append(Variant(_name(edit), edit, "equivalent"))
    return edit


def mutant(killer: str, *also: str) -> Callable[[Edit], Edit]:
    """Declare a variant with one promise broken."""

    def register(edit: Edit) -> Edit:
        VARIANTS.append(Variant(_name(edit), edit, "mutant", killer, frozenset(also)))
        return edit

    return register


def _name(edit: Edit) -> str:
    return getattr(edit, "__name__", "").replace("_", "-")
