"""Every check: it finds a fault, passes what is good, and says when it could not look."""

from __future__ import annotations

import faults_alive
import faults_recipe
import pytest
import seen
from seen import CONTRACT, COPY, INSTALL, KEPT, UP

from seatrial.model.holding_facts import PATHS_KEPT, Distribution, LockFacts, PathMode, Sighting
from seatrial.model.observation import (
    HttpAnswer,
    IdleHealthFacts,
    Listener,
    LogFacts,
    Observation,
    ProcessFacts,
    RestartFacts,
    Start,
)
from seatrial.model.report import CheckResult
from seatrial.verify.checks import all_checks, checks_for
from seatrial.verify.judge import judge
from seatrial.verify.plugin import FAMILIES

ROOT = ProcessFacts(pid=71, inside_pid=7, parent=70, uid=0, gid=0, command="server")
ADMIN = Listener(protocol="tcp", address="127.0.0.1", port=9000, everywhere=False)
LOCAL = Listener(protocol="tcp", address="127.0.0.1", port=8000, everywhere=False)
KEY = Sighting(where="/root/key", kind="private key", layer=2)
BROKEN = HttpAnswer(method="POST", path="/work", error="reset")
DOWN = Start(exit_code=1, logs=LogFacts(stderr="no such file\n", stderr_bytes=13))
INSTALLED = INSTALL.model_copy(update={"cached": False})
SCAFFOLD = Distribution(name="scaffold", version="2.0", path="/app/scaffold", layer=2)
BOOK = Distribution(name="book", version="3.0", path="/app/book", layer=2)
STOWAWAY = Distribution(name="stowaway", version="1.0", path="/app/stowaway", layer=2)
NEWER = Distribution(name="hull", version="1.1", path="/app/hull", layer=2)

