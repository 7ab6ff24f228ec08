"""The description of the API: kept beside the code, and true."""

import subprocess
import sys
from pathlib import Path

import httpx

from logbook.api import openapi
from logbook.api.app import make_routes

KEPT = Path(__file__).parents[1] / "openapi.json"


def test_the_kept_description_is_the_applications() -> None:
    assert openapi.as_text(make_routes()) == KEPT.read_text(), (
        "write it anew: python -m logbook.api --openapi > openapi.json"
    )


async def test_the_application_serves_its_description(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == openapi.describe(make_routes())


def test_the_description_is_printed_without_any_setting() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "logbook.api", "--openapi"],
        env={},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert printed.stdout.decode() == KEPT.read_text()


def test_every_error_is_described_as_a_problem() -> None:
    operations = [
        operation
        for path in openapi.describe(make_routes())["paths"].values()
        for operation in path.values()
    ]
    assert operations
    for operation in operations:
        for code, response in operation["responses"].items():
            if code >= "400":
                assert list(response["content"]) == ["application/problem+json"], operation
