"""An assessment from booking to closed actions and the next one, with everybody in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text, update

from portal.accounts.actions import signing_in
from portal.assessments.models.bookings import Booking, BookingSession
from portal.audit import london_day
from portal.db import Database
from tests.browser.conftest import serve
from tests.browser.test_accounts import seen
from tests.support.accounts import now
from tests.support.examples import OWNER
from tests.support.provision import Provision

ASSURANCE = "assurance.team@gds.demo.example"
LEAD, RESEARCH, DESIGN, TECHNOLOGY, PERFORMANCE, SUBSTITUTE = (
    f"{name}assessor@gds.demo.example"
    for name in ("", "research.", "design.", "technology.", "performance.", "substitute.")
)
SEATS = {
    "Lead assessor": "Demo assessor",
    "Assessor, user research": "Demo assessor, researcher",
    "Assessor, design": "Demo assessor, designer",
    "Assessor, technology": "Demo assessor, technologist",
    "Assessor, performance analysis": "Demo assessor, performance analyst",
}
SAVE = re.compile("^(Save and continue|Continue)$")


@dataclass
class Portal:
    """A portal with the demo set, and a browser for each person."""

    site: str
    database: Database
    pages: dict[str, Page] = field(default_factory=dict)

    def of(self, browser: Browser, email: str) -> Page:
        """The page of somebody who has signed in; every second one is on a telephone."""
        if email not in self.pages:
            width = 320 if len(self.pages) % 2 else 1280
            size = {"width": width, "height": 900}
            page = browser.new_context(viewport=size, base_url=self.site).new_page()  # type: ignore[arg-type]
            page.set_default_timeout(10_000)
            page.goto(signing_in.issue(self.database, email, now(), self.site))
            page.locator("main").get_by_role("button", name="Sign in").click()
            self.pages[email] = page
        return self.pages[email]


@pytest.fixture(scope="module")
def portal(provision: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with provision.database("sqlite", demo=True) as database:
        site = serve(database, tmp_path_factory.mktemp("assessment"))
        yield Portal(next(site), database)
        site.close()  # type: ignore[attr-defined]


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.locator("main").get_by_role("button", name=name, exact=isinstance(name, str)).click()


def day(page: Page, group: str, *parts: int) -> None:
    asked = page.get_by_role("group", name=group)
    for name, value in zip(("Day", "Month", "Year"), parts, strict=True):
        asked.get_by_label(name, exact=True).fill(str(value))


def move(page: Page, there: str, name: str, button: str) -> None:
    page.goto(f"{there}/moves/{name}")
    press(page, button)
    expect(page.locator("main")).to_contain_text("That is done.")


def _book(page: Page) -> str:
    page.goto("/services/tax-your-vehicle/assessment-needed")
    expect(seen(page).locator("main")).to_contain_text("The panel is from across government.")
    page.get_by_role("button", name="Book an assessment").click()
    press(page, "Start now")
    found = re.search(r"/assessments/[A-Z]{3}-[0-9]{4}", page.url)
    assert found is not None
    page.get_by_role("link", name="What is assessed").click()
    page.get_by_label("Beta", exact=True).check()
    page.get_by_label("Assessment", exact=True).check()
    press(page, SAVE)
    page.get_by_label("What is it called?").fill("Trethu eich cerbyd")
    page.get_by_label("What is it for?").fill("People and companies pay vehicle tax.")
    press(page, SAVE)
    for _ in ("users", "project code", "confidential"):
        page.get_by_label("No", exact=True).check()
        press(page, SAVE)
    day(page, "When did discovery start?", 1, 9, 2023)
    day(page, "When did this phase start, or when will it?", 1, 3, 2025)
    page.get_by_label("No", exact=True).check()
    press(page, SAVE)
    seen(page).locator("main input[type=checkbox]").first.check()
    press(page, SAVE)
    for name in ("Senior responsible owner: name", "Service owner: name"):
        page.get_by_label(name).fill("Owner One")
    page.get_by_label("Product manager: name (optional)").fill("Manager One")
    press(page, SAVE)
    press(page, SAVE)
    page.locator("main textarea").fill("Captions")
    press(page, SAVE)
    expect(seen(page).locator("main")).to_contain_text(
        "It held when discovery of the service began"
    )
    press(page, "Submit the booking")
    expect(page.locator("main")).to_contain_text("Your booking is submitted.")
    return found[0]


def _form_panel(page: Page, there: str) -> None:
    page.goto(f"{there}/accept")
    press(page, "Accept the booking")
    page.goto(f"{there}/sessions/new")
    week = re.search(r"Week of (\d+) (\w+) (\d{4})", page.locator("main").inner_text())
    assert week is not None
    asked = page.get_by_role("group", name="On which day?")
    for name, value in zip(("Day", "Month", "Year"), week.groups(), strict=True):
        asked.get_by_label(name, exact=True).fill(value)
    page.get_by_label("When does it start?").fill("10:00")
    press(page, "Save")
    # A Monday is none of the usual days: it is meant.
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
        press(page, "Save")
    expect(seen(page).locator("main")).to_contain_text("Everybody is told.")
    move(page, there, "form_panel", "Form a panel")
    for seat, name in SEATS.items():
        page.goto(f"{there}/panel")
        row = page.get_by_role("row").filter(has_text=seat)
        row.get_by_role("link", name=re.compile("^Fill it")).click()
        page.get_by_label(name, exact=True).check()
        press(page, "Ask them to join")
    expect(seen(page).locator("main")).to_contain_text("has not said whether they have a conflict")


def _declare(page: Page, there: str, conflict: str = "") -> None:
    page.goto(f"{there}/declare")
    page.get_by_label("Yes" if conflict else "No", exact=True).check()
    page.get_by_label("If you have one, what is it?").fill(conflict)
    press(page, "Save")


def _write(page: Page, there: str, number: int, rating: str, words: str) -> None:
    page.goto(f"{there}/sections/{number}")
    page.get_by_label(rating).check()
    page.get_by_label("What the team has done well").fill(words)
    page.get_by_label("What the team needs to explore").fill(f"Explore {number}.")
    press(page, "Save")


def _act(page: Page, there: str, number: int) -> None:
    page.goto(f"{there}/sections/{number}/actions/new")
    page.get_by_label("What does the team have to do?").fill(f"Mend point {number}")
    press(page, "Save the action")


def test_an_assessment_from_booking_to_the_next_one(browser: Browser, portal: Portal) -> None:
    owner, assurance = portal.of(browser, OWNER), portal.of(browser, ASSURANCE)
    there = _book(owner)
    _form_panel(assurance, there)

    # A conflict is caught, and a substitute found.
    lead, designer = portal.of(browser, LEAD), portal.of(browser, DESIGN)
    for email in (LEAD, RESEARCH, TECHNOLOGY, PERFORMANCE):
        _declare(portal.of(browser, email), there)
    _declare(designer, there, "I designed it")
    assert designer.goto(there).status == 404, "with a conflict there is no such assessment"  # type: ignore[union-attr]
    assurance.goto(f"{there}/moves/confirm_panel")
    press(assurance, "Confirm the panel")
    expect(seen(assurance).locator(".govuk-error-summary")).to_be_visible()
    assurance.goto(f"{there}/panel")
    assurance.get_by_role("link", name=re.compile("Replace.*designer")).click()
    assurance.get_by_label("Demo assessor, substitute", exact=True).check()
    assurance.get_by_label("Why?").fill("A conflict of interest")
    press(assurance, "Save")
    substitute = portal.of(browser, SUBSTITUTE)
    _declare(substitute, there)
    move(assurance, there, "confirm_panel", "Confirm the panel")
    lead.goto(f"{there}/beforehand")
    expect(seen(lead).locator("main")).to_contain_text("10. Assisted digital support")

    # The day comes; five write, and the result disagrees with the points.
    with portal.database.writing() as session:
        today, own = london_day(now()), Booking.reference == there.rpartition("/")[2]
        session.execute(update(Booking).where(own).values(held_on=today))
        mine = text("booking_id = (SELECT max(id) FROM booking)")
        session.execute(update(BookingSession).where(mine).values(held_on=today))
    move(lead, there, "hold", "Say that it was held")
    move(lead, there, "start_report", "Begin the report")
    panel = [lead, *(portal.of(browser, each) for each in (RESEARCH, TECHNOLOGY, PERFORMANCE)),
             substitute]  # fmt: skip
    for number in range(1, 15):
        rating = {2: "Red: not met", 5: "Amber: met with conditions"}.get(number, "Green: met")
        words = "Jane Smith showed it." if number == 3 else f"Point {number} is done well."
        _write(panel[number % 5], there, number, rating, words)
    _act(lead, there, 2)
    _act(lead, there, 5)
    owner.goto(there)
    expect(owner.locator("main")).not_to_contain_text("Red")
    lead.goto(f"{there}/decision")
    lead.get_by_label("Green: met").check()
    press(lead, "Record the result")
    expect(seen(lead).locator(".govuk-error-summary")).to_contain_text("Say why")
    lead.get_by_label("Why, if it disagrees with the points?").fill("Point 2 is nearly met.")
    press(lead, "Record the result")
    expect(seen(lead).locator("main")).to_contain_text("The overall result is recorded.")
    move(lead, there, "send_to_check", "Send the report to be checked")

    # A name is taken out; the team challenges, the panel amends.
    assurance.goto(f"{there}/check")
    seen(assurance).get_by_role("link", name=re.compile("^Decide about it")).click()
    assurance.get_by_label("Take these words out").check()
    assurance.get_by_label("What stands there instead? (optional)").fill("A researcher")
    assurance.get_by_label("Why?").fill("It names somebody")
    press(assurance, "Save")
    move(assurance, there, "send_to_team", "Send the report to the team")
    owner.goto(f"{there}/review")
    seen(owner).get_by_role("link", name=re.compile("^Challenge.*2. Solve.*explore")).click()
    owner.locator("main textarea").fill("That was done in May")
    press(owner, "Save the challenge")
    move(owner, there, "challenge", "Send the challenges")
    _write(substitute, there, 2, "Red: not met", "Most of it is joined up since May.")
    lead.goto(f"{there}/review")
    lead.get_by_role("link", name=re.compile("^Answer this challenge")).click()
    seen(lead).get_by_label("The report is amended").check()
    lead.get_by_label("What did you amend, or why does it stay?").fill("It says so now")
    press(lead, "Save the answer")
    move(lead, there, "answer_challenge", "Send the answers")
    move(owner, there, "accept_report", "Accept the report")
    move(assurance, there, "publish", "Publish the report")

    # Everybody reads it; an action is evidenced; two points are assessed again.
    public = browser.new_context(base_url=portal.site).new_page()
    public.goto("/services/tax-your-vehicle/assessments")
    public.locator("main").get_by_role("link", name=re.compile("[Bb]eta")).first.click()
    report = seen(public).locator("main")
    expect(report).to_contain_text("A researcher showed it.")
    expect(report).to_contain_text("Most of it is joined up since May.")
    expect(report).not_to_contain_text("Jane Smith")
    owner.goto(f"{there}/actions")
    seen(owner).get_by_role("link", name="Mend point 2").click()
    owner.get_by_role("link", name="Give evidence").click()
    owner.get_by_label("What was done?").fill("It is joined up")
    press(owner, "Give evidence")
    action = owner.url
    lead.goto(action)
    lead.get_by_role("link", name="Close it: the evidence is enough").click()
    press(lead, "Close it: the evidence is enough")
    expect(seen(lead).locator("main")).to_contain_text("Closed")
    owner.goto(f"{there}/assess-again/reassessment")
    again = seen(owner).locator("main")
    expect(again).to_contain_text("2")
    again.get_by_role("button").first.click()
    expect(seen(owner).locator("main")).to_contain_text("Beta: Reassessment")
