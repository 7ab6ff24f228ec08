"""`invoke build-prod` on a real engine, on toy projects."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from toys import PYTHON_BASE, Toy

from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images

pytestmark = pytest.mark.engine

COPIES = (
    "FROM scratch AS runtime\nCOPY data /data\nCOPY --from=version version.json /version.json\n"
)
SLEEPS = f"FROM {PYTHON_BASE} AS build\nCOPY data /data\nRUN sleep 61.25\n"
FAILS = f"""FROM {PYTHON_BASE} AS build
COPY data /data

RUN for n in $(seq 30); do echo line $n; done; \\
    exit 7
FROM {PYTHON_BASE}
COPY --from=build /data /data
"""


def build_record(toy: Toy) -> dict[str, object]:
    found: dict[str, object] = json.loads((toy.root / "dist/build.json").read_text())
    return found


def processes_with(words: str) -> list[str]:
    """Command lines of this machine's processes, containers' included, that hold `words`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line:
            found.append(line)
    return found


def test_a_clean_tree_gets_latest_the_commit_and_the_release(toy: Toy, engine: Engine) -> None:
    toy.image("one", COPIES)
    toy.image("two", COPIES)
    sha = toy.commit()
    toy.git("tag", "v1.2.3")
    done = toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    wanted = [f"{toy.name}-{i}:{t}" for i in ("one", "two") for t in ("latest", sha, "1.2.3")]
    held = inspect_images(engine, wanted)
    assert sorted(held) == sorted(wanted)
    labels = held[f"{toy.name}-one:latest"].labels
    assert labels["org.opencontainers.image.revision"] == sha
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    for word in ("one", "two", "MiB", "latest"):
        assert word in done.stdout


def test_a_dirty_tree_gets_latest_and_a_dirty_tag_alone(toy: Toy, engine: Engine) -> None:
    toy.image("one", COPIES)
    sha = toy.commit()
    toy.git("tag", "v1.2.3")
    toy.write("one/data", "changed\n")
    done = toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    short = toy.git("rev-parse", "--short", "HEAD")
    wanted = [f"{toy.name}-one:{tag}" for tag in ("latest", f"{short}-dirty", sha, "1.2.3")]
    assert sorted(inspect_images(engine, wanted)) == sorted(wanted[:2])
    assert json.loads((toy.root / "dist/version.json").read_text())["dirty"] is True


def test_the_image_holds_the_version_json_of_the_build(toy: Toy, engine: Engine) -> None:
    toy.image("one", COPIES)
    sha = toy.commit()
    assert toy.invoke("build-prod").returncode == 0
    container = engine.whales.container.create(f"{toy.name}-one:latest", ["none"])
    try:
        container.copy_from("/version.json", toy.root / "out.json")
    finally:
        container.remove()
    inside = json.loads((toy.root / "out.json").read_text())
    assert inside == json.loads((toy.root / "dist/version.json").read_text())
    assert inside["sha"] == sha
    assert inside["dirty"] is False


def test_the_same_commit_gives_the_same_digest_and_a_no_op_is_all_cached(toy: Toy) -> None:
    toy.image("one", COPIES)
    toy.commit()
    first, second = toy.invoke("build-prod", "--json"), toy.invoke("build-prod", "--json")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    record = json.loads(second.stdout)
    assert record["images"][0]["digest"] == json.loads(first.stdout)["images"][0]["digest"]
    numbered = [step for step in record["images"][0]["steps"] if step["number"]]
    assert numbered
    assert all(step["cached"] for step in numbered)
    assert record == build_record(toy)


def test_a_new_commit_with_the_same_files_rebuilds_the_last_layer_only(toy: Toy) -> None:
    toy.image("one", COPIES)
    toy.commit()
    assert toy.invoke("build-prod").returncode == 0
    toy.git("commit", "-q", "--allow-empty", "-m", "another", "--date", "2001-01-01T00:00:00Z")
    record = json.loads(toy.invoke("build-prod", "--json").stdout)
    cached = [step["cached"] for step in record["images"][0]["steps"] if step["number"]]
    assert cached == [True, False]


