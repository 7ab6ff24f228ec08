"""What the tests record."""

from typing import Any

import httpx

DIGEST = "sha256:" + "a" * 64
BUILD: dict[str, Any] = {
    "image": "backend",
    "digest": DIGEST,
    "tags": ["latest", "1.2.3"],
    "sha": "b" * 40,
    "short_sha": "b" * 7,
    "describe": "v1.2.3-4-gbbbbbbb",
    "dirty": False,
    "built_at": "2026-11-20T10:00:00Z",
    "base_policy": "stand-in",
    "size_bytes": 180_000_000,
    "duration_seconds": 12.5,
    "cached_steps": 3,
    "total_steps": 9,
    "steps": [{"name": "[build 1/4] FROM python", "cached": True, "seconds": 0.25, "more": [None]}],
}
TRIAL: dict[str, Any] = {
    "run": "6b00761eba7483",
    "image": "backend",
    "digest": DIGEST,
    "verdict": "kept",
    "started_at": "2026-11-20T10:05:00Z",
    "duration_seconds": 14.25,
    "passed": 61,
    "failed": 0,
    "skipped": 2,
    "strict": True,
    "report": {
        "schema_version": 1,
        "results": [{"name": "becomes-healthy", "outcome": "pass", "findings": []}],
    },
    "observation": {"logs": ["listening on 8000"], "facts": {"user": "1001:1001"}},
}
SERVICE = {
    "service": "api",
    "image": "backend",
    "digest": DIGEST,
    "reference": "logbook-backend:1.2.3",
}
DEPLOYMENT: dict[str, Any] = {
    "key": "0b9f1f5e-4d0c-4a4e-9a37-5f6a4f3f0a01",
    "environment": "local",
    "services": [SERVICE],
    "sha": "b" * 40,
    "started_at": "2026-11-20T11:00:00Z",
}


def digest(number: int) -> str:
    """Return a digest of its own for each number."""
    return f"sha256:{number:064x}"


def build(number: int, **other: object) -> dict[str, Any]:
    """Return a build like `BUILD` with the digest of that number."""
    return {**BUILD, "digest": digest(number), **other}


def trial(number: int, **other: object) -> dict[str, Any]:
    """Return a trial of the build of that number, its run named after it."""
    return {**TRIAL, "run": f"run-{number}", "digest": digest(number), **other}


def deployment(number: int, **other: object) -> dict[str, Any]:
    """Return a deployment with a key of its own for each number."""
    return {**DEPLOYMENT, "key": f"0b9f1f5e-4d0c-4a4e-9a37-{number:012x}", **other}


async def told(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Record something new and return it as it is kept."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept
