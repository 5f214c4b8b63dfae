"""Axe finds nothing on any page, wide or narrow, and nothing scrolls sideways at 320 px.

The pages come from the URL map: a route that shows HTML and was not looked at fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.db import Database
from tests.support.examples import addresses
from tests.support.people import header_for, reader_of
from tests.support.summary import note

ROOT = Path(__file__).resolve().parents[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Visit = Callable[..., Page]
WIDTHS, HEIGHT = (1280, 320), 900
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
}
EMPTY = ("/", "/services", "/services?q=tax", "/organisations", "/journeys", "/imports",
         "/organisation-names", "/components", "/capabilities", "/find-a-component",
         "/toolkit/alpha", "/component-map", "/suppliers", "/contracts",
         "/burning-platforms", "/mandates", "/spend-requests", "/standards",
         "/reports/statistics", "/findings", "/performance")  # fmt: skip
#: Answers that are no pages.
NOT_HTML = {"health", "ready", "report_feed.show", "uploads.template", "web.favicon",
            "web.old_security_txt", "web.robots", "web.security_txt"}  # fmt: skip


@cache
def axe_source() -> str:
    """Axe, to be evaluated in the page (the policy lets no foreign script in)."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """What axe finds on the page as it is."""
    page.evaluate(axe_source())
    return violations(page)


def violations(page: Page) -> list[str]:
    """The same, where axe is in the page already."""
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS
    )
    return [
        f"{v['id']}: {v['help']} ({'; '.join(str(n['target']) for n in v['nodes'][:3])})"
        for v in result["violations"]
    ]


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, outside regions made to scroll."""
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{width[0]} px wide in {width[1]}"] if width[0] > width[1] else []


def _for_programs(endpoint: str) -> bool:
    return endpoint in NOT_HTML or endpoint.startswith("data_api.")


def html_addresses(app: Flask, database: Database) -> dict[str, str]:
    """Rule to address of every route that shows a page."""
    with database.reading() as session:
        found = addresses(app, session)
    return {
        rule: address
        for rule, (endpoint, address) in found.items()
        if not _for_programs(endpoint) and not rule.endswith((".json", ".csv", ".svg", ".png"))
    }


def by_reader(app: Flask, addresses: set[str]) -> dict[tuple[tuple[str, str], ...], list[str]]:
    """The addresses by what a browser sends to be somebody who may see them."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for address in sorted(addresses):
        sent = tuple(header_for(reader_of(app, address)).items())
        found.setdefault(sent, []).append(address)
    return found


def look(visit: Visit, where: list[str], headers: Mapping[str, str] | None = None) -> list[str]:
    """Everything wrong on these pages, wide and then narrow, and note them as seen."""
    wrong: list[str] = []
    page = visit(where[0], extra_http_headers=dict(headers or {}))
    for address in where:
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        answer = page.goto(address)
        path = "/" + address.split("/", 3)[3]
        assert answer is not None and answer.status == WRONG.get(path, 200), address
        assert answer.headers["content-type"].startswith("text/html"), address
        page.evaluate(axe_source())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = violations(page) + sideways(page)
            wrong += [f"{address} at {width} px: {what}" for what in found]
            note("seen by axe", f"{path} {page.title()} {width}")
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing(
    visit: Visit, site: str, demo_portal: Flask, demo_database: Database, part: int
) -> None:
    every = sorted({*html_addresses(demo_portal, demo_database).values(), *MORE, *WRONG})
    wrong = []
    for headers, seen in by_reader(demo_portal, set(every[part::PARTS])).items():
        wrong += look(visit, [site + address for address in seen], dict(headers))
    assert not wrong


def test_axe_saw_every_page(demo_portal: Flask, demo_database: Database) -> None:
    """Each route was seen as a page, or it belongs into NOT_HTML."""
    pages = html_addresses(demo_portal, demo_database)
    client = demo_portal.test_client()
    for rule in demo_portal.url_map.iter_rules():
        asked = "GET" in (rule.methods or ())
        if rule.arguments and _for_programs(rule.endpoint):
            continue  # its example is no page, and without one it is nothing
        if asked and rule.rule not in pages and not (rule.defaults or {}).get("fmt"):
            answer = client.get(rule.rule, follow_redirects=True)
            assert answer.mimetype != "text/html", f"axe did not see {rule.rule}"


def test_axe_finds_nothing_on_an_empty_portal(visit: Visit, empty_site: str) -> None:
    assert not look(visit, [empty_site + address for address in EMPTY])


def test_axe_would_find_something(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"data:,\"><input>'")
    found = " ".join(findings(page))
    assert "image-alt" in found and "label" in found


def test_a_wide_page_would_be_seen(visit: Visit) -> None:
    page = visit("/", width=320)
    page.evaluate("document.querySelector('main').innerHTML += '<pre>' + 'x'.repeat(200)")
    assert sideways(page)
