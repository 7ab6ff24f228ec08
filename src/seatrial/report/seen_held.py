"""What was seen of the families about what an image holds and how it is built."""

from __future__ import annotations

from collections.abc import Iterable

from seatrial.model.holding_facts import BuildSecretFacts, LayerFacts, RebuildFacts, Sighting
from seatrial.model.observation import Observation
from seatrial.model.units import show_duration, show_size
from seatrial.report.fact import Fact, came_up, count, cut, restricted


def filesystem(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family filesystem."""
    yield Fact("VOLUME", ", ".join(seen.image.volumes) or "none")
    yield from restricted(seen, "read-only", "on a read-only root")
    if seen.running:
        changed = seen.running.changed
        yield Fact("changed while it served", count(changed, "path", "paths"), cut(changed))
    if seen.layers:
        yield from _laid_down(seen.layers)


def secrets(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family secrets."""
    if seen.config_sightings is not None:
        yield _sighted("in configuration", seen.config_sightings)
    if seen.layers:
        layers = seen.layers
        yield Fact(
            "read",
            f"{layers.files} entries of {layers.count - layers.base_layers} layers; "
            f"{layers.base_layers} of the base's left out",
        )
        yield _sighted("in layers", layers.sightings)
        if layers.cut_off:
            cut_off = layers.cut_off
            yield Fact("not read wholly", count(cut_off, "file", "files"), cut(cut_off))
    if seen.build_secrets:
        yield from _build_secrets(seen.build_secrets)


def dependencies(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family dependencies."""
    if seen.layers:
        found = seen.layers.distributions
        lines = (f"{one.name} {one.version}" for one in found)
        yield Fact("installed", count(found, "package", "packages"), tuple(lines))
        unclaimed = seen.layers.unclaimed
        yield Fact("of no package", count(unclaimed, "module", "modules"), cut(unclaimed))
    if seen.lock:
        yield Fact(
            "the lock", f"{len(seen.lock.production)} for production of {len(seen.lock.known)}"
        )


def cache(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family cache."""
    for what, one in (seen.rebuilds or {}).items():
        if one.duration is not None:
            continue  # it was done for its time: limits
        yield Fact(f"edit: {what}", _rebuilt(one), cut(f"ran: {s.instruction}" for s in one.ran))


def stamp(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family stamp."""
    if seen.stamp:
        stamp = seen.stamp.stamp
        yield Fact("commit", f"{stamp.describe} ({stamp.sha})")
        yield Fact("built at", stamp.built_at)
        yield Fact("says", seen.stamp.source)
    labels = (f"{name} = {value}" for name, value in sorted(seen.image.labels.items()))
    yield Fact("labels", count(seen.image.labels, "label", "labels"), cut(labels))


def bases(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family bases."""
    if seen.bases:
        told = [one for one in seen.bases.uses if one.kind == "image"]
        lines = (f"line {one.line}: {one.instruction} {one.reference}" for one in told)
        yield Fact(seen.bases.dockerfile, count(told, "base", "bases"), cut(lines))
    yield Fact("they came from", seen.image.base_policy or "the image does not say")


def recipe(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family recipe."""
    if seen.recipe:
        found = seen.recipe.findings
        lines = (f"line {one.line}: {one.rule} {one.level}: {one.message}" for one in found)
        yield Fact(
            f"hadolint on {seen.recipe.dockerfile}", count(found, "finding", "findings"), cut(lines)
        )


def limits(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family limits."""
    if seen.layers:
        yield Fact("size, unpacked", show_size(seen.layers.size), seen.layers.largest)
    yield Fact("size, as the engine tells it", show_size(seen.image.size))
    for one in (seen.rebuilds or {}).values():
        if one.duration is not None:
            told = f"{show_duration(one.duration)}, {len(one.ran)} of {len(one.steps)} steps ran"
            yield Fact(f"rebuild after an edit of {one.edited}", told)
    if seen.running:
        yield Fact("start", came_up(seen.running.start))
    yield from restricted(seen, "memory", "in the promised memory")


def _laid_down(layers: LayerFacts) -> Iterable[Fact]:
    yield Fact("forbidden paths", count(layers.forbidden, "path", "paths"), cut(layers.forbidden))
    for label, found in (
        ("setuid, setgid or with capabilities", layers.privileged),
        ("everybody may write", layers.world_writable),
    ):
        yield Fact(
            label, count(found, "path", "paths"), cut(f"{one.path} {one.mode}" for one in found)
        )
    if layers.immutable:
        facts = layers.immutable
        ways = count(facts.changeable, "way", "ways")
        yield Fact(
            "to stay as it is",
            f"{facts.count} paths; {ways} for user {facts.user} to change them",
            cut(facts.changeable),
        )


def _build_secrets(facts: BuildSecretFacts) -> Iterable[Fact]:
    unread = (f"{name}: {why}" for name, why in facts.unread.items())
    given = ", ".join(facts.given) or "none"
    yield Fact("given to the build", f"{given} (so the {facts.source})", cut(unread))
    yield _sighted("of that in the image", facts.kept)


def _rebuilt(one: RebuildFacts) -> str:
    if one.error:
        return one.error
    failed = ", then failed" if one.failed else ""
    return f"{one.edited}: {len(one.ran)} of {len(one.steps)} steps ran again{failed}"


def _sighted(label: str, sightings: tuple[Sighting, ...]) -> Fact:
    lines = (f"{one.where}: {one.kind} {one.excerpt}" for one in sightings)
    return Fact(label, count(sightings, "sighting", "sightings"), cut(lines))
