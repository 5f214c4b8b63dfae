"""The pages of panels and assessors: who is shown what, and what each can do there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.assessments.booking_words import ActionState, Declaration, Move, SeatState, State
from portal.assessments.models.bookings import BookingArtefact
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Assessor, AssessorAway
from portal.assessments.models.publishing import FollowUp
from portal.assessments.words import Rating
from portal.catalogue.models.components import Component
from portal.web.people import as_person
from tests.support.accounts import act, send
from tests.support.assessment_data import add_report, add_version
from tests.support.bookings import ASSURANCE, REFERENCE, book, team_of, with_account
from tests.support.pages import PageClient, soup_of
from tests.support.people import Somebody
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase
from tests.support.world import P, World

PAGE = f"/assessments/{REFERENCE}"
SECRET = "My sister works there"


@pytest.fixture
def world(session: Session, database: RolledBackDatabase, app: Flask) -> World:
    return World(session, database)


def text(client: PageClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select_one("main").get_text(" ").split())


def test_the_assurance_team_makes_up_a_panel(
    world: World, app: Flask, client: PageClient, session: Session
) -> None:
    world.sit(world.day + timedelta(days=3))
    world.move(Move.FORM_PANEL)
    with as_person(app, ASSURANCE):
        page = text(client, f"{PAGE}/panel")
        assert "The panel has no lead assessor" in page and "Fill it : Assessor, design" in page
        seat = world.seats()["design"].id
        fill = f"{PAGE}/seats/{seat}/fill"
        assert send(client, fill, {}).status_code == 422
        offered = soup_of(client.get(fill)).select("input[name=person]")
        assert [each["value"] for each in offered] == [
            str(world.who["design"]), str(world.who["other"]),
        ]  # fmt: skip
        assert "Is of another profession" in text(client, f"{fill}?all=yes")
        assert send(client, fill, {"person": world.who["design"]}).status_code == 303
        assert "Somebody has taken this seat" in text(client, fill)
        add = f"{PAGE}/seats/add"
        assert send(client, add, {"role": "assessor"}).status_code == 422
        assert send(client, add, {"role": "observer"}).status_code == 303
        watcher = world.seats()["observer"].id
        gone = {"reason": "None came", "person": "gone", "seen": ""}
        assert send(client, f"{PAGE}/seats/{watcher}/leave", gone).status_code == 303
        assert "observer" not in world.seats()
        leave = f"{PAGE}/seats/{seat}/leave"
        swap = {"reason": "Ill", "person": world.who["other"], "seen": world.who["design"]}
        assert send(client, leave, {**swap, "reason": ""}).status_code == 422
        assert send(client, leave, swap).status_code == 303
        assert "Somebody has changed the panel" not in text(client, f"{PAGE}/panel")
        assert client.get(leave).status_code == 404, "it is left"
        page = text(client, f"{PAGE}/panel")
        assert "Assessor other" in page and "Ill" in page
    with as_person(app, with_account(world.who["design"])):
        assert client.get(PAGE).status_code == 404


def test_each_says_whether_there_is_a_conflict(
    world: World, app: Flask, client: PageClient, session: Session
) -> None:
    world.sit(world.day)
    world.move(Move.FORM_PANEL)
    world.fill("design", "design")
    me, declare = with_account(world.who["design"]), f"{PAGE}/declare"
    with as_person(app, me):
        assert "to join the panel" in text(client, PAGE)
        assert "Assessor design" not in text(client, PAGE), "not before they have said"
        assert send(client, declare, {}).status_code == 422
        assert send(client, declare, {"said": "conflict"}).status_code == 422
        assert send(client, declare, {"said": "none"}).status_code == 303
        assert "Assessor design (you)" in text(client, PAGE)
        answer = send(client, declare, {"said": "conflict", "what": SECRET})
        assert answer.headers["Location"].endswith("/work")
        assert client.get(PAGE).status_code == 404
        assert client.get(declare).status_code == 404
    team = team_of(world.service.id)
    for who, knows in ((ASSURANCE, True), (team, False)):
        with as_person(app, who):
            assert ("Has declared a conflict" in text(client, PAGE)) == knows
            assert "Assessor design" in text(client, PAGE)
            assert (SECRET in client.get(PAGE).text) == knows
            assert client.get(declare).status_code == 403
    seat = world.seats()["design"].id
    judge = f"{PAGE}/seats/{seat}/judge"
    with as_person(app, ASSURANCE):
        assert SECRET in text(client, f"{PAGE}/panel") and SECRET in text(client, judge)
        assert send(client, judge, {"answer": "", "seen": "declared"}).status_code == 422
        late = send(client, judge, {"answer": "No", "seen": "team"})
        assert late.status_code == 303
        assert "Somebody has changed the panel" in text(client, f"{PAGE}/panel")
        assert send(client, judge, {"answer": "Left", "seen": "declared"}).status_code == 303
    with as_person(app, team):
        objects = f"{PAGE}/seats/{seat}/object"
        assert send(client, objects, {"reason": ""}).status_code == 422
        sent = {"reason": "Wrote our code", "seen": world.who["design"]}
        assert send(client, objects, sent).status_code == 303
        assert "You said that there is a conflict" in text(client, PAGE)
        assert "Left" not in text(client, PAGE), "what they declared is not for the team"
    with as_person(app, me):
        assert "Wrote our code" not in text(client, PAGE)
        assert send(client, f"{PAGE}/leave", {"reason": ""}).status_code == 422
        assert send(client, f"{PAGE}/leave", {"reason": "Ill"}).status_code == 303
        assert client.get(PAGE).status_code == 404
    assert world.seats()["design"].state is SeatState.OPEN


def test_what_is_read_beforehand(
    world: World, app: Flask, client: PageClient, session: Session
) -> None:
    world.sit(world.day + timedelta(days=1))
    world.whole()
    version = add_version(session, "standard", 1, "Understand users", "Open the code")
    first = add_report(session, "Boats alpha", version, ratings={1: "not_met", 2: "met"},
                       service_id=world.service.id)  # fmt: skip
    add_report(session, "Boats copy", version, service_id=world.service.id, ratings={2: "not_met"},
               on=world.day, same_as_id=first.id)  # fmt: skip
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "purse", "pay", name="Purse")
    add_usage(session, "boats", "pay", component="purse")
    purse = session.scalars(select(Component.id)).one()
    add_report(session, "Purse live", version, result="not_met", component_id=purse)
    for reference, state in (("TST-4444", State.PUBLISHED), ("TST-5555", State.CLOSED_UNPUBLISHED)):
        old = book(session, world.service.id, reference=reference, state=state)
        section = Section(booking_id=old.id, number=2, edited_at=act().at, edited_by="x")
        session.add(section)
        session.flush()
        session.add(FollowUp(booking_id=old.id, section_id=section.id, text=f"Do {reference}",
                             state=ActionState.OPEN, edited_at=act().at))  # fmt: skip
    for days, what in ((1, "Prototype"), (-1, "Old notes")):
        session.add(BookingArtefact(booking_id=world.booking.id, description=what,
                                    address=f"https://a.example/{what[:3]}",
                                    access_until=world.day + timedelta(days=days)))  # fmt: skip
    session.commit()
    here = f"{PAGE}/beforehand"
    with as_person(app, with_account(world.who["design"])):
        page = client.get(here).text
        for said in ("Boats alpha", "Understand users", "Purse", "Do TST-4444", "a.example/Pro"):
            assert said in page
        for secret in ("Open the code", "Do TST-5555", "a.example/Old", "Boats copy"):
            assert secret not in page
        assert "Your access ended" in page
    with as_person(app, team_of(world.service.id)):
        assert "a.example/Old" in client.get(here).text, "it is the team's own"
    booking = world.now()
    [*_, red] = session.scalars(select(Section).order_by(Section.id))
    red.rating, red.verbatim, booking.after_id = Rating.NOT_MET, "Red", red.booking_id
    session.commit()
    with as_person(app, with_account(world.who["design"])):
        page = client.get(here).text
        for said in ("not published", "Red", "Do TST-5555", "Do TST-4444"):
            assert said in page, "the one that is held again is never published"
        assert "Boats alpha" not in page
    world.now().after_id = None
    session.commit()
    seat = world.seats()["design"]
    for declaration, sees in ((Declaration.WAITING, False), (Declaration.NONE, True)):
        seat.role, seat.profession, seat.declaration = "observer", None, declaration
        session.commit()
        with as_person(app, with_account(world.who["design"])):
            page = client.get(here).text
            assert "Boats alpha" not in page and "Do TST-4444" not in page
            assert ("Prototype" in page) == sees
            assert "10:00" in page


def test_an_assessors_own_page(
    world: World, app: Flask, client: PageClient, session: Session
) -> None:
    new = world.assessor("new", P.DESIGN)
    session.delete(session.get_one(Assessor, new))
    session.commit()
    with as_person(app, with_account(new)):
        here = "/assessors/me"
        for wrong in (
            {}, {"works": "supplier"}, {"works": "government"},
            {"works": "government", "organisation": "Nowhere at all"},
            {"works": "supplier", "supplier": "Tide", "most_a_month": "99"},
            {"works": "supplier", "supplier": "Tide", "most_a_month": "two"},
        ):  # fmt: skip
            assert send(client, here, wrong).status_code == 422, wrong
        said = {"works": "government", "organisation": "Ministry", "most_a_month": "2",
                "cross_government": "y", "about": "Boats"}  # fmt: skip
        assert send(client, here, said).status_code == 303
        session.expire_all()
        row = session.get_one(Assessor, new)
        assert (row.organisation_id, row.most_a_month) == (world.ministry, 2)
        assert send(client, here, said).status_code == 303, "as it stands"
        assert send(client, here, {"works": "supplier", "supplier": "Tide Ltd"}).status_code == 303
        away = f"{here}/away"
        day = world.day + timedelta(days=5)
        parts = {f"{end}-{name}": str(getattr(day, name)) for end in ("since", "until")
                 for name in ("day", "month", "year")}  # fmt: skip
        assert send(client, away, {**parts, "until-year": "2001"}).status_code == 422
        assert send(client, away, parts).status_code == 303
        assert "Remove the days away" in text(client, here)
        [id_] = session.scalars(select(AssessorAway.id))
        assert send(client, f"{away}/{id_}/remove", {}, page=here).status_code == 303
        assert "You have named no days" in text(client, here)


def test_the_directory(world: World, app: Flask, client: PageClient, session: Session) -> None:
    one = f"/assessors/{world.who['design']}"
    with as_person(app, ASSURANCE):
        assert "Assessor lead" in text(client, "/assessors")
        page = text(client, "/assessors?profession=design&can_lead=yes&nonsense=1")
        assert "Assessor design" in page and "Assessor lead" not in page and "nonsense" in page
        assert client.get("/assessors?organisation=nowhere").status_code == 200
        day = world.day + timedelta(days=1)
        free = f"day-day={day.day}&day-month={day.month}&day-year={day.year}"
        assert len(client.get(f"/assessors.json?{free}").get_json()["items"]) == 6
        assert client.get("/assessors?day-day=31&day-month=2&day-year=2027").status_code == 422
        assert client.get("/assessors.json?day-day=31&day-month=2").status_code == 400
        rows = client.get("/assessors.csv").text.splitlines()
        assert rows[0].lstrip("\ufeff").startswith("id,name") and len(rows) == 7
        assert "@" not in client.get("/assessors.csv").text
        page = client.get(one)
        version = soup_of(page).select_one("input[name=version]")["value"]
        said = {"training": "shadowed", "can_lead": "", "version": version}
        assert send(client, one, said).status_code == 303
        assert send(client, one, said).status_code == 422, "it has changed"
        assert send(client, one, {"version": version}).status_code == 422
        assert client.get("/assessors/999999").status_code == 404
    session.expire_all()
    row = session.get_one(Assessor, world.who["design"])
    assert (row.training, row.listed) == ("shadowed", False)
    own = Somebody((Grant(Role.ASSURANCE_TEAM, Kind.ORGANISATION, world.board),))
    with as_person(app, own):
        assert "What the assurance team says" not in text(client, one)
        assert send(client, one, said, page="/assessors/me").status_code in (403, 400)
        row.organisation_id = world.board
        session.commit()
        assert "What the assurance team says" in text(client, one)


def test_assessors_volunteer(
    world: World, app: Flask, client: PageClient, session: Session
) -> None:
    world.booking.confidential = True
    session.commit()
    world.move(Move.FORM_PANEL)
    here = "/assessors/open-seats"
    with as_person(app, with_account(world.who["technology"])):
        for page in (here, f"{here}.json", f"{here}.csv"):
            said = client.get(page).text
            assert "onfidential assessment" in said
            for secret in (REFERENCE, "boat", "Ministry", "Beta", "beta"):
                assert secret not in said, (page, secret)
        seat = world.seats()["technology"].id
        assert send(client, f"{here}/{seat}/volunteer", {}, page=here).status_code == 303
        assert "You have volunteered" in text(client, here)
        assert send(client, f"{here}/{seat}/withdraw", {}, page=here).status_code == 303
        other = world.seats()["design"].id
        assert send(client, f"{here}/{other}/volunteer", {}, page=here).status_code == 404
        assert "No open seat matches" in text(client, f"{here}?profession=technology&after=99999")
        assert client.get(f"{here}?profession=nonsense").status_code == 200
    fill = f"{PAGE}/seats/{seat}/fill"
    with as_person(app, with_account(world.who["technology"])):
        send(client, f"{here}/{seat}/volunteer", {}, page=here)
    with as_person(app, ASSURANCE):
        assert "has volunteered" in text(client, fill)
        assert "1 assessor has volunteered" in text(client, f"{PAGE}/panel")


def test_few_statements(
    world: World, app: Flask, client: PageClient, database: RolledBackDatabase
) -> None:
    from tests.support.queries import statements

    world.sit(world.day)
    world.whole()
    seat = world.seats()["design"].id
    other = with_account(world.who["other"])
    for page, who, most in (
        # Nine of them say what the booking is, and who may see it.
        (f"{PAGE}/panel", ASSURANCE, 13), (f"{PAGE}/seats/{seat}/leave", ASSURANCE, 16),
        (f"{PAGE}/beforehand", ASSURANCE, 13), ("/assessors", ASSURANCE, 3),
        ("/assessors/open-seats", other, 2),
    ):  # fmt: skip
        with as_person(app, who), statements(database) as sent:
            assert client.get(page).status_code == 200
        assert len(sent) <= most, page
