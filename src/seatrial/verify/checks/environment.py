"""Family environment: without what it needs it does not start, and says what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import MissingFacts, Observation
from seatrial.model.report import Finding
from seatrial.model.units import show_duration
from seatrial.verify.checks.health import last_words
from seatrial.verify.checks.registry import UnseenError, check


@check("environment", lambda contract: contract.env.required)
def missing_variable_ends_start(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Without a required variable the start ends, soon and with a code that is not 0.

    How: it is started once for each required variable, without that one alone (and with an
    empty one where env.empty_is_missing): one with a default hides behind the others.
    Why: an image that starts without its secret runs with a known one, or fails at the first
    request.
    Mend: read every required variable at the start, without a default.
    """
    limit = contract.env.fails_within
    for one in _each(contract, observation):
        found = _what_happened(one)
        if found is not None:
            yield Finding(
                expected=f"{_without(one)} it ends within {show_duration(limit)}, not with 0",
                found=found,
                hint=f"read {one.variable} at the start and give it no default",
                evidence=last_words(one.logs, 3),
            )


@check("environment", lambda contract: contract.env.required)
def missing_variable_is_named(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """A start that ends for want of a variable names it on stderr.

    How: the variable's name is looked for on stderr of each start that ended for want of it.
    Why: else whoever starts it must read the source.
    Mend: say the variable's name on stderr, never its value.
    """
    for one in _each(contract, observation):
        # One that ran on is the other check's finding; there is no error to be named in.
        if one.ended and "stderr" not in one.named_on:
            where = "only on stdout" if "stdout" in one.named_on else "nowhere"
            yield Finding(
                expected=f"{_without(one)} stderr names {one.variable}",
                found=f"it is named {where}",
                hint=f"write “{one.variable} is missing” to stderr before ending",
                evidence=last_words(one.logs, 3),
            )


@check("environment", lambda c: any(v.default is not None for v in c.env.optional.values()))
def optional_defaults_as_promised(
    contract: Contract, observation: Observation
) -> Iterator[Finding]:
    """Where the image sets an optional variable itself, it is the promised default.

    How: ENV in the image's configuration is compared with the contract. A default that only the
    program knows cannot be seen there.
    Why: whoever runs it leaves the variable out and relies on what the contract says.
    Mend: make ENV and the contract say the same, or leave the ENV to the program.
    """
    for name, variable in contract.env.optional.items():
        actual, promised = observation.image.env.get(name), variable.default
        if promised is not None and actual not in {None, promised}:
            told = "***" if variable.secret else actual
            yield Finding(
                expected=f"ENV {name}={promised}, or none",
                found=f"ENV {name}={told}",
                hint=f"change it in the Dockerfile, or env.optional.{name}.default",
            )


def _each(contract: Contract, observation: Observation) -> list[MissingFacts]:
    missing = observation.missing or ()
    kinds = {"missing", "empty"} if contract.env.empty_is_missing else {"missing"}
    wanted = {(name, kind) for name in contract.env.required for kind in kinds}
    seen = [one for one in missing if (one.variable, one.kind) in wanted]
    if len(seen) < len(wanted):
        left = sorted(f"{k} {n}" for n, k in wanted - {(o.variable, o.kind) for o in seen})
        reason = f"it was not tried with {', '.join(left)}"
        raise UnseenError(reason)
    return sorted(seen, key=lambda one: (one.variable, one.kind))


def _without(one: MissingFacts) -> str:
    return f"with an empty {one.variable}" if one.kind == "empty" else f"without {one.variable}"


def _what_happened(one: MissingFacts) -> str | None:
    if one.served:
        return f"it became healthy after {show_duration(one.duration)}"
    if not one.ended:
        return f"it ran on for {show_duration(one.duration)}"
    return "it ended with code 0" if one.exit_code == 0 else None
