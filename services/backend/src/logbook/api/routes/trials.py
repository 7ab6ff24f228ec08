"""Recording trials and reading them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from logbook import trials
from logbook.api.access import MayRead, MayRecord
from logbook.api.queries import PagingQuery, found, of_query
from logbook.api.wiring import Session
from logbook.fields import Word

router = APIRouter(prefix="/trials", tags=["trials"])

Run = Annotated[Word, Path(description="The run's name")]


@router.post(
    "", status_code=201, responses={200: {"model": trials.Trial}}, dependencies=[MayRecord]
)
async def record_trial(new: trials.NewTrial, session: Session, response: Response) -> trials.Trial:
    """Record a trial: 201, or 200 with the first record where this run is known already."""
    trial, is_new = await trials.record(session, new)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/trials/{trial.run}"
    return trial


@router.get("", dependencies=[MayRead])
async def list_trials(
    session: Session,
    wanted: Annotated[trials.TrialFilter, of_query(trials.TrialFilter)],
    paging: PagingQuery,
) -> trials.TrialPage:
    """List trials, the one recorded last first, without report and observation."""
    return await trials.page(session, wanted, paging)


@router.get("/{run}", dependencies=[MayRead])
async def show_trial(run: Run, session: Session) -> trials.Trial:
    """Show one trial with its report."""
    return found(await trials.find(session, run), f"trial {run}")


@router.get("/{run}/observation", dependencies=[MayRead])
async def show_observation(run: Run, session: Session) -> dict[str, Any]:
    """Show what was observed in one trial, where that was recorded."""
    return found(await trials.find_observation(session, run), f"observation of the trial {run}")
