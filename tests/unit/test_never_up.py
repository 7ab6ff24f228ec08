"""An image that does not come up is broken, also where its contract says nothing of health."""

from __future__ import annotations

import seen

from seatrial.model.contract import Contract
from seatrial.model.observation import LogFacts, Start
from seatrial.verify.judge import judge

# What contract-init writes of an image without a HEALTHCHECK.
DRAFTED = Contract.model_validate(
    {"image": "tug", "process": {"user": 1001}, "network": {"listen": [8000]}}
)
ENDED = seen.running(
    start=Start(exit_code=3, logs=LogFacts(stderr="no such file: /site\n", stderr_bytes=20)),
    processes=None,
    listeners=None,
)


def test_an_image_that_ends_at_once_breaks_a_contract_that_only_names_its_port() -> None:
    report = judge(DRAFTED, ENDED)
    assert not report.is_kept(strict=False)
    (result,) = [one for one in report.results if one.name == "listens-as-promised"]
    assert result.findings[0].found == "it ended with code 3"
    assert result.findings[0].evidence == ("stderr: no such file: /site",)


def test_an_image_that_cannot_be_started_breaks_it_as_well() -> None:
    never = seen.running(start=Start(failure="exec: no such file"), listeners=None)
    assert not judge(DRAFTED, never).is_kept(strict=False)


def test_one_that_promised_no_port_may_end() -> None:
    batch = DRAFTED.model_copy(
        update={"network": DRAFTED.network.model_copy(update={"listen": ()})}
    )
    outcomes = {one.name: one.outcome for one in judge(batch, ENDED).results}
    assert outcomes["listens-as-promised"] == "skip"
