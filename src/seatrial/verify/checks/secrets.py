"""Family secrets: none in configuration, layers and logs, none taken from the build context."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import Sighting
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.rebuilding import rebuild
from seatrial.verify.checks.registry import UnseenError, check, need, need_running

SHOWN = 20


@check("secrets", lambda contract: contract.secrets is not None)
def no_secrets_in_configuration(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Nothing in ENV, labels and history looks like a secret.

    How: values, labels, the instructions of the history and those of ONBUILD are searched for
    keys, tokens and passwords.
    Why: whoever pulls the image reads them; a build argument stays in the history.
    Mend: BuildKit secrets while building, the environment while running.
    """
    seen = need(observation.config_sightings, observation, "configuration")
    yield from _findings(seen, "no secrets in configuration and history", "use a BuildKit secret")


@check("secrets", lambda contract: contract.secrets is not None)
def no_secrets_in_layers(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No layer of ours holds an environment file, a key or a token, deleted ones included.

    How: every file of every layer is read, and what is packed in it: gzip, bzip2, xz, zstd, tar,
    zip with its kin (wheel, jar, pyz), git's objects and packs, one in another, within bounds. Keys
    and tokens are known by their form; passwords by their names and by addresses, but not where a
    package is as its index gave it. The base's layers are left out where the base is known.
    Why: what a later layer deletes is still in the earlier one.
    Mend: never copy it: an allow-list in .dockerignore; exchange the secret, for it is out.
    """
    layers = need(observation.layers, observation, "layers")
    hint = "keep it out of the context, build again, and exchange the secret"
    yield from _findings(layers.sightings, "no secrets in the image's layers", hint)


@check(
    "secrets", lambda c: c.secrets is not None and any(v.secret for v in c.env.required.values())
)
def no_secrets_in_logs(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The values of secret variables, as the trial gives them, never appear in the logs.

    How: the trial's own values are looked for in a good start, under requests, and in starts
    that end for want of a variable.
    Why: logs are kept for long, and read by many.
    Mend: log names, not values; mind addresses that hold a password.
    """
    told = {f"in service: {name}" for name in need_running(observation).logs.secrets}
    for one in observation.missing or ():
        told |= {f"started without {one.variable}: {name}" for name in one.logs.secrets}
    if told:
        yield Finding(
            expected="no secret value in the logs",
            found=f"{len(told)} told",
            hint="log the variable's name, never its value",
            evidence=tuple(sorted(told)),
        )


@check("secrets", lambda contract: contract.secrets is not None and contract.cache is not None)
def no_secrets_from_context(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Files that people keep secrets in, put into the build context, change no build step.

    How: such files are planted in a copy of the context and the image is built again: a step
    that runs again has seen them.
    Why: one day somebody's `.env` lies there, and is shipped.
    Mend: an allow-list in .dockerignore, and COPY of names instead of `COPY . .`.
    """
    facts = rebuild(observation, "planted")
    if facts.ran:
        yield Finding(
            expected=f"{facts.edited} in the build context change nothing",
            found=f"{len(facts.ran)} steps saw them, first {facts.ran[0].instruction[:120]}",
            hint="list what is needed in .dockerignore, and exclude all the rest",
            evidence=tuple(step.instruction[:200] for step in facts.ran[:SHOWN]),
        )


@check("secrets", lambda contract: contract.secrets is not None)
def no_build_secrets_kept(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No secret that the build was given is in the image.

    How: the build record tells which secrets there were; their values, read at the trial, are
    looked for in every file of our layers, deleted and packed ones included, as they are and in
    base64, and in history, ENV, labels and commands. Without a build record the Dockerfile beside
    the contract tells whether there were any.
    Why: a secret mount leaves nothing behind; a `cp` of what is mounted there does.
    Mend: use the secret where it is mounted, copy it nowhere; exchange it, for it is out.
    """
    facts = observation.build_secrets
    if facts is None:
        need(observation.layers, observation, "layers")
        reason = "neither a build record nor a Dockerfile tells which secrets the build was given"
        raise UnseenError(reason)
    hint = "copy nothing from a secret mount; exchange the secret"
    yield from _findings(facts.kept, f"nothing of {', '.join(facts.given)} in the image", hint)
    if facts.unread and not facts.kept:
        raise UnseenError("; ".join(f"{name}: {why}" for name, why in facts.unread.items()))


def _findings(seen: tuple[Sighting, ...], expected: str, hint: str) -> Iterator[Finding]:
    if seen:
        yield Finding(
            expected=expected,
            found=f"{len(seen)}, first {_shown(seen[0])}",
            hint=hint,
            evidence=tuple(_shown(one) for one in seen[:SHOWN]),
        )


def _shown(one: Sighting) -> str:
    layer = f" (layer {one.layer + 1})" if one.layer is not None else ""
    return f"{one.where}{layer}: {one.kind} {one.excerpt}".rstrip()
