"""Family recipe: what hadolint says of the Dockerfile, as severe as we think it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.recipe_facts import LintFinding, Severity
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import check, need

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_PINNED = "the base's digest decides what is offered; mirrors drop a pinned version"
# Where we think otherwise than hadolint, and why; docs/recipe.md tells people.
OURS: dict[str, tuple[Severity, str]] = {
    "DL3002": ("error", "whoever breaks into a process of root has all that root has"),
    "DL3006": ("error", "without a tag it is another base tomorrow"),
    "DL3007": ("error", "latest is another base tomorrow"),
    "DL3025": ("error", "a shell stands between the stop signal and the server"),
    "DL3064": ("error", "it stays in the history, for everybody who has the image"),
    "DL3008": ("info", _PINNED),
    "DL3018": ("info", _PINNED),
    "DL3033": ("info", _PINNED),
    "DL3037": ("info", _PINNED),
    "DL3041": ("info", _PINNED),
    "DL3029": ("info", "it is how one builds for another platform"),
    "DL3059": ("style", "two RUN instructions may be cached apart on purpose"),
    "DL3065": ("style", "it names the platform that would be taken anyway"),
}
HINTS = {
    "DL3000": "give WORKDIR a path that begins with /",
    "DL3002": "write USER with a number that is not 0 in the last stage",
    "DL3003": "use WORKDIR in place of cd",
    "DL3004": "do what needs root before USER, without sudo",
    "DL3006": "write name:tag@sha256:…",
    "DL3007": "write a version in place of latest, and its digest",
    "DL3009": "rm -rf /var/lib/apt/lists/* in the same RUN",
    "DL3013": "install from a lock, or write name==version",
    "DL3016": "install from a lock, or write name@version",
    "DL3020": "COPY what comes from the build context",
    "DL3022": "name a stage, or promise the named context in bases.contexts",
    "DL3025": 'write it as JSON: CMD ["program", "word"]',
    "DL3042": "pip install --no-cache-dir, or a cache mount",
    "DL3059": "join the two RUN instructions with &&",
    "DL3064": "RUN --mount=type=secret while building, the environment while running",
    "DL4000": "use LABEL org.opencontainers.image.authors",
    "DL4006": 'SHELL ["/bin/bash", "-o", "pipefail", "-c"] before it',
}


@check("recipe", lambda contract: contract.recipe)
def recipe_has_no_findings(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Hadolint finds nothing in the Dockerfile that is as severe as the contract says, or more.

    How: hadolint reads the Dockerfile that the image was built from; a few rules are graver here
    than it thinks, or slighter, and named contexts are known. recipe.ignored and its own pragmas
    leave rules out; its configuration files are not read.
    Why: a recipe can be wrong in ways that do not show yet: an unpinned package, a lost exit code.
    Mend: as each finding says; where it is meant so, `# hadolint ignore=RULE` above it, and why.
    """
    assert contract.recipe is not None  # noqa: S101 - asked for by it
    facts = need(observation.recipe, observation, "recipe")
    for one in facts.findings:
        grave = SEVERITIES.index(severity(one)) <= SEVERITIES.index(contract.recipe.severity)
        if grave and one.rule not in contract.recipe.ignored:
            yield _told(facts.dockerfile, one)


def severity(finding: LintFinding) -> Severity:
    """Return how severe a finding is, as we see it."""
    return OURS[finding.rule][0] if finding.rule in OURS else finding.level


def _told(dockerfile: str, one: LintFinding) -> Finding:
    place = f"{dockerfile}:{one.line}"
    return Finding(
        expected=f"{place}: {one.message}",
        found=f"{one.rule} ({severity(one)}): {one.instruction}",
        hint=HINTS.get(one.rule) or _page(one.rule),
        evidence=(OURS[one.rule][1],) if one.rule in OURS else (),
    )


def _page(rule: str) -> str:
    where = "koalaman/shellcheck" if rule.startswith("SC") else "hadolint/hadolint"
    return f"https://github.com/{where}/wiki/{rule} tells how"