FAULTS: list[tuple[str, Observation]] = [
    ("becomes-healthy", seen.running(start=DOWN)),
    ("becomes-healthy", seen.running(start=Start(healthy_after=31.0))),
    ("becomes-healthy", seen.running(start=Start(failure="no such file"))),
    ("healthcheck-as-promised", seen.image(healthcheck=None)),
    (
        "healthcheck-as-promised",
        seen.image(healthcheck=KEPT.image.healthcheck.model_copy(update={"interval": 60.0})),  # type: ignore[union-attr]
    ),
    ("healthcheck-can-fail", seen.changed(idle_health=IdleHealthFacts(exit_code=0))),
    (
        "answers-as-promised",
        seen.running(answers=(HttpAnswer(method="GET", path="/work", status=500),)),
    ),
    ("runs-as-promised-user", seen.running(processes=(*KEPT.running.processes, ROOT))),  # type: ignore[union-attr, misc]
    ("user-is-numeric", seen.image(user="tug")),
    ("user-is-numeric", seen.image(user="")),
    ("user-is-numeric", seen.image(user="1001:0")),
    ("user-is-numeric", seen.image(user="00")),
    ("listens-as-promised", seen.running(listeners=(*KEPT.running.listeners, ADMIN))),  # type: ignore[union-attr, misc]
    ("listens-as-promised", seen.running(listeners=(LOCAL,))),
    ("listens-as-promised", seen.running(listeners=())),
    ("reachable-from-outside", seen.running(reachable={8000: False})),
    (
        "missing-variable-ends-start",
        seen.changed(missing=(seen.missing("missing", exit_code=0), seen.missing("empty"))),
    ),
    (
        "missing-variable-ends-start",
        seen.changed(
            missing=(seen.missing("missing"), seen.missing("empty", ended=False, served=True))
        ),
    ),
    (
        "missing-variable-is-named",
        seen.changed(
            missing=(seen.missing("missing", named_on=("stdout",)), seen.missing("empty"))
        ),
    ),
    ("stop-signal-as-promised", seen.image(stop_signal="SIGKILL")),
    ("stop-signal-as-promised", seen.image(stop_signal="9")),
    ("stops-in-time", seen.stop(killed=True, duration=30.1, exit_code=137)),
    ("stops-in-time", seen.stop(duration=31.0)),
    ("exit-code-as-promised", seen.stop(exit_code=143)),
    ("answers-request-in-flight", seen.stop(answer=BROKEN)),
    ("stops-when-idle", seen.idle_stop(killed=True, duration=30.1, exit_code=137)),
    ("stops-when-idle", seen.idle_stop(duration=None)),
    ("idle-exit-code-as-promised", seen.idle_stop(exit_code=143)),
    ("refuses-new-requests", seen.stop(refused=False)),
    ("survives-second-signal", seen.stop(answer=BROKEN)),
    ("survives-second-signal", seen.stop(exit_code=1)),
    ("restarts-after-stop", seen.changed(restart=RestartFacts(after_stop=DOWN))),
    ("restarts-after-kill", seen.changed(restart=RestartFacts(after_stop=UP, after_kill=DOWN))),
    ("healthcheck-succeeds", seen.running(start=UP.model_copy(update={"health_code": 7}))),
    ("healthcheck-succeeds", seen.running(start=UP.model_copy(update={"health_code": None}))),
    ("needs-no-more-capabilities", seen.restricted(capabilities=DOWN)),
    ("runs-as-any-user", seen.restricted(any_user=DOWN)),
    ("starts-offline", seen.restricted(offline=DOWN)),
    ("runs-read-only", seen.restricted(read_only=DOWN)),
    ("writes-nothing", seen.running(changed=("/var/tmp/state",))),
    ("forbidden-paths-absent", seen.layers(forbidden=("/app/.git/config",))),
    (
        "immutable-paths-cannot-be-changed",
        seen.layers(immutable=seen.immutable(changeable=("/app/app.py: its owner is 1001",))),
    ),
    (
        "no-setuid-programs",
        seen.layers(privileged=(PathMode(path="/usr/bin/passwd", mode="4755"),)),
    ),
    (
        "nothing-world-writable",
        seen.layers(world_writable=(PathMode(path="/app/app.py", mode="0666"),)),
    ),
    ("logs-as-promised", seen.running(logs=LogFacts())),
    ("logs-as-promised", seen.running(logs=LogFacts(stdout_bytes=1, stderr_bytes=1))),
    ("no-log-files", seen.running(log_files=("/tmp/app.log",))),
    ("no-colours-in-logs", seen.running(logs=LogFacts(stdout_bytes=1, ansi=True))),
    ("no-secrets-in-configuration", seen.changed(config_sightings=(KEY,))),
    ("no-secrets-in-layers", seen.layers(sightings=(KEY,))),
    ("no-build-secrets-kept", seen.build_secrets(kept=(KEY,))),
    ("no-secrets-in-logs", seen.running(logs=LogFacts(stdout_bytes=1, secrets=("TOKEN",)))),
    (
        "no-secrets-in-logs",
        seen.changed(
            missing=(
                seen.missing("missing", logs=LogFacts(secrets=("TOKEN",))),
                seen.missing("empty"),
            )
        ),
    ),
    ("no-secrets-from-context", seen.rebuilt("planted", INSTALL, COPY)),
    ("only-locked-packages", seen.layers(distributions=(STOWAWAY,))),
    ("only-locked-packages", seen.layers(distributions=(NEWER,))),
    ("no-development-packages", seen.layers(distributions=(SCAFFOLD,))),
    ("every-module-is-of-a-package", seen.layers(unclaimed=("/app/site-packages/stowaway",))),
    ("source-edit-keeps-dependencies", seen.rebuilt("source", INSTALLED, COPY)),
    ("lock-edit-rebuilds-dependencies", seen.rebuilt("lock", INSTALL)),
    ("version-keeps-dependencies", seen.rebuilt("version", INSTALLED)),
    ("labels-match-stamp", seen.image(labels={"title": "tug"})),
    ("version-file-matches-stamp", seen.layers(version={"sha": "b" * 40})),
    ("version-file-matches-stamp", seen.layers(version=None)),
    ("health-matches-stamp", seen.running(start=seen.UP.model_copy(update={"answer": None}))),
    ("labels-as-promised", seen.image(labels={**KEPT.image.labels, "title": ""})),
    ("labels-as-promised", seen.image(labels={**KEPT.image.labels, "draft": "1"})),
    ("size-within-limit", seen.layers(sizes=(60 * 1024 * 1024, 60 * 1024 * 1024))),
    ("starts-in-time", seen.running(start=seen.UP.model_copy(update={"healthy_after": 11.0}))),
    ("runs-within-memory", seen.restricted(memory=Start(exit_code=137, out_of_memory=True))),
    ("runs-within-memory", seen.restricted(memory=UP.model_copy(update={"exit_code": 1}))),
    ("runs-within-memory", seen.restricted(memory=UP.model_copy(update={"out_of_memory": True}))),
]

