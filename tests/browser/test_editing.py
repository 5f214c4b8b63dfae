"""Two browsers at one question, a proposal and its answer, and the steps of a journey."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.db import Database
from tests.browser.conftest import serve
from tests.browser.test_accounts import seen
from tests.support.people import HEADER
from tests.support.provision import Provision

EDIT = "/services/tax-your-vehicle/edit"
WIDTHS = (pytest.param(1280, marks=pytest.mark.judge), 320)


@pytest.fixture(scope="module")
def edited(provision: Provision) -> Iterator[Database]:
    with provision.database("sqlite", demo=True) as database:
        yield database


@pytest.fixture(scope="module")
def portal(edited: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(edited, tmp_path_factory.mktemp("editing"))


def browser_of(browser: Browser, site: str, width: int, roles: str, scripts: bool = True) -> Page:
    """A browser of somebody with these roles everywhere."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        base_url=site,
        java_script_enabled=True,
        extra_http_headers={HEADER: roles},
    )
    page = context.new_page()
    if not scripts:
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_two_browsers_lose_nothing(browser: Browser, portal: str, width: int) -> None:
    one = browser_of(browser, portal, width, "portal_administrator")
    other = browser_of(browser, portal, width, "portal_administrator", scripts=False)
    for page in (one, other):
        page.goto(EDIT)
        seen(page).get_by_role("link", name="Change what it does", exact=True).click()
    what = "What does the service do?"
    seen(other).get_by_label(what).fill(f"What the other says {width}")
    other.get_by_role("button", name="Save").click()
    expect(seen(other).locator("main")).to_contain_text("Your change is saved.")
    seen(one).get_by_label(what).fill(f"Dŵr a’r ffordd {width}")
    one.get_by_role("button", name="Save").click()
    expect(seen(one).get_by_role("heading", level=1)).to_have_text(
        "This has been changed since you opened it"
    )
    expect(one.locator("main")).to_contain_text(f"What the other says {width}")
    expect(one.get_by_label(what)).to_have_value(f"Dŵr a’r ffordd {width}")
    one.get_by_label(what).fill(f"Both {width}")
    one.get_by_role("button", name="Save").click()
    expect(seen(one).locator("main")).to_contain_text(f"Both {width}")
    one.get_by_role("link", name="Change name", exact=True).click()
    seen(one).get_by_label("Name of the service").fill(f"Trethu cerbyd {width}")
    one.get_by_role("button", name="Save").click()
    seen(one).get_by_role("button", name="Save").click()
    seen(one).get_by_label("No, keep the address").check()
    one.get_by_role("button", name="Save").click()
    expect(seen(one).get_by_role("heading", level=1)).to_have_text(f"Edit Trethu cerbyd {width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_proposal_and_its_answer(browser: Browser, portal: str, width: int) -> None:
    page = browser_of(browser, portal, width, "none")
    page.goto("/journeys/learn-to-drive-a-car")
    seen(page).get_by_role("link", name="Propose a change").click()
    seen(page).get_by_role("link", name="Change goal", exact=True).click()
    seen(page).get_by_role("button", name="Send the proposal").click()
    seen(page).get_by_role("link", name="Enter why it should change").click()
    assert page.evaluate("document.activeElement.id") == "why"
    page.keyboard.type("It is shorter")
    page.get_by_label("What does somebody want to reach?").fill(f"I want to drive {width}.")
    page.get_by_role("button", name="Send the proposal").click()
    expect(seen(page).locator("main")).to_contain_text("Your proposal is sent.")
    decider = browser_of(browser, portal, width, "portal_administrator")
    decider.goto("/proposals")
    seen(decider)
    decider.goto(page.url)
    seen(decider).get_by_role("button", name="Continue").click()
    seen(decider).get_by_label("Accept it as it is").check()
    decider.get_by_role("button", name="Continue").click()
    expect(seen(decider).locator("main")).to_contain_text(f"I want to drive {width}.")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_steps_of_a_journey(browser: Browser, portal: str, width: int) -> None:
    page = browser_of(browser, portal, width, "portal_administrator", scripts=False)
    page.goto("/journeys/start-a-business/edit")
    first = seen(page).locator(".portal-steps__step").first.inner_text()
    page.get_by_role("button", name="Move down step 1").click()
    expect(seen(page).locator("main")).to_contain_text("Your change is saved.")
    assert page.locator(".portal-steps__step").first.inner_text() != first
    page.get_by_role("button", name="Move up step 2").click()
    seen(page).get_by_role("link", name="Add a step").click()
    seen(page).get_by_role("button", name="Save").click()
    seen(page)
    page.goto("/journeys/new")
    seen(page)
    page.goto("/journeys/start-a-business/remove/1")
    seen(page)
    page.goto("/services/book-driving-test/retire")
    seen(page).get_by_role("button", name="Continue").click()
    seen(page)
    page.goto("/services/paper-tax-disc/bring-back")
    seen(page)
