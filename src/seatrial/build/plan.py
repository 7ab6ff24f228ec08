"""The plan of a build, made out of what was read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any

from seatrial.build.bases import context_key, match_stand_ins
from seatrial.build.stamp import default_tags, labels, references, releases
from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base, Plan, PlannedImage, ResolvedPolicy
from seatrial.model.stamp import GitFacts, Stamp

VERSION_CONTEXT = "version"
CA_ID = "ca"
LINK = "target:"


@dataclass(frozen=True)
class Request:
    """What was asked of a build.

    Attributes:
        images: Targets to build, in order.
        tag: Takes the place of the default tags, or None.
        platforms: Platforms, empty for the builder's own.
        as_written: Keep each target's own output and give no tags: for targets that are no images.
    """

    images: tuple[str, ...]
    tag: str | None = None
    platforms: tuple[str, ...] = ()
    as_written: bool = False


@dataclass(frozen=True)
class Ground:
    """What a plan stands on: everything that was read from outside.

    Attributes:
        printed: The bake file as bake resolves it.
        git: What git says.
        stamp: The build's stamp.
        policy: Base policy in force.
        bases: Bases by target, of every target of the bake file's default group.
        recipes: Recipe folders of stand-ins, by `repository:tag`.
        stand_ins: Local tags of stand-ins, by `repository:tag`.
        ca_bundle: Path of the CA bundle that build steps get, or None.
        version_context: Folder of `version.json`.
    """

    printed: Mapping[str, Any]
    git: GitFacts
    stamp: Stamp
    policy: ResolvedPolicy
    bases: Mapping[str, tuple[Base, ...]]
    version_context: str
    recipes: Mapping[str, str] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    ca_bundle: str | None = None


def make_plan(request: Request, ground: Ground) -> Plan:
    """Decide all that a build will do.

    Raises:
        ConfigurationError: When bases and stand-ins do not match, or a tag is malformed.
    """
    substitutes: Mapping[str, str] = {}
    if ground.policy == "stand-in":
        every = [base for bases in ground.bases.values() for base in bases]
        substitutes = match_stand_ins(every, ground.recipes, ground.stand_ins)
    targets = ground.printed["target"]
    images = tuple(
        _image(name, targets[name], request, ground, substitutes) for name in request.images
    )
    claimed: dict[str, str] = {}
    for image in images:
        for tag in image.tags:
            if claimed.setdefault(tag, image.name) != image.name:
                raise ConfigurationError(
                    f"the tag {tag} would name both {claimed[tag]} and {image.name}",
                    hint="give a tag without a repository, or build one image with --image",
                )
    definition = {
        "group": {"default": {"targets": list(request.images)}},
        "target": {
            image.name: _target(image, targets[image.name], ground, request) for image in images
        }
        | _linked(images, ground, substitutes),
    }
    return Plan(stamp=ground.stamp, policy=ground.policy, images=images, definition=definition)


def dockerfile_of(target: Mapping[str, Any]) -> str:
    """Return a target's Dockerfile relative to the project's root: bake counts from the context."""
    name = str(target.get("dockerfile", "Dockerfile"))
    return normpath(str(PurePosixPath(context_of(target), name)))


def context_of(target: Mapping[str, Any]) -> str:
    """Return a target's build context relative to the project's root, or where it is elsewhere."""
    context = str(target.get("context", "."))
    return context if is_elsewhere(context) else normpath(context)


def is_elsewhere(context: str) -> bool:
    """Return whether BuildKit fetches a context by itself: a git repository, an archive."""
    return "://" in context or context.startswith("git@")


def repository_of(name: str, target: Mapping[str, Any]) -> str:
    """Return what an image's tags begin with: the first tag's repository in the bake file."""
    tags: Sequence[str] = target.get("tags") or (name,)
    first = tags[0]
    own, colon, last = first.rpartition(":")
    return own if colon and "/" not in last else first


def secret_id(secret: Mapping[str, str] | str) -> str | None:
    """Return the id of a target's secret; older versions of bake print secrets as text."""
    if isinstance(secret, str):
        secret = dict(pair.split("=", 1) for pair in secret.split(",") if "=" in pair)
    return secret.get("id")


def _linked(
    images: Sequence[PlannedImage], ground: Ground, stand_ins: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """Return the targets that images are built on (`target:NAME` contexts) without being images."""
    request, targets = Request((), as_written=True), ground.printed["target"]
    found: dict[str, dict[str, Any]] = {}
    ahead = [image.name for image in images]
    while ahead:
        contexts = (targets[ahead.pop()].get("contexts") or {}).values()
        names = {c.removeprefix(LINK) for c in contexts if c.startswith(LINK)} - found.keys()
        for name in sorted(names - {image.name for image in images}):
            planned = _image(name, targets[name], request, ground, stand_ins)
            found[name] = _target(planned, targets[name], ground, request)
            ahead.append(name)
    return found


def _image(
    name: str,
    target: Mapping[str, Any],
    request: Request,
    ground: Ground,
    stand_ins: Mapping[str, str],
) -> PlannedImage:
    repository = repository_of(name, target)
    tags = (request.tag,) if request.tag else default_tags(ground.git)
    return PlannedImage(
        name=name,
        repository=repository,
        tags=references(repository, tags),
        context=context_of(target),
        dockerfile=dockerfile_of(target),
        target=target.get("target"),
        platforms=request.platforms or tuple(target.get("platforms") or ()),
        bases=tuple(
            base.model_copy(update={"stand_in": stand_ins.get(base.reference)})
            for base in ground.bases.get(name, ())
        ),
    )


def _target(
    image: PlannedImage, printed: Mapping[str, Any], ground: Ground, request: Request
) -> dict[str, Any]:
    """Return a target of the definition: the bake file's, and what only seatrial knows."""
    version = next(iter(releases(ground.git)), None)
    stamp_labels = labels(ground.stamp, version, ground.git.origin, ground.policy)
    contexts = dict(printed.get("contexts") or {})
    if VERSION_CONTEXT in contexts:
        contexts[VERSION_CONTEXT] = ground.version_context
    contexts |= {
        context_key(base.reference): f"docker-image://{base.stand_in}"
        for base in image.bases
        if base.stand_in
    }
    target = {
        **printed,
        "contexts": contexts,
        # Its own name too: two images with one digest would be exported at once under one name.
        "labels": {**(printed.get("labels") or {}), **stamp_labels, "seatrial.image": image.name},
        # Provenance carries times: with it, the same commit would never give the same digest.
        "attest": [{"type": "provenance", "disabled": "true"}],
    }
    if not request.as_written:
        # Tags are given afterwards, to all images or to none: bake itself cannot promise that.
        target |= {"tags": [], "output": [{"type": "docker"}]}
    if ground.ca_bundle:
        others = [s for s in printed.get("secret") or () if secret_id(s) != CA_ID]
        target["secret"] = [*others, {"id": CA_ID, "type": "file", "src": ground.ca_bundle}]
    if image.platforms:
        target["platforms"] = list(image.platforms)
    return target
