"""`[tool.seatrial]`: the project's own settings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.development import DevProcess, Migrations

BasePolicy = Literal["auto", "registry", "stand-in"]


class PostgresSettings(Model):
    """The Postgres on the host that the composed stack uses.

    Attributes:
        host: Name under which containers reach it.
        port: TCP port on the host.
        database: Name of the database.
        user: Role that owns it.
    """

    host: str = "host.docker.internal"
    port: int = Field(default=54322, ge=1, le=65535)
    database: str = "logbook"
    user: str = "logbook"


class Settings(Model):
    """`[tool.seatrial]` of `pyproject.toml`, environment variables applied.

    Attributes:
        name: The project, as Compose and reports call it.
        bake_file: The bake file, relative to the project's root.
        compose_file: The Compose file, relative to the project's root.
        contracts: Where an image's contract is; `{image}` is replaced by its name.
        bases: Base policy asked for.
        ca_bundle: `auto`, `none`, or the path of the CA bundle that build steps get as a secret.
        stand_ins: Recipe folder of each base that has a stand-in, by `repository:tag`.
        postgres: The Postgres on the host.
        environment: Where `compose-up` deploys, as the logbook is told.
        dev: The processes of `invoke dev`, by name.
        migrations: How the database's migrations are applied and made; None where there are none.
    """

    name: str
    bake_file: str = "docker-bake.hcl"
    compose_file: str = "compose.yml"
    contracts: str = "{image}/contract.toml"
    bases: BasePolicy = "auto"
    ca_bundle: str = "auto"
    stand_ins: dict[str, str] = Field(default_factory=dict)
    postgres: PostgresSettings = PostgresSettings()
    environment: str = Field(default="local", min_length=1, max_length=255)
    dev: dict[str, DevProcess] = Field(default_factory=dict)
    migrations: Migrations | None = None
