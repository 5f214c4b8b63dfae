"""What people do in the journey of an assessment, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select, update

from portal.accounts.actions import signing_in
from portal.assessments.models.bookings import Booking, BookingSession
from portal.audit import london_day
from portal.db import Database
from tests.browser.test_accounts import seen
from tests.support.accounts import now

SAVE = re.compile("^(Save and continue|Continue)$")
WELL, EXPLORE = "What the team has done well", "What the team needs to explore"


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

    def comes(self, there: str) -> None:
        """Let the day of an assessment come."""
        today = london_day(now())
        own = select(Booking.id).where(Booking.reference == there.rpartition("/")[2])
        with self.database.writing() as session:
            session.execute(
                update(Booking).where(Booking.id.in_(own)).values(held_on=today)
            )  # fmt: skip
            session.execute(
                update(BookingSession)
                .where(BookingSession.booking_id.in_(own))
                .values(held_on=today)
            )


@dataclass(frozen=True)
class Turn:
    """What somebody writes of a point."""

    page: Page
    number: int
    rating: str
    words: str


def main(page: Page) -> Locator:
    """What the page itself says."""
    return page.locator("main")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button."""
    main(page).get_by_role("button", name=name, exact=isinstance(name, str)).click()


def day(page: Page, group: str, *parts: int | str) -> None:
    """Enter a day, a month and a year."""
    asked = page.get_by_role("group", name=group)
    for name, value in zip(("Day", "Month", "Year"), parts, strict=True):
        asked.get_by_label(name, exact=True).fill(str(value))


def move(page: Page, there: str, name: str, button: str) -> None:
    """Take an assessment a step further."""
    page.goto(f"{there}/moves/{name}")
    press(page, button)
    expect(main(page)).to_contain_text("That is done.")


def book(page: Page, service: str) -> str:
    """Book the assessment of a beta; its address."""
    page.goto(f"/services/{service}/assessment-needed")
    expect(main(page)).to_contain_text("The panel is from across government.")
    page.get_by_role("button", name="Book an assessment").click()
    press(page, "Start now")
    found = address(page)
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
    submit(page)
    return found


def address(page: Page) -> str:
    """The address of the assessment that a page belongs to."""
    found = re.search(r"/assessments/[A-Z]{3}-[0-9]{4}", page.url)
    assert found is not None
    return found[0]


def submit(page: Page) -> None:
    """Say when and who, and submit a booking."""
    day(page, "When did discovery start?", 1, 9, 2023)
    day(page, "When did this phase start, or when will it?", 1, 3, 2025)
    page.get_by_label("No", exact=True).check()
    press(page, SAVE)
    main(page).locator("input[type=checkbox]").first.check()
    press(page, SAVE)
    for name in ("Senior responsible owner: name", "Service owner: name"):
        page.get_by_label(name).fill("Owner One")
    page.get_by_label("Product manager: name (optional)").fill("Manager One")
    press(page, SAVE)
    press(page, SAVE)
    main(page).locator("textarea").fill("Captions")
    press(page, SAVE)
    press(page, "Submit the booking")
    expect(main(page)).to_contain_text("Your booking is submitted.")


def form_panel(page: Page, there: str, seats: Mapping[str, str]) -> None:
    """Accept a booking, set its day, and ask people to join its panel."""
    page.goto(f"{there}/accept")
    press(page, "Accept the booking")
    page.goto(f"{there}/sessions/new")
    week = re.search(r"Week of (\d+) (\w+) (\d{4})", main(page).inner_text())
    assert week is not None
    day(page, "On which day?", *week.groups())
    page.get_by_label("When does it start?").fill("10:00")
    press(page, "Save")
    # A Monday is none of the usual days: it is meant.
    for box in main(page).locator("input[type=checkbox]").all():
        box.check()
        press(page, "Save")
    expect(main(page)).to_contain_text("Everybody is told.")
    move(page, there, "form_panel", "Form a panel")
    for seat, name in seats.items():
        page.goto(f"{there}/panel")
        row = page.get_by_role("row").filter(has_text=seat)
        row.get_by_role("link", name=re.compile("^Fill it")).click()
        page.get_by_label(name, exact=True).check()
        press(page, "Ask them to join")
    expect(main(page)).to_contain_text("has not said whether they have a conflict")


def declare(page: Page, there: str, conflict: str = "") -> None:
    """Say that one has a conflict of interest, or none."""
    page.goto(f"{there}/declare")
    page.get_by_label("Yes" if conflict else "No", exact=True).check()
    page.get_by_label("If you have one, what is it?").fill(conflict)
    press(page, "Save")


def write(turn: Turn, there: str) -> None:
    """Write a section, and press the button."""
    turn.page.goto(f"{there}/sections/{turn.number}")
    turn.page.get_by_label(turn.rating).check()
    turn.page.get_by_label(WELL).fill(turn.words)
    press(turn.page, "Save")


def write_at_once(there: str, turns: Sequence[Turn]) -> None:
    """All open their sections, then type by turns; nobody presses a button, and the pages save
    themselves at the same moment.
    """
    for turn in turns:
        turn.page.goto(f"{there}/sections/{turn.number}")
    for turn in turns:
        turn.page.get_by_label(turn.rating).check()
    for turn in turns:
        turn.page.get_by_label(WELL).fill(turn.words)
    for turn in turns:
        turn.page.get_by_label(EXPLORE).fill(f"Explore {turn.number}.")
    for turn in turns:
        expect(turn.page.locator("[data-told]")).not_to_be_empty()


def was_late(turn: Turn) -> bool:
    """Whether somebody else's text was there first."""
    return "Somebody else has written here" in turn.page.locator("[data-told]").inner_text()


def write_on(turns: Iterable[Turn], more: str) -> None:
    """All go on typing by turns where they are, until the pages have saved that too."""
    known = [(turn, turn.page.locator("main [name=version]")) for turn in turns]
    read = [version.input_value() for _turn, version in known]
    for turn, _version in known:
        turn.page.get_by_label(WELL).press_sequentially(more)
    for (_turn, version), value in zip(known, read, strict=True):
        expect(version).not_to_have_value(value)


def bring_together(late: Turn, first: str) -> None:
    """Press the button under a text that came second, and keep both: the page shows them side by
    side.
    """
    press(late.page, "Save")
    there = main(seen(late.page))
    expect(there).to_contain_text("What you wrote is kept aside, and nothing is lost.")
    for words in (late.words, first):
        expect(there.locator(".portal-sides")).to_contain_text(words)
    late.page.get_by_label(WELL).fill(f"{first}\n\n{late.words}")
    press(late.page, "Save")
    expect(there).to_contain_text("Your text is saved.")


def ask(page: Page, there: str, number: int) -> None:
    """Ask the team to put a point right."""
    page.goto(f"{there}/sections/{number}/actions/new")
    page.get_by_label("What does the team have to do?").fill(f"Mend point {number}")
    press(page, "Save the action")


def decide(page: Page, there: str, result: str, reason: str = "") -> None:
    """Record the overall result."""
    page.goto(f"{there}/decision")
    page.get_by_label(result).check()
    page.get_by_label("Why, if it disagrees with the points?").fill(reason)
    press(page, "Record the result")
