"""Registering a service as a newcomer does it: a link by email, a draft on two devices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accounts import (
    EMAIL,
    development,  # noqa: F401  a fixture
    people_database,  # noqa: F401  a fixture
    read_mail,
    seen,
)

Visit = Callable[..., Page]


def sign_in(page: Page, site: str, email: str, times: int = 1) -> None:
    """Ask for a link, read the mail and press the button."""
    page.goto(f"{site}/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Email me a link").click()
    read_mail(page, site, email, times)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")


def go_on(page: Page) -> Page:
    """Save the answer; the page after it."""
    page.get_by_role("button", name="Save and continue").click()
    return seen(page)


def change_at_once(page: Page, other: Page, here: str) -> None:
    """Two browsers change the same text: neither is lost."""
    for browser in (page, other):
        browser.goto(f"{here}/edit")
        seen(browser).get_by_role("link", name="Change What it does").click()
        seen(browser)
    page.get_by_label("What does the service do?").fill("Pays vehicle tax.")
    page.get_by_role("button", name="Save").click()
    other.get_by_label("What does the service do?").fill("Pays tax for vehicles.")
    other.get_by_role("button", name="Save").click()
    told = seen(other).locator("main")
    expect(told).to_contain_text("changed since you opened it")
    expect(told).to_contain_text("Pays vehicle tax.")
    other.get_by_label("What does the service do?").fill("Pays vehicle tax for all.")
    other.get_by_role("button", name="Save").click()
    other.goto(f"{here}/history")
    history = seen(other).locator("main")
    for text in ("Pays tax.", "Pays vehicle tax.", "Pays vehicle tax for all."):
        expect(history).to_contain_text(text)


WAYS = [pytest.param(1280, True, marks=pytest.mark.judge), (320, False)]


@pytest.mark.parametrize(("width", "scripts"), WAYS)
def test_a_newcomer_registers_a_service(
    visit: Visit,
    development: str,  # noqa: F811
    width: int,
    scripts: bool,
) -> None:
    email = EMAIL % f"{width}-{scripts}".lower()
    name = f"Trethu’ch cerbyd O’Brien {width}"
    page = visit(development, width)
    if not scripts:
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    sign_in(page, development, email)
    page.goto(f"{development}/services")
    page.get_by_role("link", name="Register a service").click()
    seen(page).get_by_role("button", name="Start now").click()
    seen(page).get_by_role("link", name="Name", exact=True).click()
    go_on(page).get_by_role("link", name="Enter the name of the service").click()
    if scripts:
        page.keyboard.type("Tax your vehicles")
        expect(page.get_by_text("Is it one of these?")).to_be_visible()
        seen(page)
        page.get_by_label("Name of the service").fill("")
    page.keyboard.type(f"Tax your vehicle {name}")
    page.get_by_label("Name in Welsh (optional)").fill(name)
    heading = go_on(page).get_by_role("heading", level=1)
    expect(heading).to_have_text("Is it one of these?")
    expect(page.get_by_role("link", name="Tax your vehicle").first).to_be_visible()
    page.get_by_label("None of these").check()
    page.get_by_role("button", name="Continue").click()
    seen(page).get_by_label("What does the service do?").fill("Pays tax.")
    go_on(page)

    other = visit(development, 320)
    sign_in(other, development, email, 2)
    other.goto(f"{development}/register")
    seen(other).get_by_role("link", name=f"Tax your vehicle {name}").click()
    seen(other).get_by_role("link", name="What its users need").click()
    other.get_by_label("What do its users need?").fill("Drive lawfully.")
    go_on(other).get_by_label("The public").check()
    go_on(other).get_by_label("Live", exact=True).check()
    go_on(other).get_by_label("Online").check()
    go_on(other).get_by_label("No", exact=True).check()
    go_on(other)

    page.goto(other.url)
    seen(page).get_by_role("link", name="Choose what your service needs").click()
    seen(page).get_by_label("Take card payments").check()
    go_on(page).get_by_label("GOV.UK Pay").check()
    go_on(page).get_by_label("In use now").check()
    page.get_by_label("Month").fill("3")
    page.get_by_label("Year").fill("2023")
    go_on(page).get_by_role("link", name="Check your answers and publish").click()
    expect(seen(page).locator("main")).to_contain_text("GOV.UK Pay: in use since March 2023")
    page.get_by_role("button", name="Publish the service").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Tax your vehicle {name}")
    seen(page)
    here = page.url
    change_at_once(page, other, here)
    page.goto(f"{development}/registrations")
    seen(page).get_by_role("link", name=name).click()
    seen(page).get_by_role("link", name="Withdraw it").click()
    seen(page).get_by_role("button", name="Withdraw the service").click()
    seen(page).get_by_role("link", name="Enter why it should not").click()
    page.keyboard.type("A trial.")
    page.get_by_role("button", name="Withdraw the service").click()
    expect(seen(page).locator("main")).to_contain_text("The service is withdrawn.")
