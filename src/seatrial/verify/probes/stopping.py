"""Stops containers and sees how they end: idle ones, and ones with a request in flight."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from typing import Self

from seatrial.engine.containers import kill_container, stop_container
from seatrial.errors import SeatrialError
from seatrial.model.observation import HttpAnswer, StopFacts
from seatrial.verify.conditions import DEFAULT_STOP
from seatrial.verify.lab import Lab
from seatrial.verify.probes.asking import ENDED, ask_container
from seatrial.verify.probes.ready import Started, is_healthy_answer
from seatrial.web import Ask, HalfRequest

ASKED_WITHIN = 3.0
CONNECTED_WITHIN = 5.0
# Long enough for a server to end at once if that is what it does on a signal.
DROPS_WITHIN = 0.3
# How long a server may take new requests after its stop signal: it has to notice it first.
REFUSES_WITHIN = 2.0
PACE = 0.02
STOP_BY_ITSELF = 10.0


def stop_under_request(lab: Lab, started: Started) -> StopFacts:
    """Stop a healthy container and see what becomes of its request, and of newer ones."""
    half = _half_request(lab, started)
    seen = half.send_half(ASKED_WITHIN) if isinstance(half, HalfRequest) else False
    with _Stopping(lab, started.name) as stopping:
        refused = answer = None
        if isinstance(half, HalfRequest):
            dropped = half.is_dropped_within(DROPS_WITHIN)
            refused = _refuses(lab, started)
            if lab.contract.drain and lab.contract.drain.second_signal and not dropped:
                kill_container(lab.engine, started.name, lab.image.stop_signal)
                dropped = half.is_dropped_within(DROPS_WITHIN)
            answer = half.dropped() if dropped else half.finish(stopping.grace)
        else:
            answer = half
        facts = stopping.facts()
    return facts.model_copy(update={"seen": seen, "answer": answer, "refused": refused})


def stop_idle(lab: Lab, name: str) -> StopFacts:
    """Stop a container that nobody asks anything."""
    with _Stopping(lab, name) as stopping:
        return stopping.facts()


class _Stopping:
    """A stop under way: the engine's, which waits for the grace and kills then."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.grace = lab.contract.process.stop_within or DEFAULT_STOP
        self._lab, self._name, self._mark = lab, name, lab.watch.mark()
        self._thread = threading.Thread(target=self._stop, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._lab.wait(self._name, "kill", "die", seconds=STOP_BY_ITSELF, after=self._mark)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)

    def facts(self) -> StopFacts:
        """Wait for its end and return how it came."""
        watch, name, mark = self._lab.watch, self._name, self._mark
        died = self._lab.wait(name, "die", seconds=self.grace + 15, after=mark)
        told = watch.seen(name, "kill", "die", after=mark)
        signals = [event.signal for event in watch.all(name, "kill", after=mark)]
        return StopFacts(
            signal=signals[0] if signals else None,
            exit_code=died.exit_code if died else None,
            duration=died.at - told.at if died and told else None,
            killed=9 in signals[1:],
        )

    def _stop(self) -> None:
        # Events tell how it ends; where the container is gone meanwhile, the trial was stopped.
        with contextlib.suppress(SeatrialError):
            stop_container(self._lab.engine, self._name, math.ceil(self.grace))


def _half_request(lab: Lab, started: Started) -> HalfRequest | HttpAnswer | None:
    drain = lab.contract.drain
    place = started.place(lab.contract.network.http_port)
    if drain is None or place is None:
        return None
    ask = Ask(place[1], drain.path, drain.method, drain.headers, drain.body, place[0])
    try:
        half = HalfRequest(ask, CONNECTED_WITHIN)
    except OSError as error:
        return HttpAnswer(method=ask.method, path=ask.path, error=f"no connection: {error}")
    if lab.state(started.name).running:
        return half
    half.dropped()
    return HttpAnswer(method=ask.method, path=ask.path, error=ENDED)


def _refuses(lab: Lab, started: Started) -> bool | None:
    """Return whether new requests stop being answered while the old one is in flight."""
    health, place = lab.contract.health, started.place(lab.contract.network.http_port)
    if place is None or health is None or health.path is None:
        return None
    end = time.monotonic() + REFUSES_WITHIN
    while time.monotonic() < end:
        ask = Ask(place[1], health.path, host=place[0])
        answer = ask_container(lab, started.name, ask, seconds=1.0)
        if not is_healthy_answer(lab, answer):
            return True
        time.sleep(PACE)
    return False
