"""`invoke compose-up` and its companions on a real engine, on toy stacks."""

from __future__ import annotations

import json
import socket
import time
import urllib.request

import pytest
from stacks import NEVER_WELL, ToyStack, docker, interrupt_when

pytestmark = pytest.mark.engine


def test_a_stack_comes_up_healthy_is_shown_and_goes_down_without_a_trace(stack: ToyStack) -> None:
    stack.compose(web=stack.web(), page=stack.runs("sleep", "61.5", profiles=["page"]))
    done = stack.toy.invoke("compose-up", "--profile", "page")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.strip()]
    assert rows[0] == ["service", "state", "health", "URL", "commit"]
    assert rows[2][:4] == ["page", "running", "-", "-"]
    assert rows[3][:4] == ["web", "running", "healthy", f"http://127.0.0.1:{stack.port}"]
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}", timeout=5) as answer:
        assert answer.status == 200
    down = stack.toy.invoke("compose-down")
    assert down.returncode == 0, down.stderr
    assert stack.left() == []


def test_the_table_tells_the_commit_that_runs_and_the_one_of_the_tree(stack: ToyStack) -> None:
    stack.compose(web=stack.web())
    tree = stack.toy.commit("another commit than the image's")
    done = stack.toy.invoke("compose-up", "--json")
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    line = status["services"][0]
    assert (status["tree"], line["current"]) == (tree, False)
    label = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
    assert [line["commit"]] == docker("image", "inspect", stack.image, "--format", label)
    shown = stack.toy.invoke("compose-ps").stdout
    assert f"{line['commit'][:7]} (tree is at {tree[:7]})" in shown


def test_a_profile_that_is_not_asked_for_is_not_started(stack: ToyStack) -> None:
    stack.compose(web=stack.web(), page=stack.runs("sleep", "61.5", profiles=["page"]))
    assert stack.toy.invoke("compose-up").returncode == 0
    assert list(stack.rows()) == ["web"]


def test_an_unknown_profile_ends_in_2_with_the_nearest_and_starts_nothing(stack: ToyStack) -> None:
    stack.compose(web=stack.web(), page=stack.runs("true", profiles=["page"]))
    done = stack.toy.invoke("compose-up", "--profile", "pagge")
    assert done.returncode == 2
    assert "unknown profile 'pagge'" in done.stderr
    assert "did you mean page?" in done.stderr
    assert stack.left() == []


def test_a_second_time_changes_nothing(stack: ToyStack) -> None:
    stack.compose(web=stack.web())
    assert stack.toy.invoke("compose-up").returncode == 0
    before = docker("ps", "--quiet", "--filter", f"name={stack.toy.name}")
    assert stack.toy.invoke("compose-up").returncode == 0
    assert docker("ps", "--quiet", "--filter", f"name={stack.toy.name}") == before


def test_a_service_that_dies_ends_in_5_with_its_name_code_and_log(stack: ToyStack) -> None:
    says = "echo going down >&2; sleep 0.3; exit 7"
    stack.compose(web=stack.web(), dies=stack.runs("sh", "-c", says))
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 5
    assert "error: dies exited with 7" in done.stderr
    assert "  | going down" in done.stderr
    rows = stack.rows()
    assert (rows["dies"]["state"], rows["dies"]["exit_code"]) == ("exited", 7)
    assert rows["web"]["state"] == "running", "what came up is left to be looked at"


def test_a_sick_service_ends_in_5_with_its_last_health_check(stack: ToyStack) -> None:
    sick = {"test": ["CMD-SHELL", "echo not well; exit 1"], "interval": "500ms", "retries": 2}
    stack.compose(sick=stack.runs("sleep", "61.5", healthcheck=sick))
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 5
    assert "error: sick is unhealthy" in done.stderr
    assert "  | not well" in done.stderr


def test_waiting_ends_after_the_timeout(stack: ToyStack) -> None:
    stack.compose(slow=stack.runs("sleep", "61.5", healthcheck=NEVER_WELL))
    began = time.monotonic()
    done = stack.toy.invoke("compose-up", "--timeout", "2")
    assert done.returncode == 5
    assert "error: slow was not healthy within 2 s" in done.stderr
    assert time.monotonic() - began < 15


def test_a_one_shot_that_another_service_waits_for_may_end(stack: ToyStack) -> None:
    waits = {"tables": {"condition": "service_completed_successfully"}}
    stack.compose(tables=stack.runs("true"), web=stack.web(depends_on=waits))
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 0, done.stderr
    assert stack.rows()["tables"]["exit_code"] == 0


