"""From every figure of the page for leadership to its list, its line and its evidence."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.reports.forms.labels import pounds
from portal.reports.views.leadership_worth import so_far
from tests.reports.test_savings_pages import DEMO
from tests.support.pages import PageClient, soup_of

#: What the evidence of a figure is, by its part: where else it is the use, with what confirms it.
RECORDS = {
    "services": ["/services/"], "components": ["/components/"], "unanswered": ["/services/"],
    "overdue-exemptions": ["/exemptions/", "/mandates/"],
}  # fmt: skip
#: The parts whose lists say how many rows they have.
WITH_TOTAL = (
    "worth",
    "years",
    "platforms",
    "sure",
    "reuse",
    "most-used",
    "to-confirm",
    "unanswered",
)
USE, ASSUMPTION, PLATFORM = "/usages/", "#", "/components/"


class Walk:
    """Follows links, each page read once."""

    def __init__(self, client: PageClient) -> None:
        """Begin with none."""
        self.client = client
        self.pages: dict[str, BeautifulSoup] = {}

    def page(self, address: str) -> BeautifulSoup:
        where = address.partition("#")[0]
        if where not in self.pages:
            answer = self.client.get(where)
            assert answer.status_code == 200, address
            self.pages[where] = soup_of(answer)
        return self.pages[where]

    def total(self, figure: dict[str, Any]) -> None:
        """What the list says of itself is the figure."""
        page, value = self.page(figure["address"]), figure["value"]
        place = figure["address"].partition("#")[2]
        if figure["unit"] == "pounds":
            shown = page.select_one(f"#figures-{place}" if place else "#totals")
            assert shown is not None and pounds(round(value * 100)) in shown.text, figure
        elif place:
            heading = page.find(id=place)
            assert heading is not None
            listed = heading.find_next("ul")
            assert listed is not None
            assert len(listed.select("a")) == value, figure
        else:
            said = page.find(id="total")
            assert said is not None and said.text.split()[0] == f"{value:,}", figure

    def evidence(self, figure: dict[str, Any]) -> None:
        """A line of the list leads to it: three clicks in all."""
        page, part = self.page(figure["address"]), figure["part"]
        wanted = RECORDS.get(part, [USE, PLATFORM])
        if "unanswered" in figure["address"] or "way=services" in figure["address"]:
            wanted = ["/services/"]
        if "/assumptions/" in figure["address"]:
            assert page.select("tbody tr td")
            return
        links = [str(a["href"]) for a in page.select("main a[href]")]
        lines = [each for want in wanted for each in links if each.startswith(want)]
        assert lines, figure
        if lines[0].startswith(USE):
            use = self.page(lines[0])
            assert use.find(id="evidence") or "Nobody but the service itself" in use.text
        else:
            self.page(lines[0])


@DEMO
@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.judge)])
def test_every_figure_reaches_its_evidence_in_three_clicks(client: PageClient, whole: bool) -> None:
    """All of them take long: else the first of each column."""
    walk, every = Walk(client), client.get("/leadership.json").get_json()["items"]
    first = {(each["part"], each["figure"]): each for each in reversed(every)}
    for figure in every if whole else first.values():
        if figure["part"] in WITH_TOTAL and figure["unit"] != "share":
            walk.total(figure)
        if figure["value"] and figure["address"]:
            walk.evidence(figure)
    assert len({each["address"] for each in every if each["part"] == "worth"}) == 3
    sure = [each["address"] for each in every if each["part"] == "sure"]
    assert len(set(sure)) == len(sure)
    for figure in every:
        if figure["part"] == "sure":
            walk.total(figure)


def test_nothing_rests_silently_on_declared_use(app: Flask) -> None:
    with app.test_request_context():
        assert so_far(0, 0) == "Neither saves nor costs"
        assert so_far(1, -1) == "Saves more than it costs"
        assert so_far(-1, 1).startswith("Costs more than it saves, as its users gain less")
        assert so_far(-1, 1, loses=True) == "Costs more than it saves: most users lose"
        assert so_far(0, 1) == "Nothing is confirmed. With declared use: saves more than it costs"
