"""How an image was tried, and whether a check of another contract can be judged by that.

A newer contract may judge an older observation. What was promised then shaped what was done: the
environment, the requests, the mounts. A check whose conditions differ now could only guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seatrial.model.contract import Contract
from seatrial.model.serving import Process
from seatrial.verify.masking import masked

# The grace of a stop where a contract promises none, in seconds.
DEFAULT_STOP = 10.0
# What every container of a trial was started with, and asked.
STARTED = ("env", "filesystem.tmpfs", "health", "network.port")
RESTRICTED = (
    *STARTED,
    "filesystem.read_only",
    "limits.memory",
    "network.outbound",
    "process.any_user",
    "process.capabilities",
    "request",
)
STOPPED = (*RESTRICTED, "drain", "process.stop_within")
STOPPED_IDLE = (*STARTED, "process.stop_within", "request")
# By check. One that is not named here needs all conditions to be the same.
CONDITIONS: dict[str, Iterable[str]] = {
    "answers-as-promised": (*STARTED, "request"),
    "answers-request-in-flight": STOPPED,
    "base-policy-recorded": (),
    "bases-by-digest": ("bases.dockerfile", "bases.contexts"),
    "becomes-healthy": STARTED,
    "lives-without-database": (*STARTED, "database"),
    "tells-database-is-away": (*STARTED, "database"),
    "becomes-ready-with-database": (*STARTED, "database"),
    "survives-loss-of-database": (*STARTED, "database"),
    "recovers-its-database": (*STARTED, "database"),
    "children-as-promised": (*STARTED, "process.children"),
    "exit-code-as-promised": STOPPED,
    "first-process-as-promised": STARTED,
    "forbidden-paths-absent": ("filesystem.absent",),
    "has-no-other-groups": STARTED,
    "has-only-promised-capabilities": STARTED,
    "health-matches-stamp": STARTED,
    "healthcheck-as-promised": (),
    "healthcheck-succeeds": STARTED,
    "idle-exit-code-as-promised": STOPPED_IDLE,
    "stops-when-idle": STOPPED_IDLE,
    "refuses-new-requests": STOPPED,
    "survives-second-signal": STOPPED,
    "restarts-after-stop": (*STARTED, "process.restarts", "request"),
    "restarts-after-kill": (*STARTED, "process.restarts", "request"),
    "starts-offline": RESTRICTED,
    "needs-no-more-capabilities": RESTRICTED,
    "runs-as-any-user": RESTRICTED,
    "healthcheck-can-fail": ("env", "filesystem.tmpfs"),
    "every-module-is-of-a-package": (),
    "immutable-paths-cannot-be-changed": (
        "filesystem.immutable",
        "process.any_user",
        "process.user",
    ),
    "labels-as-promised": (),
    "labels-match-stamp": (),
    "listens-as-promised": STARTED,
    "lock-edit-rebuilds-dependencies": ("cache.lock",),
    "log-lines-as-promised": (*STARTED, "request", "logs.format"),
    "logs-as-promised": (*STARTED, "request"),
    "missing-variable-ends-start": (*STARTED, "env.fails_within"),
    "missing-variable-is-named": (*STARTED, "env.fails_within"),
    "no-base-chosen-by-argument": ("bases.dockerfile", "bases.contexts"),
    "no-build-secrets-kept": ("secrets",),
    "no-colours-in-logs": (*STARTED, "request"),
    "no-development-packages": ("dependencies.lock",),
    "no-development-server": (*STARTED, "process"),
    "no-log-files": (*STARTED, "request"),
    "no-secrets-from-context": ("cache",),
    "no-secrets-in-configuration": (),
    "no-secrets-in-layers": ("secrets",),
    "no-secrets-in-logs": (*STARTED, "env.fails_within", "request"),
    "no-setuid-programs": (),
    "nothing-world-writable": (),
    "only-locked-packages": ("dependencies.lock",),
    "optional-defaults-as-promised": (),
    "orphans-are-reaped": (*STARTED, "process.orphans"),
    "reachable-from-outside": (*STARTED, "network.listen"),
    "rebuilds-in-time": ("cache.source",),
    "recipe-has-no-findings": ("bases.contexts", "recipe.dockerfile"),
    "runs-as-promised-user": STARTED,
    "runs-read-only": RESTRICTED,
    "runs-within-memory": RESTRICTED,
    "size-within-limit": (),
    "source-edit-keeps-dependencies": ("cache.source",),
    "stamp-is-reproducible": ("stamp.path",),
    "starts-in-time": STARTED,
    "stop-signal-as-promised": (),
    "stops-in-time": STOPPED,
    "user-is-numeric": (),
    "version-file-matches-stamp": ("stamp.path",),
    "version-keeps-dependencies": ("cache.version_context",),
    "volumes-as-promised": (),
    "workdir-as-promised": (),
    "writes-nothing": (*STARTED, "request"),
}


def conditions(contract: Contract) -> dict[str, Any]:
    """Return what a contract says of how to try the image, as JSON, by field.

    Values of secret variables are left out, and masked where they stand elsewhere.
    """
    variables = (contract.env.required | contract.env.optional).items()
    secret = {name: one.value for name, one in variables if one.secret and one.value}
    told: dict[str, Any] = masked(_conditions(contract), secret)
    return told


def _conditions(contract: Contract) -> dict[str, Any]:
    told = contract.model_dump(mode="json")
    env, filesystem = told["env"], told["filesystem"]
    asked = ("method", "path", "headers", "body")
    process = told["process"]
    drain = told["drain"] or {}
    cache = told["cache"] or {}
    health = told["health"] or {}
    return {
        "env": {name: _given(one) for name, one in (env["optional"] | env["required"]).items()},
        "env.fails_within": env["fails_within"],
        "filesystem.tmpfs": filesystem["tmpfs"],
        "filesystem.read_only": filesystem["read_only"],
        "filesystem.absent": filesystem["absent"],
        "filesystem.immutable": filesystem["immutable"],
        "health": [health.get(name) for name in ("path", "status", "expect")],
        "network.port": contract.network.http_port,
        "network.listen": told["network"]["listen"],
        "network.outbound": told["network"]["outbound"],
        # Nothing is touched for the sake of a contract that says nothing of processes.
        "process": contract.process != Process(),
        # Killed children are seen to end or to be replaced, by what is promised.
        "process.children": process["children"],
        "process.orphans": process["orphans"],
        "process.stop_within": process["stop_within"],
        "process.user": [process[name] for name in ("user", "group")],
        "process.any_user": process["any_user"],
        "process.capabilities": process["capabilities"],
        "process.restarts": process["restarts"],
        "limits.memory": told["limits"]["memory"],
        "request": [[one[name] for name in asked] for one in told["request"]],
        "drain": [drain.get(name) for name in (*asked, "second_signal")],
        "dependencies.lock": (told["dependencies"] or {}).get("lock"),
        "secrets": told["secrets"],
        "bases.dockerfile": (told["bases"] or {}).get("dockerfile"),
        "bases.contexts": (told["bases"] or {}).get("contexts"),
        "recipe.dockerfile": (told["recipe"] or {}).get("dockerfile"),
        "stamp.path": (told["stamp"] or {}).get("path"),
        "database": [(told["database"] or {}).get(name) for name in ("variable", "url", "within")]
        + [health.get("ready_path")],
        "logs.format": (told["logs"] or {}).get("format"),
        "cache": bool(cache),
        "cache.source": cache.get("source"),
        "cache.lock": cache.get("lock"),
        "cache.version_context": cache.get("version_context"),
    }


def differing(check: str, tried: dict[str, Any] | None, contract: Contract) -> list[str]:
    """Return the conditions of a check that are not those under which the image was tried.

    Args:
        check: The check's name.
        tried: Conditions of the trial; None where they were not kept: nothing differs then.
        contract: The contract that is to be judged by.
    """
    if tried is None:
        return []
    now = conditions(contract)
    return [n for n in CONDITIONS.get(check, now) if not _is_same(n, tried.get(n), now[n])]


def _is_same(name: str, before: Any, now: Any) -> bool:
    if name == "process.stop_within":
        # How long it took is known up to the grace that it had; less can be judged, more cannot.
        return bool((now or DEFAULT_STOP) <= (before or DEFAULT_STOP))
    return bool(before == now)


def _given(variable: dict[str, Any]) -> list[Any]:
    return [variable["secret"], None if variable["secret"] else variable["value"]]
