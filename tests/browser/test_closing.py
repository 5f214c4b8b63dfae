"""A platform closes: whoever provides it says so, dependants are told once, and each moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from portal import mail
from portal.access import Grant, Kind, Role
from portal.accounts.actions import signing_in
from portal.audit import london_day
from portal.catalogue.actions import editing
from portal.catalogue.actions.editing import Answer
from portal.catalogue.store import components, editable
from portal.db import Database
from portal.jobs import Worker
from tests.browser.conftest import serve
from tests.browser.test_accounts import seen
from tests.support.accounts import act, add_person, now
from tests.support.examples import OWNER
from tests.support.provision import Provision, settings_for
from tests.support.storefront import add_usage

PAAS, NEXT = "govuk-paas", "MoJ Cloud Platform"
PROVIDER = "paas.provider@gds.demo.example"
TODAY = london_day(now())
ENDS = TODAY + timedelta(days=80)


@dataclass(frozen=True)
class Portal:
    """A portal in which two services depend on a platform that is live."""

    site: str
    database: Database

    def worker(self) -> list[mail.Letter]:
        """Do what waits for the worker; the mails about the platform, oldest first."""
        Worker(self.database, settings_for(self.database)).until_idle()
        with self.database.reading() as session:
            found = [m for m in mail.newest(session, 100) if m.kind == "component_closing"]
            return [mail.letter(each, "Portal") for each in reversed(found)]

    def page(self, browser: Browser, email: str, width: int) -> Page:
        """A browser in which somebody has signed in."""
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=self.site)
        page = context.new_page()
        page.goto(signing_in.issue(self.database, email, now(), self.site))
        page.locator("main").get_by_role("button", name="Sign in").click()
        return page


@pytest.fixture(scope="module")
def portal(provision: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with provision.database("sqlite", demo=True) as database:
        with database.writing() as session:
            for slug in ("tax-your-vehicle", "renew-driving-licence"):
                add_usage(session, slug, "hosting", component=PAAS, since="2020-01-01")
            id_ = components.ids_by_slug(session)[PAAS]
            role = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, id_)
            add_person(session, PROVIDER, role)
            base = editable.base_of(session, components.THING, id_)
        values = {"lifecycle": "live", "reference": None}
        editing.edit(database, components.THING, id_, Answer("lifecycle", values, base), act())
        site = serve(database, tmp_path_factory.mktemp("closing"))
        yield Portal(next(site), database)
        site.close()  # type: ignore[attr-defined]


def day(page: Page, group: str, when: object) -> None:
    parts = page.get_by_role("group", name=group)
    for part in ("Day", "Month", "Year"):
        parts.get_by_label(part, exact=True).fill(str(getattr(when, part.lower())))


def test_a_platform_closes_from_the_first_word_to_the_last_move(
    browser: Browser, portal: Portal
) -> None:
    provider = portal.page(browser, PROVIDER, 320)
    provider.goto(f"/components/{PAAS}/edit/lifecycle")
    seen(provider).get_by_label("Closing", exact=True).check()
    day(provider, "The day it closes (if it closes or has closed)", ENDS)
    provider.get_by_label("Which component takes over? (optional)").fill(NEXT)
    provider.get_by_role("button", name="Save").click()
    check = seen(provider).locator("main")
    expect(check).to_contain_text("Check who is hit before you save")
    expect(check).to_contain_text("2: Renew your driving licence; Tax your vehicle")
    provider.get_by_role("button", name="Save, and tell them").click()
    expect(seen(provider).locator("main")).to_contain_text("Your change is saved.")
    [told] = portal.worker()
    assert told.to_address == OWNER and "2 services that you answer for" in told.body
    assert len(portal.worker()) == 1, "told once"

    owner = portal.page(browser, OWNER, 1280)
    owner.goto("/work")
    work = seen(owner).locator("main")
    expect(work).to_contain_text("It closes within 3 months: say how you will meet the need")
    work.get_by_role("link", name="Tax your vehicle: GOV.UK Platform").click()
    seen(owner).get_by_label(NEXT, exact=True).check()
    owner.get_by_label("In use now").check()
    day(owner, "In use since", TODAY)
    owner.get_by_label("What does it replace? (optional)").select_option(index=1)
    owner.get_by_role("button", name="Save and continue").click()
    picture = seen(owner).locator("main")
    expect(picture).to_contain_text(f"{NEXT}: in use")
    assert _state(provider, "Tax your vehicle") == "Moving"
    assert _state(provider, "Renew your driving licence") == "Not started"

    picture.get_by_role("link", name="Change Host an app, GOV.UK Platform").click()
    seen(owner).get_by_label("Not in use any more").check()
    day(owner, "In use until, if it has stopped or is going to", TODAY)
    owner.get_by_role("button", name="Save and continue").click()
    expect(owner.locator("main")).to_contain_text("Your change is saved.")
    assert _state(provider, "Tax your vehicle") == "No longer uses it"
    expect(_row(provider, "Tax your vehicle")).to_contain_text(NEXT)
    expect(_row(provider, "Tax your vehicle")).to_contain_text("Told on")
    owner.goto("/work")
    expect(owner.locator("main")).not_to_contain_text("Tax your vehicle: GOV.UK Platform")
    expect(owner.locator("main")).to_contain_text("Renew your driving licence: GOV.UK Platform")


def _row(page: Page, service: str) -> Locator:
    page.goto(f"/components/{PAAS}/closing")
    return seen(page).locator("#dependents tbody tr").filter(has_text=service)


def _state(page: Page, service: str) -> str:
    said = _row(page, service).locator("[data-label='Where it stands']").inner_text()
    return said.split("\n", maxsplit=1)[0]
