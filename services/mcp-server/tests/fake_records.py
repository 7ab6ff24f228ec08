"""What the fake backend has recorded; each record has a field that no tool knows."""

from typing import Any

MORE = {"added_later": "ignored"}


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def build(number: int, image: str) -> dict[str, Any]:
    """A build as the API gives it."""
    return {
        "id": number,
        "image": image,
        "digest": digest(number),
        "tags": ["latest", "0f0f0f0"],
        "sha": "0f" * 20,
        "short_sha": "0f0f0f0",
        "describe": "v1.2.3-4-g0f0f0f0",
        "dirty": False,
        "built_at": f"2026-11-20T10:0{number}:00Z",
        "base_policy": "stand-in",
        "size_bytes": 123456000 + number,
        "duration_seconds": 12.5,
        "cached_steps": 3,
        "total_steps": 9,
        "recorded_at": f"2026-11-20T10:0{number}:30Z",
        "verdict": {1: "kept", 2: "broken", 4: "kept"}.get(number),
        "components": 140 + number if number in {1, 2, 4} else None,
        **MORE,
    }


BUILDS = [
    build(number, "backend" if number in {4, 2, 1} else "frontend") for number in (5, 4, 3, 2, 1)
]
STEPS = [{"name": "RUN uv sync", "cached": True}, {"name": "COPY src"}]


def past(one: dict[str, Any]) -> dict[str, Any]:
    names = ("built_at", "size_bytes", "duration_seconds", "verdict")
    return {"build_id": one["id"], **{name: one[name] for name in names}}


def image(name: str) -> dict[str, Any]:
    builds = [one for one in BUILDS if one["image"] == name]
    history = [past(one) for one in reversed(builds)]
    return {"name": name, "builds": len(builds), "latest": builds[0], "history": history, **MORE}


IMAGES = [image("backend"), image("frontend")]

RESULTS = [
    {"name": "becomes-healthy", "family": "health", "outcome": "pass", "page": "It comes up."},
    {
        "name": "runs-as-promised-user",
        "family": "identity",
        "outcome": "fail",
        "page": "Every process runs as the promised user and group.\n\nHow: …",
        "promise": "process.user",
        "reason": "",
        "findings": [
            {
                "expected": "user 1001",
                "found": "process 1 runs as user 0",
                "hint": "a numeric USER",
                "evidence": [f"line {number}" for number in range(30)],
            }
        ],
    },
    {
        "name": "rebuilds-in-time",
        "family": "limits",
        "outcome": "skip",
        "page": "After an edit the image is built again in time.",
        "promise": "limits.rebuild",
        "reason": "no builder",
    },
]


def trial(run: str, build_id: int, verdict: str) -> dict[str, Any]:
    return {
        "id": build_id,
        "run": run,
        "image": "backend",
        "digest": digest(build_id),
        "build_id": build_id,
        "verdict": verdict,
        "started_at": "2026-11-20T10:10:00Z",
        "duration_seconds": 14.5,
        "passed": 1,
        "failed": 1,
        "skipped": 1,
        "strict": True,
        "recorded_at": "2026-11-20T10:10:20Z",
        **MORE,
    }


TRIALS = [trial("f00dcafe", 2, "broken"), trial("beefcafe", 1, "kept")]
REPORT = {"schema_version": 1, "image": "backend", "run": "f00dcafe", "results": RESULTS}

COMPONENTS: list[dict[str, Any]] = [
    {
        "name": "openssl",
        "version": version,
        "type": "library",
        "purl": f"pkg:deb/debian/openssl@{version}",
        "licenses": ["Apache-2.0"],
        "builds": 1,
        "images": [
            {
                "image": "backend",
                "build_id": build_id,
                "digest": digest(build_id),
                "short_sha": "0f0f0f0",
                "latest": latest,
            }
        ],
        **MORE,
    }
    for version, build_id, latest in (("3.0.15-1", 4, True), ("1.1.1w-0", 1, False))
]

COMPARISON = {
    "from": BUILDS[4],
    "to": BUILDS[3],
    "size": {"from": 123456001, "to": 123456002, "difference": 1},
    "packages": {
        "added": [{"name": "h11", "version": "0.16.0", "type": "library"}],
        "removed": [],
        "changed": [{"name": "openssl", "type": "library", "from": "3.0.14-1", "to": "3.0.15-1"}],
    },
    "findings": {
        "new": [
            {
                "check": "runs-as-promised-user",
                "expected": "user 1001",
                "found": "process 1 runs as user 0",
                "hint": "a numeric USER",
            }
        ],
        "gone": [],
    },
    **MORE,
}

DEPLOYMENTS = [
    {
        "id": number,
        "key": f"00000000-0000-4000-8000-{number:012}",
        "environment": "local",
        "generation": number,
        "state": state,
        "sha": "0f" * 20,
        "ended_at": None if state == "deployed" else "2026-11-20T11:02:00Z",
        "started_at": f"2026-11-20T11:0{number}:00Z",
        "services": [
            {
                "service": "api",
                "image": "backend",
                "digest": digest(4),
                "reference": "logbook-backend:0f0f0f0",
                "build_id": 4,
            }
        ],
        **MORE,
    }
    for number, state in ((2, "deployed"), (1, "replaced"))
]
