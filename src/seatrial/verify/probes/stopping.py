"""The container that is stopped while a request is in flight; hardened where that is promised."""

from __future__ import annotations

import contextlib
import math
import threading

from seatrial.engine.containers import stop_container
from seatrial.errors import SeatrialError
from seatrial.model.observation import HttpAnswer, Start, StopFacts
from seatrial.verify.conditions import DEFAULT_STOP
from seatrial.verify.lab import Lab
from seatrial.verify.probes.ready import Started, start_and_wait
from seatrial.web import Ask, HalfRequest

ASKED_WITHIN = 1.0
CONNECTED_WITHIN = 5.0
# Long enough for a server to end at once if that is what it does on a signal.
DROPS_WITHIN = 0.3


def look_at_hardened_and_stop(lab: Lab) -> tuple[Start | None, StopFacts | None]:
    """Start on a read-only root without capabilities, where promised; then stop it.

    Where it does not come up so, another one on a writable root is stopped: how it stops is
    another promise.
    """
    hardened: Start | None = None
    started: Started | None = None
    limits = lab.contract.limits
    if lab.contract.filesystem.read_only or limits.memory is not None:
        started = start_and_wait(
            lab,
            "hardened",
            hardened=lab.contract.filesystem.read_only,
            memory=limits.memory,
        )
        hardened = started.start
    if started is None or not started.healthy:
        started = start_and_wait(lab, "stop")
    return hardened, look_at_stop(lab, started) if started.healthy else None


def look_at_stop(lab: Lab, started: Started) -> StopFacts:
    """Stop a healthy container and see what becomes of its request and with which code it ends."""
    grace = lab.contract.process.stop_within or DEFAULT_STOP
    half = _half_request(lab, started)
    seen = half.send_half(ASKED_WITHIN) if isinstance(half, HalfRequest) else False
    stopper = threading.Thread(target=_stop, args=(lab, started.name, grace), daemon=True)
    stopper.start()
    lab.tell("stop", "told to stop")
    told = lab.wait(started.name, "kill", "die", seconds=10)
    answer = _finish(half, grace) if isinstance(half, HalfRequest) else half
    died = lab.wait(started.name, "die", seconds=grace + 15)
    stopper.join(5)
    signals = [e.signal for e in lab.watch.all(started.name, "kill")]
    return StopFacts(
        signal=signals[0] if signals else None,
        seen=seen,
        answer=answer,
        exit_code=died.exit_code if died else None,
        duration=died.at - told.at if died and told else None,
        killed=9 in signals[1:],
    )


def _stop(lab: Lab, name: str, grace: float) -> None:
    # Events tell how it ends; where the container is gone meanwhile, the trial was stopped.
    with contextlib.suppress(SeatrialError):
        stop_container(lab.engine, name, math.ceil(grace))


def _half_request(lab: Lab, started: Started) -> HalfRequest | HttpAnswer | None:
    drain = lab.contract.drain
    port = started.port(lab.contract.network.http_port)
    if drain is None or port is None:
        return None
    ask = Ask(port, drain.path, drain.method, drain.headers, drain.body)
    try:
        return HalfRequest(ask, CONNECTED_WITHIN)
    except OSError as error:
        return HttpAnswer(method=ask.method, path=ask.path, error=f"no connection: {error}")


def _finish(half: HalfRequest, seconds: float) -> HttpAnswer:
    if half.is_dropped_within(DROPS_WITHIN):
        return half.dropped()
    return half.finish(seconds)
