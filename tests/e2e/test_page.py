"""The page in a real Chromium, through nginx: what a person sees of the logbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from e2e.visits import (
    COMPONENT,
    NARROW,
    WIDE,
    Api,
    Records,
    Scheme,
    Visit,
    builds_of_record,
    chromium,
    numbered,
    record_all,
    spoke_of,
    visiting,
)
from stacks import LocalStack
from toys import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

DIST = REPOSITORY / "dist" / "e2e"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def visit(stack: LocalStack, browser: Browser) -> Iterator[Visit]:
    with visiting(browser, stack) as made:
        yield made


@pytest.fixture(scope="module")
def records(stack: LocalStack, browser: Browser) -> Records:
    """This repository's builds, recorded a moment ago by `build-prod`, and what belongs to them."""
    with visiting(browser, stack) as made:
        return record_all(stack, made.page)


def test_images_recorded_a_moment_ago_are_on_the_overview(visit: Visit, records: Records) -> None:
    visit.sign_in()
    visit.title("Overview")
    for build in records.builds:
        card = visit.page.get_by_role("article").filter(
            has=visit.page.get_by_role("link", name=build["image"], exact=True)
        )
        text = card.inner_text()
        assert build["short_sha"] in text
        assert ("broken" if build == records.broken else "kept") in text


def test_a_card_leads_to_the_image_and_on_to_the_build(visit: Visit, records: Records) -> None:
    broken = records.broken
    visit.sign_in()
    visit.page.get_by_role("link", name=broken["image"], exact=True).click()
    visit.title(broken["image"])
    visit.page.get_by_role("img", name="Size of the last").wait_for()
    visit.page.get_by_role("row").filter(has_text=broken["short_sha"]).get_by_role("link").click()
    visit.title(f"{broken['image']} {broken['describe']}")
    assert visit.at() == f"/builds/{broken['id']}"


def test_a_build_shows_its_time_line_and_what_its_trial_found(
    visit: Visit, records: Records
) -> None:
    broken = records.broken
    visit.sign_in(f"/builds/{broken['id']}")
    time_line = visit.page.get_by_role("table", name="Steps in the order")
    time_line.wait_for()
    (image,) = [build for build in builds_of_record() if build["image"] == broken["image"]]
    assert time_line.get_by_role("rowheader").count() == len(numbered(image))
    finding = visit.page.get_by_role("article").filter(has_text="listens-as-promised")
    for told in ("8000 and nothing else", "9090 as well", "tcp LISTEN 0.0.0.0:9090"):
        assert told in finding.inner_text()


def test_a_component_is_found_in_the_image_that_holds_it(visit: Visit, records: Records) -> None:
    visit.sign_in(f"/builds/{records.broken['id']}")
    # The page looks again by itself until the worker has read the SBOM.
    visit.page.get_by_text("1 component in all").wait_for(timeout=30_000)
    visit.page.keyboard.press("/")
    visit.title("Components")
    visit.page.keyboard.type("sea-ch")
    row = visit.page.get_by_role("row").filter(has_text=COMPONENT["name"])
    row.get_by_role("link", name=records.broken["image"]).wait_for()
    assert COMPONENT["version"] in row.inner_text()
    assert visit.at() == "/components?name=sea-ch"


def test_a_deployment_tells_what_runs_and_leads_to_its_build(
    visit: Visit, records: Records
) -> None:
    visit.sign_in("/deployments?environment=harbour")
    visit.page.get_by_role("heading", name="harbour generation").first.wait_for()
    row = visit.page.get_by_role("row").filter(has_text=records.broken["digest"][7:19]).first
    row.get_by_role("link", name=records.broken["digest"][7:19]).click()
    visit.title(f"{records.broken['image']} {records.broken['describe']}")


def test_a_key_that_the_owner_makes_lets_a_machine_read_until_it_is_revoked(
    visit: Visit,
) -> None:
    visit.sign_in("/keys")
    visit.page.get_by_label("Whose key it is").fill("a machine")
    visit.page.get_by_role("button", name="Make a key").click()
    key = visit.page.get_by_text("lbk_").inner_text()
    images = f"{visit.stack.api}/api/v1/images"
    bearer = {"Authorization": f"Bearer {key}"}
    assert visit.page.request.get(images, headers=bearer).status == 200
    row = visit.page.get_by_role("row").filter(has_text="a machine")
    row.get_by_text("Revoke …").click()
    row.get_by_role("button", name="Revoke it for good").click()
    row.get_by_text("revoked").wait_for()
    assert visit.page.request.get(images, headers=bearer).status == 401


def test_a_spoke_shows_its_hubs_record_to_whoever_reaches_it(
    browser: Browser, stack: LocalStack, records: Records
) -> None:
    with visiting(browser, stack) as owner:
        wanted = {"name": "a spoke", "scopes": ["read"]}
        key = Api(stack, owner.page).post("keys", wanted)["key"]
    with spoke_of(stack, key) as spoke, visiting(browser, spoke) as visit:
        visit.open(f"/builds/{records.broken['id']}")
        visit.page.get_by_text("9090 as well").wait_for()
        assert visit.page.get_by_role("button", name="Sign out").count() == 0
        assert visit.complaints == []


