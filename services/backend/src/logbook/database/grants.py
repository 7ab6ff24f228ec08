"""What the worker's own role may do, where there is one: what its jobs need, and nothing else."""

from sqlalchemy import Connection, text

WORKER = "logbook_worker"
"""A role of this name is the worker's; whoever runs the database makes it, with a password."""

PRIVILEGES = {
    "jobs": "SELECT, INSERT, UPDATE, DELETE",
    "sboms": "SELECT, UPDATE (sha256, document, state, components, error)",
    "sbom_updates": "SELECT, UPDATE (state, error), DELETE",
    "packages": "SELECT, INSERT, DELETE",
    "contents": "SELECT, INSERT, DELETE",
    "builds": "SELECT, DELETE",
    "trials": "SELECT, DELETE",
    "deployments": "SELECT, DELETE",
}
"""By table. No keys, no sign-ins; what is deleted with a build is deleted by its owner's right."""

WITHHELD = {"alembic_version", "api_keys", "environments", "sign_in_tries"}
"""Tables that are none of its business. Each table is in one of the two: a test sees to it."""

_SEQUENCES = ("jobs_id_seq", "packages_id_seq")


def grant(connection: Connection) -> None:
    """Give the worker's role what it needs; do nothing where there is no such role.

    It is done after each migration and with each start of an API: the role may have been made after
    the tables. What it had of our tables before, and should not have, is taken away.
    """
    if connection.dialect.name != "postgresql":
        return
    there = text("SELECT 1 FROM pg_roles WHERE rolname = :role AND rolname <> current_user")
    if connection.scalar(there, {"role": WORKER}) is None:
        return
    for table in (*PRIVILEGES, *sorted(WITHHELD)):
        connection.execute(text(f"REVOKE ALL ON {table} FROM {WORKER}"))
    for table, privileges in PRIVILEGES.items():
        connection.execute(text(f"GRANT {privileges} ON {table} TO {WORKER}"))
    for sequence in _SEQUENCES:
        connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {WORKER}"))
