"""The real backend as a process of its own, with a few records."""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from fake_records import RESULTS, digest

HERE = Path(__file__).parent
BACKEND = HERE.parents[1] / "backend"
READ_WITHIN = 60.0
KINDS = {"pypi": "pkg:pypi/", "deb": "pkg:deb/debian/"}


@dataclass
class RealBackend:
    """A running backend.

    Attributes:
        url: Where its API is.
        owner: A client that is signed in as the owner.
        log: Where its processes write to.
    """

    url: str
    owner: httpx2.Client
    log: Path

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a record and return the answer."""
        answer = self.owner.post(path, json=body)
        assert answer.status_code in {200, 201, 202}, f"{answer.status_code} {answer.text}"
        told = answer.json()
        assert isinstance(told, dict)
        return told

    def key(self, *scopes: str) -> tuple[int, str]:
        """A new API key: its number and the key itself."""
        made = self.post("/keys", {"name": "tests", "scopes": list(scopes)})
        return made["id"], made["key"]

    def build(self, number: int, image: str) -> int:
        """Record a build and return its id."""
        body = {
            "image": image,
            "digest": digest(number),
            "tags": ["latest"],
            "sha": str(number) * 40,
            "short_sha": str(number) * 7,
            "describe": f"v1.0.{number}",
            "dirty": False,
            "built_at": f"2026-11-20T10:{number:02}:00Z",
            "base_policy": "registry",
            "size_bytes": 1000 * number,
            "duration_seconds": 2.5,
            "cached_steps": 1,
            "total_steps": 2,
            "steps": [{"name": "RUN uv sync", "cached": True}],
        }
        recorded: int = self.post("/builds", body)["id"]
        return recorded

    def trial(self, run: str, number: int, verdict: str) -> None:
        """Record a trial of the backend's build `number`."""
        failing = verdict == "broken"
        body = {
            "run": run,
            "image": "backend",
            "digest": digest(number),
            "verdict": verdict,
            "started_at": f"2026-11-20T11:{number:02}:00Z",
            "duration_seconds": 14.5,
            "passed": 1,
            "failed": int(failing),
            "skipped": int(failing),
            "strict": True,
            "report": {"schema_version": 1, "results": RESULTS if failing else RESULTS[:1]},
            "observation": None,
        }
        self.post("/trials", body)

    def sbom(self, build_id: int, *components: str) -> None:
        """Record a build's SBOM, each component as `kind/name@version`, and wait for the worker."""
        body = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "components": [_component(text) for text in components],
        }
        answer = self.owner.put(f"/builds/{build_id}/sbom", json=body)
        assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + READ_WITHIN
        while (state := self.owner.get(f"/builds/{build_id}").json()["sbom"])["state"] != "done":
            assert time.monotonic() < deadline, f"{state}\n{self.log.read_text(encoding='utf-8')}"
            time.sleep(0.1)

    def deployment(self, number: int) -> None:
        """Record that the backend's build `number` was deployed."""
        service = {
            "service": "api",
            "image": "backend",
            "digest": digest(number),
            "reference": f"logbook-backend:{number}",
        }
        body = {
            "key": str(uuid4()),
            "environment": "local",
            "services": [service],
            "sha": str(number) * 40,
            "started_at": f"2026-11-20T12:{number:02}:00Z",
        }
        self.post("/deployments", body)


def _component(text: str) -> dict[str, str]:
    kind, _, rest = text.partition("/")
    name, _, version = rest.partition("@")
    purl = f"{KINDS[kind]}{name}@{version}"
    return {"type": "library", "name": name, "version": version, "purl": purl}


@contextmanager
def running_backend(folder: Path) -> Iterator[RealBackend]:
    """The backend, started from its own environment, with its log in `folder`."""
    password = secrets.token_urlsafe(16)
    log = folder / "backend.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [
                os.environ.get("UV", "uv"),
                "run",
                f"--directory={BACKEND}",
                "--locked",
                "python",
                HERE / "run_backend.py",
            ],
            env=_environment(JWT_SECRET_KEY=secrets.token_hex(32), OWNER_PASSWORD=password),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, log.read_text(encoding="utf-8")
        with httpx2.Client(base_url=f"{url}/api/v1") as owner:
            signed_in = owner.post(
                "/auth/login", json={"username": "captain", "password": password}
            )
            owner.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
            yield RealBackend(url, owner, log)
    finally:
        process.communicate(timeout=30)  # closes its stdin, on which it ends


def _environment(**more: str) -> dict[str, str]:
    """This process's, without the virtual environment that it runs in, and `more`."""
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return kept | {"PYTHONPATH": str(BACKEND / "tests"), "PYTHONUNBUFFERED": "1"} | more
