"""Which lock files a Dockerfile takes from its context, and which of them are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.dockerfiles import missing_locks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def locks(folder: Path, text: str) -> list[str]:
    path = folder / "Dockerfile"
    path.write_text(text)
    return missing_locks(path, folder)


@pytest.mark.parametrize(
    "line",
    [
        "COPY pyproject.toml uv.lock ./",
        "COPY ./uv.lock ./",
        'COPY ["uv.lock", "/app/"]',
        "ADD uv.lock /app/",
        "RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --locked",
        "RUN --mount=source=uv.lock,target=uv.lock uv sync --locked",
        "RUN --mount=type=bind,src=uv.lock,target=uv.lock uv sync --locked",
    ],
)
def test_a_lock_that_is_taken_from_the_context_and_not_there_is_listed(
    folder: Path, line: str
) -> None:
    assert locks(folder, f"FROM a:1\n{line}\n") == ["uv.lock"]
    (folder / "uv.lock").write_text("")
    assert locks(folder, f"FROM a:1\n{line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "# uv.lock decides this layer",
        "COPY --from=build /app/uv.lock ./",
        "RUN --mount=type=bind,from=build,source=/uv.lock,target=/l true",
        "RUN rm -f uv.lock",
        "COPY uv.lock* ./",
        "COPY my-uv.lock uv.lock.bak ./",
        "COPY src uv.lock",
        "ADD https://host.example/uv.lock /",
        "COPY <<EOF /x\nuv.lock\nEOF",
    ],
)
def test_a_lock_that_is_only_spoken_of_need_not_be_there(folder: Path, line: str) -> None:
    assert locks(folder, f"FROM a:1\n{line}\n") == []


def test_a_lock_in_a_folder_is_looked_for_there(folder: Path) -> None:
    text = "FROM a:1\nCOPY services/api/uv.lock web/bun.lock ./\n"
    assert locks(folder, text) == ["services/api/uv.lock", "web/bun.lock"]
    (folder / "web").mkdir()
    (folder / "web/bun.lock").write_text("")
    assert locks(folder, text) == ["services/api/uv.lock"]
