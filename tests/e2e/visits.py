"""Visits of the page in a real Chromium, and what is recorded for them to see."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from stacks import LocalStack, docker, free_port
from toys import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

LAUNCH = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
LAUNCH += ["--disable-background-networking", "--disable-component-update"]
# Chromium's own sandbox needs a user that is not root.
LAUNCH += ["--no-sandbox"] if os.geteuid() == 0 else []

Scheme = Literal["light", "dark"]
WIDE, NARROW = 1280, 380
COMPONENT = {"type": "library", "name": "sea-chest", "version": "3.0.7"}
PURL = "pkg:generic/sea-chest@3.0.7"
STARTED = "2026-01-02T03:04:05+00:00"


@dataclass
class Visit:
    """A visit of the page in a browser of its own.

    Attributes:
        page: The browser's page.
        stack: Where it is.
        asked: Every request that the page made.
        complaints: Errors that the browser noted, a blocked script or style included.
    """

    page: Page
    stack: LocalStack
    asked: list[Request]
    complaints: list[str]

    def open(self, path: str) -> None:
        """Go to an address of the page."""
        self.page.goto(f"{self.stack.page}{path}")

    def sign_in(self, path: str = "/", password: str | None = None) -> None:
        """Open an address, fill in the form as the owner, and send it."""
        secrets = self.stack.secrets()
        self.open(path)
        self.page.get_by_label("Username").fill(secrets["OWNER_USERNAME"])
        self.page.get_by_label("Password").fill(password or secrets["OWNER_PASSWORD"])
        self.page.get_by_role("button", name="Sign in").click()

    def title(self, name: str) -> None:
        """Wait for the page that has this heading."""
        self.page.get_by_role("heading", level=1, name=name).wait_for()

    def at(self) -> str:
        """Return the address, without the host."""
        return self.page.url.removeprefix(self.stack.page)

    def note(self, message: ConsoleMessage) -> None:
        """Keep what the browser's console calls an error."""
        if message.type == "error":
            self.complaints.append(message.text)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine, without a window."""
    from playwright.sync_api import sync_playwright

    finder = str(REPOSITORY / "scripts" / "chromium")
    # Its words of complaint go to our stderr, which pytest shows.
    path = subprocess.run([finder], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: Browser, stack: LocalStack, width: int = WIDE, scheme: Scheme = "light"
) -> Iterator[Visit]:
    """A visit with nothing left of those before."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="en-GB", color_scheme=scheme
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    made = Visit(page, stack, [], [])
    # Playwright writes an attribute on what it is given, which a list's own method has no room for.
    page.on("request", lambda request: made.asked.append(request))  # noqa: PLW0108
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", made.note)
    yield made
    context.close()


@contextmanager
def spoke_of(hub: LocalStack, key: str) -> Iterator[LocalStack]:
    """The same image as a spoke of the stack's frontend; the stack as it is seen from there."""
    name, port = f"{hub.name}-spoke", free_port()
    image = f"logbook-frontend:{hub.environ['LOGBOOK_TAG']}"
    where = [f"--network={hub.name}_default", f"--publish=127.0.0.1:{port}:8080"]
    environ = ["--env=HUB_API_URL=http://frontend:8080", f"--env=SPOKE_API_KEY={key}"]
    docker("run", "--detach", f"--name={name}", *where, *environ, image)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield replace(hub, page=f"http://127.0.0.1:{port}")
    finally:
        docker("rm", "--force", "--volumes", name)


def wait_for(url: str, seconds: float = 20) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(OSError, http.client.HTTPException):
            urllib.request.urlopen(url, timeout=5).close()
            return
        assert time.monotonic() < deadline, url
        time.sleep(0.1)


@dataclass(frozen=True)
class Records:
    """What was recorded a moment ago.

    Attributes:
        builds: Of this repository's images, as the API keeps them.
        broken: The one of them whose trial was broken.
    """

    builds: list[dict[str, Any]]
    broken: dict[str, Any]


def builds_of_record() -> list[dict[str, Any]]:
    """Return what `build-prod` last made, as the logbook takes it."""
    record = json.loads((REPOSITORY / "dist/build.json").read_text())
    stamp = record["plan"]["stamp"]
    common = {name: stamp[name] for name in ("sha", "short_sha", "describe", "dirty", "built_at")}
    return [
        {
            **common,
            "image": image["name"],
            "digest": image["digest"],
            "tags": image["tags"],
            "base_policy": record["plan"]["policy"],
            "size_bytes": image["size"],
            "duration_seconds": image["duration"],
            "cached_steps": sum(step["cached"] for step in numbered(image)),
            "total_steps": len(numbered(image)),
            "steps": image["steps"],
        }
        for image in record["images"]
    ]


