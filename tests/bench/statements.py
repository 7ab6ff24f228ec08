"""The statements that the API's paths cannot do without, as bare asyncpg sends them."""

from __future__ import annotations

from load.cluster import Cluster


def statements(cluster: Cluster, name: str, build: int) -> dict[str, tuple[str, str]]:
    """Return the statements by name, with the beginning of their keys where they take one."""
    page = ", ".join(columns(cluster, name, "builds", "steps"))
    found = {
        "SELECT 1": ("SELECT 1", ""),
        "read a row": (f"SELECT * FROM builds WHERE id = {build}", ""),
        "read a page": (f"SELECT {page} FROM builds ORDER BY id DESC LIMIT 51", ""),
    }
    for thing, table, key in (("a build", "builds", "digest"), ("a trial", "trials", "run")):
        rest = ", ".join(columns(cluster, name, table, "id", "recorded_at", key))
        # A copy of the first row, but for its key: nothing is sent that Postgres need parse.
        first = f"SELECT $1, {rest} FROM {table} ORDER BY id LIMIT 1"
        copied = f"INSERT INTO {table} ({key}, {rest}) {first}"
        found[f"insert {thing}"] = (copied, thing.replace(" ", "-"))
    return found


def columns(cluster: Cluster, name: str, table: str, *without: str) -> list[str]:
    statement = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
    return sorted({column for (column,) in cluster.rows(name, statement)} - set(without))
