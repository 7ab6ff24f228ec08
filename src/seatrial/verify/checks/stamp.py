"""Family stamp: the image says which commit it is, everywhere the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seatrial.model.answers import member
from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.model.stamp import Stamp, iso_utc
from seatrial.verify.checks.registry import UnseenError, check, need, need_running

LABEL = "org.opencontainers.image."
# Git alone cannot tell when a tree that differs from its commit was built.
ALWAYS_KNOWN = ("sha", "short_sha", "describe", "dirty")


@check("stamp", lambda contract: contract.stamp and contract.stamp.labels)
def labels_match_stamp(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The labels revision, version and created are those of the build.

    How: the labels are compared with the build's record, or with git where there is none.
    Why: whoever finds a running container can tell its commit.
    Mend: build through seatrial, or set the labels in the bake file.
    """
    stamp = _stamp(observation)
    promised = {"revision": stamp.sha, "version": stamp.describe}
    if _knows_time(observation):
        promised["created"] = stamp.built_at
    actual = {name: observation.image.labels.get(LABEL + name) for name in promised}
    yield from _compared(f"the labels {LABEL}*", promised, actual, observation)


@check("stamp", lambda contract: contract.stamp and contract.stamp.path)
def version_file_matches_stamp(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The version file inside the image is that of the build.

    How: the file is read from the layers and compared, member by member.
    Why: the program tells its identity from it.
    Mend: copy version.json from its named context.
    """
    assert contract.stamp is not None  # noqa: S101 - asked for by it
    stamp = _stamp(observation)
    layers = need(observation.layers, observation, "layers")
    if not isinstance(layers.version, dict):
        yield Finding(
            expected=f"{contract.stamp.path} is a JSON object",
            found="there is no such file, or it is no JSON object",
            hint="COPY --from=version version.json as the last layer",
        )
        return
    names = tuple(stamp.model_dump()) if _knows_time(observation) else ALWAYS_KNOWN
    promised = {name: getattr(stamp, name) for name in names}
    actual = {name: layers.version.get(name) for name in names}
    yield from _compared(contract.stamp.path or "", promised, actual, observation)


@check("stamp", lambda contract: contract.stamp and contract.stamp.health)
def health_matches_stamp(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The health answer tells the commit of the build.

    How: the member that stamp.health names is read from the health path's answer.
    Why: one request then tells what is deployed.
    Mend: answer with what version.json says.
    """
    assert contract.stamp is not None and contract.stamp.health  # noqa: S101, PT018
    stamp = _stamp(observation)
    answer = need_running(observation).start.answer
    told = member(answer.json_body, contract.stamp.health) if answer else None
    if told != stamp.sha:
        name = contract.stamp.health
        yield from _compared("the health answer", {name: stamp.sha}, {name: told}, observation)


@check("stamp", lambda contract: contract.stamp and contract.stamp.reproducible)
def stamp_is_reproducible(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Built from a clean tree, all its times are the commit's; built from another, it says dirty.

    How: git tells when the commit was made; the times of the image's configuration, its label, its
    version file and the build record are held against that.
    Why: with the hour of the build in it, no two builds of a commit are the same, and nobody can
    prove that an image came from its commit.
    Mend: build it with `invoke build-prod`, or with SOURCE_DATE_EPOCH set to the commit's time.
    """
    facts = need(observation.stamp, observation, "stamp")
    stamp = facts.stamp
    if stamp.dirty != stamp.describe.endswith("-dirty"):
        yield Finding(
            expected=f"the {facts.source} calls a dirty tree -dirty, and no other",
            found=f"it is {'dirty' if stamp.dirty else 'clean'}, and called {stamp.describe}",
            hint="build again with invoke build-prod",
        )
        return
    if stamp.dirty and facts.source == "git":
        reason = "the tree differs from its commit: git alone cannot tell when that was built"
        raise UnseenError(reason)
    if facts.committed_at is None:
        reason = f"git does not know the commit {stamp.sha}; fetch it"
        raise UnseenError(reason)
    wanted = stamp.built_at if stamp.dirty else iso_utc(facts.committed_at)
    promised = dict.fromkeys(_times(observation), wanted)
    yield from _compared("the time", promised, _times(observation), observation)


@check("stamp", lambda contract: contract.labels.required or contract.labels.forbidden)
def labels_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Required labels are there and not empty, forbidden ones are not there.

    How: the labels in the image's configuration are compared with the contract.
    Why: registries, scanners and people find an image by its labels.
    Mend: LABEL in the Dockerfile, or labels in the bake file.
    """
    labels = observation.image.labels
    for name in contract.labels.required:
        if not labels.get(name):
            yield Finding(
                expected=f"label {name}", found="it is missing or empty", hint="add it as LABEL"
            )
    for name in contract.labels.forbidden:
        if name in labels:
            yield Finding(expected=f"no label {name}", found=f"{labels[name]!r}", hint="remove it")


def _times(observation: Observation) -> dict[str, object]:
    """Return every time that the identity of an image tells, as text."""
    facts, image, layers = observation.stamp, observation.image, observation.layers
    file = layers.version if layers and isinstance(layers.version, dict) else {}
    found: dict[str, object] = {
        "of the image": iso_utc(image.created) if image.created is not None else None,
        "in its label": image.labels.get(f"{LABEL}created"),
        "in the version file": file.get("built_at"),
        "in the build record": facts.stamp.built_at if facts else None,
    }
    # What other checks ask for need not be there; the image itself always tells a time.
    return {name: told for name, told in found.items() if told or name == "of the image"}


def _stamp(observation: Observation) -> Stamp:
    return need(observation.stamp, observation, "stamp").stamp


def _knows_time(observation: Observation) -> bool:
    return observation.stamp is not None and observation.stamp.source == "build record"


def _compared(
    where: str, promised: Mapping[str, object], actual: Mapping[str, object], seen: Observation
) -> Iterator[Finding]:
    wrong = [name for name in promised if promised[name] != actual[name]]
    if wrong:
        source = seen.stamp.source if seen.stamp else "git"
        first = wrong[0]
        yield Finding(
            expected=f"{where}: {first} is {promised[first]!r}",
            found=f"it is {actual[first]!r}" if actual[first] is not None else "it is missing",
            hint=f"build again: the {source} says what is expected",
            evidence=tuple(
                f"{name}: expected {promised[name]!r}, found {actual[name]!r}"[:300]
                for name in wrong[1:]
            ),
        )
