"""Axe finds nothing on any page, wide or narrow, and nothing scrolls sideways at 320 px.

The pages come from the URL map: a route that shows HTML and was not looked at fails.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.db import Database
from portal.reports.actions import assuming
from portal.reports.store.assumption_sets import EVERYBODY
from tests.browser.axe import Looking, findings, sideways
from tests.support.data import ACT
from tests.support.examples import addresses
from tests.support.people import header_for, reader_of

Visit = Callable[..., Page]
#: The pages are looked at in so many tests, to be shared out among workers.
PARTS = 4
#: States that the example of a route does not show.
MORE = (
    "/services?q=vehicel+tax",
    "/services?q=zzzzqqqq",
    "/services?q=licence&phase=live&phase=alpha&audience=public&sort=name",
    "/services?organisation=department-for-transport&apis=offers",
    "/services?nonsense=1&phase=nonsense",
    "/services/register-to-vote",
    "/services/universal-jobmatch",
    "/reports?q=beta&result=not_met&stage=live",
    "/reports?q=zzzzqqqq",
    "/reports?point=service-standard-1.10&rating=not_met&nonsense=1",
    "/reports/vehicle-management-acquire-from-trade-and-sell-vehicle-privately-service-assessment",
    "/reports/people-finder-self-certification",
    "/services/make-a-sorn/assessments",
    "/organisations?q=agency",
    "/organisations?q=zzzzqqqq",
    "/organisations?kind=local_authority&status=open&nonsense=1",
    "/organisations/cabinet-office",
    "/organisations/department-for-business-innovation-and-skills",
    "/journeys/start-a-business",
    "/services?capability=card-payments&component=govuk-pay&arrangement=shared_component",
    "/services/make-a-lasting-power-of-attorney",
    "/organisations/government-digital-service",
    "/components?need=letters&need=text-messages&sector=nhs&lifecycle=live",
    "/components?q=zzzzqqqq",
    "/components/govuk-verify",
    "/components/govuk-paas",
    "/components/govuk-bank-holidays",
    "/components/govuk-notify?on-day=1&on-month=5&on-year=2018",
    "/components/govuk-notify?on-day=31&on-month=2&on-year=2018",
    "/capabilities/prove-identity",
    "/capabilities/payments",
    "/capabilities/fraud-checks",
    "/components/govuk-notify/adoption",
    "/components/govuk-notify/rosters",
    "/components/govuk-notify/closing",
    "/components/govuk-verify/closing?state=moved&nonsense=1",
    "/burning-platforms?reason=not_tested",
    "/components/govuk-pay/adoption?before=2020-01-01",
    "/components/govuk-pay/rosters/1?matched=no&nonsense=1",
    "/find-a-component?q=take+a+payment",
    "/find-a-component?need=sign-in&need=hosting&need=direct-debit&sector=local_government",
    "/find-a-component?q=zzzzqqqq&nonsense=1",
    "/find-a-component?sector=",
    "/find-a-component?q=",
    "/find-a-component?need=text-messages&sector=nhs",
    "/find-a-component?need=hosting&organisation=environment-agency",
    "/find-a-component?need=hosting&organisation=zzzz",
    "/suppliers?need=hosting&sort=cost&nonsense=1",
    "/contracts?ends=ended",
    "/toolkit/live",
    "/component-map?group=messages&on-day=1&on-month=1&on-year=2021",
    "/component-map?on-day=1&on-month=13&on-year=2021",
    "/services/tax-your-vehicle/history?on-day=1&on-month=13&on-year=2021",
    "/services?review=stale",
    "/services/sold-or-bought-a-vehicle",
    "/organisations/driver-and-vehicle-licensing-agency/quality/no_owner?kind=service",
    "/organisations/cabinet-office/quality/overdue",
    "/services/renew-driving-licence/problems",
    "/report-a-problem?about=/services/tax-your-vehicle",
    "/problems?state=answered&kind=portal",
    "/work?task=problem&due=overdue",
    "/mandates/govuk-notify?state=not_known&nonsense=1",
    "/assessors?profession=design&nonsense=1",
    "/spend-requests?conditions=open&need=card-payments",
    "/standards?organisation=cabinet-office&nonsense=1",
    "/standards/dvla-extra-points/1",
    "/standards/dvla-extra-points/1/points/15",
    "/standards/service-standard/3/points/12/counterparts",
    "/reports/statistics?standard=unknown&nonsense=1",
    "/reports/statistics/organisations?as=today",
    "/findings?need=zzzz&nonsense=1",
    "/findings?component=govuk-verify",
    "/findings/suggestions?q=zzzz",
    "/services/tax-your-vehicle/performance?period=week&tile=transactions",
)
WRONG = {
    "/assessment-calendars/unknown.ics": 404,
    "/sign-in/link/unknown": 404,
    "/confirm/unknown": 404,
    "/figures/unknown": 404,
    "/figures/unknown/1": 404,
    "/sign-in/with/unknown": 404,
    "/sign-in/with/unknown/back": 404,
    "/services/nothing-there": 404,
    "/nothing/there": 404,
    # It is answered already; test_assessment.py looks at the page of one that is not.
    "/assessments/GDR-4476/review/challenges/1/answer": 404,
    "/services/tax-your-vehicle/as-at/2016-04-01": 404,
    "/services?q=%00": 400,
    # The demo set has no draft; one is looked at below.
    **{f"{scope}/savings/versions/9{below}": 404
       for scope in ("/portal", "/organisations/driver-and-vehicle-licensing-agency")
       for below in ("", "/add", "/change", "/delete", "/frame", "/history", "/publish",
                     "/remove")},
}  # fmt: skip
EMPTY = ("/", "/services", "/services?q=tax", "/organisations", "/journeys", "/imports",
         "/organisation-names", "/components", "/capabilities", "/find-a-component",
         "/toolkit/alpha", "/component-map", "/suppliers", "/contracts",
         "/burning-platforms", "/mandates", "/spend-requests", "/standards",
         "/reports/statistics", "/findings", "/performance")  # fmt: skip
#: Answers that are no pages.
NOT_HTML = {"health", "ready", "report_feed.show", "uploads.template", "web.favicon",
            "web.old_security_txt", "web.robots", "web.security_txt"}  # fmt: skip


#: Endings of addresses that are files.
FILES = (".json", ".csv", ".svg", ".png", ".ods", ".xlsx")


def _for_programs(endpoint: str) -> bool:
    return endpoint in NOT_HTML or endpoint.startswith("data_api.")


def html_addresses(app: Flask, database: Database) -> dict[str, str]:
    """Rule to address of every route that shows a page."""
    with database.reading() as session:
        found = addresses(app, session)
    return {
        rule: address
        for rule, (endpoint, address) in found.items()
        if not _for_programs(endpoint) and not rule.endswith(FILES)
    }


def by_reader(app: Flask, addresses: set[str]) -> dict[tuple[tuple[str, str], ...], list[str]]:
    """The addresses by what a browser sends to be somebody who may see them."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for address in sorted(addresses):
        sent = tuple(header_for(reader_of(app, address)).items())
        found.setdefault(sent, []).append(address)
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing(
    visit: Visit, site: str, demo_portal: Flask, demo_database: Database, part: int
) -> None:
    every = sorted({*html_addresses(demo_portal, demo_database).values(), *MORE, *WRONG})
    looking, wrong = Looking(visit, site), []
    for headers, seen in by_reader(demo_portal, set(every[part::PARTS])).items():
        looking.become(dict(headers))
        for address in seen:
            looking.go(site + address, WRONG.get(address, 200))
            wrong += looking.wrong()
    assert not wrong


