"""Family signals: how it stops."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.answers import show_answer
from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, StopFacts
from seatrial.model.report import Finding
from seatrial.model.units import show_duration
from seatrial.model.written import signal_name
from seatrial.verify.checks.registry import UnseenError, check, need, need_running


@check("signals", lambda contract: contract.process.stop_signal)
def stop_signal_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image names the promised stop signal, and the engine sends that one.

    How: STOPSIGNAL in the image's configuration is compared with the contract.
    Why: the engine sends that one; SIGKILL leaves no time for anything.
    Mend: STOPSIGNAL in the last stage.
    """
    promised = contract.process.stop_signal
    written = observation.image.stop_signal
    configured = signal_name(written) or written
    if configured != promised:
        yield Finding(expected=f"STOPSIGNAL {promised}", found=configured, hint="set STOPSIGNAL so")


@check("signals", lambda contract: contract.process.stop_within is not None)
def stops_in_time(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The stop signal ends it in the promised time; the engine need not kill it.

    How: a healthy container is told to stop, with a request in flight where the contract
    promises one, and watched until it ends; `stops-when-idle` is about one without requests.
    Why: a shell as process 1 passes no signal on, and a process 1 without a handler ignores it:
    every stop then takes the whole grace.
    Mend: exec form, `exec` in wrappers, a handler.
    """
    yield from _late(contract, observation, _stop(observation))


@check("signals", lambda contract: contract.process.stop_within is not None)
def stops_when_idle(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Idle, it ends in the promised time of its stop signal as well.

    How: the container that was looked at is told to stop when all its requests are answered.
    Why: a server may wait for connections that will never be used again, or for a worker that
    sleeps.
    Mend: close idle connections, wake what sleeps.
    """
    yield from _late(contract, observation, _idle_stop(observation))


@check("signals", lambda contract: contract.process.exit_codes is not None)
def exit_code_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Told to stop, it ends with one of the promised codes.

    How: the code is read when a healthy container was told to stop.
    Why: restart policies and deployments read it.
    Mend: end cleanly in the signal's handler.
    """
    yield from _wrong_code(contract, observation, _stop(observation))


@check("signals", lambda contract: contract.process.exit_codes is not None)
def idle_exit_code_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Told to stop while it is idle, it ends with one of the promised codes as well.

    How: the code is read when the container that was looked at is told to stop.
    Why: the paths differ: one ends in a handler, the other in the middle of waiting.
    Mend: end cleanly in the signal's handler.
    """
    yield from _wrong_code(contract, observation, _idle_stop(observation))


@check("signals", lambda c: c.drain and c.health and c.health.path)
def refuses_new_requests(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Told to stop, it takes no new requests while it finishes the old one.

    How: the health path is asked while the request in flight is held; within 2 s of the signal
    it must no longer answer as it does when all is well.
    Why: a server that takes requests for as long as it is asked never ends, and whatever balances
    the load goes on sending.
    Mend: stop listening first.
    """
    stop = _stop(observation)
    if stop.refused is None or stop.answer is None or stop.answer.status is None:
        reason = "no request was in flight to the end, so that newer ones could be compared"
        raise UnseenError(reason)
    if not stop.refused:
        yield Finding(
            expected="new requests are not answered any more within 2 s of the stop signal",
            found="the health path still answered as if nothing had happened",
            hint="close the listening socket first, then finish what is in flight",
        )


@check("signals", lambda contract: contract.drain)
def answers_request_in_flight(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """A request that is half sent when the stop signal comes is still answered, wholly.

    How: half of a request's body is sent before the signal and the rest after it: a server that
    ends at once passes any test made while it is idle.
    Why: every deployment stops servers under load.
    Mend: stop listening, finish, then end.
    """
    assert contract.drain is not None  # noqa: S101 - asked for by it
    stop = _stop(observation)
    answer = need(stop.answer, observation, "restricted")
    if answer.status not in contract.drain.status:
        statuses = " or ".join(map(str, contract.drain.status))
        yield Finding(
            expected=f"{contract.drain.method} {contract.drain.path} → {statuses}",
            found=show_answer(answer),
            hint="let requests in flight end before the process does",
            evidence=() if stop.seen else ("the server had not asked for the body yet",),
        )


@check("signals", lambda contract: contract.drain and contract.drain.second_signal)
def survives_second_signal(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """A second stop signal leaves the request in flight alone.

    How: the stop signal is sent once more while the request in flight is held; it is still
    answered, and the container ends with a promised code.
    Why: supervisors, and people, send it twice.
    Mend: let the handler note that it was called, and nothing else.
    """
    assert contract.drain is not None  # noqa: S101 - asked for by it
    stop = _stop(observation)
    answer = need(stop.answer, observation, "restricted")
    codes = contract.process.exit_codes
    if answer.status not in contract.drain.status or (codes and stop.exit_code not in codes):
        yield Finding(
            expected=f"{contract.drain.method} {contract.drain.path} is answered all the same",
            found=f"{show_answer(answer)}; exit code {stop.exit_code}",
            hint="let a second signal change nothing; SIGKILL is there for those in a hurry",
        )


def _late(contract: Contract, observation: Observation, stop: StopFacts) -> Iterator[Finding]:
    promised = contract.process.stop_within or 0.0
    if stop.killed or stop.duration is None or stop.duration > promised:
        took = show_duration(stop.duration) if stop.duration is not None else "too long"
        yield Finding(
            expected=f"ended within {show_duration(promised)} of its stop signal",
            found=f"the engine killed it after {took}" if stop.killed else f"it took {took}",
            hint="let process 1 be the server itself: exec form, or exec in the wrapper",
            evidence=_first_process(observation),
        )


def _wrong_code(contract: Contract, observation: Observation, stop: StopFacts) -> Iterator[Finding]:
    if stop.killed:
        reason = "it was killed, which is another check's finding"
        raise UnseenError(reason)
    promised = contract.process.exit_codes or ()
    if stop.exit_code not in promised:
        yield Finding(
            expected=f"exit code {' or '.join(map(str, promised))}",
            found=f"exit code {stop.exit_code}",
            hint="let the server end by itself after its stop signal",
            evidence=_first_process(observation),
        )


def _idle_stop(observation: Observation) -> StopFacts:
    need_running(observation)
    return need(observation.idle_stop, observation, "running")


def _stop(observation: Observation) -> StopFacts:
    stop = observation.stop
    if stop is None:
        time = observation.probes.get("restricted")
        reason = time.error if time and time.error else "no container became healthy to be stopped"
        raise UnseenError(reason)
    return stop


def _first_process(observation: Observation) -> tuple[str, ...]:
    processes = observation.running.processes if observation.running else None
    first = [one.command for one in processes or () if one.inside_pid == 1]
    return (f"process 1: {first[0][:200]}",) if first else ()
