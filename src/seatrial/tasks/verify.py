"""The verbs that try an image, and that judge what a trial saw."""

from __future__ import annotations

from invoke.context import Context

from seatrial.tasks.verb import verb

HELP = {
    "ref": "Image to try, as the engine knows it.",
    "contract": "Path of its contract.toml.",
    "report": "Write the report there as well: .json, .xml (JUnit), .sarif, .md or .html.",
    "json": "Print the report as JSON on standard output in place of the table.",
    "strict": "Count a check that could not look as a broken promise.",
}


@verb(name="verify", help=HELP)
def verify(
    c: Context,
    ref: str,
    contract: str,
    report: str | None = None,
    json: bool = False,
    strict: bool = False,
) -> None:
    """Try an image of anybody's against a contract; exit 1 when it is broken."""
    from seatrial.tasks.trying import try_image

    try_image(ref, contract, report=report, as_json=json, strict=strict)


@verb(
    name="judge",
    help={name: text for name, text in HELP.items() if name != "ref"}
    | {"observation": "Path of the observation.json that a trial left."},
)
def judge(
    c: Context,
    observation: str,
    contract: str,
    report: str | None = None,
    json: bool = False,
    strict: bool = False,
) -> None:
    """Judge what a trial saw, by any contract and without an engine; exit 1 when it is broken."""
    from seatrial.tasks.trying import judge_observation

    judge_observation(observation, contract, report=report, as_json=json, strict=strict)
