"""The further lives of a container that has served: stopped, started again, killed, and again."""

from __future__ import annotations

from seatrial.engine.containers import kill_container
from seatrial.model.observation import RestartFacts, Start, StopFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.ready import start_again
from seatrial.verify.probes.stopping import stop_idle

DIES_WITHIN = 10.0


def look_at_further_lives(lab: Lab, name: str) -> tuple[StopFacts | None, RestartFacts | None]:
    """Stop a container while it is idle; start it again after that, and once more after SIGKILL."""
    process = lab.contract.process
    stopping = process.stop_within is not None or process.exit_codes is not None
    if not (stopping or process.restarts):
        return None, None
    stop = None
    if lab.state(name).running:
        lab.tell("running", "stopping it")
        stop = stop_idle(lab, name)
    if not process.restarts:
        return stop, None
    lab.tell("running", "starting it again")
    after_stop = start_again(lab, name).start
    if after_stop.healthy_after is None:
        return stop, RestartFacts(after_stop=after_stop, after_kill=None)
    return stop, RestartFacts(after_stop=after_stop, after_kill=_after_kill(lab, name))


def _after_kill(lab: Lab, name: str) -> Start:
    mark = lab.watch.mark()
    kill_container(lab.engine, name, "SIGKILL")
    lab.wait(name, "die", seconds=DIES_WITHIN, after=mark)
    return start_again(lab, name).start
