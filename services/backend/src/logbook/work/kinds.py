"""The kinds of jobs that this release knows."""

from collections.abc import Mapping

from logbook.work import ingestion
from logbook.work.retention import prune_after
from logbook.work.task import Kind


def kinds_of(retention_days: int) -> Mapping[str, Kind]:
    """Return them by name; what is older than `retention_days` is pruned, 0 prunes nothing."""
    return {
        "ingest_sbom": Kind(ingestion.ingest, ingestion.give_up, ingestion.again),
        "prune": Kind(prune_after(retention_days)),
    }