def numbered(image: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the steps that stand in the Dockerfile, as the table of `build-prod` counts them."""
    return [step for step in image["steps"] if step["number"]]


def record_all(stack: LocalStack, page: Page) -> Records:
    """Build with `build-prod`, which records it; record trials, an SBOM and a deployment."""
    api = Api(stack, page)
    build_prod(stack, api.post("keys", {"name": "build-prod", "scopes": ["record"]})["key"])
    builds = [api.build(build["image"], build["digest"]) for build in builds_of_record()]
    *kept, broken = builds
    for build in kept:
        api.post("trials", trial_of(build, "kept"))
    api.post("trials", trial_of(broken, "broken"))
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    api.put(f"builds/{broken['id']}/sbom", {**bom, "components": [{**COMPONENT, "purl": PURL}]})
    services = [
        {key: build[key] for key in ("image", "digest")}
        | {"service": build["image"], "reference": f"logbook-{build['image']}:latest"}
        for build in builds
    ]
    key = "0b0e7a52-6f7c-4a52-9d5e-0d5c6b6f0a11"
    where = {"key": key, "environment": "harbour", "sha": broken["sha"], "started_at": STARTED}
    api.post("deployments", {**where, "services": services})
    return Records(builds, broken)


def build_prod(stack: LocalStack, key: str) -> None:
    """Build this repository's images as an operator does who has a logbook."""
    environ = {**os.environ, "LOGBOOK_URL": stack.api, "LOGBOOK_KEY": key}
    words = [sys.executable, "-m", "invoke", "build-prod"]
    done = subprocess.run(
        words, cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


class Api:
    """The API, asked by the owner."""

    def __init__(self, stack: LocalStack, page: Page) -> None:
        self._root, self._page = f"{stack.api}/api/v1", page
        secrets = stack.secrets()
        owner = {"username": secrets["OWNER_USERNAME"], "password": secrets["OWNER_PASSWORD"]}
        self._headers: dict[str, str] = {}
        token = self.post("auth/login", owner)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: object) -> Any:
        answer = self._page.request.post(f"{self._root}/{path}", data=body, headers=self._headers)
        assert answer.status in {200, 201}, answer.text()
        return answer.json()

    def build(self, image: str, digest: str) -> dict[str, Any]:
        """Return the one build of this image and digest."""
        asked = f"{self._root}/builds?image={image}&digest={digest}"
        answer = self._page.request.get(asked, headers=self._headers)
        (found,) = answer.json()["items"]
        return dict(found)

    def put(self, path: str, body: object) -> None:
        answer = self._page.request.put(f"{self._root}/{path}", data=body, headers=self._headers)
        assert answer.status in {200, 202}, answer.text()


def trial_of(build: dict[str, Any], verdict: str) -> dict[str, Any]:
    """Return a small trial of a build, as `verify` records one."""
    broken = verdict == "broken"
    finding = {
        "expected": "8000 and nothing else",
        "found": "9090 as well",
        "hint": "take the listener out",
        "evidence": ["tcp LISTEN 0.0.0.0:9090"],
    }
    check = {"family": "network", "promise": "network.listen", "reason": ""}
    health = {**check, "name": "becomes-healthy", "family": "health", "outcome": "pass"}
    listens = {**check, "name": "listens-as-promised", "outcome": "fail" if broken else "pass"}
    results = [
        {**health, "page": "The image comes up, in time.", "findings": []},
        {
            **listens,
            "page": "The promised ports, and no others.\n\nWhy: a port too many is a way in.",
            "findings": [finding] if broken else [],
        },
    ]
    return {
        "run": f"e2e-{build['id']}",
        "image": build["image"],
        "digest": build["digest"],
        "verdict": verdict,
        "started_at": STARTED,
        "duration_seconds": 14.5,
        "passed": 2 - broken,
        "failed": int(broken),
        "skipped": 0,
        "strict": True,
        "report": {"engine": "28.5.2", "reference": build["image"], "results": results},
        "observation": None,
    }
