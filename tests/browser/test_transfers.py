"""A transfer is prepared and thrown away, and a merge looked at, on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from portal.access import Role
from tests.browser.test_accounts import seen
from tests.support.people import everywhere, header_for

Visit = Callable[..., Page]
ADMINISTRATOR = header_for(everywhere(Role.PORTAL_ADMINISTRATOR))
COMPANIES = "“Register a limited company” and “Get information about a company”"


def test_a_transfer_is_prepared_and_thrown_away(visit: Visit) -> None:
    page = seen(visit("/transfers/new", width=320, extra_http_headers=ADMINISTRATOR))
    page.get_by_label("What to call the transfer").fill("A change that did not happen")
    page.get_by_label("Organisations that lose functions").fill("DVLA")
    page.get_by_label("Organisations that gain functions").fill("DVSA\nHome Office")
    page.get_by_label("They go on, with fewer functions").check()
    for part, value in (("Day", "1"), ("Month", "5"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Who says so").fill("https://www.gov.uk/government")
    page.get_by_role("button", name="See what they own").click()
    rows = seen(page).locator("#items tbody tr")
    expect(rows.first.locator("select")).to_have_value("open")
    page.get_by_label("New home of Tax your vehicle").select_option("Home Office")
    page.get_by_label("Everything that is not chosen yet").select_option(
        "Driver and Vehicle Standards Agency"
    )
    page.get_by_role("button", name="Save and continue").click()
    told = seen(page).locator("main")
    expect(told).to_contain_text("Home Office")
    expect(told.get_by_role("button", name="Apply the transfer")).to_be_visible()
    page.get_by_role("link", name="Change what moves").click()
    seen(page).get_by_role("link", name="Throw the draft away").click()
    seen(page).get_by_role("button", name="Throw the draft away").click()
    expect(page.locator("main")).to_contain_text("The draft is thrown away")


def test_two_records_are_the_same(visit: Visit) -> None:
    page = visit("/duplicates?kind=service", width=320, extra_http_headers=ADMINISTRATOR)
    page.get_by_role("link", name=COMPANIES).click()
    page.get_by_role("link", name="Decide").click()
    page.get_by_label("They are the same").check()
    page.get_by_label("Why?").fill("To look at the pages of a merge")
    page.get_by_role("button", name="Save the decision").click()
    seen(page).get_by_label("Register a limited company").check()
    page.get_by_role("button", name="Continue").click()
    expect(seen(page).locator("#moves")).to_be_visible()
    page.get_by_label("Why are they the same?").fill("To look at the last page")
    page.get_by_role("button", name="Continue").click()
    expect(seen(page).get_by_role("button", name="Merge them")).to_be_visible()