def test_axe_finds_nothing_on_a_draft_of_assumptions(
    visit: Visit, site: str, demo_portal: Flask, demo_database: Database
) -> None:
    number = assuming.draft(demo_database, EVERYBODY, ACT)
    draft = f"/portal/savings/versions/{number}"
    looking, wrong = Looking(visit, site), []
    try:
        looking.become(header_for(reader_of(demo_portal, draft)))
        for below in ("", "/add", "/change?key=additionality", "/delete", "/frame", "/history",
                      "/publish", "/remove?key=additionality"):  # fmt: skip
            looking.go(site + draft + below)
            wrong += looking.wrong()
    finally:
        assuming.remove(demo_database, EVERYBODY, number, ACT)
    assert not wrong


def test_axe_saw_every_page(demo_portal: Flask, demo_database: Database) -> None:
    """Each route was seen as a page, or it belongs into NOT_HTML."""
    pages = html_addresses(demo_portal, demo_database)
    client = demo_portal.test_client()
    for rule in demo_portal.url_map.iter_rules():
        asked = "GET" in (rule.methods or ())
        if rule.arguments and (_for_programs(rule.endpoint) or rule.rule.endswith(FILES)):
            continue  # its example is no page, and without one it is nothing
        if asked and rule.rule not in pages and not (rule.defaults or {}).get("fmt"):
            answer = client.get(rule.rule, follow_redirects=True)
            assert answer.mimetype != "text/html", f"axe did not see {rule.rule}"


