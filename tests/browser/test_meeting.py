"""How a service meets its needs: the whole picture, one need after the other, and two at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.db import Database
from tests.browser.conftest import serve
from tests.browser.test_accounts import seen
from tests.browser.test_editing import browser_of
from tests.support.provision import Provision


@pytest.fixture(scope="module")
def met(provision: Provision) -> Iterator[Database]:
    with provision.database("sqlite", demo=True) as database:
        yield database


@pytest.fixture(scope="module")
def portal(met: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(met, tmp_path_factory.mktemp("meeting"))


def save(page: Page) -> Page:
    """Send the form; the page after it."""
    page.get_by_role("button", name="Save and continue").click()
    return seen(page)


def since_march(page: Page) -> None:
    page.get_by_label("In use now").check()
    since = page.get_by_role("group", name="In use since")
    since.get_by_label("Month").fill("3")
    since.get_by_label("Year").fill("2024")


@pytest.mark.parametrize(
    ("width", "scripts", "slug"),
    [(1280, True, "tax-your-vehicle"), (320, False, "renew-driving-licence")],
)
def test_a_team_says_how_its_service_meets_its_needs(
    browser: Browser, portal: str, width: int, scripts: bool, slug: str
) -> None:
    page = browser_of(browser, portal, width, "portal_administrator", scripts)
    page.goto(f"/services/{slug}")
    seen(page).get_by_role("link", name="how it meets its needs").click()
    choose = seen(page).get_by_text("Which of these does the service need?")
    if page.locator("details[open]").count() == 0:
        choose.click()
    while page.locator("input[name=needs]:checked").count():
        page.locator("input[name=needs]:checked").first.uncheck()
    for need in ("Take card payments", "Send emails"):
        page.get_by_label(need, exact=True).check()
    page.get_by_label("The service does not need them").check()
    expect(save(page).get_by_role("heading", level=1)).to_have_text(
        "How do you take card payments?"
    )
    page.get_by_label("With a product we bought").check()
    save(page).get_by_role("link", name="Select whether it is in use").click()
    since_march(page)
    save(page).get_by_role("link", name="Enter the name of the product").click()
    page.keyboard.type("Talu’r-dreth-gerbydau-annibynnol")
    page.get_by_text("Share, cost and source").click()
    page.get_by_label("Cost a year (optional)").fill("25,000")
    save(page).get_by_label("GOV.UK Notify").check()
    since_march(page)
    picture = save(page).locator("main")
    expect(picture).to_contain_text("Talu’r-dreth-gerbydau-annibynnol (bought product): in use")
    expect(picture).to_contain_text("GOV.UK Notify: in use")
    expect(picture).to_contain_text("Not needed")

    page.get_by_role("link", name="Change Send emails").click()
    other = browser_of(browser, portal, width, "portal_administrator", scripts)
    other.goto(seen(page).url)
    for each, note in ((other, "Said first"), (page, "Said late")):
        if each.locator("details[open]").count() == 0:
            each.get_by_text("Share, cost and source").click()
        each.get_by_label("Anything else (optional)").fill(note)
        save(each)
    expect(page.locator("main")).to_contain_text("changed since you opened it")
    expect(page.locator("main")).to_contain_text("Said first")
    expect(page.get_by_label("Anything else (optional)")).to_have_value("Said late")
    save(page).get_by_role("link", name="Remove Send emails").click()
    seen(page).get_by_role("button", name="Remove it").click()
    seen(page).get_by_role("link", name="Enter why it was a mistake").click()
    page.keyboard.type("It sends none.")
    page.get_by_role("button", name="Remove it").click()
    expect(seen(page).locator("main")).to_contain_text("It is removed.")
