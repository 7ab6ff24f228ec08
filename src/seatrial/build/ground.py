"""Gathers what a plan stands on, and says early what is missing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from posixpath import normpath
from typing import Any

from seatrial.build.plan import Ground, context_of, dockerfile_of, is_elsewhere
from seatrial.build.stamp import make_stamp
from seatrial.catalog import Project, nearest
from seatrial.dockerfiles import missing_locks, read_bases
from seatrial.engine.builds import print_bake
from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.model.plan import Base, ResolvedPolicy
from seatrial.model.stamp import GitFacts, Stamp
from seatrial.recipes import stand_in_tag

FREE_BYTES_NEEDED = 512 * 1024 * 1024
INLINE = "dockerfile-inline"
KEPT_VERSION = 2
MAKES_LOCK = {"uv.lock": "uv lock", "bun.lock": "bun install"}
_VARIABLE = re.compile(r'variable\s+"(\w+)"')


def read_bake(project: Project, client: str, targets: Sequence[str] = ()) -> dict[str, Any]:
    """Return the bake file as bake resolves it; kept from the last run while nothing changed.

    Raises:
        ConfigurationError: When it is missing or bake does not understand it.
    """
    name = project.settings.bake_file
    path = project.root / name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"there is no bake file at {name}",
            hint="set bake_file in [tool.seatrial], relative to the project's root",
        ) from error
    # Bake reads nothing but the file and the variables that it declares.
    environ = {v: os.environ[v] for v in sorted(set(_VARIABLE.findall(text))) if v in os.environ}
    facts = json.dumps([KEPT_VERSION, name, text, environ, list(targets), client])
    kept = project.state / f"bake-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.json"
    if path.suffix == ".hcl" and (known := _kept(kept)):
        return known
    printed = flattened(print_bake(client, name, project.root, targets))
    if not printed["group"]["default"]["targets"]:
        raise ConfigurationError(f"the bake file {name} has no target in its default group")
    write_atomic(kept, json.dumps(printed))
    return printed


def _kept(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def flattened(printed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what bake printed with the default group's targets in place of groups in it."""
    groups, targets = printed.get("group") or {}, printed.get("target") or {}
    ahead, found = ["default"], list[str]()
    seen: set[str] = set()
    while ahead:
        name = ahead.pop(0)
        if name in targets and name not in found:
            found.append(name)
        elif name in groups and name not in seen:
            seen.add(name)
            ahead = [*(groups[name].get("targets") or ()), *ahead]
    return {**printed, "group": {"default": {"targets": found}}, "target": targets}


