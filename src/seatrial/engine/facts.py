"""What the engine says of an image's configuration, and of itself."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any
from urllib.parse import quote

from seatrial.engine.api import Question, ask, told
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError
from seatrial.model.image import EngineFacts, Healthcheck, ImageFacts

NANO = 1e9
POLICY_LABEL = "seatrial.base-policy"


def read_engine(engine: Engine) -> EngineFacts:
    """Return what the engine says of itself.

    Raises:
        NoEngineError: When it does not answer.
    """
    reply = ask(engine, Question("GET", "/version"))
    if not reply.ok:
        raise NoEngineError("the engine does not answer", found=reply.complaint)
    server = reply.told or {}
    return EngineFacts(
        version=server.get("Version", "unknown"),
        system=server.get("Os", "unknown"),
        architecture=server.get("Arch", "unknown"),
    )


def read_image(engine: Engine, reference: str) -> ImageFacts | None:
    """Return an image's configuration, or None when the engine does not hold it."""
    facts = _inspected(engine, reference)
    if facts is None:
        return None
    config: dict[str, Any] = facts.get("Config") or {}
    labels = config.get("Labels") or {}
    policy = labels.get(POLICY_LABEL)
    history = _history(engine, facts["Id"])
    return ImageFacts(
        id=facts["Id"],
        size=int(facts.get("Size") or 0),
        user=config.get("User") or "",
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        env=dict(pair.partition("=")[::2] for pair in config.get("Env") or ()),
        labels=labels,
        exposed=tuple(sorted(config.get("ExposedPorts") or ())),
        volumes=tuple(sorted(config.get("Volumes") or ())),
        workdir=config.get("WorkingDir") or "",
        stop_signal=config.get("StopSignal") or "SIGTERM",
        healthcheck=_healthcheck(config.get("Healthcheck")),
        history=tuple(instruction for instruction, _ in history),
        on_build=tuple(config.get("OnBuild") or ()),
        sizes=tuple(size for _, size in history),
        created=_moment(facts.get("Created")),
        base_policy=policy if policy in {"registry", "stand-in"} else None,
    )


def image_layers(engine: Engine, reference: str) -> tuple[str, ...]:
    """Return the digests of the contents of an image's layers; none when it is not held."""
    facts = _inspected(engine, reference)
    return tuple((facts.get("RootFS") or {}).get("Layers") or ()) if facts else ()


def _inspected(engine: Engine, reference: str) -> dict[str, Any] | None:
    reply = ask(engine, Question("GET", f"/images/{quote(reference, safe='/:@')}/json"))
    return reply.told if reply.ok else None


def _history(engine: Engine, reference: str) -> list[tuple[str, int]]:
    """Return each instruction with the bytes that it added, oldest first.

    Raises:
        SeatrialError: When the engine does not tell: an empty history would hold no secret.
    """
    found = told(engine, Question("GET", f"/images/{quote(reference, safe='/:@')}/history"))
    return [(one["CreatedBy"][:4000], int(one["Size"])) for one in reversed(found or [])]


def _healthcheck(config: dict[str, Any] | None) -> Healthcheck | None:
    test = tuple((config or {}).get("Test") or ())
    if config is None or not test or test[0] == "NONE":
        return None
    return Healthcheck(
        command=test,
        interval=_seconds(config.get("Interval")),
        timeout=_seconds(config.get("Timeout")),
        start_period=_seconds(config.get("StartPeriod")),
        retries=config.get("Retries") or None,
    )


def _moment(written: str | None) -> float | None:
    """Return seconds since the epoch; an image without a time is told as made in the year 1."""
    with contextlib.suppress(TypeError, ValueError):
        found = datetime.fromisoformat(written or "")
        return found.timestamp() if found.year > 1 else None
    return None


def _seconds(nanoseconds: int | None) -> float | None:
    return nanoseconds / NANO if nanoseconds else None