def test_an_address_outlives_signing_in_a_reload_and_the_way_back(
    visit: Visit, records: Records
) -> None:
    address = f"/images/{records.broken['image']}"
    visit.sign_in(address)
    visit.title(records.broken["image"])
    visit.page.reload()
    visit.title(records.broken["image"])
    visit.page.get_by_role("link", name="Deployments").click()
    visit.title("Deployments")
    visit.page.go_back()
    visit.title(records.broken["image"])
    assert visit.at() == address


def test_another_visit_must_sign_in_itself(
    visit: Visit, browser: Browser, stack: LocalStack
) -> None:
    visit.sign_in()
    visit.title("Overview")
    with visiting(browser, stack) as other:
        other.open("/")
        other.title("Sign in")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.title("Sign in")
    visit.page.reload()
    visit.title("Sign in")


def test_a_wrong_password_is_refused_in_words(visit: Visit) -> None:
    visit.sign_in(password="not the password")
    assert "password is wrong" in visit.page.get_by_role("alert").inner_text()
    assert visit.page.get_by_role("navigation").count() == 0


def test_a_build_recorded_meanwhile_is_shown_on_the_next_visit_of_the_overview(
    visit: Visit, stack: LocalStack
) -> None:
    visit.sign_in("/deployments")
    visit.title("Deployments")
    later = {**builds_of_record()[0], "image": "toy", "digest": f"sha256:{'10a7' * 16}"}
    Api(stack, visit.page).post("builds", later)
    visit.page.get_by_role("link", name="Overview").click()
    visit.page.get_by_role("link", name="toy", exact=True).wait_for()


def test_the_page_is_used_without_a_mouse(visit: Visit, records: Records) -> None:
    keyboard = visit.page.keyboard
    secrets = visit.stack.secrets()
    visit.open("/")
    visit.title("Sign in")
    keyboard.type(secrets["OWNER_USERNAME"])
    keyboard.press("Tab")
    keyboard.type(secrets["OWNER_PASSWORD"])
    keyboard.press("Enter")
    visit.title("Overview")
    link = visit.page.get_by_role("link", name=records.broken["image"], exact=True)
    link.wait_for()
    for _ in range(60):
        if link.evaluate("link => link === document.activeElement"):
            break
        keyboard.press("Tab")
    keyboard.press("Enter")
    visit.title(records.broken["image"])
    focused = visit.page.evaluate("document.activeElement.textContent")
    assert focused == records.broken["image"]


def test_the_page_asks_nobody_but_the_host_it_came_from(visit: Visit, records: Records) -> None:
    visit.sign_in(f"/builds/{records.broken['id']}")
    visit.page.get_by_text("9090 as well").wait_for()
    hosts = {urlsplit(request.url).netloc for request in visit.asked}
    assert hosts == {urlsplit(visit.stack.page).netloc}
    assert any("/api/v1/builds" in request.url for request in visit.asked)
    assert visit.complaints == []


def test_the_page_tells_the_commit_that_its_label_tells(visit: Visit) -> None:
    stamp = visit.page.request.get(f"{visit.stack.page}/version.json").json()
    every = [container["Config"]["Labels"] for container in visit.stack.containers()]
    (labels,) = [found for found in every if found["com.docker.compose.service"] == "frontend"]
    assert labels["org.opencontainers.image.revision"] == stamp["sha"]
    visit.open("/")
    footer = visit.page.get_by_role("contentinfo")
    footer.get_by_text(f"Logbook {stamp['describe']}", exact=True).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    browser: Browser, stack: LocalStack, records: Records, scheme: Scheme, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    broken = records.broken
    pages = {
        "overview": ("/", "Overview"),
        "image": (f"/images/{broken['image']}", broken["image"]),
        "build": (f"/builds/{broken['id']}", f"{broken['image']} {broken['describe']}"),
        "components": ("/components?name=sea", "Components"),
        "deployments": ("/deployments", "Deployments"),
        "keys": ("/keys", "Keys"),
        "nowhere": ("/nowhere", "Not found"),
    }
    DIST.mkdir(parents=True, exist_ok=True)
    with visiting(browser, stack, width, scheme) as visit:
        visit.open("/")
        visit.title("Sign in")
        found = {"sign-in": Axe().run(visit.page)}
        visit.sign_in()
        visit.title("Overview")
        for name, (address, title) in pages.items():
            visit.open(address)
            visit.title(title)
            visit.page.wait_for_load_state("networkidle")
            visit.page.screenshot(path=DIST / f"{name}-{scheme}-{width}.png", full_page=True)
            found[name] = Axe().run(visit.page)
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, name
    for name, result in found.items():
        assert result.violations_count == 0, f"{name}: {result.generate_report()}"