BLIND: list[tuple[str, Observation]] = [
    ("answers-as-promised", seen.running(start=DOWN)),
    ("healthcheck-can-fail", seen.image(healthcheck=None)),
    ("runs-as-promised-user", seen.running(processes=None)),
    ("listens-as-promised", seen.running(listeners=None)),
    ("missing-variable-ends-start", seen.changed(missing=(seen.missing("missing"),))),
    ("missing-variable-ends-start", seen.changed(missing=None)),
    ("stops-in-time", seen.changed(stop=None)),
    ("exit-code-as-promised", seen.stop(killed=True, exit_code=137)),
    ("runs-read-only", seen.changed(restricted=None)),
    ("runs-read-only", seen.changed(restricted={})),
    ("healthcheck-succeeds", seen.image(healthcheck=None)),
    ("stops-when-idle", seen.changed(idle_stop=None)),
    ("refuses-new-requests", seen.stop(refused=None)),
    ("refuses-new-requests", seen.stop(answer=BROKEN)),
    ("restarts-after-stop", seen.changed(restart=None)),
    ("restarts-after-kill", seen.changed(restart=RestartFacts(after_stop=DOWN))),
    ("no-secrets-in-layers", seen.changed(layers=None)),
    ("size-within-limit", seen.changed(layers=None)),
    ("size-within-limit", seen.layers(sizes=())),
    ("immutable-paths-cannot-be-changed", seen.layers(immutable=None)),
    (
        "immutable-paths-cannot-be-changed",
        seen.layers(immutable=seen.immutable(unmatched=("/app/**",))),
    ),
    (
        "nothing-world-writable",
        seen.layers(world_writable=(PathMode(path="/app/cache/x", mode="0666"),) * PATHS_KEPT),
    ),
    ("no-build-secrets-kept", seen.changed(build_secrets=None)),
    ("no-build-secrets-kept", seen.build_secrets(unread={"ca": "its file cannot be read"})),
    ("no-secrets-from-context", seen.changed(rebuilds=None)),
    ("only-locked-packages", seen.layers(distributions=())),
    ("only-locked-packages", seen.changed(lock=None)),
    # The positive control: an edit that reaches no step proves nothing.
    ("source-edit-keeps-dependencies", seen.rebuilt("source", INSTALL)),
    ("version-keeps-dependencies", seen.rebuilt("version", INSTALL)),
    ("lock-edit-rebuilds-dependencies", seen.rebuilt("lock", COPY)),
    ("labels-match-stamp", seen.changed(stamp=None)),
]

FAULTS += [*faults_alive.FAULTS, *faults_recipe.FAULTS]
BLIND += [*faults_alive.BLIND, *faults_recipe.BLIND]


def numbered(cases: list[tuple[str, Observation]]) -> list[str]:
    return [f"{name}-{number}" for number, (name, _) in enumerate(cases)]


def result(name: str, observation: Observation) -> CheckResult:
    return next(one for one in judge(CONTRACT, observation).results if one.name == name)


@pytest.mark.parametrize(("name", "observation"), FAULTS, ids=numbered(FAULTS))
def test_a_fault_is_found_and_told_with_what_was_expected_and_what_to_do(
    name: str, observation: Observation
) -> None:
    found = result(name, observation)
    assert found.outcome == "fail", found
    for finding in found.findings:
        assert finding.expected
        assert finding.found
        assert finding.hint


@pytest.mark.parametrize(("name", "observation"), BLIND, ids=numbered(BLIND))
def test_a_check_that_could_not_look_is_skipped_with_its_reason(
    name: str, observation: Observation
) -> None:
    found = result(name, observation)
    assert found.outcome == "skip", found
    assert found.reason
    assert not judge(CONTRACT, observation).is_kept(strict=True)


def test_a_good_image_passes_every_check() -> None:
    report = judge(CONTRACT, KEPT)
    assert [one for one in report.results if one.outcome != "pass"] == []
    assert report.is_kept(strict=True)


def test_every_check_has_a_fault_that_it_finds() -> None:
    assert {name for name, _ in FAULTS} == {check.name for check in all_checks()}


def test_this_contract_asks_for_every_check() -> None:
    assert checks_for(CONTRACT) == all_checks()


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_a_check_has_a_page_that_says_what_it_proves_and_how_to_mend(check: object) -> None:
    page = getattr(check, "page", "")
    assert "Mend:" in page
    assert page.splitlines()[0].endswith(".")
    assert getattr(check, "family", "") in FAMILIES


def test_what_is_not_promised_is_not_checked() -> None:
    small = CONTRACT.model_validate({"image": "tug", "limits": {"size": "1MiB"}})
    assert [one.name for one in checks_for(small)] == ["size-within-limit"]


@pytest.mark.parametrize(
    ("absent", "installed", "outcome"),
    [
        (["dev"], SCAFFOLD, "fail"),
        (["docs"], SCAFFOLD, "pass"),
        (["dev"], BOOK, "pass"),
        (["dev", "docs"], BOOK, "fail"),
        (["dew"], BOOK, "skip"),
    ],
)
def test_groups_that_may_be_there_are_allowed(
    absent: list[str], installed: Distribution, outcome: str
) -> None:
    lock = LockFacts(
        production={"hull": ("1.0",)},
        known={"hull": ("1.0",), "scaffold": ("2.0",), "book": ("3.0",)},
        groups={"dev": ("scaffold", "hull"), "docs": ("book", "hull")},
    )
    promised = {"image": "tug", "dependencies": {"lock": "uv.lock", "groups_absent": absent}}
    observation = seen.layers(distributions=(installed,)).model_copy(update={"lock": lock})
    results = judge(CONTRACT.model_validate(promised), observation).results
    found = next(one for one in results if one.name == "no-development-packages")
    assert found.outcome == outcome, found


def test_a_report_of_skips_alone_is_no_proof() -> None:
    small = CONTRACT.model_validate({"image": "tug", "dependencies": {"lock": "uv.lock"}})
    report = judge(small, seen.changed(layers=None))
    assert report.count("skip") == 3
    assert not report.is_kept(strict=False)
