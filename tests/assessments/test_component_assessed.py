"""A component is assessed like a service: booked, held, published; what it is told of it shows on
its page and on those of all services that use it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.rules.people import Known
from portal.accounts.store import people
from portal.assessments.actions import (
    booking,
    booking_submitting,
    correcting,
    deciding,
    section_writing,
)
from portal.assessments.actions.booking import Sent
from portal.assessments.actions.correcting import Correction, Decided, Wanted
from portal.assessments.booking_words import Move, PanelBy, State, VersionKind
from portal.assessments.models.assessments import Assessment
from portal.assessments.rules.drafting import Said
from portal.assessments.rules.timelines import failed_components
from portal.assessments.store import report_timelines, sections
from portal.catalogue.models.mentions import Mention
from portal.catalogue.store import components, services
from tests.support.accounts import act, add_person
from tests.support.assessment_data import add_version
from tests.support.bookings import ASSURANCE, answers, with_account
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase
from tests.support.world import ALL, URL, World

SLUG, NAME = "purse", "GOV.UK Purse"


class Component(World):
    """A component that two of three services use, with its provider and people who assess it."""

    def __init__(self, session: Session, database: RolledBackDatabase) -> None:
        self.session, self.database = session, database
        body = add_organisation(session, "ministry")
        add_organisation(session, "office")
        add_capability(session, "needs")
        add_capability(session, "fees", "needs")
        add_component(session, SLUG, "fees", name=NAME)
        for service, owner in (("boats", "ministry"), ("bikes", "office"), ("quiet", "office")):
            add_service(session, service, owner=owner)
        for service in ("boats", "bikes"):
            add_usage(session, service, "fees", component=SLUG)
        add_version(session, "service-standard", 3, "One", "Two", "Three")
        self.id = components.ids_by_slug(session)[SLUG]
        grant = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, self.id)
        self.provider = Known(add_person(session, "p@a.example", grant).id, (grant,))
        self.day, self.ministry = act().day, body.id
        self.who = {name: self.assessor(name, *of) for name, of in ALL.items()}
        self.lead = with_account(self.who["lead"])
        session.commit()
        by = replace(act(), actor=people.actor(self.provider.id))
        self.reference = booking.begin(database, Kind.COMPONENT, SLUG, by)

    def sent(self, who: Known | None = None) -> Sent:
        return Sent(self.reference, self.now().version, who or self.provider, act())

    def book(self) -> None:
        for task, values in answers().items():
            if task.value == "about":
                values = {"name": NAME, "purpose": "Takes fees."}
            booking.answer(self.database, self.sent(), task, values)
        assert self.move(Move.SUBMIT, self.provider) is State.SUBMITTED
        sent = replace(self.sent(), person=ASSURANCE)
        booking_submitting.accept(self.database, sent, PanelBy.CROSS_GOVERNMENT, URL)

    def hold(self) -> None:
        self.whole()
        self.sit(self.day)
        self.move(Move.CONFIRM_PANEL)
        self.move(Move.HOLD, self.lead)
        self.move(Move.START_REPORT, self.lead)
        for row in sections.of_booking(self.session, self.now().id):
            word = {0: None, 3: "Red"}.get(row.number, "Green")
            said = Said(word, None, f"{NAME} is quick.", "Test it with people.")
            section_writing.write(
                self.database, self.reference, row.number, row.version, said, self.lead, act()
            )
        version = self.now().version
        deciding.decide(self.database, self.reference, version, "Red", None, self.lead, act())
        self.move(Move.SEND_TO_CHECK, self.lead)
        self.move(Move.SEND_TO_TEAM)
        self.move(Move.ACCEPT_REPORT, self.provider)

    def publish(self) -> str:
        self.book()
        self.hold()
        assert self.move(Move.PUBLISH) is State.PUBLISHED
        return self.now().report_slug or ""

    def correct(self, number: int, word: str | None, result: str, reason: str) -> None:
        said = Correction(VersionKind.MAJOR, "It was rated wrong")
        wanted = Wanted(number, {}, said, verbatim=word, decided=Decided(result, reason))
        correcting.correct(
            self.database, self.reference, self.now().version, wanted, ASSURANCE,
            replace(act(), reason="Wrong"), URL,
        )  # fmt: skip
        self.session.expire_all()

    def failed(self, service: str) -> list[str]:
        id_ = services.ids_by_slug(self.session)[service]
        used = report_timelines.of_used(self.session, id_)
        own = report_timelines.latest(self.session, services.THING, id_)
        told = [row for row in own if row.component_slug]
        assert [r.component for r in failed_components(told)] == [
            r.component for r in failed_components(used)
        ]
        return [row.component or "" for row in failed_components(used)]


@pytest.fixture
def component(app: Flask, session: Session, database: RolledBackDatabase) -> Component:
    return Component(session, database)


def test_a_component_is_booked_held_and_published(component: Component) -> None:
    session = component.session
    component.publish()
    row = session.scalars(select(Assessment)).one()
    assert (row.component_id, row.service_id, row.result) == (component.id, None, "not_met")
    assert component.now().panel_by is PanelBy.CROSS_GOVERNMENT
    for service, failed in (("boats", [NAME]), ("bikes", [NAME]), ("quiet", [])):
        assert component.failed(service) == failed, service
    [own] = report_timelines.latest(session, components.THING, component.id)
    assert (own.result, own.component_slug) == ("not_met", None)
    senses = {(m.guess, m.service_id) for m in session.scalars(select(Mention))}
    assert senses == {("is_it", None)}, "the report is about the component itself"
    component.correct(3, "Green", "Green", "")
    assert component.failed("boats") == []


def test_a_red_component_shows_on_each_service_that_uses_it(
    client: PageClient, component: Component
) -> None:
    slug = component.publish()
    warning = f"{NAME}, which it uses, did not pass its last assessment."
    for address, shown in (
        ("/services/boats", True), ("/services/bikes", True), ("/services/quiet", False),
        ("/services/boats/assessments", True), ("/services/quiet/assessments", False),
    ):  # fmt: skip
        assert (warning in soup_of(client.get(address)).text) == shown, address
    own = soup_of(client.get(f"/components/{SLUG}")).select_one("#assessments + p")
    assert "Beta: Not passed" in " ".join(own.text.split())
    for address in (f"/components/{SLUG}/assessments", "/services/boats/assessments", "/reports"):
        assert slug in client.get(address).text, address
        [item] = client.get(f"{address}.json").get_json()["items"]
        assert (item["component"], item["result"]) == (SLUG, "not_met"), address
    component.correct(3, "Green", "Green", "")
    assert "Assessments" not in client.get("/services/bikes").text
    assert warning not in client.get("/services/boats/assessments").text
    assert "Passed" in client.get(f"/components/{SLUG}").text
