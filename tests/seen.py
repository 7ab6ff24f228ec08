"""A contract that promises everything, and the observation of an image that keeps it all."""

from __future__ import annotations

from typing import Any

import seen_alive

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import (
    BuildSecretFacts,
    Distribution,
    ImmutableFacts,
    LayerFacts,
    LockFacts,
    PathMode,
    RebuildFacts,
    StampFacts,
)
from seatrial.model.image import EngineFacts, Healthcheck, ImageFacts
from seatrial.model.observation import (
    HttpAnswer,
    IdleHealthFacts,
    Listener,
    LogFacts,
    MissingFacts,
    Observation,
    RestartFacts,
    RunningFacts,
    Start,
    StopFacts,
)
from seatrial.model.plan import Step
from seatrial.model.recipe_facts import BasesFacts, BaseUse, LintFinding, RecipeFacts
from seatrial.model.stamp import Stamp

SHA = "a" * 40
STAMP = Stamp(
    sha=SHA, short_sha="aaaaaaa", describe="v1.0.0", dirty=False, built_at="2026-11-20T00:00:00Z"
)
CONTRACT = Contract.model_validate(
    {
        "image": "tug",
        "process": {
            "user": 1001,
            "group": 1001,
            "workdir": "/app",
            "stop_signal": "SIGTERM",
            "stop_within": "30s",
            "exit_codes": [0],
            **seen_alive.PROCESS,
            "restarts": True,
            "any_user": True,
        },
        "network": {"listen": [8000], "outbound": False},
        "health": {
            "path": "/health",
            "ready_path": "/ready",
            "expect": {"status": "ok"},
            "interval": "30s",
            "timeout": "5s",
            "start_period": "10s",
            "retries": 3,
        },
        "env": {
            "empty_is_missing": True,
            "required": {"TOKEN": {"secret": True}},
            "optional": {"LEVEL": {"default": "info"}},
        },
        "filesystem": {
            "read_only": True,
            "tmpfs": ["/tmp"],
            "absent": ["**/.git"],
            "volumes": ["/data"],
            "writable": ["/app/cache/**"],
            "immutable": ["/app/**"],
            "setuid": ["/usr/bin/su"],
        },
        "dependencies": {"lock": "uv.lock"},
        "logs": {"stdout": True, "stderr": False, "format": "json"},
        "request": [{"path": "/work"}],
        "drain": {"path": "/work", "status": [200], "second_signal": True},
        "database": seen_alive.DATABASE,
        "labels": {"required": ["title"], "forbidden": ["draft"]},
        "stamp": {"path": "/app/version.json", "health": "version.sha", "reproducible": True},
        "cache": {"step": "uv sync", "source": "app.py", "lock": "uv.lock"},
        "secrets": {},
        "bases": {"recorded": True},
        "recipe": {"ignored": ["DL3008"]},
        "limits": {"size": "100MiB", "memory": "64MiB", "start": "10s", "rebuild": "3s"},
    }
)
INSTALL = Step(stage="build", number=3, total=5, instruction="RUN uv sync --locked", cached=True)
COPY = Step(stage="build", number=4, total=5, instruction="COPY app.py ./")
UP = Start(
    healthy_after=0.5,
    health_code=0,
    answer=HttpAnswer(
        method="GET",
        path="/health",
        status=200,
        json_body={"status": "ok", "version": {"sha": SHA}},
    ),
)
RUNNING = RunningFacts(
    start=UP,
    processes=(seen_alive.FIRST, seen_alive.WORKER),
    **seen_alive.LASTLY,
    listeners=(
        Listener(protocol="tcp", address="0.0.0.0", port=8000, everywhere=True, pids=(70,)),
    ),
    reachable={8000: True},
    answers=(HttpAnswer(method="GET", path="/work", status=200),),
    logs=LogFacts(stdout="{}\n", stdout_bytes=3, not_json=()),
)
LAYERS = LayerFacts(
    count=4,
    base_layers=1,
    files=12,
    sizes=(900, 0, 80, 20),
    privileged=(PathMode(path="/usr/bin/su", mode="4755"),),
    world_writable=(PathMode(path="/app/cache/x", mode="0666"), PathMode(path="/tmp", mode="0777")),
    immutable=ImmutableFacts(user=1001, groups=(1001,), count=7),
    distributions=(Distribution(name="hull", version="1.0", path="/app/hull", layer=2),),
    version=STAMP.model_dump(),
)
REBUILDS = {
    "source": RebuildFacts(edited="app.py", steps=(INSTALL, COPY)),
    "lock": RebuildFacts(edited="uv.lock", steps=(INSTALL.model_copy(update={"cached": False}),)),
    "version": RebuildFacts(edited="version.json", steps=(INSTALL, COPY)),
    "whole": RebuildFacts(edited="app.py", steps=(INSTALL, COPY), duration=2.5),
    "planted": RebuildFacts(edited=".env", steps=(INSTALL,)),
}


BASE = BaseUse(
    line=1,
    instruction="FROM",
    written=f"python:3@sha256:{'0' * 64}",
    reference=f"python:3@sha256:{'0' * 64}",
    kind="image",
)
# What nobody minds: it is slighter than promised, or left out by the contract.
SLIGHT = LintFinding(rule="DL3059", line=3, level="info", message="Multiple RUN")
LEFT_OUT = LintFinding(rule="DL3008", line=3, level="warning", message="Pin versions")


