"""A server of databases for all tests here, and processes that end with their test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from load.cluster import Cluster, running_cluster
from load.services import Fleet, fleet


@dataclass(frozen=True)
class Database:
    """An empty database of a test's own.

    Attributes:
        cluster: Where it is.
        name: Its name there.
        url: Its address, as the services read it.
    """

    cluster: Cluster
    name: str
    url: str

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.cluster.rows(self.name, statement)

    def value(self, statement: str) -> Any:
        return self.cluster.value(self.name, statement)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Database:
    name = f"load_{uuid.uuid4().hex[:8]}"
    return Database(cluster, name, cluster.make_database(name))


@pytest.fixture
def processes() -> Iterator[Fleet]:
    with fleet() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a process' output goes."""
    return tmp_path
