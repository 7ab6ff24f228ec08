"""A first contract is a valid one, whatever the image shows, and guesses nothing."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.draft import draft_contract, name_of
from seatrial.model.contract import Contract
from seatrial.model.image import Healthcheck, ImageFacts

CHECK = Healthcheck(
    command=("CMD-SHELL", "curl -f http://localhost:8000/healthz || exit 1"),
    interval=10.0,
    timeout=0.5,
    retries=5,
)
SHOWN = ImageFacts(
    id="sha256:0",
    size=100 * 1024**2,
    user="1001:1002",
    entrypoint=("python",),
    command=("-m", "app"),
    env={"PATH": "/bin", "API_TOKEN": "do-not-tell-me"},
    labels={"org.opencontainers.image.title": "tug", "empty": "", "seatrial.base-policy": "x"},
    exposed=("8000/tcp", "5353/udp", "80/tcp", "9/sctp"),
    volumes=("/data",),
    workdir="/app",
    stop_signal="SIGQUIT",
    healthcheck=CHECK,
)


def drafted(**shown: Any) -> tuple[str, Contract]:
    text = draft_contract("tug:1", SHOWN.model_copy(update=shown))
    return text, Contract.model_validate(tomllib.loads(text))


def test_a_store_that_keeps_layers_packed_does_not_make_the_limit_too_small() -> None:
    _, contract = drafted(size=40 * 1024**2, sizes=(60 * 1024**2, 0, 40 * 1024**2))
    assert contract.limits.size == 110 * 1024**2


def test_what_the_image_shows_is_promised() -> None:
    text, contract = drafted()
    assert contract.image == "tug"
    assert (contract.process.user, contract.process.group) == (1001, 1002)
    assert contract.process.stop_signal == "SIGQUIT"
    assert contract.network.listen == (80, 8000)
    assert contract.network.udp == (5353,)
    assert contract.health is not None
    assert contract.health.timing == {
        "interval": 10.0,
        "timeout": 0.5,
        "start_period": 0.0,
        "retries": 5,
    }
    assert contract.labels.required == ("org.opencontainers.image.title",)
    assert contract.limits.size == 110 * 1024**2
    assert "It starts python -m app in /app" in text
    assert '# path = "/healthz" # its HEALTHCHECK asks there' in text
    assert contract.process.workdir == "/app"
    assert contract.filesystem.volumes == ("/data",)
    assert "# It exposes besides: 9/sctp" in text
    assert "tighten this" in text


def test_what_it_does_not_show_is_not_promised() -> None:
    text, contract = drafted(user="", exposed=(), healthcheck=None, labels={}, volumes=())
    assert contract.process.user is None
    assert contract.network.listen is None
    assert contract.health is None
    assert not contract.labels.required
    assert "USER is not set: it is root" in text
    assert "It has no HEALTHCHECK" in text
    assert not contract.env.required
    assert not contract.filesystem.read_only


def test_variables_are_named_but_neither_promised_nor_shown() -> None:
    text, contract = drafted()
    assert "# The image itself sets API_TOKEN\n" in text
    assert "do-not-tell-me" not in text
    assert not contract.env.required


@pytest.mark.parametrize("user", ["app", "app:app", "1001:app", "-1", "99999999999", "1001 "])
def test_a_user_that_is_no_number_is_no_promise(user: str) -> None:
    text, contract = drafted(user=user)
    assert contract.process.user is None
    assert f"# USER is {user}, not a number" in text


@pytest.mark.parametrize(
    ("written", "name"),
    [("15", "SIGTERM"), ("quit", "SIGQUIT"), ("SIGRTMIN+3", "SIGRTMIN+3"), ("999", None)],
)
def test_a_stop_signal_is_promised_by_its_name(written: str, name: str | None) -> None:
    assert drafted(stop_signal=written)[1].process.stop_signal == name


def test_what_no_contract_can_promise_is_a_comment() -> None:
    check = CHECK.model_copy(update={"interval": 90_000.0})
    text, contract = drafted(healthcheck=check, exposed=("0/tcp", "70000/tcp"))
    assert '# interval = "90000s"' in text
    assert contract.health is not None
    assert contract.health.interval is None
    assert contract.network.listen is None


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("tug", "tug"),
        ("host:5000/team/tug:1.0", "tug"),
        ("team/tug@sha256:abcd", "tug"),
        ("host:5000/tug", "tug"),
        ("sha256:abcd", "image"),
        ("", "image"),
    ],
)
def test_the_contracts_name_is_the_repositorys_last_part(reference: str, name: str) -> None:
    assert name_of(reference) == name


anything = st.text(max_size=30)


@given(
    reference=anything,
    user=anything,
    words=st.lists(anything, max_size=5).map(tuple),
    table=st.dictionaries(anything, anything, max_size=5),
    signal=anything,
    size=st.integers(0, 2**62),
    timing=st.one_of(st.none(), st.floats(0.001, 1e9)),
    retries=st.one_of(st.none(), st.integers(1, 10**9)),
)
def test_whatever_an_image_shows_its_draft_is_a_valid_contract(
    reference: str,
    user: str,
    words: tuple[str, ...],
    table: dict[str, str],
    signal: str,
    size: int,
    timing: float | None,
    retries: int | None,
) -> None:
    facts = ImageFacts(
        id="sha256:0",
        size=size,
        user=user,
        entrypoint=words,
        env=table,
        labels=table,
        exposed=words,
        volumes=words,
        workdir=reference,
        stop_signal=signal,
        healthcheck=Healthcheck(command=words, interval=timing, timeout=timing, retries=retries),
    )
    text = draft_contract(reference, facts)
    text.encode("utf-8")
    Contract.model_validate(tomllib.loads(text))
