"""Cutting a Dockerfile off after the step that a question is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.verify.cutting import cut_after, instructions

ROOT = Path(__file__).parents[2]
ONE_STAGE = """\
FROM base AS build
# The lock alone.
RUN --mount=type=bind,source=uv.lock,target=uv.lock \\
    # a comment between
    uv sync   --locked \\
    && rm lock
COPY pyproject.toml ./
COPY src src
RUN uv install .
FROM base
COPY --from=build /app /app
"""
STAGES = """\
FROM base AS dependencies
RUN install
FROM dependencies AS source
COPY src src
FROM source AS build
RUN build
"""


def test_it_ends_with_the_step() -> None:
    assert (
        cut_after(ONE_STAGE, "uv sync --locked", and_copy=False)
        == (ONE_STAGE[: ONE_STAGE.index("COPY pyproject")])
    )


def test_it_goes_on_through_what_is_copied_next() -> None:
    cut = cut_after(ONE_STAGE, "uv sync --locked", and_copy=True)
    assert cut == ONE_STAGE[: ONE_STAGE.index("RUN uv install")]


def test_it_goes_on_into_a_stage_that_stands_on_the_first() -> None:
    assert (
        cut_after(STAGES, "RUN install", and_copy=True)
        == (STAGES[: STAGES.index("FROM source AS build")])
    )


@pytest.mark.parametrize(
    "text", ["FROM a AS b\nRUN sync\nRUN more\n", "FROM a AS b\nRUN sync\nFROM a\nCOPY x x\n"]
)
def test_it_is_whole_where_nothing_is_copied_after_the_step(text: str) -> None:
    assert cut_after(text, "RUN sync", and_copy=True) is None


def test_it_is_whole_where_no_instruction_holds_the_step() -> None:
    assert cut_after(ONE_STAGE, "bun install", and_copy=False) is None


def test_a_here_document_is_part_of_its_instruction() -> None:
    text = "FROM a\nRUN <<EOF\nsync\nCOPY no\nEOF\nCOPY b c\n"
    assert [one for _, one in instructions(text)] == ["FROM a", "RUN <<EOF", "COPY b c"]
    assert cut_after(text, "RUN <<EOF", and_copy=False) == "FROM a\nRUN <<EOF\nsync\nCOPY no\nEOF\n"


@pytest.mark.parametrize(
    ("image", "step", "last"),
    [
        ("backend", "uv sync --locked --no-install-project", "COPY src src"),
        ("mcp-server", "uv sync --locked --no-install-project", "COPY src src"),
        ("frontend", "bun install --frozen-lockfile", "COPY src src"),
    ],
)
def test_the_dockerfiles_of_this_repository_are_cut_after_their_source(
    image: str, step: str, last: str
) -> None:
    text = (ROOT / "infra" / "docker" / image / "Dockerfile").read_text()
    cut = cut_after(text, step, and_copy=True)
    assert cut is not None
    assert cut.rstrip().endswith(last)
