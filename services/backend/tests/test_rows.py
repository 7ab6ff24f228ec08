"""What is written without its model is what the model would have written, on both databases."""

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy import Connection, delete
from sqlalchemy.ext.asyncio import AsyncEngine

from logbook import builds, trials
from logbook.database import models
from record import BUILD, TRIAL, told

KINDS: dict[str, type[BaseModel]] = {
    "/builds": builds.BuildPage,
    "/builds?limit=1": builds.BuildPage,
    "/builds?image=none": builds.BuildPage,
    "/builds/1": builds.Build,
    "/builds/2": builds.Build,
    "/trials": trials.TrialPage,
    "/trials?limit=1&cursor=2": trials.TrialPage,
    f"/trials/{TRIAL['run']}": trials.Trial,
}


def as_its_model_writes_it(answer: httpx.Response, kind: type[BaseModel]) -> bool:
    assert answer.headers["content-type"] == "application/json"
    return answer.text == kind.model_validate_json(answer.text).model_dump_json()


async def test_what_is_read_is_written_as_its_model_writes_it(either: httpx.AsyncClient) -> None:
    for image in ("backend", "frontend"):
        await told(either, "/builds", {**BUILD, "image": image})
    for run in ("another", TRIAL["run"]):
        await told(either, "/trials", {**TRIAL, "run": run})
    for path, kind in KINDS.items():
        answer = await either.get(path)
        assert answer.status_code == 200, path
        assert as_its_model_writes_it(answer, kind), path


async def test_what_was_recorded_is_told_as_its_model_writes_it(either: httpx.AsyncClient) -> None:
    kinds: dict[str, type[BaseModel]] = {"/trials": trials.Trial, "/builds": builds.Build}
    for path, kind in kinds.items():
        body = TRIAL if path == "/trials" else BUILD
        for status in (201, 200):
            answer = await either.post(path, json=body)
            assert answer.status_code == status
            assert as_its_model_writes_it(answer, kind), path


async def test_a_build_tells_at_once_of_the_trial_that_came_before_it(
    either: httpx.AsyncClient,
) -> None:
    await told(either, "/trials", {**TRIAL, "run": "later", "verdict": "broken"})
    await told(either, "/trials", {**TRIAL, "started_at": "2026-11-20T10:04:00Z"})
    await told(either, "/trials", {**TRIAL, "run": "other", "image": "frontend"})
    made = await either.post("/builds", json=BUILD)
    assert (made.status_code, made.json()["verdict"]) == (201, "broken")
    other = await either.post("/builds", json={**BUILD, "digest": "sha256:" + "0" * 64})
    assert other.json()["verdict"] is None
    trial = await either.post("/trials", json={**TRIAL, "run": "last"})
    assert trial.json()["build_id"] == made.json()["id"]


class _Forgetful:
    """A connection whose builds are all deleted before its second statement, as by retention."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.statements = 0
        self.dialect = connection.dialect

    def execute(self, statement: object, parameters: object) -> object:
        self.statements += 1
        if self.statements == 2:
            self._connection.execute(delete(models.Build))
        return self._connection.execute(statement, parameters)  # type: ignore[call-overload]


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_build_that_is_deleted_while_it_is_told_again_is_recorded_again(
    any_engine: AsyncEngine, *, is_known: bool
) -> None:
    new = builds.NewBuild.model_validate(BUILD)

    def record(connection: Connection) -> None:
        if is_known:
            builds.record(connection, new)
        forgetful = _Forgetful(connection)
        _, is_new = builds.record(forgetful, new)  # type: ignore[arg-type]
        assert is_new
        assert forgetful.statements == (3 if is_known else 1)

    async with any_engine.begin() as connection:
        await connection.run_sync(record)
