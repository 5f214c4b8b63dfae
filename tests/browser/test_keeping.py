"""Confirming a record from the link of a mail, and reporting a problem, as people do both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.accounts.models.people import Person
from portal.accounts.rules import signed_links
from portal.audit import london_day
from portal.catalogue.models.services import Service
from portal.db import Database
from tests.browser.axe import findings, sideways
from tests.support.examples import OWNER, SERVICE
from tests.support.provision import SECRET

Visit = Callable[..., Page]
WAYS: list[Any] = [(1280, True), (320, False)]
WAYS += [pytest.param(*way, marks=pytest.mark.judge) for way in ((1280, False), (320, True))]


@pytest.fixture
def link(demo_database: Database) -> str:
    """The link in the mail of the demo's service owner."""
    with demo_database.reading() as session:
        owner = session.scalars(select(Person.id).where(Person.email == OWNER)).one()
        service = session.scalars(select(Service.id).where(Service.slug == SERVICE)).one()
    today = london_day(clock.now())
    return f"/confirm/{signed_links.sign(SECRET, owner, 'service', service, today)}"


def sound(page: Page) -> None:
    """Axe finds nothing, and nothing scrolls sideways."""
    assert findings(page) + sideways(page) == []


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_a_record_is_confirmed_from_the_mail(
    visit: Visit, link: str, width: int, script: bool
) -> None:
    page = visit(link, width=width, java_script_enabled=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check “Tax your vehicle”")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("link", name="Select an answer")).to_be_visible()
    if script:
        sound(page)
        expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_label("Yes, everything is still right").check()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Thank you. You have confirmed this record.")).to_be_visible()
    expect(page.get_by_text("by the service team")).to_be_visible()
    if script:
        sound(page)
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "script"), WAYS)
def test_a_reader_reports_a_problem(visit: Visit, width: int, script: bool) -> None:
    page = visit(f"/services/{SERVICE}", width=width, java_script_enabled=script)
    page.get_by_role("link", name="Report a problem with this page").click()
    expect(page.get_by_label("Page", exact=True)).to_have_value(f"/services/{SERVICE}")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("link", name="Enter what is wrong")).to_be_visible()
    if script:
        sound(page)
    page.get_by_label("What is wrong?").fill(f"Ni ŵyr neb: it’s wrong at {width}, {script}")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your report")
    if script:
        sound(page)
