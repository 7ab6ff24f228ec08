"""What is said of a failed build; the transcripts are those of real bake runs."""

from __future__ import annotations

from pathlib import Path

from seatrial.build.verdict import Failure, verdict
from seatrial.engine.events import Transcript
from seatrial.errors import BuildFailedError
from seatrial.model.plan import Plan, PlannedImage
from seatrial.model.progress import StepChanged
from seatrial.model.stamp import Stamp

DATA = Path(__file__).parent / "data"
COMMAND = "invoke build-prod --image"


def plan_of(*names: str) -> Plan:
    images = tuple(
        PlannedImage(
            name=name,
            repository=name,
            tags=(f"{name}:latest",),
            context=name,
            dockerfile=f"{name}/Dockerfile",
        )
        for name in names
    )
    stamp = Stamp(sha="a" * 40, short_sha="a", describe="a", dirty=True, built_at="x")
    return Plan(stamp=stamp, policy="registry", images=images, definition={})


def judged(recording: str, *targets: str) -> BuildFailedError:
    transcript = Transcript(targets)
    for line in (DATA / f"bake-{recording}.jsonl").read_bytes().splitlines(keepends=True):
        list(transcript.feed(line))
    failed = transcript.failed()
    tails = [transcript.log_tail(step, 20) for step in failed]
    return verdict(plan_of(*targets), Failure(failed, tails, transcript.others), COMMAND)


def step(image: str, instruction: str = "RUN x", error: str = "it failed") -> StepChanged:
    return StepChanged(image, "build", 2, 5, instruction, started=1.0, ended=2.0, error=error)


def test_a_failed_step_gives_image_place_stage_instruction_log_and_command() -> None:
    error = judged("failed", "two", "bad")
    assert error.message == "bad failed to build: bad/Dockerfile:2, stage build 1/2"
    assert error.at
    assert error.at.startswith("RUN for n in $(seq 30)")
    assert error.found
    assert error.found.endswith("exit code: 7")
    assert error.hint == "to build only it again: invoke build-prod --image bad"
    assert error.detail == tuple(f"line {number}" for number in range(11, 31))
    assert error.exit_code == 4


def test_one_target_alone_is_judged_though_bake_does_not_name_it() -> None:
    assert judged("failed-alone", "bad").message.startswith("bad failed to build: bad/Dockerfile:2")


def test_a_syntax_error_is_blamed_on_its_own_image_and_line() -> None:
    error = judged("noparse", "two", "noparse")
    assert error.message == "noparse failed to build: noparse/Dockerfile:3"
    assert error.found
    assert "unknown instruction: NOPE" in error.found
    assert error.hint == "to build only it again: invoke build-prod --image noparse"


def test_a_file_that_is_not_in_the_context_is_named_and_nothing_else() -> None:
    error = judged("nofile", "two", "nofile")
    assert error.message == "nofile failed to build: nofile/Dockerfile:3, step 2/3"
    assert error.at == "COPY not-there /x"
    assert error.found == '"/not-there": not found'


def test_an_unknown_stage_is_taken_for_an_image_and_said_to_be_out_of_reach() -> None:
    error = judged("nostage", "two", "nostage")
    assert error.message.startswith("nostage failed to build: nostage/Dockerfile:2")
    assert error.found
    assert "nowhere" in error.found + (error.at or "")


def test_the_line_that_bake_shows_goes_with_the_target_that_bake_names() -> None:
    complaint = ["Dockerfile:9", "   9 | >>> RUN y", "ERROR: target two: failed to solve: y"]
    failure = Failure([step("one"), step("two", "RUN y")], [["of one"], ["of two"]], complaint)
    error = verdict(plan_of("one", "two"), failure, COMMAND)
    assert error.message == "two failed to build (as did one): two/Dockerfile:9, stage build 2/5"
    assert error.at == "RUN y"
    assert error.detail == ("of two",)


def test_an_error_that_belongs_to_no_image_offers_no_command() -> None:
    failure = Failure([step("")], [()], ["ERROR: failed to solve: the cache is gone"])
    error = verdict(plan_of("one", "two"), failure, COMMAND)
    assert error.message == "the build failed, stage build 2/5"
    assert error.hint is None


def test_an_error_without_a_target_keeps_what_bake_said() -> None:
    error = verdict(plan_of("one", "two"), Failure((), (), ["ERROR: no builder found"]), COMMAND)
    assert error.found == "no builder found"
    assert error.hint is None
    assert error.detail == ("ERROR: no builder found",)


def test_nothing_said_at_all_is_still_a_failed_build() -> None:
    assert verdict(plan_of("one"), Failure((), (), ()), COMMAND).exit_code == 4


def test_a_full_disk_is_called_a_full_disk() -> None:
    for words in ("write /x: no space left on device", "cp: No space left on device"):
        error = verdict(plan_of("one"), Failure((), (), [f"ERROR: {words}"]), COMMAND)
        assert error.message == "the disk is full"
        assert error.hint
        assert "docker system df" in error.hint


def test_a_dockerfile_of_another_name_keeps_its_line() -> None:
    complaint = ["api.build:7", "--------", "   7 | >>> RUN x", "ERROR: failed to solve: x"]
    error = verdict(plan_of("one"), Failure([step("one")], [()], complaint), COMMAND)
    assert "one/Dockerfile:7" in error.message
