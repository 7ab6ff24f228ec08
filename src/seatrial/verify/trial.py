"""A trial: every probe once, side by side, and one observation out of all of them."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Any

from seatrial.engine.client import Engine
from seatrial.engine.containers import remedy, remove_run
from seatrial.engine.facts import read_engine, read_image
from seatrial.engine.network import own_address, remove_networks
from seatrial.engine.watch import watching
from seatrial.errors import ConfigurationError, NoEngineError, SeatrialError, StoppedError
from seatrial.model.image import ImageFacts
from seatrial.model.observation import Observation, ProbeTime
from seatrial.verify.conditions import conditions
from seatrial.verify.lab import Lab, Order, Postgres, new_run, trial_values
from seatrial.verify.masking import masked
from seatrial.verify.patterns import secrets_in_configuration
from seatrial.verify.places import Places
from seatrial.verify.probes.build_secrets import kept_secrets, read_build_secrets
from seatrial.verify.probes.environment import look_where_no_server_runs
from seatrial.verify.probes.identity import look_at_lock, look_at_stamp
from seatrial.verify.probes.layers import asks_for_layers, config_sightings, look_at_layers
from seatrial.verify.probes.rebuild import look_at_lock_rebuild, look_at_rebuilds
from seatrial.verify.probes.rebuild_time import look_at_rebuild_time
from seatrial.verify.probes.recipe import look_at_bases, look_at_recipe
from seatrial.verify.probes.restricted import look_at_restricted_and_stop
from seatrial.verify.probes.running import look_at_running

Tell = Callable[[str, str], None]
Probe = Callable[[], dict[str, Any]]
GIVE_UP_WITHIN = 15.0


def observe(
    engine: Engine,
    order: Order,
    *,
    tell: Tell = lambda _probe, _state: None,
    stopping: threading.Event | None = None,
    places: Places | None = None,
    postgres: Postgres | None = None,
) -> Observation:
    """Try an image and return all that was seen.

    Args:
        engine: The engine.
        order: What is tried.
        tell: Called with a probe's name and what it does; from several threads.
        stopping: Set it to end the trial.
        places: Places for probes, where several trials share them.
        postgres: Where a database for the container is made.

    Raises:
        ConfigurationError: When the engine does not hold the image.
        NoEngineError: When the engine goes away.
        StoppedError: When `stopping` was set; nothing of the trial is left.
        KeyboardInterrupt: Likewise.
    """
    begin, clock = time.time(), time.monotonic()
    facts = read_engine(engine)
    image = _held(engine, order.reference)
    run, places = new_run(), places or Places()
    with _cleaned(engine, run), watching(engine, run) as watch:
        lab = Lab(
            engine,
            order,
            image,
            run,
            watch,
            trial_values(order.contract),
            stopping or threading.Event(),
            tell,
            facts.architecture,
            postgres,
            near=own_address(engine) is not None,
            turns=places.turns,
        )
        seen, times = _gather(lab, clock, places)
    duration = time.monotonic() - clock
    told = {"started": begin, "duration": duration, "engine": facts, "probes": times}
    return _observation(lab, told | seen)


def _held(engine: Engine, reference: str) -> ImageFacts:
    image = read_image(engine, reference)
    if image is None:
        raise ConfigurationError(
            f"the engine holds no image {reference}",
            hint="build it or pull it first; `docker images` shows what there is",
        )
    return image


def _observation(lab: Lab, seen: Mapping[str, Any]) -> Observation:
    """Return what was seen, secret values masked by their names."""
    told = {name: _plain(value) for name, value in seen.items()}
    told |= {"reference": lab.order.reference, "run": lab.run, "image": lab.image.model_dump()}
    hidden = {place: value for place, _, value in secrets_in_configuration(lab.image)}
    hidden |= read_build_secrets(lab).hidden
    kept = masked(told, hidden | lab.secret_values)
    # Not masked once more: it is compared with what is made of a contract alone.
    return Observation.model_validate(kept | {"tried": conditions(lab.contract)})


def probes_for(lab: Lab) -> dict[str, Probe]:
    """Return the probes that a contract asks for, the longest first; each fills in some fields."""
    contract = lab.contract
    probes: dict[str, Probe] = {
        "running": partial(look_at_running, lab),
        "restricted": partial(_restricted_and_stop, lab),
    }
    if contract.env.required or (contract.health and lab.image.healthcheck):
        probes["no-server"] = partial(_no_server, lab)
    if contract.cache:
        probes["rebuild"] = lambda: {"rebuilds": look_at_rebuilds(lab)}
        if contract.cache.lock:
            probes["rebuild-lock"] = lambda: {"rebuilds": look_at_lock_rebuild(lab)}
    if contract.limits.rebuild is not None:
        probes["rebuild-whole"] = lambda: {"rebuilds": look_at_rebuild_time(lab)}
    if asks_for_layers(contract):
        probes["layers"] = partial(_layers_and_build_secrets, lab)
    probes["configuration"] = lambda: {"config_sightings": config_sightings(lab)}
    if contract.dependencies:
        probes["lock"] = lambda: {"lock": look_at_lock(lab)}
    if contract.bases:
        probes["bases"] = lambda: {"bases": look_at_bases(lab)}
    if contract.recipe:
        probes["recipe"] = lambda: {"recipe": look_at_recipe(lab)}
    if contract.stamp:
        probes["stamp"] = lambda: {"stamp": look_at_stamp(lab)}
    return probes


def _layers_and_build_secrets(lab: Lab) -> dict[str, Any]:
    secrets = read_build_secrets(lab)
    layers, found = look_at_layers(lab, secrets.needles)
    return {"layers": layers, "build_secrets": kept_secrets(secrets, lab.image, found)}


def _restricted_and_stop(lab: Lab) -> dict[str, Any]:
    restricted, stop = look_at_restricted_and_stop(lab)
    return {"restricted": restricted, "stop": stop}


def _no_server(lab: Lab) -> dict[str, Any]:
    idle, missing = look_where_no_server_runs(lab)
    return {"idle_health": idle, "missing": missing}


def _gather(lab: Lab, clock: float, places: Places) -> tuple[dict[str, Any], dict[str, ProbeTime]]:
    """Run the probes side by side; one that cannot look leaves its reason, not an error."""
    seen: dict[str, Any] = {}
    times: dict[str, ProbeTime] = {}
    probes = probes_for(lab)
    with ThreadPoolExecutor(len(probes), "probe") as pool:
        futures = {
            pool.submit(_timed, lab, name, probe, clock, places.taken(rank)): name
            for rank, (name, probe) in enumerate(probes.items())
        }
        try:
            _finish(futures, lab)
        except BaseException:
            _give_up(lab, pool)
            raise
    for future, name in futures.items():
        found, times[name] = future.result()
        for field, value in found.items():
            # The rebuilds come from several probes.
            seen[field] = {**(seen.get(field) or {}), **value} if field == "rebuilds" else value
    return seen, times


def _timed(
    lab: Lab, name: str, probe: Probe, clock: float, place: AbstractContextManager[None]
) -> tuple[dict[str, Any], ProbeTime]:
    with place:
        return _looked(lab, name, probe, clock)


def _looked(lab: Lab, name: str, probe: Probe, clock: float) -> tuple[dict[str, Any], ProbeTime]:
    begin = time.monotonic() - clock
    lab.check()
    lab.tell(name, "under way")
    found: dict[str, Any] = {}
    error = None
    try:
        found = probe()
    except (NoEngineError, StoppedError):
        raise
    except SeatrialError as failure:
        error = failure.message
    except OSError as failure:
        error = f"{type(failure).__name__}: {failure}"
    lab.tell(name, error or "done")
    return found, ProbeTime(started=begin, ended=time.monotonic() - clock, error=error)


def _finish(futures: dict[Future[Any], str], lab: Lab) -> None:
    waiting = set(futures)
    while waiting:
        # Woken now and then, for `stopping` may be set from outside.
        done, waiting = wait(waiting, timeout=0.2, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        lab.check()


def _give_up(lab: Lab, pool: ThreadPoolExecutor) -> None:
    """End every probe: they stop at their next step, and their containers go away under them."""
    lab.stop()
    pool.shutdown(wait=False, cancel_futures=True)
    with suppress(SeatrialError):
        remove_run(lab.engine, lab.run, GIVE_UP_WITHIN)


@contextmanager
def _cleaned(engine: Engine, run: str) -> Iterator[None]:
    """Remove every container of a run on the way out; a second Ctrl-C does not stop that."""
    try:
        yield
    finally:
        with _uninterrupted():
            _remove(engine, run)


def _remove(engine: Engine, run: str) -> None:
    try:
        remove_run(engine, run)
        remove_networks(engine, run)
    except NoEngineError as error:
        raise NoEngineError(error.message, found=error.found, hint=remedy(run)) from error


@contextmanager
def _uninterrupted() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value.model_dump() if hasattr(value, "model_dump") else value
