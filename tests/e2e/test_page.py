"""The page in a real Chromium, through nginx: what a person sees of the logbook."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from stacks import LocalStack
from toys import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

LAUNCH = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
LAUNCH += ["--disable-background-networking", "--disable-component-update"]
# Chromium's own sandbox needs a user that is not root.
LAUNCH += ["--no-sandbox"] if os.geteuid() == 0 else []
WIDE, NARROW = {"width": 1280, "height": 480}, {"width": 390, "height": 844}


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

    def sign_in(self, password: str | None = None) -> None:
        """Fill in the form as the owner, and send it."""
        secrets = self.stack.secrets()
        self.page.goto(self.stack.page)
        self.page.get_by_label("Username").fill(secrets["OWNER_USERNAME"])
        self.page.get_by_label("Password").fill(password or secrets["OWNER_PASSWORD"])
        self.page.get_by_role("button", name="Sign in").click()

    def note(self, message: ConsoleMessage) -> None:
        """Keep what the browser's console calls an error."""
        if message.type == "error":
            self.complaints.append(message.text)

    def row(self, build: dict[str, Any]) -> str:
        """Return the text of a build's row, waited for."""
        row = self.page.get_by_role("row").filter(has_text=build["digest"][7:19])
        return row.inner_text()

    def record(self, build: dict[str, Any]) -> dict[str, Any]:
        """Record a build through the API itself, past nginx; return what was kept."""
        secrets, api = self.stack.secrets(), f"{self.stack.api}/api/v1"
        owner = {"username": secrets["OWNER_USERNAME"], "password": secrets["OWNER_PASSWORD"]}
        token = self.page.request.post(f"{api}/auth/login", data=owner).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        answer = self.page.request.post(f"{api}/builds", data=build, headers=bearer)
        assert answer.status in {200, 201}, answer.text()
        kept: dict[str, Any] = answer.json()
        return kept


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
            "tags": [tag.rpartition(":")[2] for tag in image["tags"]],
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


@pytest.fixture(scope="module")
def stack(local_stack: LocalStack) -> LocalStack:
    """The stack with its frontend, up whatever was done with it before."""
    for words in (["postgres-up"], ["compose-up", "--profile", "frontend"]):
        done = local_stack.invoke(*words)
        assert done.returncode == 0, done.stderr
    return local_stack


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine, without a window."""
    from playwright.sync_api import sync_playwright

    finder = str(REPOSITORY / "scripts" / "chromium")
    # Its words of complaint go to our stderr, which pytest shows.
    path = subprocess.run([finder], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture
def visit(stack: LocalStack, browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport=WIDE, locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(10_000)
    page = context.new_page()
    made = Visit(page, stack, [], [])
    # Playwright writes an attribute on what it is given, which a list's own method has no room for.
    page.on("request", lambda request: made.asked.append(request))  # noqa: PLW0108
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", made.note)
    yield made
    context.close()


@pytest.fixture
def builds(visit: Visit) -> list[dict[str, Any]]:
    """The builds of this repository's images, recorded a moment ago."""
    return [visit.record(build) for build in builds_of_record()]


def test_builds_recorded_a_moment_ago_are_on_the_page(
    visit: Visit, builds: list[dict[str, Any]]
) -> None:
    visit.sign_in()
    assert builds
    for build in builds:
        text = visit.row(build)
        for told in (build["image"], build["short_sha"], build["base_policy"]):
            assert told in text
        assert f"{build['cached_steps']} of {build['total_steps']} cached" in text
    dist = REPOSITORY / "dist" / "e2e"
    dist.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=dist / "page.png")


def test_refresh_shows_a_build_that_was_recorded_meanwhile(visit: Visit) -> None:
    visit.sign_in()
    visit.page.get_by_role("heading", name="Builds").wait_for()
    later = {**builds_of_record()[0], "image": "toy", "digest": f"sha256:{'10a7' * 16}"}
    visit.record(later)
    visit.page.get_by_role("button", name="Refresh").click()
    assert "toy" in visit.row(later)


def test_the_page_asks_nobody_but_the_host_it_came_from(
    visit: Visit, builds: list[dict[str, Any]]
) -> None:
    visit.sign_in()
    visit.row(builds[0])
    hosts = {urlsplit(request.url).netloc for request in visit.asked}
    assert hosts == {urlsplit(visit.stack.page).netloc}
    assert any("/api/v1/builds" in request.url for request in visit.asked)
    assert visit.complaints == []


def test_its_answers_come_from_nginx(visit: Visit) -> None:
    answer = visit.page.goto(visit.stack.page)
    assert answer is not None
    assert answer.headers["server"] == "nginx"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_page_tells_the_commit_that_its_label_tells(visit: Visit) -> None:
    stamp = visit.page.request.get(f"{visit.stack.page}/version.json").json()
    every = [container["Config"]["Labels"] for container in visit.stack.containers()]
    (labels,) = [found for found in every if found["com.docker.compose.service"] == "frontend"]
    assert labels["org.opencontainers.image.revision"] == stamp["sha"]
    visit.page.goto(visit.stack.page)
    footer = visit.page.get_by_role("contentinfo")
    footer.get_by_text(f"Logbook {stamp['describe']}", exact=True).wait_for()


def test_a_wrong_password_is_refused_in_words(visit: Visit) -> None:
    visit.sign_in(password="not the password")
    assert "password is wrong" in visit.page.get_by_role("alert").inner_text()
    assert visit.page.get_by_role("table").count() == 0


def test_signing_out_and_reloading_both_lead_back_to_the_form(visit: Visit) -> None:
    form = visit.page.get_by_role("button", name="Sign in")
    visit.sign_in()
    visit.page.get_by_role("button", name="Sign out").click()
    form.wait_for()
    visit.sign_in()
    visit.page.get_by_role("button", name="Refresh").wait_for()
    visit.page.reload()
    form.wait_for()


def test_a_narrow_screen_shows_every_build_without_scrolling_sideways(
    visit: Visit, builds: list[dict[str, Any]]
) -> None:
    visit.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    visit.sign_in()
    for build in builds:
        assert build["image"] in visit.row(build)
    wide = visit.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW["width"]
