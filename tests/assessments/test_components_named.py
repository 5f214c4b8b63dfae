"""Components that a report of the portal's own names: candidates, as those of past reports are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.assessments.actions import correcting, findings, publishing
from portal.assessments.actions.booking_steps import step
from portal.assessments.actions.correcting import Correction, Wanted
from portal.assessments.booking_words import Move, State, VersionKind
from portal.assessments.models.findings import FindingSentence
from portal.assessments.rules.report_queries import ReportQuery
from portal.assessments.store import report_choices, report_lists, report_record
from portal.audit import HistoryEvent
from portal.catalogue.actions import mentions
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.mentions import Mention
from tests.support.accounts import act, add_person, other_browser, signed_in
from tests.support.assessment_data import add_version
from tests.support.data import add_organisation, add_service
from tests.support.held import Held, held
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

URL, DAY = "https://portal.a.example", date(2026, 6, 1)
USES = "The service uses GOV.UK Purse for fees."
TEXTS = {
    1: f"{USES}\n\nThe team should use GOV.UK Stamp for letters.",
    2: "The team plans to use GOV.UK Stamp.",
}


class Named:
    """A held assessment whose report names a component that the catalogue knows of, and another."""

    def __init__(self, database: RolledBackDatabase, session: Session) -> None:
        self.database, self.session = database, session
        body = add_organisation(session, "ministry")
        add_capability(session, "needs")
        for need, slug, name in (
            ("fees", "purse", "GOV.UK Purse"),
            ("post", "stamp", "GOV.UK Stamp"),
        ):
            add_capability(session, need, "needs")
            add_component(session, slug, need, name=name)
        service = add_service(session, "hire-a-boat", owner=body.slug)
        add_usage(session, "hire-a-boat", "fees", component="purse")
        titles = [f"Point {n}" for n in range(1, 14)]
        version = add_version(session, "service-standard", 3, *titles)
        self.case: Held = held(
            session, State.READY_TO_PUBLISH, texts=TEXTS, version=version, service=service
        )

    def move(self, move: Move) -> None:
        self.session.expire_all()
        case, done = self.case, replace(act(), reason="Why")
        step(self.database, case.reference, case.version, move, case.assurance, done, URL)
        self.session.expire_all()

    def correct(self, text: str) -> None:
        self.session.expire_all()
        wanted = Wanted(1, {"to_explore": text}, Correction(VersionKind.MINOR, None))
        case, done = self.case, replace(act(), reason="A slip")
        correcting.correct(
            self.database, case.reference, case.version, wanted, case.assurance, done, URL
        )
        self.session.expire_all()

    def unpublish(self) -> None:
        self.session.expire_all()
        case, done = self.case, replace(act(), reason="Of another service")
        publishing.unpublish(
            self.database, case.reference, case.version, None, case.assurance, done, URL
        )
        self.session.expire_all()

    def rows(self) -> list[Mention]:
        return list(self.session.scalars(select(Mention).order_by(Mention.id)))

    def told(self) -> list[tuple[str, str, bool]]:
        return [(row.guess.value, row.state.value, row.shown) for row in self.rows()]

    def decide(self, row: Mention, sense: str) -> None:
        said = {"state": "confirmed", "sense": sense, "service": "hire-a-boat",
                "written_on": "2026-05-01", "reason": None}  # fmt: skip
        mentions.decide(self.database, row.id, said, act())
        self.session.expire_all()

    def found_by(self, component: str) -> int:
        query = ReportQuery(component=component)
        return report_lists.listing(self.session, query, DAY).total

    def evidence(self) -> list[tuple[str | None, str | None]]:
        e = UsageEvidence
        return [tuple(row) for row in self.session.execute(select(e.source, e.note))]


@pytest.fixture
def named(app: Flask, database: RolledBackDatabase, session: Session) -> Named:
    return Named(database, session)


def test_sentences_of_a_published_report_are_candidates(named: Named) -> None:
    assert named.rows() == []
    named.move(Move.PUBLISH)
    # The catalogue had shown the panel, beside point 13, that the service uses the purse.
    assert named.told() == [
        ("uses", "open", True), ("advised", "open", False), ("plans", "open", False),
    ]  # fmt: skip
    first = named.rows()[0]
    slug = named.case.booking.report_slug
    assert (first.sentence, first.address) == (USES, f"/reports/{slug}")
    assert (first.service_id, first.written_on) == (named.case.service_id, act().day)
    assert (named.found_by("purse"), named.found_by("stamp")) == (1, 1)
    offered = {c.value for c in report_choices.choices(named.session) if c.sort == "component"}
    assert offered == {"purse", "stamp"}
    record = report_record.by_slug(named.session, slug or "")
    assert [(c.slug, c.sentences) for c in record.components] == [("purse", 1), ("stamp", 2)]
    events = named.session.scalars(select(HistoryEvent.after).where(
        HistoryEvent.tag == "mention.found")).all()  # fmt: skip
    assert len(events) == 3 and "fees" not in str(events), "it cannot be forgotten there"


def test_corrections_and_taking_back_are_followed(named: Named) -> None:
    named.move(Move.PUBLISH)
    purse, _stamp, plan = named.rows()
    named.decide(purse, "uses")
    named.decide(plan, "plans")
    assert named.evidence() == [(purse.address, mentions.SHOWN)]
    named.correct("The team should use GOV.UK Stamp for letters.")
    assert named.told() == [("advised", "open", False), ("plans", "confirmed", False)]
    assert (named.found_by("purse"), named.found_by("stamp")) == (0, 1)
    assert named.evidence() == [], "what the report no longer says is no evidence"
    named.correct(TEXTS[1])
    assert named.told()[-1] == ("uses", "open", True), "it is to be read again"
    named.decide(named.rows()[-1], "uses")
    named.unpublish()
    assert (named.rows(), named.evidence()) == ([], [])
    assert report_choices.choices(named.session) == [
        c for c in report_choices.choices(named.session) if c.sort != "component"
    ]
    named.move(Move.PUBLISH_AGAIN)
    assert [state for _, state, _ in named.told()] == ["open"] * 3
    assert named.found_by("purse") == 1


def test_a_finding_does_not_quote_what_a_report_no_longer_says(named: Named) -> None:
    said = "The team must do more research with people who cannot use boats on their own."
    named.move(Move.PUBLISH)
    named.correct(said)
    quotes = select(FindingSentence).where(FindingSentence.sentence == said)
    point = {"title": "Research", "point": "service-standard/3/1"}
    ids = [row.id for row in named.session.scalars(quotes)]
    findings.group_new(named.database, ids, point, act())
    named.correct("Nothing more.")
    assert named.session.scalars(quotes).all() == []
    assert said not in str(
        named.session.execute(select(HistoryEvent.before, HistoryEvent.after)).all()
    )


def test_a_person_reads_and_decides(client: PageClient, named: Named, app: Flask) -> None:
    named.move(Move.PUBLISH)
    report = f"/reports/{named.case.booking.report_slug}"
    assert "Names the component: nobody has looked yet" in client.get(
        "/reports?component=purse").text  # fmt: skip
    assert client.get("/reports.json?component=purse").get_json()["count"] == 1
    assert "nobody has looked at yet" in soup_of(client.get(report)).select_one(
        "#components + ul").text  # fmt: skip
    grant = Grant(Role.SERVICE_OWNER, Kind.SERVICE, named.case.service_id)
    team = other_browser(app)
    signed_in(team, named.session, add_person(named.session, "team@a.example", grant))
    row = named.rows()[0]
    assert "The catalogue had said so" in team.get("/mentions?component=purse").text
    items = team.get("/mentions.json").get_json()["items"]
    assert [(i["address"], i["shown"]) for i in items] == [
        (report, True), (report, False), (report, False),
    ]  # fmt: skip
    page = soup_of(team.get(f"/mentions/{row.id}"))
    assert page.select_one(f'a[href="{report}"]') is not None
    assert "may only repeat it" in page.text
    assert page.select_one("[name=written_on-year]")["value"] == str(act().day.year)
    named.decide(row, "uses")
    claim = team.get(f"/usages/{named.session.scalar(select(UsageEvidence.usage_id))}")
    assert f'href="{report}"' in claim.text and mentions.SHOWN in claim.text
    assert "confirmed by a person" in client.get("/reports?component=purse").text
    named.unpublish()
    assert report not in team.get("/mentions").text
    assert "No reports match" in client.get("/reports?component=purse").text
