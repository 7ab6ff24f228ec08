"""The API is as its description says: schemathesis asks it what nobody would think of."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx

from logbook.api.app import make_routes
from logbook.api.openapi import describe
from process import running
from record import BUILD, DEPLOYMENT, TRIAL, told

TESTS = Path(__file__).parent
SECONDS = 180
"""It takes 25 where nothing else runs."""


async def test_schemathesis_finds_no_failure_as_the_owner(
    environment: dict[str, str], migrated_database: str, tmp_path: Path
) -> None:
    environment["DATABASE_URL"] = migrated_database
    paths = describe(make_routes())["paths"].values()
    with running(tmp_path, environment) as api:
        await asyncio.to_thread(api.wait_for, "/ready", 200)
        base = f"http://127.0.0.1:{api.port}/api/v1"
        token = await _sign_in_and_record(base, environment)
        ran = await asyncio.to_thread(_run_schemathesis, tmp_path, base, token)
        assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}\n{api.stderr}"
        assert f"Tested: {sum(len(path) for path in paths)}\n" in ran.stdout


async def _sign_in_and_record(base: str, environment: dict[str, str]) -> str:
    """Return a token; what is recorded can be found."""
    credentials = {
        "username": environment["OWNER_USERNAME"],
        "password": environment["OWNER_PASSWORD"],
    }
    async with httpx.AsyncClient(base_url=base) as client:
        answer = await client.post("/auth/login", json=credentials)
        token: str = answer.json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        for path, body in (("/builds", BUILD), ("/trials", TRIAL), ("/deployments", DEPLOYMENT)):
            await told(client, path, body)
    return token


def _run_schemathesis(folder: Path, base: str, token: str) -> subprocess.CompletedProcess[str]:
    """Run all its checks in all its phases, as anybody would from the command line."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={TESTS / 'schemathesis.toml'}",
        "run",
        f"{base}/openapi.json",
        f"--header=Authorization: Bearer {token}",
        "--no-color",
    ]
    return subprocess.run(
        command,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "SCHEMATHESIS_HOOKS": str(TESTS / "schemathesis_hooks.py"),
        },
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
