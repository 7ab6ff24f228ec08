"""Which secrets the build was given, and whether the image kept one. Values stay in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.model.holding_facts import BuildSecretFacts, Sighting
from seatrial.model.image import ImageFacts
from seatrial.verify.lab import Lab
from seatrial.verify.needles import SHORTEST, Needles, is_long_enough

LONGEST = 4 * 1024 * 1024
LINK = "target:"
_MOUNT = re.compile(r"--mount=\S*\btype=secret\b\S*")
_ID = re.compile(r"\b(?:id|target|dst|destination)=([^\s,]+)")


@dataclass(frozen=True)
class BuildSecrets:
    """What a build was given in secret.

    Attributes:
        source: What tells of it; None when nothing does.
        values: Values by id.
        unread: Why there is no value, by id.
    """

    source: Any = None
    values: dict[str, bytes] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def needles(self) -> Needles:
        """What is to be searched for."""
        return Needles(self.values)

    @property
    def hidden(self) -> dict[str, str]:
        """What nobody may see, by the name that takes its place."""
        return {
            f"build secret {name}": value.decode("utf-8", "replace").strip()
            for name, value in self.values.items()
        }


def read_build_secrets(lab: Lab) -> BuildSecrets:
    """Read the secrets that the build record names; where there is none, see if any were needed."""
    if lab.record is None:
        return _needed(lab)
    targets = lab.record.plan.definition.get("target", {})
    values: dict[str, bytes] = {}
    unread: dict[str, str] = {}
    for secret in _given(targets, lab.contract.image):
        name = secret.get("id", "")
        try:
            value = _value(lab, secret)
        except OSError as error:
            unread[name] = f"its file cannot be read: {error.strerror}"
            continue
        if value is None:
            unread[name] = "its variable is not set now"
        elif not is_long_enough(value):
            unread[name] = f"it is shorter than {SHORTEST} bytes: it would be found by chance"
        else:
            values[name] = value
    return BuildSecrets("build record", values, unread)


def kept_secrets(
    secrets: BuildSecrets, image: ImageFacts, in_layers: Iterable[Sighting]
) -> BuildSecretFacts | None:
    """Return what the image kept; None when nothing tells what the build was given."""
    if secrets.source is None:
        return None
    needles = secrets.needles
    in_configuration = (
        Sighting(where=place, kind=f"build secret {name}")
        for place, text in _texts(image)
        for name in needles.in_text(text)
    )
    return BuildSecretFacts(
        source=secrets.source,
        given=tuple(sorted(secrets.values | secrets.unread)),
        unread=secrets.unread,
        kept=(*in_configuration, *in_layers),
    )


def _given(targets: Mapping[str, Any], name: str) -> Iterator[dict[str, str]]:
    """Yield the secrets of a target and of those that it is built on."""
    ahead, seen = [name], set()
    while ahead:
        at = ahead.pop()
        if at in seen or at not in targets:
            continue
        seen.add(at)
        for secret in targets[at].get("secret") or ():
            # Older versions of bake print secrets as text.
            yield _parsed(secret) if isinstance(secret, str) else secret
        places = (targets[at].get("contexts") or {}).values()
        ahead += [place.removeprefix(LINK) for place in places if place.startswith(LINK)]


def _parsed(written: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in written.split(",") if "=" in pair)


def _value(lab: Lab, secret: Mapping[str, str]) -> bytes | None:
    """Return a secret as BuildKit reads it; None when its variable is not set."""
    name, path = secret.get("id", ""), secret.get("src") or secret.get("source")
    variable = secret.get("env") or (path if secret.get("type") == "env" else None)
    if variable is None and path is None and name in os.environ:
        variable = name
    if variable:
        value = os.environ.get(variable)
        return None if value is None else value.encode("utf-8", "surrogateescape")
    with ((lab.order.root or lab.order.folder) / (path or name)).open("rb") as file:
        return file.read(LONGEST)


def _needed(lab: Lab) -> BuildSecrets:
    """Return the secrets that the Dockerfile beside the contract asks for; they have no values."""
    bases = lab.contract.bases
    path = lab.order.folder / (bases.dockerfile if bases else "Dockerfile")
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return BuildSecrets()
    mounts = (_ID.search(mount[0]) for mount in _MOUNT.finditer(text))
    reason = "no build record tells its value"
    return BuildSecrets("Dockerfile", unread={(id_[1] if id_ else "?"): reason for id_ in mounts})


def _texts(image: ImageFacts) -> Iterator[tuple[str, str]]:
    for place, mapping in (("ENV", image.env), ("LABEL", image.labels)):
        for name, value in mapping.items():
            yield f"{place} {name}", value
    for number, instruction in enumerate(image.history, start=1):
        yield f"history step {number}", instruction
    yield from (("ONBUILD", instruction) for instruction in image.on_build)
    check = image.healthcheck.command if image.healthcheck else ()
    yield "ENTRYPOINT, CMD and HEALTHCHECK", "\n".join((*image.entrypoint, *image.command, *check))
