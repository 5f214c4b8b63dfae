"""An assessment from booking to closed actions, and the next one, with everybody in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.assessing import (
    SAVE,
    WELL,
    Portal,
    Turn,
    address,
    ask,
    book,
    bring_together,
    decide,
    declare,
    form_panel,
    main,
    move,
    press,
    submit,
    was_late,
    write,
    write_at_once,
    write_on,
)
from tests.browser.conftest import serve
from tests.browser.test_accounts import seen
from tests.support.examples import OWNER
from tests.support.provision import Provision

SERVICE = "tax-your-vehicle"
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
#: Two points of the next one, which needs nobody else.
AGAIN = {2: "Assessor, design", 11: "Assessor, technology"}
SEATS_AGAIN = {
    "Lead assessor": SEATS["Lead assessor"],
    AGAIN[2]: "Demo assessor, substitute",
    AGAIN[11]: SEATS[AGAIN[11]],
}
GREEN, AMBER, RED = "Green: met", "Amber: met with conditions", "Red: not met"
RATINGS = {**dict.fromkeys(AGAIN, RED), 5: AMBER}
CARRIED = "carried forward from the assessment before"


@pytest.fixture(scope="module")
def portal(provision: Provision, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with provision.database("sqlite", demo=True) as database:
        site = serve(database, tmp_path_factory.mktemp("assessment"), workers=2)
        yield Portal(next(site), database)
        site.close()  # type: ignore[attr-defined]


def _conflict(portal: Portal, browser: Browser, there: str) -> None:
    """A conflict is caught, and a substitute found."""
    assurance, designer = portal.of(browser, ASSURANCE), portal.of(browser, DESIGN)
    for email in (LEAD, RESEARCH, TECHNOLOGY, PERFORMANCE):
        declare(portal.of(browser, email), there)
    declare(designer, there, "I designed it")
    assert designer.goto(there).status == 404, "with a conflict there is no such assessment"  # type: ignore[union-attr]
    assurance.goto(f"{there}/moves/confirm_panel")
    press(assurance, "Confirm the panel")
    expect(seen(assurance).locator(".govuk-error-summary")).to_be_visible()
    assurance.goto(f"{there}/panel")
    assurance.get_by_role("link", name=re.compile("Replace.*designer")).click()
    assurance.get_by_label("Demo assessor, substitute", exact=True).check()
    assurance.get_by_label("Why?").fill("A conflict of interest")
    press(assurance, "Save")
    declare(portal.of(browser, SUBSTITUTE), there)
    move(assurance, there, "confirm_panel", "Confirm the panel")


def _written_by_five(panel: list[Page], there: str) -> dict[int, list[str]]:
    """Three times the five write at once, two of them first in the same section; what they wrote,
    by point.
    """
    written: dict[int, list[str]] = {}
    for numbers in ((1, 2, 3, 13, 13), (4, 5, 6, 7, 8), (9, 10, 11, 12, 14)):
        turns = []
        for place, number in enumerate(numbers):
            words = f"{place} says what is well at {number}."
            words = "Jane Smith showed it." if number == 3 else words
            turns.append(Turn(panel[place], number, RATINGS.get(number, GREEN), words))
            written.setdefault(number, []).append(words)
        write_at_once(there, turns)
        if 13 in numbers:
            first, late = sorted(turns[3:], key=was_late)
            assert (was_late(first), was_late(late)) == (False, True)
            write_on([*turns[:3], first], " And more.")
            bring_together(late, f"{first.words} And more.")
    return written


def _nothing_is_lost(page: Page, there: str, written: Mapping[int, list[str]]) -> None:
    page.goto(f"{there}/sections")
    said = main(page).inner_text()
    assert sorted(written) == list(range(1, 15))
    for number, words in written.items():
        assert [each for each in [*words, f"Explore {number}."] if each not in said] == []
    assert said.count("And more.") == 4
    assert "No rating yet" not in said and "set aside" not in said
    page.goto(f"{there}/sections/13/texts")
    for words in written[13]:
        expect(main(page)).to_contain_text(words)


def _held(portal: Portal, browser: Browser, there: str) -> None:
    """The day comes; five write, and the result disagrees with the points."""
    owner, lead = portal.of(browser, OWNER), portal.of(browser, LEAD)
    five = (LEAD, RESEARCH, SUBSTITUTE, TECHNOLOGY, PERFORMANCE)
    panel = [portal.of(browser, email) for email in five]
    for page in panel:
        page.goto(f"{there}/beforehand")
        expect(main(page)).to_contain_text("10. Assisted digital support")
    portal.comes(there)
    move(lead, there, "hold", "Say that it was held")
    move(lead, there, "start_report", "Begin the report")
    _nothing_is_lost(lead, there, _written_by_five(panel, there))
    for number in (2, 5):
        ask(lead, there, number)
    owner.goto(there)
    expect(main(owner)).not_to_contain_text("Red")
    decide(lead, there, GREEN)
    expect(seen(lead).locator(".govuk-error-summary")).to_contain_text("Say why")
    decide(lead, there, GREEN, "Both points are nearly met.")
    expect(main(lead)).to_contain_text("The overall result is recorded.")
    expect(main(lead)).to_contain_text("It passes, but these points are not met: 2, 11")
    move(lead, there, "send_to_check", "Send the report to be checked")


def _challenged(portal: Portal, browser: Browser, there: str) -> None:
    """A name is taken out; the team challenges, the panel amends."""
    owner, assurance, lead = (portal.of(browser, email) for email in (OWNER, ASSURANCE, LEAD))
    assurance.goto(f"{there}/check")
    assurance.get_by_role("link", name=re.compile("^Decide about it")).click()
    assurance.get_by_label("Take these words out").check()
    assurance.get_by_label("What stands there instead? (optional)").fill("A researcher")
    assurance.get_by_label("Why?").fill("It names somebody")
    press(assurance, "Save")
    move(assurance, there, "send_to_team", "Send the report to the team")
    owner.goto(f"{there}/review")
    owner.get_by_role("link", name=re.compile("^Challenge.*2. Solve.*explore")).click()
    main(owner).locator("textarea").fill("That was done in May")
    press(owner, "Save the challenge")
    move(owner, there, "challenge", "Send the challenges")
    amended = Turn(portal.of(browser, SUBSTITUTE), 2, RED, "Most of it is joined up since May.")
    write(amended, there)
    lead.goto(f"{there}/review")
    lead.get_by_role("link", name=re.compile("^Answer this challenge")).click()
    seen(lead).get_by_label("The report is amended").check()
    lead.get_by_label("What did you amend, or why does it stay?").fill("It says so now")
    press(lead, "Save the answer")
    move(lead, there, "answer_challenge", "Send the answers")
    move(owner, there, "accept_report", "Accept the report")
    move(assurance, there, "publish", "Publish the report")


def _evidenced(portal: Portal, browser: Browser, there: str) -> None:
    """An action is done, and the lead assessor has seen it."""
    owner, lead = portal.of(browser, OWNER), portal.of(browser, LEAD)
    owner.goto(f"{there}/actions")
    owner.get_by_role("link", name="Mend point 2").click()
    owner.get_by_role("link", name="Give evidence").click()
    owner.get_by_label("What was done?").fill("It is joined up")
    press(owner, "Give evidence")
    lead.goto(owner.url)
    lead.get_by_role("link", name="Close it: the evidence is enough").click()
    press(lead, "Close it: the evidence is enough")
    expect(main(lead)).to_contain_text("Closed")


def _assessed_again(portal: Portal, browser: Browser, there: str) -> None:
    """Two points are assessed again by those who sit for them, and nothing else is."""
    owner, assurance, lead, substitute, technology = panel = [
        portal.of(browser, email) for email in (OWNER, ASSURANCE, LEAD, SUBSTITUTE, TECHNOLOGY)
    ]
    owner.goto(f"{there}/assess-again/reassessment")
    expect(main(owner)).to_contain_text("2, 11")
    main(owner).get_by_role("button").first.click()
    expect(main(owner)).to_contain_text("Beta: Reassessment")
    again = address(owner)
    owner.goto(f"{again}/booking/users")
    owner.get_by_label("No", exact=True).check()
    press(owner, SAVE)
    submit(owner)
    form_panel(assurance, again, SEATS_AGAIN)
    for page in panel[2:]:
        declare(page, again)
        page.goto(f"{again}/beforehand")
        for words in ("2. Solve a whole problem", "Mend point 5", "Meet point 11"):
            expect(main(page)).to_contain_text(words)
    move(assurance, again, "confirm_panel", "Confirm the panel")
    portal.comes(again)
    move(lead, again, "hold", "Say that it was held")
    move(lead, again, "start_report", "Begin the report")
    lead.goto(f"{again}/sections/5")
    expect(main(seen(lead))).to_contain_text("it is not assessed again")
    expect(main(lead).locator("form")).to_have_count(0)
    write_at_once(again, [
        Turn(substitute, 2, GREEN, "It is one thing now."), Turn(technology, 11, GREEN, "It fits."),
    ])  # fmt: skip
    # Whoever leaves a page at once has said it too.
    lead.goto(f"{again}/sections/0")
    lead.get_by_label(WELL).fill("Both are met.")
    lead.goto(f"{again}/sections")
    for _try in range(20):
        if "Both are met." in main(lead).inner_text():
            break
        lead.reload()
    expect(main(lead)).to_contain_text("Both are met.")
    rows = lead.locator("#points tbody tr")
    expect(rows.filter(has_text=CARRIED)).to_have_count(12)
    decide(lead, again, AMBER)
    expect(main(seen(lead))).to_contain_text("The overall result is recorded.")
    move(lead, again, "send_to_check", "Send the report to be checked")
    move(assurance, again, "send_to_team", "Send the report to the team")
    move(owner, again, "accept_report", "Accept the report")
    move(assurance, again, "publish", "Publish the report")


def _open_report(page: Page, name: str) -> None:
    page.set_default_timeout(10_000)
    page.goto(f"/services/{SERVICE}/assessments")
    main(page).get_by_role("link", name=name, exact=True).click()


def _stands(public: Page) -> None:
    """Everybody reads what was assessed again, what was carried, and where each point stands."""
    _open_report(public, "Trethu eich cerbyd: beta reassessment")
    rows = public.locator("#points-1 tbody tr")
    expect(rows).to_have_count(14)
    expect(rows.filter(has_text=CARRIED)).to_have_count(12)
    anew = rows.filter(has_not_text=CARRIED)
    expect(anew).to_have_text([re.compile(rf"^{number}\..*Green$", re.S) for number in AGAIN])
    expect(rows.nth(4)).to_contain_text("Amber")
    for words in ("It is one thing now.", "It fits.", "Both are met."):
        expect(main(public)).to_contain_text(words)
    main(public).get_by_role("link", name="Trethu eich cerbyd: beta assessment").click()
    expect(main(public)).to_contain_text("The service was assessed again: Trethu eich cerbyd")
    public.goto(f"/services/{SERVICE}/assessments")
    stage = public.locator("#standing tbody tr").filter(has_text="Beta")
    expect(stage).to_contain_text("Passed with conditions")
    expect(stage).to_contain_text("None is known to be not met")
    public.get_by_role("link", name="Where each point of the standard stands").click()
    points = seen(public).get_by_role("table", name="14 points").locator("tbody tr")
    expect(points).to_have_count(14)
    expect(points.filter(has_text="carried forward by")).to_have_count(12)
    for number in AGAIN:
        expect(points.nth(number - 1)).to_contain_text(
            re.compile("Green.*reassessment.*Red: ", re.S)
        )
    expect(points.nth(4)).to_contain_text(re.compile("Amber.*carried forward by", re.S))


def test_an_assessment_from_booking_to_the_next_one(browser: Browser, portal: Portal) -> None:
    owner, assurance = portal.of(browser, OWNER), portal.of(browser, ASSURANCE)
    there = book(owner, SERVICE)
    form_panel(assurance, there, SEATS)
    _conflict(portal, browser, there)
    _held(portal, browser, there)
    _challenged(portal, browser, there)

    public = browser.new_context(base_url=portal.site).new_page()
    _open_report(public, "Trethu eich cerbyd: beta assessment")
    report = main(public)
    expect(report).to_contain_text("A researcher showed it.")
    expect(report).to_contain_text("Most of it is joined up since May.")
    expect(report).not_to_contain_text("Jane Smith")

    _evidenced(portal, browser, there)
    _assessed_again(portal, browser, there)
    # A page that is public is kept for a minute: somebody reads it who has not before.
    _stands(browser.new_context(base_url=portal.site).new_page())
    owner.goto(f"{there}/actions")
    actions = owner.locator("#actions tbody tr")
    expect(actions.filter(has_text="Closed")).to_have_count(2)
    expect(actions.filter(has_text="Mend point 5")).not_to_contain_text("Closed")