def test_axe_finds_nothing_on_an_empty_portal(visit: Visit, empty_site: str) -> None:
    looking = Looking(visit, empty_site)
    for address in EMPTY:
        looking.go(empty_site + address)
        assert not looking.wrong()


def test_axe_would_find_something(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"data:,\"><input>'")
    found = " ".join(findings(page))
    assert "image-alt" in found and "label" in found


@pytest.mark.parametrize(
    ("only_narrow", "rule"),
    [
        (".new { display: block }", "image-alt"),
        (".near { color: #ddd; background: #fff }", "color-contrast"),
        (".near { width: 9px; height: 9px; padding: 0; margin: 1px }", "target-size"),
    ],
)
def test_what_is_wrong_only_where_it_is_narrow_would_be_found(
    visit: Visit, site: str, only_narrow: str, rule: str
) -> None:
    looking = Looking(visit, site)
    looking.go(f"{site}/cookies")
    assert not looking.wrong()
    looking.go(f"{site}/cookies")
    looking.page.evaluate(
        """only => {
          document.querySelector('main').innerHTML += '<img class="new" src="data:,">' +
            '<button class="near">one</button><button class="near">two</button>';
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`.new { display: none } .near { width: 99px; height: 99px }
            @media (max-width: 400px) { ${only} }`);
          document.adoptedStyleSheets = [sheet];
        }""",
        only_narrow,
    )
    [first, *_more] = looking.wrong()
    assert f"at 320 px: {rule}" in first


def test_words_too_pale_on_a_known_page_would_be_found(visit: Visit, site: str) -> None:
    looking = Looking(visit, site)
    for style in ("color: #0b0c0c", "color: #ccc", "opacity: 0.3", "font-size: 15px; color: #888"):
        looking.go(f"{site}/cookies")
        looking.page.evaluate(
            """style => {
              document.querySelector('main').innerHTML += '<div class="pale"><p>Words</p></div>';
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(`.pale { ${style} }`);
              document.adoptedStyleSheets = [sheet];
            }""",
            style,
        )
        wrong = [each for each in looking.wrong() if "at 1280 px: color-contrast" in each]
        assert bool(wrong) == (style != "color: #0b0c0c"), style


def test_a_wide_page_would_be_seen(visit: Visit) -> None:
    page = visit("/", width=320)
    page.evaluate("document.querySelector('main').innerHTML += '<pre>' + 'x'.repeat(200)")
    assert sideways(page)


def test_a_word_wider_than_a_narrow_screen_goes_on_in_the_next_line(visit: Visit) -> None:
    page = visit("/cookies", width=320)
    page.evaluate(
        """word => document.querySelector('main').innerHTML +=
             `<p class="govuk-body">${word}<code>${word}</code></p><ul><li>${word}</li></ul>`""",
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    )
    assert not sideways(page)
