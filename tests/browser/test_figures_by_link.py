"""Figures from somebody without an account, by the link in a mail, as they give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.accounts.models.people import Person
from portal.audit import Act, london_day
from portal.db import Database
from portal.mail import Mail
from portal.performance.actions import figure_links
from portal.performance.actions.figure_links import Letter
from portal.performance.store import data_sets
from tests.browser.test_every_page import findings, sideways
from tests.support.examples import OWNER, SERVICE

Visit = Callable[..., Page]


@pytest.fixture
def link(demo_database: Database) -> str:
    """The link in a mail that the demo's service owner had sent, for the month that goes on."""
    with demo_database.reading() as session:
        owner = session.scalars(select(Person.id).where(Person.email == OWNER)).one()
        row = data_sets.find(session, SERVICE, "volumes")
    assert row is not None
    start = london_day(clock.now()).replace(day=1)
    letter = Letter("finance@demo.example", "Tax your vehicle", "this month", "https://x.example")
    act = Act(f"person:{owner}", clock.now(), "test")
    figure_links.send(demo_database, row.id, start, letter, 7, act)
    with demo_database.reading(fresh=True) as session:
        query = select(Mail).where(Mail.kind == figure_links.KIND).order_by(Mail.id.desc())
        mail = session.scalars(query.limit(1)).one()
    return str(mail.personalisation["link"]).removeprefix("https://x.example")


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)])
def test_figures_are_given_by_a_link(visit: Visit, link: str, width: int, script: bool) -> None:
    def sound() -> None:
        problems = sideways(page) + (findings(page) if script else [])
        assert problems == []

    page = visit(link, width=width, java_script_enabled=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your figures")
    sound()
    page.locator(".govuk-summary-list a").first.click()
    page.get_by_role("button", name="Save and continue").click()
    if not page.get_by_role("heading", level=1).inner_text().startswith("Check"):
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("Figure, if you have it").fill("x")
        page.get_by_role("button", name="Save and continue").click()
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        sound()
        page.get_by_label("Figure, if you have it").fill("3,000,000")
        page.get_by_role("button", name="Save and continue").click()
    while page.get_by_label("No, we don’t collect this").count():
        page.get_by_label("No, we don’t collect this").check()
        page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("No, they are provisional and may change").check()
    sound()
    page.get_by_role("button", name="Send these figures").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The figures are sent")
    sound()
    again = visit(link, width=width, java_script_enabled=script)
    expect(again.get_by_role("heading", level=1)).to_have_text("This link does not work")