def test_an_image_that_is_not_there_ends_in_5_before_anything_is_made(stack: ToyStack) -> None:
    absent = {"image": f"{stack.toy.name}-none", "pull_policy": "never"}
    stack.compose(web=stack.web(), absent=absent)
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 5
    assert f"absent wants {stack.toy.name}-none:latest" in done.stderr
    assert "invoke build-prod" in done.stderr
    assert stack.left() == []


def test_a_port_that_is_taken_ends_in_5_and_names_who_has_it(stack: ToyStack) -> None:
    stack.compose(web=stack.web())
    with socket.create_server(("127.0.0.1", stack.port)):
        done = stack.toy.invoke("compose-up")
    assert done.returncode == 5
    assert f"web cannot publish its port 127.0.0.1:{stack.port}" in done.stderr
    assert "(pid " in done.stderr
    assert stack.left() == []


def test_a_missing_variable_ends_in_2_and_is_named(stack: ToyStack) -> None:
    stack.toy.write(".env.example", "# generate: token 32\nKEY=\nCHOSEN=\n")
    stack.compose(web=stack.web(environment={"KEY": "${KEY:?}", "CHOSEN": "${CHOSEN:?}"}))
    done = stack.toy.invoke("compose-up")
    assert done.returncode == 2
    assert "error: CHOSEN: missing or empty" in done.stderr
    assert stack.toy.invoke("compose-up", CHOSEN="now").returncode == 0


def test_a_database_out_of_reach_ends_in_6_with_the_verb_that_helps(stack: ToyStack) -> None:
    stack.toy.write(".env.example", "# generate: postgres-url\nSTORE=\n")
    stack.toy.write(".env", "STORE=postgresql://u:p@host.docker.internal:1/d\n")
    stack.compose(web=stack.web())
    done = stack.toy.invoke("compose-up", SEATRIAL_POSTGRES_PORT="1")
    assert done.returncode == 6
    assert "invoke postgres-up" in done.stderr
    assert stack.left() == []


def test_a_stack_goes_down_though_its_variables_are_gone(stack: ToyStack) -> None:
    stack.compose(web=stack.web(environment={"KEY": "${KEY:?}"}))
    assert stack.toy.invoke("compose-up", KEY="x").returncode == 0
    assert stack.toy.invoke("compose-down").returncode == 0
    assert stack.left() == []


def test_a_service_that_left_the_file_goes_down_too(stack: ToyStack) -> None:
    stack.compose(web=stack.web(), old=stack.runs("sleep", "61.5"))
    assert stack.toy.invoke("compose-up").returncode == 0
    stack.compose(web=stack.web())
    assert stack.toy.invoke("compose-down").returncode == 0
    assert stack.left() == []


def test_logs_are_printed_of_the_services_that_are_asked_for(stack: ToyStack) -> None:
    talks = stack.runs("sh", "-c", "echo one; echo two; sleep 61.5")
    stack.compose(web=stack.web(), talks=talks)
    assert stack.toy.invoke("compose-up").returncode == 0
    done = stack.toy.invoke("compose-logs", "--service", "talks", "--tail", "1")
    assert done.returncode == 0, done.stderr
    assert [line.split("|")[-1].strip() for line in done.stdout.splitlines()] == ["two"]
    wrong = stack.toy.invoke("compose-logs", "--service", "talk")
    assert wrong.returncode == 2
    assert "did you mean talks?" in wrong.stderr


@pytest.mark.parametrize("moment", ["creating", "started", "waiting"])
def test_ctrl_c_leaves_nothing_and_ends_in_130(stack: ToyStack, moment: str) -> None:
    slow = stack.runs("sleep", "61.5", healthcheck=NEVER_WELL, init=True)
    stack.compose(slow=slow, web=stack.web())
    process = stack.toy.start("compose-up")
    output = interrupt_when(process, f"container slow {moment}")
    assert process.returncode == 130, output
    assert stack.left() == []


def test_ctrl_c_leaves_what_ran_before(stack: ToyStack) -> None:
    slow = stack.runs("sleep", "61.5", healthcheck=NEVER_WELL, init=True, profiles=["slow"])
    stack.compose(slow=slow, web=stack.web())
    assert stack.toy.invoke("compose-up").returncode == 0
    process = stack.toy.start("compose-up", "--profile", "slow")
    output = interrupt_when(process, "container slow waiting")
    assert process.returncode == 130, output
    rows = stack.rows()
    assert list(rows) == ["web"]
    assert rows["web"]["health"] == "healthy"