def test_a_failure_names_image_stage_line_instruction_log_and_command(toy: Toy) -> None:
    toy.image("good", COPIES)
    toy.image("sour", FAILS)
    toy.commit()
    done = toy.invoke("build-prod")
    assert done.returncode == 4
    for words in (
        "sour failed to build: sour/Dockerfile:4, stage build ",
        "RUN for n in $(seq 30)",
        "exit code: 7",
        "| line 30",
        "invoke build-prod --image sour",
    ):
        assert words in done.stderr, done.stderr
    assert "| line 11" in done.stderr
    assert "| line 10\n" not in done.stderr
    assert "Traceback" not in done.stderr


def test_no_image_is_tagged_when_one_of_them_fails(toy: Toy, engine: Engine) -> None:
    toy.image("good", COPIES)
    toy.image("sour", FAILS)
    toy.commit()
    assert toy.invoke("build-prod").returncode == 4
    assert inspect_images(engine, [f"{toy.name}-good:latest"]) == {}
    assert not (toy.root / "dist/build.json").exists()


def test_one_image_alone_can_be_built_and_tagged_by_hand(toy: Toy, engine: Engine) -> None:
    toy.image("good", COPIES)
    toy.image("sour", FAILS)
    toy.commit()
    done = toy.invoke("build-prod", "--image", "good", "--tag", f"{toy.name}-own:mine")
    assert done.returncode == 0, done.stderr
    assert list(inspect_images(engine, [f"{toy.name}-own:mine", f"{toy.name}-good:latest"])) == [
        f"{toy.name}-own:mine"
    ]


def test_images_of_the_same_content_are_built_side_by_side(toy: Toy, engine: Engine) -> None:
    toy.image("one", "FROM scratch\nCOPY same /same\n")
    toy.image("two", "FROM scratch\nCOPY same /same\n")
    for name in ("one", "two"):
        toy.write(f"{name}/same", "the same\n")
    toy.commit()
    done = toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    held = inspect_images(engine, [f"{toy.name}-{name}:latest" for name in ("one", "two")])
    assert len({image.id for image in held.values()}) == 2


def test_ctrl_c_stops_buildkit_within_3_seconds_and_leaves_nothing(toy: Toy) -> None:
    toy.image("slow", SLEEPS.replace("61.25", f"61.{os.getpid()}"))
    toy.commit()
    sleeper = f"sleep 61.{os.getpid()}"
    process = toy.start("build-prod")
    deadline = time.monotonic() + 60
    while not any("sh -c" not in line for line in processes_with(sleeper)):
        assert time.monotonic() < deadline, "the build never came to its slow step"
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    output, _ = process.communicate(timeout=20)
    while processes_with(sleeper) and time.monotonic() - began < 10:
        time.sleep(0.02)
    took = time.monotonic() - began
    assert process.returncode == 130, output
    assert processes_with(sleeper) == []
    assert took < 3, f"BuildKit went on for {took:.1f} s"
    assert "Traceback" not in output
    left = {str(p.relative_to(toy.root)) for p in (toy.root / "dist").iterdir()}
    assert left <= {"dist/version.json"}


def test_the_definition_runs_without_a_terminal_in_groups_in_ci(toy: Toy) -> None:
    toy.image("one", COPIES)
    toy.image("two", COPIES)
    toy.commit()
    done = toy.invoke("build-prod", CI="true", GITHUB_ACTIONS="true")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    first = lines.index("::group::one")
    group = lines[first : lines.index("::endgroup::", first)]
    assert len(group) == 4
    assert all(line.startswith("one") for line in group[1:])


def test_the_bake_file_builds_without_seatrial_too(toy: Toy, engine: Engine) -> None:
    toy.image("one", COPIES)
    toy.commit()
    argv = [*engine.argv, "buildx", "bake", "--file", "docker-bake.hcl"]
    done = subprocess.run(argv, cwd=toy.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
