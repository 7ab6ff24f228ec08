"""Family limits: what it needs at most."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.model.units import show_duration, show_size
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.rebuilding import rebuild
from seatrial.verify.checks.registry import (
    UnseenError,
    check,
    need,
    need_restricted,
    need_running,
)


@check("limits", lambda contract: contract.limits.size is not None)
def size_within_limit(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image is no larger than promised: the files of all layers, unpacked.

    How: the files of every layer are counted, the base's and deleted ones included. It is the
    same number on every engine; `docker image ls` tells other ones, that differ between them.
    Why: size is time at every pull, and room on every host.
    Mend: the largest files are named; `docker history` shows which instruction added them.
    """
    layers = need(observation.layers, observation, "layers")
    promised = contract.limits.size or 0
    if not layers.sizes:
        reason = "the image has no layers, or nobody counted them"
        raise UnseenError(reason)
    if layers.size > promised:
        yield Finding(
            expected=f"at most {show_size(promised)}",
            found=f"{show_size(layers.size)} in {layers.count} layers",
            hint="docker history shows which instruction added what",
            evidence=tuple(
                f"layer {number}: {show_size(size)}"
                for number, size in enumerate(layers.sizes, start=1)
                if size
            )
            + layers.largest,
        )


@check("limits", lambda contract: contract.limits.start is not None)
def starts_in_time(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It is healthy within the promised time of its start.

    How: the time from the container's start to its first healthy answer is measured.
    Why: a deployment, and a restart after a crash, waits for it.
    Mend: do less before listening.
    """
    promised = contract.limits.start or 0.0
    after = need_running(observation).start.healthy_after or 0.0
    if after > promised:
        yield Finding(
            expected=f"healthy within {show_duration(promised)}",
            found=f"after {show_duration(after)}",
            hint="do less before listening",
        )


@check("limits", lambda contract: contract.limits.memory is not None)
def runs_within_memory(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The promised memory is enough: it serves in it, and nothing is killed.

    How: it is started with no more memory than that, and no swap, is sent the promised requests
    ten times over, and watched for kills.
    Why: whoever runs it sets the limit by the promise; too little of it is found out at night.
    Mend: find what grows, or promise more.
    """
    promised = contract.limits.memory or 0
    start = need_restricted(observation, "memory")
    if start.healthy_after is None or start.out_of_memory or start.exit_code is not None:
        yield Finding(
            expected=f"healthy in {show_size(promised)}, also under requests",
            found=how_it_came_up(start),
            hint="find what grows, or promise more",
            evidence=last_words(start.logs),
        )


@check("limits", lambda contract: contract.limits.rebuild is not None)
def rebuilds_in_time(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """After an edit of the source the whole image is built again within the promised time.

    How: it is built once more from a copy of its context, so that all is cached; a source file is
    edited, and the next build is timed, as it is from its first step to its last. Positive
    control: the edit makes a step run. The shortest of up to three counts.
    Why: it is what everybody who works on it waits for, many times a day.
    Mend: do less after the source is copied; see which step takes long.
    """
    facts = rebuild(observation, "whole")
    promised = contract.limits.rebuild or 0.0
    if facts.failed or facts.duration is None:
        reason = (
            f"the build failed: {facts.complaint[-1] if facts.complaint else 'it does not say'}"
        )
        raise UnseenError(reason)
    if not facts.ran:
        reason = f"the edit of {facts.edited} reached no step; is cache.source right?"
        raise UnseenError(reason)
    if facts.duration > promised:
        yield Finding(
            expected=f"built again within {show_duration(promised)} of an edit of {facts.edited}",
            found=f"after {show_duration(facts.duration)}",
            hint="do less after the source is copied",
            evidence=tuple(f"ran: {one.instruction[:160]}" for one in facts.ran[:10]),
        )
