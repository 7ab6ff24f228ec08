"""Family bases: what the image stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.plan import ResolvedPolicy
from seatrial.model.recipe_facts import BasesFacts, BaseUse
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import check, need

LABEL = "seatrial.base-policy"


@check("bases", lambda contract: contract.bases)
def bases_by_digest(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every base that the Dockerfile names is pinned by its digest.

    How: its FROM, COPY --from and RUN --mount=from lines are read as BuildKit reads them; stages,
    named contexts and scratch are no bases.
    Why: a tag is made anew in place: the same Dockerfile builds another image tomorrow.
    Mend: `name:tag@sha256:…`; `docker buildx imagetools inspect name:tag` tells the digest.
    """
    facts = _facts(observation)
    for use in facts.uses:
        if use.kind == "image" and not use.has_digest:
            yield Finding(
                expected=f"{_place(facts, use)}: {use.reference}@sha256:…",
                found=_written(use),
                hint="write its digest behind the tag: docker buildx imagetools inspect tells it",
            )


@check("bases", lambda contract: contract.bases)
def no_base_chosen_by_argument(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No build argument can put another base in a base's place.

    How: the names of bases are looked at for arguments; one that tells no more than the registry,
    before a literal digest, and the platform choose nothing.
    Why: whoever builds with another argument stands on what nobody reviewed, and no file says so.
    Mend: write the base out; use an argument for what is installed on it.
    """
    facts = _facts(observation)
    for use in facts.uses:
        if use.argument is not None:
            yield Finding(
                expected=f"{_place(facts, use)}: a base that is written out",
                found=f"{use.written}: the build argument {use.argument} chooses it",
                hint="write the base with its digest in place of the argument",
            )


@check("bases", lambda contract: contract.bases and contract.bases.recorded)
def base_policy_recorded(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image says where its bases came from: a registry, or stand-ins.

    How: its label seatrial.base-policy is read, and held against the build record where there is
    one.
    Why: an image that stands on a stand-in must never be taken for one that does not.
    Mend: build it with `invoke build-prod`, which writes the label.
    """
    told, known = observation.image.labels.get(LABEL), _facts(observation).policy
    allowed = (known,) if known else get_args(ResolvedPolicy)
    if told not in allowed:
        yield Finding(
            expected=f"label {LABEL}: {' or '.join(allowed)}",
            found=repr(told) if told is not None else "there is no such label",
            hint="build it with invoke build-prod, and change no label afterwards",
        )


def _facts(observation: Observation) -> BasesFacts:
    return need(observation.bases, observation, "bases")


def _place(facts: BasesFacts, use: BaseUse) -> str:
    return f"{facts.dockerfile}:{use.line}: {use.instruction}"


def _written(use: BaseUse) -> str:
    same = use.reference == use.written
    return f"{use.reference} has no digest" + ("" if same else f" (written {use.written})")
