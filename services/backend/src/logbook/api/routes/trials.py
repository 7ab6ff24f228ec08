"""Recording trials and reading them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from logbook import trials
from logbook.api.access import MayRead, MayRecord
from logbook.api.answers import answer, recorded
from logbook.api.queries import PagingQuery, found, of_query
from logbook.api.wiring import Wired, asked
from logbook.fields import Word

router = APIRouter(prefix="/trials", tags=["trials"])

Run = Annotated[Word, Path(description="The run's name")]


@router.post(
    "",
    status_code=201,
    response_model=trials.Trial,
    responses={200: {"model": trials.Trial}},
    dependencies=[MayRecord],
)
async def record_trial(new: trials.NewTrial, wiring: Wired) -> Response:
    """Record a trial: 201, or 200 with the first record where this run is known already."""
    trial, is_new = await asked(wiring, lambda connection: trials.record(connection, new))
    return recorded(trial, is_new=is_new, location=f"/trials/{trial['run']}")


@router.get("", response_model=trials.TrialPage, dependencies=[MayRead])
async def list_trials(
    wiring: Wired,
    wanted: Annotated[trials.TrialFilter, of_query(trials.TrialFilter)],
    paging: PagingQuery,
) -> Response:
    """List trials, the one recorded last first, without report and observation."""
    return answer(await asked(wiring, lambda connection: trials.page(connection, wanted, paging)))


@router.get("/{run}", response_model=trials.Trial, dependencies=[MayRead])
async def show_trial(run: Run, wiring: Wired) -> Response:
    """Show one trial with its report."""
    trial = await asked(wiring, lambda connection: trials.find(connection, run))
    return answer(found(trial, f"trial {run}"))


@router.get("/{run}/observation", response_model=dict[str, Any], dependencies=[MayRead])
async def show_observation(run: Run, wiring: Wired) -> Response:
    """Show what was observed in one trial, where that was recorded."""
    observation = await asked(wiring, lambda connection: trials.find_observation(connection, run))
    return answer(found(observation, f"observation of the trial {run}"))
