"""Images that the engine holds: what they are, and their tags."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from seatrial.engine.calls import CALL_SECONDS, call
from seatrial.engine.client import Engine, ask
from seatrial.errors import BuildFailedError, NoEngineError

_HUB = re.compile(r"^(?:index\.)?docker\.io/(?:library/(?=[^/]+$))?")
REGISTRY_SECONDS = 10.0
QUESTIONS_AT_ONCE = 4
# Only to end a build that hangs; a stand-in takes seconds.
BUILD_SECONDS = 600.0
STAND_IN_LABEL = "seatrial.stand-in"
RECIPE_LABEL = "seatrial.recipe"


@dataclass(frozen=True)
class StoredImage:
    """An image in the engine.

    Attributes:
        id: What the engine calls it, `sha256:…`.
        tags: Its `repository:tag` names.
        size: Bytes.
        labels: Its labels.
    """

    id: str
    tags: tuple[str, ...]
    size: int
    labels: dict[str, str]


def inspect_images(engine: Engine, references: Sequence[str]) -> dict[str, StoredImage]:
    """Return those of `references` that the engine holds.

    Asked on the engine's socket where that is known: a client a question, or the import of
    python-on-whales, would cost more than all the rest of a no-op build.

    Raises:
        NoEngineError: When the engine does not answer.
    """
    if not references:
        return {}
    if engine.socket is not None:
        with ThreadPoolExecutor(QUESTIONS_AT_ONCE) as pool:
            answers = list(pool.map(partial(_inspected, engine.socket), references))
        return {asked: image for asked, image in zip(references, answers, strict=True) if image}
    found = json.loads(_client(engine, "image", "inspect", *references, known_to_fail=True) or "[]")
    images: dict[str, StoredImage] = {}
    for facts in found:
        image = _stored(facts)
        names = {image.id, *image.tags, *(facts.get("RepoDigests") or ())}
        images |= {asked: image for asked in references if {asked, _familiar(asked)} & names}
    return images


def _inspected(socket: Path, reference: str) -> StoredImage | None:
    status, body = _asked(socket, "GET", f"/images/{quote(reference)}/json")
    if status not in {200, 400, 404}:
        raise NoEngineError(f"the engine does not tell of {reference}", found=_message(body))
    return _stored(json.loads(body)) if status == 200 else None


def _asked(socket: Path, method: str, target: str) -> tuple[int, bytes]:
    try:
        return ask(socket, method, target, CALL_SECONDS)
    except OSError as error:
        raise NoEngineError("the engine went away in the middle of the work") from error


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")[:300]


def _stored(facts: Mapping[str, Any]) -> StoredImage:
    return StoredImage(
        id=facts["Id"],
        tags=tuple(facts.get("RepoTags") or ()),
        size=int(facts.get("Size") or 0),
        labels=dict((facts.get("Config") or {}).get("Labels") or {}),
    )


def _familiar(reference: str) -> str:
    """Return a reference as the engine writes it: without the default registry, with a tag."""
    named = _HUB.sub("", reference)
    return named if ":" in named.rpartition("/")[2] or "@" in named else f"{named}:latest"


def tag_images(engine: Engine, tags: Iterable[tuple[str, str]]) -> None:
    """Give images their tags: pairs of an image's id and a `repository:tag`.

    Raises:
        NoEngineError: When the engine refuses one; those before it were given.
    """
    for image, tag in tags:
        if engine.socket is None:
            _client(engine, "image", "tag", image, tag)
            continue
        repository, _, name = tag.rpartition(":")
        wanted = f"repo={quote(repository, safe='')}&tag={quote(name, safe='')}"
        status, body = _asked(engine.socket, "POST", f"/images/{quote(image)}/tag?{wanted}")
        if status != 201:
            raise NoEngineError(f"{image} could not be tagged {tag}", found=_message(body))


def remove_tags(engine: Engine, tags: Iterable[str]) -> None:
    """Take tags away; a tag that is not there is no error."""
    for tag in tags:
        if inspect_images(engine, [tag]):
            engine.whales.image.remove(tag)


def stand_ins_held(engine: Engine, repository: str) -> list[str]:
    """Return the tags of the stand-ins that the engine holds in `repository`.

    Asked for by name and label: what is built on a stand-in inherits its labels, so that the label
    alone would count images of the user's.
    """
    argv = ("image", "ls", "--filter", f"label={STAND_IN_LABEL}", "--format", "json", repository)
    rows = [json.loads(row) for row in _client(engine, *argv).splitlines()]
    names = [(row["Repository"], row["Tag"]) for row in rows]
    return [f"{name}:{tag}" for name, tag in names if name == repository and tag != "<none>"]


def remove_images(engine: Engine, references: Sequence[str]) -> None:
    """Remove tags, of images too that a stopped container is made of; what is built on them stays.

    Raises:
        NoEngineError: When the engine refuses.
    """
    if references:
        _client(engine, "image", "rm", "--force", *references)


def build_context(engine: Engine, folder: Path, tag: str, labels: Mapping[str, str]) -> None:
    """Build the context in `folder` and tag the result.

    Raises:
        BuildFailedError: When it does not build.
    """
    words = ["buildx", "build", "--load", "--provenance", "false", "--tag", tag]
    words += [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
    answer = call(engine, *words, str(folder), seconds=BUILD_SECONDS)
    if answer.code != 0:
        tail = tuple(answer.stderr.splitlines()[-20:])
        raise BuildFailedError(f"{tag} failed to build", detail=tail)


def registry_answers(engine: Engine, references: Iterable[str]) -> str | None:
    """Ask the registries for the manifests of `references`, bounded in time.

    Returns:
        None when each answered, else why the first that did not is out of reach.
    """
    for reference in references:
        words = ("buildx", "imagetools", "inspect", "--raw", reference)
        try:
            answer = call(engine, *words, seconds=REGISTRY_SECONDS)
        except NoEngineError:
            return f"no answer for {reference} within {REGISTRY_SECONDS:.0f} s"
        if answer.code != 0:
            return answer.complaint if answer.stderr.strip() else f"{reference} was refused"
    return None


def _client(engine: Engine, *words: str, known_to_fail: bool = False) -> str:
    answer = call(engine, *words)
    # `image inspect` ends with 1 when one of many is missing, and prints the others all the same.
    if answer.code != 0 and not (known_to_fail and "o such image" in answer.stderr):
        found = answer.stderr.strip() or None
        raise NoEngineError(f"docker {words[0]} {words[1]} failed", found=found)
    return answer.stdout
