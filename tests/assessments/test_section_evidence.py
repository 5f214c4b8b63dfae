"""What the catalogue says beside the points of a draft report."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.actions import shipped
from portal.assessments.booking_words import State
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.standards import PointRelation, StandardVersion
from portal.assessments.rules.evidence import Topic
from portal.assessments.store import section_evidence, sections, standards
from portal.assessments.store.section_evidence import Evidence
from portal.catalogue.models.components import Component, ComponentExemption
from portal.catalogue.models.services import Service
from portal.web.people import as_person
from tests.support.data import ACT, add_organisation, add_service
from tests.support.drafts import Draft, add_draft, add_sections, four_points
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

DAY = date(2026, 7, 1)
CLOSES = date(2027, 3, 31)
pytestmark = pytest.mark.usefixtures("app")


def _draft(session: Session, database: RolledBackDatabase, number: int = 3) -> Draft:
    """A draft against one version of the Service Standard."""
    shipped.load(database, ACT)
    standard = standards.id_at(session, "service-standard") or 0
    version = standards.version_at(session, standard, number)
    draft = add_draft(session, State.DRAFTING, version)
    add_sections(session, draft, version)
    return draft


def _use(session: Session) -> None:
    """What the service uses: a component that closes; with leave not to use another one."""
    add_organisation(session, "ministry")
    add_capability(session, "hosting")
    add_capability(session, "letters")
    add_component(session, "paas", "hosting", lifecycle="closing", closes_on=CLOSES.isoformat())
    add_component(session, "notify", "letters")
    add_usage(session, "hire-a-boat", "hosting", component="paas")
    ids = {slug: session.scalars(select(model.id).where(model.slug == slug)).one()
           for model, slug in ((Service, "hire-a-boat"), (Component, "notify"))}  # fmt: skip
    leave = ComponentExemption(
        component_id=ids["notify"], service_id=ids["hire-a-boat"], reason="Too early",
        granted_by="Assurance", granted_on=date(2026, 1, 1), expires_on=date(2027, 1, 1),
    )  # fmt: skip
    session.add(leave)
    session.flush()


def _evidence(session: Session, number: int) -> Evidence | None:
    booking = session.scalars(select(Booking)).one()
    section = sections.at(session, booking.id, number)
    return section_evidence.of_section(session, booking, section, DAY)


def test_each_version_has_evidence_beside_its_points(
    session: Session, database: RolledBackDatabase
) -> None:
    _draft(session, database, 2)
    found = {
        section.number: evidence.topic
        for section in session.scalars(select(Section).order_by(Section.number))
        if (evidence := _evidence(session, section.number)) is not None
    }
    assert found == {
        8: Topic.SOURCE_CODE, 9: Topic.PLATFORMS, 15: Topic.PERFORMANCE, 16: Topic.PERFORMANCE,
        17: Topic.PERFORMANCE,
    }  # fmt: skip


def test_a_point_of_another_standard_has_that_of_its_counterpart(
    session: Session, database: RolledBackDatabase
) -> None:
    shipped.load(database, ACT)
    version = four_points(session)
    draft = add_draft(session, State.DRAFTING, version)
    add_sections(session, draft, version)
    assert _evidence(session, 3) is None
    theirs = session.scalars(select(StandardVersion.id).where(StandardVersion.number == 3)).one()
    code = standards.point_ids(session, theirs)[12]
    ours = version.points[2].id
    session.add(PointRelation(older_id=code, newer_id=ours, mapped_by="x", mapped_at=ACT.at))
    session.flush()
    found = _evidence(session, 3)
    assert found and found.topic is Topic.SOURCE_CODE


def test_evidence_says_what_is_used_closes_and_is_exempt(
    session: Session, database: RolledBackDatabase
) -> None:
    _draft(session, database)
    nothing = _evidence(session, 13)
    assert nothing and nothing.needs and nothing.needs.now == [] and nothing.exempt == []
    _use(session)
    found = _evidence(session, 13)
    assert found and found.needs
    [met] = found.needs.ending
    assert (met.component_slug, met.standing, met.closes_on) == (
        "paas", "declared", CLOSES.isoformat(),
    )  # fmt: skip
    assert [row.component_slug for row in found.exempt] == ["notify"]


def test_evidence_of_figures_and_code(session: Session, database: RolledBackDatabase) -> None:
    draft = _draft(session, database)
    figures, code = _evidence(session, 10), _evidence(session, 12)
    assert figures and figures.transactions is None and figures.edited_at
    assert code and code.code == []
    link = {"kind": "source_code", "url": "https://code.example/boats", "title": "Boats"}
    other = add_service(
        session, "sail-a-boat", yearly_transactions=1200, transactions_from="2025-04-01",
        transactions_to="2026-03-31", links=[link],
    )  # fmt: skip
    draft.booking.service_id = other.id
    session.flush()
    figures, code = _evidence(session, 10), _evidence(session, 12)
    assert figures and figures.transactions == 1200 and figures.until == date(2026, 3, 31)
    assert code and code.code == [("https://code.example/boats", "Boats")]
    draft.booking.service_id = None
    session.flush()
    gone = _evidence(session, 10)
    assert gone and gone.slug is None


def test_pages_say_it_or_that_it_is_not_known(
    app: Flask, client: PageClient, session: Session, database: RolledBackDatabase
) -> None:
    draft = _draft(session, database)
    page = f"/assessments/{draft.booking.reference}/sections"

    def beside(number: int) -> str:
        answer = client.get(f"{page}/{number}")
        found = soup_of(answer).select(".govuk-grid-column-one-third")
        return " ".join(found[0].get_text().split()) if found else ""

    with as_person(app, Somebody(id=draft.people["tech"].id)):
        assert beside(1) == ""
        assert "Not known: no figure is recorded" in beside(10)
        assert "Not known: the record has no link to source code" in beside(12)
        assert "Not known: nobody has said how it meets its needs" in beside(13)
        _use(session)
        said = beside(13)
        for words in ("Paas", "closes on 31 March 2027", "declared", "Notify",
                      "ends on 1 January 2027", "As the record stands on"):  # fmt: skip
            assert words in said, words
        draft.booking.service_id = None
        draft.booking.component_id = session.scalars(
            select(Component.id).where(Component.slug == "paas")
        ).one()
        session.flush()
        assert "closes on 31 March 2027" in beside(13) and "not of components" in beside(12)
        draft.booking.component_id = None
        session.flush()
        assert "of no service of the catalogue" in beside(10)
