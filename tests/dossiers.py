"""Dossiers to make reports of: a kept one, a broken one, and one full of anybody's words."""

from __future__ import annotations

from typing import Any

import seen
from seen_alive import FIRST

from seatrial.model.observation import LogFacts, Observation, ProbeTime
from seatrial.model.report import CheckResult, Finding
from seatrial.report.dossier import Dossier
from seatrial.verify.judge import judge

TEXT = """\
image = "tug"  # the strongest in the harbour

[process]
user = 1001

[limits]
size = "100MiB"
"""
PROBES = {
    "running": ProbeTime(started=0.1, ended=0.6),
    "layers": ProbeTime(started=0.2, ended=0.9, error="the archive ended too soon"),
}
SIZES = {"history": ("ADD rootfs.tar /", "USER 1001", "RUN uv sync"), "sizes": (700, 0, 300)}


def dossier(observation: Observation, *, strict: bool = False, text: str = TEXT) -> Dossier:
    """Return the dossier of an observation, judged by the contract that promises everything."""
    told = judge(seen.CONTRACT, observation)
    return Dossier(told, observation, seen.CONTRACT, "ships/tug/contract.toml", text, strict)


def kept() -> Dossier:
    """Return one in which every promise is kept."""
    return dossier(observed())


def broken(*, strict: bool = False) -> Dossier:
    """Return one with findings of two checks, and two checks that could not look."""
    rebel = FIRST.model_copy(update={"uid": 0, "gid": 0})
    running = seen.RUNNING.model_copy(update={"processes": (rebel,)})
    return dossier(observed(running=running, lock=None), strict=strict)


def hostile(words: str) -> Dossier:
    """Return one in which everything that an image can choose says `words`.

    Nothing checks them, as nothing should have to.
    """
    finding = Finding.model_construct(expected=words, found=words, hint=words, evidence=(words,))
    fail = CheckResult.model_construct(
        name="writes-nothing", family="filesystem", outcome="fail", findings=(finding,)
    )
    blind = CheckResult.model_construct(
        name="no-log-files", family="logs", outcome="skip", reason=words
    )
    said = LogFacts.model_construct(stdout=words, stderr=words, stdout_bytes=1, stderr_bytes=1)
    good = CheckResult(name="user-is-numeric", family="identity", outcome="pass")
    base = observed(
        running=seen.RUNNING.model_copy(update={"logs": said, "changed": (words,)}),
        probes={words: ProbeTime.model_construct(started=0.0, ended=1.0, error=words)},
    )
    image = {"history": (words,), "sizes": (1,), "labels": {words: words}, "user": words}
    observation = base.model_copy(update={"image": base.image.model_copy(update=image)})
    report = judge(seen.CONTRACT, base).model_copy(
        update={
            "results": (good, fail, blind),
            "reference": words,
            "engine": words,
            "image_id": words,
        }
    )
    text = f"{TEXT}# {words.replace(chr(10), ' ')}\n"
    return Dossier(report, observation, seen.CONTRACT, words, text, strict=False)


def observed(**fields: Any) -> Observation:
    """Return the observation of a good image, with times and sizes, and some fields changed."""
    image = seen.KEPT.image.model_copy(update=SIZES)
    told = {"image": image, "probes": PROBES, "started": 1.8e9, **fields}
    return seen.KEPT.model_copy(update=told)
