"""Floor 3: the bodies of the verbs. They import heavy modules when they run, not before.

An adopter's `tasks.py` is three lines:

    from seatrial.tasks import check_usage, namespace
    __all__ = ["namespace"]
    check_usage(namespace)
"""

from __future__ import annotations

from invoke.collection import Collection

from seatrial.tasks import (
    bases,
    build,
    compose,
    contract,
    dev,
    doctor,
    logbook,
    migrate,
    postgres,
    sbom,
    verify,
)
from seatrial.tasks.usage import check_usage

__all__ = ["check_usage", "namespace"]

namespace = Collection()
for _verb in (build.build_prod, build.plan, build.bake, bases.bases, doctor.doctor):
    namespace.add_task(_verb)
for _verb in (postgres.postgres_up, postgres.postgres_down, postgres.postgres_status):
    namespace.add_task(_verb)
for _verb in (compose.compose_up, compose.compose_down, compose.compose_ps, compose.compose_logs):
    namespace.add_task(_verb)
for _verb in (verify.verify, verify.judge):
    namespace.add_task(_verb)
for _verb in (contract.contract_init, contract.contract_schema):
    namespace.add_task(_verb)
for _verb in (sbom.sbom, logbook.logbook_sync):
    namespace.add_task(_verb)
for _verb in (dev.dev, migrate.migrate, migrate.migrate_new, migrate.migrate_status):
    namespace.add_task(_verb)
