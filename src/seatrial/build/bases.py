"""Which stand-in takes which base's place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base
from seatrial.recipes import repository_and_tag

_HUB = re.compile(r"^(?:index\.)?docker\.io/(?:library/(?=[^/]+$))?")


def context_key(reference: str) -> str:
    """Return the key under which BuildKit looks for a named context in place of `reference`.

    BuildKit takes a default registry and a `:latest` away before it looks; bake, unlike
    `docker buildx build`, leaves keys as they are written (moby/buildkit, `namedContext`).
    """
    return _HUB.sub("", reference).removesuffix(":latest")


def match_stand_ins(
    bases: Iterable[Base], recipes: Mapping[str, str], tags: Mapping[str, str]
) -> dict[str, str]:
    """Return the stand-in's tag for each base's reference: the named contexts of a build.

    Args:
        bases: Every base of every image.
        recipes: Recipe folder by `repository:tag`, as configured.
        tags: Local tag of each stand-in, by `repository:tag`.

    Raises:
        ConfigurationError: When a base has no stand-in, or a stand-in is asked for by no `FROM`.
    """
    wanted = {base.reference: base for base in bases}
    lacking = [
        base for base in wanted.values() if repository_and_tag(base.reference) not in recipes
    ]
    if lacking:
        first = lacking[0]
        raise ConfigurationError(
            f"no stand-in for {repository_and_tag(first.reference)}",
            found=f"{first.dockerfile}:{first.line} asks for it; no registry gives it",
            expected="one of " + ", ".join(sorted(recipes)) if recipes else None,
            hint="add a recipe to [tool.seatrial.stand_ins], or build with --bases registry",
        )
    idle = sorted(set(recipes) - {repository_and_tag(reference) for reference in wanted})
    if idle:
        raise ConfigurationError(
            f"no FROM asks for the stand-in of {idle[0]}",
            expected="a stand-in for each base, and none besides",
            found="bases: " + ", ".join(sorted(map(repository_and_tag, wanted))),
            hint="remove it from [tool.seatrial.stand_ins], or mend the Dockerfile's version",
        )
    return {reference: tags[repository_and_tag(reference)] for reference in wanted}
