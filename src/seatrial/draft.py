"""A first contract from what an image shows, to be tightened by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model.image import Healthcheck, ImageFacts
from seatrial.model.units import LONGEST_DURATION, show_size
from seatrial.model.written import signal_name
from seatrial.toml import write_text, write_value

LINE = 100
# Every image has it, and none needs it from outside.
_USUAL = {"PATH", "HOME", "LANG", "TERM", "HOSTNAME"}
_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]*")
_USER = re.compile(r"(\d{1,9})(?::(\d{1,9}))?")
_PATH = re.compile(r"/\S*")
_PORT = re.compile(r"(\d{1,5})/(tcp|udp)")
_ASKED = re.compile(r"https?://[^/\s\"']+(/[^\s\"'?#)]*)")
# What the engine does where an image says nothing.
_HEALTHCHECK = {"interval": 30.0, "timeout": 30.0, "start_period": 0.0, "retries": 3}


def name_of(reference: str) -> str:
    """Return an image's name for a contract: the last part of its repository."""
    repository = reference.partition("@")[0]
    last = repository.rpartition("/")[2].partition(":")[0].lower()
    return last if _NAME.fullmatch(last) and last != "sha256" else "image"


def draft_contract(reference: str, image: ImageFacts) -> str:
    """Return a valid `contract.toml`: what the image shows as promises, the rest as comments."""
    sections = (
        _head(reference, image),
        _process(image),
        _network(image),
        _health(image),
        _env(image),
        _filesystem(image),
        _logs(),
        _labels(image),
        _rest(),
        _limits(image),
    )
    return "\n".join("".join(f"{line}\n" for line in section) for section in sections)


def _head(reference: str, image: ImageFacts) -> Iterator[str]:
    yield f"# A first contract, from what an image shows: {_told(reference)}"
    yield "# A line without # is a promise that is tried. Tighten this: make promises of the others"
    yield "# where they hold. docs/contract.md has every field; `invoke contract-schema` writes"
    yield "# a schema by which editors check and complete them."
    started = " ".join([*image.entrypoint, *image.command])
    yield f"# It starts {_told(started) if started else 'nothing'} in {_told(image.workdir or '/')}"
    yield f"image = {write_text(name_of(reference))}"


def _process(image: ImageFacts) -> Iterator[str]:
    yield "[process]"
    match = _USER.fullmatch(image.user)
    if match:
        yield f"user = {int(match[1])}"
        yield f"group = {int(match[2])}" if match[2] else "# group = 1001"
    else:
        is_now = f"is {_told(image.user)}, not a number" if image.user else "is not set: it is root"
        yield f"# USER {is_now}. Tighten this: USER 1001:1001 in the Dockerfile, and"
        yield "# user = 1001"
        yield "# group = 1001"
    folder = image.workdir or "/"
    lead = "" if _PATH.fullmatch(folder) else "# "
    yield f"{lead}workdir = {write_text(folder)}"
    name = signal_name(image.stop_signal)
    if name:
        yield f"stop_signal = {write_text(name)}"
    else:
        yield f"# STOPSIGNAL is {_told(image.stop_signal)}, which is no signal's name"
    yield 'stop_within = "10s" # after which the engine kills it; tighten this'
    yield "# exit_codes = [0]"


def _network(image: ImageFacts) -> Iterator[str]:
    yield "[network]"
    ports: dict[str, list[int]] = {"tcp": [], "udp": []}
    others = []
    for exposed in image.exposed:
        match = _PORT.fullmatch(exposed)
        if match and 1 <= int(match[1]) <= 65535:
            ports[match[2]].append(int(match[1]))
        else:
            others.append(exposed)
    if ports["tcp"]:
        yield f"listen = {write_value(sorted(ports['tcp']))} # what it exposes, and nothing else"
    else:
        yield "# It exposes no TCP port. [] promises that none is listened on."
        yield "# listen = []"
    if ports["udp"]:
        # Judged with listen; alone it would promise nothing.
        yield f"{'' if ports['tcp'] else '# '}udp = {write_value(sorted(ports['udp']))}"
    if others:
        yield f"# It exposes besides: {_told(', '.join(others))}"
    if len(ports["tcp"]) > 1:
        yield f"# port = {min(ports['tcp'])} # the one that speaks HTTP"


