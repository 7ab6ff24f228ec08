"""What the logbook is told, made of what seatrial found. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from seatrial.logbook.outbox import Entry, Request
from seatrial.model.observation import Observation
from seatrial.model.plan import BuildRecord, BuiltImage
from seatrial.model.report import Report
from seatrial.model.stack import Container

MOST_STEPS = 2000
IMAGE = "seatrial.image"
REVISION = "org.opencontainers.image.revision"


def build_entries(record: BuildRecord) -> list[Entry]:
    """Return an entry for each image of a build."""
    return [
        Entry("build", _build_key(image), f"build of {image.name}", (build_request(record, image),))
        for image in record.images
    ]


def build_request(record: BuildRecord, image: BuiltImage) -> Request:
    """Return the request that records an image of a build; the first of its digest stands."""
    stamp = record.plan.stamp
    body = {
        "image": image.name,
        "digest": image.digest,
        "tags": list(image.tags),
        "sha": stamp.sha,
        "short_sha": stamp.short_sha,
        "describe": stamp.describe,
        "dirty": stamp.dirty,
        "built_at": stamp.built_at,
        "base_policy": record.plan.policy,
        "size_bytes": image.size,
        "duration_seconds": image.duration,
        "cached_steps": image.cached_steps,
        "total_steps": image.total_steps,
        "steps": [step.model_dump(mode="json") for step in image.steps[:MOST_STEPS]],
    }
    return Request("POST", "/builds", body)


def trial_entry(report: Report, observation: Observation, *, strict: bool) -> Entry:
    """Return the entry of a trial; its run is what the logbook knows it by."""
    body = {
        "run": report.run,
        "image": report.image,
        "digest": report.image_id,
        "verdict": "kept" if report.is_kept(strict=strict) else "broken",
        "started_at": _moment(report.started),
        "duration_seconds": report.duration,
        "passed": report.count("pass"),
        "failed": report.count("fail"),
        "skipped": report.count("skip"),
        "strict": strict,
        "report": report.model_dump(mode="json"),
        "observation": observation.model_dump(mode="json"),
    }
    request = Request("POST", "/trials", body)
    return Entry("trial", report.run, f"trial of {report.image}", (request,))


def sbom_entry(record: BuildRecord, image: BuiltImage, document: Mapping[str, Any]) -> Entry:
    """Return the entry of an SBOM: its build first, which tells the id that it is kept under."""
    requests = (
        build_request(record, image),
        Request("PUT", "/builds/{id}/sbom", document),
    )
    return Entry("sbom", _build_key(image), f"SBOM of {image.name}", requests)


def deployment_entry(
    environment: str,
    containers: Iterable[Container],
    record: BuildRecord | None,
    tree: str | None,
    started: float,
    *,
    key: str | None = None,
) -> Entry | None:
    """Return the entry of a stack that is up, or None where none of it can be told.

    Without a key the same containers are the same deployment, however often they were brought up:
    its key is made of them.

    Args:
        environment: Where it is deployed.
        containers: What runs.
        record: The last build, which knows the images' names.
        tree: Commit of the work tree, for images that do not tell theirs.
        started: When it was brought up, seconds since the epoch.
        key: A UUID, for what is not there yet; None makes one of the containers.
    """
    found = sorted((c for c in containers if c.image_id), key=lambda c: (c.service, c.id))
    names = {image.digest: image.name for image in record.images} if record else {}
    services = {c.service: _service(c, names) for c in found}
    commits = [c.labels[REVISION] for c in found if c.labels.get(REVISION)]
    # The commit that most of it was built from.
    sha = max(commits, key=commits.count, default=tree)
    if not services or sha is None:
        return None
    same = ",".join([environment, *(container.id for container in found)])
    key = key or str(uuid.uuid5(uuid.NAMESPACE_URL, f"seatrial:deployment:{same}"))
    body = {
        "key": key,
        "environment": environment,
        "services": list(services.values()),
        "sha": sha,
        "started_at": _moment(started),
    }
    return Entry("deployment", key, f"deployment to {environment}", _posted("/deployments", body))


def ending_entry(deployment: Entry) -> Entry:
    """Return the entry of a deployment's end; it is recorded before, where it was not yet."""
    end = Request("POST", "/deployments/{id}/end", {}, settled=(409,))
    subject = deployment.subject.replace("deployment to", "end of the deployment to")
    return Entry("ending", deployment.key, subject, (*deployment.requests, end))


def _service(container: Container, names: Mapping[str, str]) -> dict[str, str]:
    repository = container.image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    # Builds are recorded under the target's name, which an image that we built tells itself.
    name = container.labels.get(IMAGE) or names.get(container.image_id) or repository
    return {
        "service": container.service,
        "image": name,
        "digest": container.image_id,
        "reference": container.image,
    }


def _posted(path: str, body: dict[str, Any]) -> tuple[Request, ...]:
    return (Request("POST", path, body),)


def _build_key(image: BuiltImage) -> str:
    return f"{image.name}@{image.digest}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