def missing(kind: str, **facts: Any) -> MissingFacts:
    told = {"ended": True, "exit_code": 2, "named_on": ("stderr",), "duration": 0.4}
    return MissingFacts.model_validate({"variable": "TOKEN", "kind": kind, **told, **facts})


KEPT = Observation(
    reference="tug:1",
    run="r1",
    started=0.0,
    duration=1.0,
    engine=EngineFacts(version="28", system="linux", architecture="amd64"),
    image=ImageFacts(
        id="sha256:1",
        size=1000,
        user="1001:1001",
        workdir="/app/",
        created=STAMP.epoch + 0.5,
        volumes=("/data",),
        env={"LEVEL": "info"},
        labels={
            "title": "tug",
            "seatrial.base-policy": "registry",
            "org.opencontainers.image.revision": SHA,
            "org.opencontainers.image.version": "v1.0.0",
            "org.opencontainers.image.created": "2026-11-20T00:00:00Z",
        },
        healthcheck=Healthcheck(
            command=("CMD", "true"), interval=30, timeout=5, start_period=10, retries=3
        ),
    ),
    running=RUNNING,
    restricted=dict.fromkeys(("read-only", "capabilities", "memory", "any-user", "offline"), UP),
    idle_health=IdleHealthFacts(exit_code=1),
    stop=StopFacts(
        signal=15,
        seen=True,
        answer=HttpAnswer(method="POST", path="/work", status=200),
        refused=True,
        exit_code=0,
        duration=0.2,
    ),
    idle_stop=StopFacts(signal=15, exit_code=0, duration=0.1),
    restart=RestartFacts(after_stop=UP, after_kill=UP),
    missing=(missing("missing"), missing("empty")),
    layers=LAYERS,
    build_secrets=BuildSecretFacts(source="build record", given=("ca",)),
    config_sightings=(),
    lock=LockFacts(production={"hull": ("1.0",)}, known={"hull": ("1.0",), "scaffold": ("2.0",)}),
    rebuilds=REBUILDS,
    stamp=StampFacts(source="build record", stamp=STAMP, committed_at=STAMP.epoch),
    bases=BasesFacts(
        dockerfile="Dockerfile",
        policy="registry",
        uses=(
            BASE,
            BaseUse(line=2, instruction="COPY --from", written="a", reference="a", kind="stage"),
            BaseUse(line=3, instruction="COPY --from", written="b", reference="b", kind="context"),
        ),
    ),
    recipe=RecipeFacts(dockerfile="Dockerfile", findings=(SLIGHT, LEFT_OUT)),
)


def changed(**fields: Any) -> Observation:
    """Return the good observation with some fields changed."""
    return KEPT.model_copy(update=fields)


def running(**fields: Any) -> Observation:
    """Return the good observation with some facts of its running container changed."""
    return changed(running=RUNNING.model_copy(update=fields))


def image(**fields: Any) -> Observation:
    return changed(image=KEPT.image.model_copy(update=fields))


def labelled(name: str, value: str | None) -> Observation:
    """Return the good observation with another label, or without one."""
    labels = {**KEPT.image.labels, name: value}
    return image(labels={key: text for key, text in labels.items() if text is not None})


def stop(**fields: Any) -> Observation:
    assert KEPT.stop is not None
    return changed(stop=KEPT.stop.model_copy(update=fields))


def idle_stop(**fields: Any) -> Observation:
    assert KEPT.idle_stop is not None
    return changed(idle_stop=KEPT.idle_stop.model_copy(update=fields))


def restricted(**starts: Start) -> Observation:
    """Return the good observation with other starts, by their restriction (`read_only`)."""
    assert KEPT.restricted is not None
    named = {name.replace("_", "-"): start for name, start in starts.items()}
    return changed(restricted=KEPT.restricted | named)


def whole(**fields: Any) -> Observation:
    """Return the good observation with another rebuild of the whole image."""
    facts = REBUILDS["whole"].model_copy(update=fields)
    return changed(rebuilds={**REBUILDS, "whole": facts})


def layers(**fields: Any) -> Observation:
    return changed(layers=LAYERS.model_copy(update=fields))


def stamped(**fields: Any) -> Observation:
    """Return the good observation with another stamp in the build record."""
    assert KEPT.stamp is not None
    return changed(stamp=KEPT.stamp.model_copy(update={"stamp": STAMP.model_copy(update=fields)}))


def bases(**fields: Any) -> Observation:
    """Return the good observation with another base beside the good one."""
    assert KEPT.bases is not None
    uses = (BASE, BASE.model_copy(update=fields))
    return changed(bases=KEPT.bases.model_copy(update={"uses": uses}))


def linted(**fields: Any) -> Observation:
    """Return the good observation with another finding of hadolint's."""
    found = SLIGHT.model_copy(update=fields)
    return changed(recipe=RecipeFacts(dockerfile="Dockerfile", findings=(found,)))


def rebuilt(edited: str, *steps: Step) -> Observation:
    facts = REBUILDS[edited].model_copy(update={"steps": steps})
    return changed(rebuilds={**REBUILDS, edited: facts})


def immutable(**fields: Any) -> ImmutableFacts:
    assert LAYERS.immutable is not None
    return LAYERS.immutable.model_copy(update=fields)


def build_secrets(**fields: Any) -> Observation:
    assert KEPT.build_secrets is not None
    return changed(build_secrets=KEPT.build_secrets.model_copy(update=fields))