def _health(image: ImageFacts) -> Iterator[str]:
    check = image.healthcheck
    if check is None:
        yield "# It has no HEALTHCHECK. Tighten this: add one, and uncomment"
        yield "# [health]"
        yield '# path = "/health"'
        yield '# within = "30s"'
        return
    yield "[health]"
    found = _ASKED.search(" ".join(check.command))
    path = found[1] if found and found[1].isprintable() else "/health"
    why = "its HEALTHCHECK asks there" if found else "where it answers over HTTP"
    yield f"# path = {write_text(path)} # {why}"
    yield '# expect = { status = "ok" }'
    yield 'within = "30s" # from the start; tighten this'
    yield from _timing(check)


def _timing(check: Healthcheck) -> Iterator[str]:
    for name, default in _HEALTHCHECK.items():
        value = getattr(check, name)
        written = default if value is None else value
        how = str(written) if name == "retries" else write_text(_duration(written))
        # What no contract can promise is said all the same.
        lead = "# " if written > LONGEST_DURATION else ""
        yield f"{lead}{name} = {how}" + ("" if value is not None else " # the engine's default")


def _env(image: ImageFacts) -> Iterator[str]:
    yield "# Which variables it needs cannot be seen from outside. Tighten this: one table for each"
    yield "# without which it must not start."
    given = sorted(set(image.env) - _USUAL)
    if given:
        yield from _wrapped("# The image itself sets ", [_told(name) for name in given])
    yield "# [env.required.DATABASE_URL]"
    yield '# description = "what it is for"'
    yield '# value = "what the trial gives it; {canary} becomes a random word"'
    yield "# secret = true"


def _filesystem(image: ImageFacts) -> Iterator[str]:
    yield "# Where it writes cannot be seen from outside; a trial of read_only = true shows it."
    plain = all(_PATH.fullmatch(path) for path in image.volumes)
    told = "what it declares, and no others" if image.volumes else "it declares none"
    yield "[filesystem]"
    yield f"{'' if plain else '# '}volumes = {write_value(sorted(image.volumes))} # {told}"
    yield "# read_only = true"
    yield '# tmpfs = ["/tmp"]'
    yield '# absent = ["**/.git", "**/.env", "**/.cache"]'


def _logs() -> Iterator[str]:
    yield "# No log in a file and no colours, and something on stdout."
    yield "# [logs]"
    yield "# stdout = true"


def _labels(image: ImageFacts) -> Iterator[str]:
    names = sorted(name for name, value in image.labels.items() if value and _is_plain(name))
    yield "[labels]" if names else "# [labels]"
    if names:
        yield "required = ["
        yield from (f"    {write_text(name)}," for name in names)
        yield "]"
    else:
        yield '# required = ["org.opencontainers.image.title"]'


def _rest() -> Iterator[str]:
    yield "# No secrets in configuration, layers and logs."
    yield "# [secrets]"
    yield ""
    yield "# Every base pinned by its digest, and a Dockerfile in which hadolint finds nothing."
    yield "# [bases]"
    yield '# dockerfile = "Dockerfile"'
    yield "# [recipe]"
    yield '# dockerfile = "Dockerfile"'
    yield ""
    yield "# What `invoke build-prod` of seatrial writes into an image."
    yield "# [stamp]"
    yield '# path = "/app/version.json"'


def _limits(image: ImageFacts) -> Iterator[str]:
    # A store that keeps layers packed tells the packed size; the promise is of the unpacked one.
    unpacked = max(image.size, sum(image.sizes))
    most = max(1, -(-unpacked * 11 // 10 // 1024**2))
    yield "[limits]"
    yield f'size = "{most}MiB" # it is {show_size(unpacked)} now, unpacked; tighten this'
    yield '# memory = "256MiB"'
    yield '# start = "5s"'


def _duration(seconds: float) -> str:
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{seconds * 1000:.0f}ms"


def _is_plain(name: str) -> bool:
    """Return whether a label is the image's own affair: seatrial's are set and read by itself."""
    return bool(name) and not name.startswith("seatrial.")


def _told(text: str) -> str:
    """Return a text as a comment may hold it: on one line, no control characters, not too long."""
    shown = write_text(text)[1:-1]
    return shown if len(shown) <= LINE else f"{shown[: LINE - 1]}…"


def _wrapped(lead: str, words: list[str]) -> Iterator[str]:
    line = lead
    for word in words[:50]:
        if len(line) + len(word) > LINE:
            yield line.rstrip()
            line = "# "
        line += f"{word}, "
    yield line.rstrip(", ") + (" and others" if len(words) > 50 else "")