def choose_targets(printed: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
    """Return `asked`, once each is known to be a target that bake printed.

    Raises:
        ConfigurationError: When none was asked for.
    """
    if not asked:
        raise ConfigurationError(
            "no target was named", hint="name one with --target; docker buildx bake --list targets"
        )
    return tuple(name for name in printed["target"] if name in asked)


def choose_images(printed: Mapping[str, Any], asked: Sequence[str]) -> tuple[str, ...]:
    """Return the images to build: those asked for, or the default group.

    Raises:
        ConfigurationError: When one is unknown; names the nearest.
    """
    known = tuple(printed["group"]["default"]["targets"])
    for name in asked:
        if name not in known:
            guess = nearest(name, known)
            raise ConfigurationError(
                f"there is no image {name!r}",
                expected="one of " + ", ".join(known),
                hint=f"did you mean {guess}?" if guess else None,
            )
    return tuple(name for name in known if name in asked) if asked else known


def check_sources(project: Project, printed: Mapping[str, Any], images: Sequence[str]) -> None:
    """Look for what a build would only miss halfway: contexts, Dockerfiles, locks, disk.

    Raises:
        ConfigurationError: For the first that is missing.
    """
    for name in images:
        target = printed["target"][name]
        context, dockerfile = context_of(target), dockerfile_of(target)
        if is_elsewhere(context):
            continue
        if not (project.root / context).is_dir():
            raise ConfigurationError(
                f"{name}: there is no build context at {context}",
                hint=f"{project.settings.bake_file} names it; mend one of the two",
            )
        if INLINE in target:
            continue
        if not (project.root / dockerfile).is_file():
            raise ConfigurationError(f"{name}: there is no Dockerfile at {dockerfile}")
        for lock in missing_locks(project.root / dockerfile, project.root / context):
            raise ConfigurationError(
                f"{name}: {normpath(f'{context}/{lock}')} is missing",
                expected=f"a lock file, for {dockerfile} installs from it",
                hint=f"make it and commit it ({MAKES_LOCK[Path(lock).name]})",
            )
    free = shutil.disk_usage(project.root).free
    if free < FREE_BYTES_NEEDED:
        raise ConfigurationError(
            "the disk is nearly full",
            expected=f"{FREE_BYTES_NEEDED // 2**20} MiB free",
            found=f"{free // 2**20} MiB free at {project.root}",
            hint="free some space: docker system df shows what the engine holds",
        )


def read_all_bases(project: Project, printed: Mapping[str, Any]) -> dict[str, tuple[Base, ...]]:
    """Return the bases of every target that bake printed, by target.

    Of a target whose context is elsewhere nothing is known: its Dockerfile is there as well.
    """
    found = {}
    for name, target in printed["target"].items():
        contexts, args = target.get("contexts") or {}, target.get("args") or {}
        path = dockerfile_of(target)
        if INLINE in target:
            place = f"{project.settings.bake_file} ({name})"
            found[name] = read_bases(target[INLINE], place, contexts, args)
        elif not is_elsewhere(context_of(target)):
            found[name] = read_bases(project.root / path, path, contexts, args)
    return found


def stand_in_tags(project: Project) -> dict[str, str]:
    """Return the local tag of every configured stand-in, by `repository:tag`."""
    recipes = project.settings.stand_ins
    return {name: stand_in_tag(name, project.root / folder) for name, folder in recipes.items()}


def read_stamp(
    project: Project, printed: Mapping[str, Any], git: GitFacts, now: float | None = None
) -> Stamp:
    """Return the stamp of a build of this tree, locks of every image included."""
    locks: dict[str, dict[str, str]] = {"uv.lock": {}, "bun.lock": {}}
    for name in printed["group"]["default"]["targets"]:
        for lock, found in locks.items():
            path = project.root / context_of(printed["target"][name]) / lock
            if path.is_file():
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return make_stamp(git, locks["uv.lock"], locks["bun.lock"], time.time() if now is None else now)


def ca_bundle(project: Project, environ: Mapping[str, str] | None = None) -> str | None:
    """Return the path of the CA bundle that build steps get, or None where none is needed.

    `auto` takes the one that the environment names: where it names none, the host trusts what
    every base trusts.

    Raises:
        ConfigurationError: When the configured file is not there.
    """
    asked = project.settings.ca_bundle
    environ = os.environ if environ is None else environ
    if asked == "none":
        return None
    if asked == "auto":
        named = environ.get("SSL_CERT_FILE", "")
        return named if named and Path(named).is_file() else None
    path = project.root / asked
    if not path.is_file():
        raise ConfigurationError(
            f"there is no CA bundle at {asked}",
            hint='set ca_bundle in [tool.seatrial] to a file, "auto" or "none"',
        )
    return str(path)


def read_ground(
    project: Project, printed: Mapping[str, Any], policy: ResolvedPolicy, git: GitFacts
) -> Ground:
    """Gather everything a plan stands on."""
    use_stand_ins = policy == "stand-in"
    return Ground(
        printed=printed,
        git=git,
        stamp=read_stamp(project, printed, git),
        policy=policy,
        bases=read_all_bases(project, printed),
        version_context=str(project.dist.relative_to(project.root)),
        recipes=project.settings.stand_ins if use_stand_ins else {},
        stand_ins=stand_in_tags(project) if use_stand_ins else {},
        ca_bundle=ca_bundle(project),
    )
