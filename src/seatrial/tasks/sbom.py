"""`invoke sbom`: what is in the images that were built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.logbook.outbox import Entry
    from seatrial.model.plan import BuildRecord, BuiltImage

HELP = {
    "image": "Only this image; may be given more than once.",
    "json": "Print JSON on standard output in place of the lines.",
}
# Somebody asked for it and waits; the logbook takes in thousands of components.
SECONDS = 60.0


@verb(help=HELP, iterable=["image"])
def sbom(c: Context, image: list[str] | None = None, json: bool = False) -> None:
    """Tell what is in the images of the last build: CycloneDX in dist/sbom/, made by syft."""
    import sys

    from seatrial.catalog import read_project
    from seatrial.engine.client import find_engine
    from seatrial.logbook.recording import record as record_entries

    project = read_project()
    record, chosen = _chosen(project, tuple(dict.fromkeys(image or ())))
    engine = find_engine()
    _all_held(engine, chosen)
    made = [_made(project, engine, record, one) for one in chosen]
    _show(made, as_json=json)
    sys.stdout.flush()

    def entries() -> list[Entry]:
        from seatrial.logbook.entries import sbom_entry

        return [
            sbom_entry(record, one, facts["document"])
            for one, facts in zip(chosen, made, strict=True)
        ]

    record_entries(project.root, project.dist, entries, seconds=SECONDS)


def _chosen(project: Project, names: tuple[str, ...]) -> tuple[BuildRecord, tuple[BuiltImage, ...]]:
    from seatrial.catalog import nearest
    from seatrial.errors import ConfigurationError
    from seatrial.verify.results import read_record

    record = read_record(project.dist / "build.json")
    if record is None:
        raise ConfigurationError("nothing was built yet", hint="invoke build-prod first")
    known = {image.name: image for image in record.images}
    for name in names:
        if name not in known:
            guess = nearest(name, known)
            raise ConfigurationError(
                f"the last build has no image {name!r}",
                expected=", ".join(known),
                hint=f"did you mean {guess}?" if guess else "invoke build-prod builds all",
            )
    return record, tuple(known[name] for name in names or known)


def _all_held(engine: Any, images: tuple[BuiltImage, ...]) -> None:
    """Look before anything is made: an engine may have been cleaned, or be another one."""
    from seatrial.engine.images import inspect_images
    from seatrial.errors import ConfigurationError

    held = inspect_images(engine, [image.digest for image in images])
    gone = [image.name for image in images if image.digest not in held]
    if gone:
        raise ConfigurationError(
            f"the engine does not hold {', '.join(gone)} as last built",
            hint="build again: invoke build-prod",
        )


def _made(project: Project, engine: Any, record: BuildRecord, image: BuiltImage) -> dict[str, Any]:
    import json

    from seatrial.files import write_atomic
    from seatrial.syft import sbom_of

    document = sbom_of(engine, image.digest, image.name, record.plan.stamp.built_at)
    path = project.dist / "sbom" / f"{image.name}.cdx.json"
    write_atomic(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return {
        "image": image.name,
        "digest": image.digest,
        "path": str(path.relative_to(project.root)),
        "components": len(document["components"]),
        "document": document,
    }


def _show(made: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        import json

        told = [{k: v for k, v in facts.items() if k != "document"} for facts in made]
        print(json.dumps(told, indent=2))
        return
    for facts in made:
        print(f"sbom: {facts['image']}: {facts['components']} components, {facts['path']}")
