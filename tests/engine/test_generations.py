"""A deployment's generation: the logbook gives it before a toy stack is started."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from logbooks import FakeLogbook
from stacks import NEVER_WELL, ToyStack, docker, interrupt_when

pytestmark = pytest.mark.engine

TOLD = {"GENERATION": "${GENERATION:-0}", "WHERE": "${SEATRIAL_ENVIRONMENT:-nowhere}"}
DEPLOYMENTS = "/api/v1/deployments"


def up(stack: ToyStack, *, page: str = "61.5", **environ: str) -> str:
    """Bring up a stack, another one where `page` is; return what was said."""
    quiet = {"init": True, "environment": TOLD}
    stack.compose(worker=stack.runs("sleep", "61.5", **quiet), page=stack.runs("sleep", page))
    if not (stack.toy.root / ".git" / "index").exists():
        stack.toy.commit()
    done = stack.toy.invoke("compose-up", **environ)
    assert done.returncode == 0, done.stderr
    return done.stderr


def told(stack: ToyStack) -> tuple[str, str, str]:
    """Return the worker's container, and the generation and environment that it was given."""
    name = f"{stack.toy.name}-worker-1"
    (found,) = json.loads("\n".join(docker("inspect", name)))
    given = dict(line.split("=", 1) for line in found["Config"]["Env"])
    return found["Id"], given["GENERATION"], given["WHERE"]


def waiting(stack: ToyStack) -> list[Path]:
    return sorted((stack.toy.root / "dist" / "outbox").glob("[0-9]*.json"))


def test_each_deployment_is_started_with_its_number_and_one_that_changes_nothing_is_none(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    said = up(stack, SEATRIAL_ENVIRONMENT="harbour")
    first = told(stack)
    assert first[1:] == ("1", "harbour")
    assert "logbook: deployment to harbour is generation 1" in said
    up(stack, SEATRIAL_ENVIRONMENT="harbour")
    assert told(stack) == first
    assert len(logbook.bodies(DEPLOYMENTS)) == 1
    # What changes is a deployment as a whole: also who did not change learns its number.
    up(stack, page="62.5", SEATRIAL_ENVIRONMENT="harbour")
    assert told(stack)[1:] == ("2", "harbour")
    assert [body["environment"] for body in logbook.bodies(DEPLOYMENTS)] == ["harbour"] * 2


def test_the_number_is_there_before_a_container_is(stack: ToyStack, logbook: FakeLogbook) -> None:
    seen: list[list[str]] = []
    logbook.before = lambda _asked: seen.append(stack.left())
    up(stack)
    assert seen == [[]]
    (body,) = logbook.bodies(DEPLOYMENTS)
    assert [service["service"] for service in body["services"]] == ["page", "worker"]
    (found,) = json.loads("\n".join(docker("inspect", told(stack)[0])))
    assert {service["digest"] for service in body["services"]} == {found["Image"]}


def test_whom_somebody_else_has_replaced_is_deployed_again_as_the_next(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    up(stack)
    logbook.generations["somebody's"] = 2
    up(stack)
    assert told(stack)[1] == "3"
    assert len(logbook.bodies(DEPLOYMENTS)) == 2


def test_without_its_logbook_a_stack_starts_with_none_and_is_told_of_later(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    said = up(stack, LOGBOOK_URL="http://127.0.0.1:1")
    first = told(stack)
    assert first[1:] == ("0", "local")
    assert "has no generation" in said
    assert len(waiting(stack)) == 1
    assert stack.toy.invoke("logbook-sync").returncode == 0
    # It is no reason to make anything anew.
    up(stack)
    assert told(stack) == first
    assert len(logbook.bodies(DEPLOYMENTS)) == 1


def test_what_runs_keeps_its_number_while_the_logbook_is_away(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    up(stack)
    first = told(stack)
    up(stack, LOGBOOK_URL="http://127.0.0.1:1")
    assert told(stack) == first


def test_an_older_deployment_that_waits_does_not_replace_the_newer(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    up(stack, LOGBOOK_URL="http://127.0.0.1:1")
    up(stack, page="62.5")
    assert told(stack)[1] == "2"
    up(stack, page="62.5")
    assert told(stack)[1] == "2"
    assert waiting(stack) == []


def test_the_end_is_told_of_the_deployment_that_was_begun(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    up(stack)
    assert stack.toy.invoke("compose-down").returncode == 0
    assert logbook.asked[-1].path == f"{DEPLOYMENTS}/7/end"
    assert len(logbook.bodies(DEPLOYMENTS)) == 1
    up(stack)
    assert told(stack)[1] == "2"


def test_ctrl_c_ends_the_deployment_that_it_interrupts(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    slow = stack.runs("sleep", "61.5", healthcheck=NEVER_WELL, init=True, environment=TOLD)
    stack.compose(worker=slow)
    stack.toy.commit()
    process = stack.toy.start("compose-up")
    output = interrupt_when(process, "container worker waiting")
    assert process.returncode == 130, output
    assert stack.left() == []
    assert logbook.asked[-1].path == f"{DEPLOYMENTS}/7/end"
    assert "end of the deployment to local recorded" in output


def test_a_number_of_the_shells_own_is_taken_and_the_logbook_asked_for_none(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    seen: list[list[str]] = []
    logbook.before = lambda _asked: seen.append(stack.left())
    up(stack, GENERATION="41")
    assert told(stack)[1] == "41"
    assert len(seen) == 1
    assert seen[0], "it is told of what runs"


def test_a_number_in_a_file_that_outlives_the_deployment_is_refused(stack: ToyStack) -> None:
    stack.compose(worker=stack.runs("sleep", "61.5"))
    stack.toy.write(".env", "GENERATION=7\n")
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 2
    assert "GENERATION stands in" in done.stderr
    assert stack.left() == []


def test_without_a_logbook_nothing_is_asked_or_kept(stack: ToyStack) -> None:
    assert "logbook" not in up(stack)
    assert told(stack)[1] == "0"
    assert not (stack.toy.root / ".seatrial" / "deployment.json").exists()


def test_a_record_of_the_last_deployment_that_is_no_record_is_no_obstacle(
    stack: ToyStack, logbook: FakeLogbook
) -> None:
    up(stack)
    (stack.toy.root / ".seatrial" / "deployment.json").write_text("{")
    up(stack)
    assert told(stack)[1] == "2"
    shutil.rmtree(stack.toy.root / ".seatrial")
