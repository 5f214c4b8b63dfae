"""Random walks of a booking by random people. After every step nobody is shown a word that they
may not see: on pages, in files, feeds, searches, counts and mails, nor by another answer than
everybody gets."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import mail
from portal.access import Grant, Kind, Person, Role, Visitor
from portal.accounts.models.people import Person as PersonRow
from portal.accounts.store import grants
from portal.accounts.words import Profession
from portal.assessments import words
from portal.assessments.actions import booking_steps, calendar_keys
from portal.assessments.booking_words import (
    ChallengeState,
    ContactRole,
    Declaration,
    Move,
    Part,
    SeatRole,
    SeatState,
    State,
)
from portal.assessments.models.bookings import (
    Booking,
    BookingArtefact,
    BookingContact,
    BookingSession,
)
from portal.assessments.models.drafting import Challenge, Section
from portal.assessments.rules import workflow
from portal.assessments.rules.confidentiality import Sees, parts_of, sees
from portal.assessments.store import bookings
from portal.audit import Act
from portal.catalogue.models.services import Service
from portal.errors import Invalid, Refused
from portal.mail import Mail
from portal.web.people import as_person
from tests.support.accounts import act
from tests.support.bookings import REFERENCE, book, person, seat
from tests.support.data import ACT, add_organisation, add_service
from tests.support.people import Somebody
from tests.support.provision import KINDS
from tests.support.summary import unnoticed
from tests.support.transactions import RolledBackDatabase

#: A word that stands in each sort of what is confidential, and nowhere else.
MARKERS = {
    "Zybooking": Sees.BOOKING,
    "Zyplace": Sees.SCHEDULE,
    "Zycontact": Sees.CONTACTS,
    "Zyneeds": Sees.ACCESS_NEEDS,
    "zyartefact": Sees.ARTEFACTS,
    "Zypanel": Sees.PANEL,
    "Zyconflict": Sees.CONFLICTS,
    "Zydraft": Sees.DRAFT,
    "Zydecision": Sees.DRAFT,
    "Zychallenge": Sees.CHALLENGES,
}
SERVICE = "zy-service"
#: Not asked for in the walk: what ends a session, files that have nothing of records, and lists of
#: people, who are no secret.
ELSEWHERE = ("static", "sign_in.", "openid.", "web.", "erasing.", "people.", "assessors.")
#: Asked for at every step; of the others some, at random.
NEAR = ("/assessment", "/reports", f"/services/{SERVICE}/assess", "/search?q=Zy")
READERS_A_STEP, OTHERS_A_STEP = 2, 8
#: On which database, the seed, and how many steps.
WALKS = [("sqlite", 1, 5), ("sqlite", 2, 5), ("postgresql", 3, 2)]
LONG_WALKS = [(kind, seed, 20) for kind in KINDS for seed in range(4, 10)]


@dataclass(frozen=True)
class Reader:
    """Somebody of the walk, and what they are to the booking, said here by hand."""

    person: Person
    parts: frozenset[Part]
    email: str = ""
    #: The secret part of the address of their calendar.
    key: str = ""


def _readers(
    session: Session, database: RolledBackDatabase, booking: Booking, body: int, other: int
) -> dict[str, Reader]:
    def known(who: PersonRow, parts: Iterable[Part], *roles: Grant) -> Reader:
        for role in roles:
            grants.add(session, who.id, role, ACT)
        key = calendar_keys.make(database, who.id, ACT.at)
        return Reader(Somebody(roles, id=who.id), frozenset(parts), who.email, key)

    def on(role: Role, kind: Kind, id_: int, *parts: Part) -> Reader:
        who = person(session, f"{role} {kind} {id_}")
        return known(who, parts, Grant(role, kind, id_))

    found = {
        "a visitor": Reader(Visitor(), frozenset()),
        "nobody": known(person(session, "Nobody"), ()),
        "the team": on(Role.SERVICE_OWNER, Kind.SERVICE, booking.service_id or 0, Part.TEAM),
        "another team": on(Role.SERVICE_OWNER, Kind.SERVICE, other),
        "the assurance team": on(Role.ASSURANCE_TEAM, Kind.PORTAL, 0, Part.ASSURANCE),
        "its organisation's": on(Role.ASSURANCE_TEAM, Kind.ORGANISATION, body),
        "who runs the portal": on(Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, 0),
        "leadership": on(Role.LEADERSHIP, Kind.PORTAL, 0),
    }
    seats = (
        ("the lead", SeatRole.LEAD, Declaration.NONE, Part.LEAD),
        ("an assessor", SeatRole.ASSESSOR, Declaration.NONE, Part.ASSESSOR),
        ("somebody invited", SeatRole.ASSESSOR, Declaration.WAITING, Part.INVITED),
        ("an observer", SeatRole.OBSERVER, Declaration.NONE, Part.OBSERVER),
        ("somebody with a conflict", SeatRole.ASSESSOR, Declaration.CONFLICT, None),
        ("somebody who left", SeatRole.ASSESSOR, Declaration.NONE, None),
    )
    for name, role, declaration, part in seats:
        who = person(session, f"Zypanel {name}", Profession.DESIGN)
        row = seat(session, booking, who.id, role, declaration=declaration)
        row.conflict = "Zyconflict" if declaration is Declaration.CONFLICT else None
        if name == "somebody who left":
            row.state, row.left_because = SeatState.LEFT, "Zyconflict"
        found[name] = known(who, [part] if part else [], Grant(Role.ASSESSOR, Kind.PORTAL, 0))
    session.flush()
    return found


def _mark(session: Session, booking: Booking) -> None:
    """Write the words again wherever a step has made room for them."""
    at = ACT.at
    if session.scalar(select(Section.id).where(Section.booking_id == booking.id)) is None and (
        booking.state in workflow.WRITING | workflow.SHOWN_TO_TEAM
    ):
        session.add(Section(booking_id=booking.id, number=0, edited_at=at, edited_by="person:1"))
        session.flush()
    rated = {"verbatim": "Zydraft", "rating": words.Rating.MET, "done_well": "Zydraft well"}
    mine = Section.booking_id == booking.id
    session.execute(update(Section).where(mine).values(**rated, to_explore="Zydraft more"))
    first = session.scalar(select(Section.id).where(mine).order_by(Section.number).limit(1))
    there = session.scalar(select(Challenge.id).where(Challenge.booking_id == booking.id))
    if first is not None and there is None and booking.state is State.TEAM_REVIEW:
        session.add(
            Challenge(booking_id=booking.id, section_id=first, paragraph="Zydraft well",
                      text="Zychallenge", raised_by="person:900", raised_at=at, sent_at=at,
                      state=ChallengeState.WAITING)
        )  # fmt: skip
    booking.result, booking.result_verbatim = words.Rating.MET, "Zydecision"
    booking.result_reason = "Zydecision because"
    session.flush()


def _addresses(app: Flask) -> list[str]:
    """Every page and file that can be about the booking, or counts or lists such things."""
    known = {"reference": REFERENCE, "slug": SERVICE, "number": "0", "move": "withdraw"}
    found = []
    for rule in app.url_map.iter_rules():
        folder = rule.rule.split("/")[1]
        given = rule.arguments - set(rule.defaults or {})
        about = "reference" in given or rule.rule.startswith("/services/<slug:slug>")
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(ELSEWHERE):
            continue
        if (about and given <= set(known)) or (not given and folder != "sign-in"):
            found.append(_built(rule, {name: known[name] for name in given}))
    searches = [f"/search?q={word}" for word in ("Zybooking", "Zydraft", "Zydecision")]
    return sorted({*found, *searches, "/services?q=Zybooking", "/reports?q=Zydraft"} - {""})


def _built(rule: Any, given: dict[str, str]) -> str:
    path = rule.rule
    for name, value in given.items():
        start = path.index(":" + name + ">")
        path = path[: path.rindex("<", 0, start)] + value + path[start + len(name) + 2 :]
    return str(path)


@contextmanager
def _without_guards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whether a booking is ready for a move is tried elsewhere."""
    with monkeypatch.context() as patched:
        patched.setattr(booking_steps, "_GUARDS", {})
        yield


def _step(session: Session, booking: Booking, readers: dict[str, Reader], dice: Any) -> None:
    """One move, mostly one that the table has, by somebody at random, with a reason or none."""
    name = dice.choice(sorted(readers))
    parts = readers[name].parts
    can = [
        (move, {part}) for part in Part for move in workflow.moves(booking.state, [part])
        if move not in (Move.WITHDRAW, Move.STOP)
    ]  # fmt: skip
    move, by = (
        dice.choice(can) if can and dice.random() < 0.85 else (dice.choice(list(Move)), parts)
    )
    reason = dice.choice(["Because", "Because", "Because", "", None])
    rule, before, resumes = workflow.rule_of(move), booking.state, booking.resumes
    held = before in rule.sources and bool(rule.by & set(by))
    done = Act("person:900", ACT.at + timedelta(seconds=booking.version), "walk", reason=reason)
    try:
        to = booking_steps.take(session, booking, move, by, done, "https://portal.example")
    except (Invalid, Refused):
        assert not held or (rule.reason and not (reason or "").strip())
        assert booking.state is before
        return
    assert held and (not rule.reason or reason)
    assert to == (rule.to or resumes) == booking.state


def _allowed(booking: Booking, parts: frozenset[Part], was_public: bool) -> set[str]:
    seen = sees(parts, booking.state, booking.resumes)
    # What was published is in the report, and its address.
    public = {"Zydraft", "Zydecision", "Zybooking"} if was_public else set()
    own = {"Zypanel"} if parts else set()
    return {word for word, sort in MARKERS.items() if sort in seen} | public | own


@pytest.fixture
def booking(session: Session, seed: int) -> Booking:
    """What the walk is about: a confidential one with an odd seed, else one that is none."""
    body = add_organisation(session, "zy-body")
    add_service(session, "another-service")
    service = add_service(session, SERVICE)
    made = book(
        session, service.id, name="Zybooking name", purpose="Zybooking purpose",
        confidential=seed % 2 == 1, access_needs="Zyneeds", organisation_id=body.id,
        project_code_known=True, project_code="Zybooking-1",
    )  # fmt: skip
    made.contacts.append(
        BookingContact(
            role=ContactRole.SERVICE_OWNER, name="Zycontact", email="zycontact@a.example"
        )
    )
    made.artefacts.append(
        BookingArtefact(address="https://zyartefact.example/", description="zyartefact draft")
    )
    made.sessions.append(
        BookingSession(held_on=act().day, starts="10:00", minutes=240, place="Zyplace")
    )
    session.flush()
    return made


@pytest.fixture
def readers(session: Session, database: RolledBackDatabase, booking: Booking) -> dict[str, Reader]:
    """Everybody, by what they are."""
    [other] = session.scalars(select(Service.id).where(Service.slug == "another-service"))
    return _readers(session, database, booking, booking.organisation_id or 0, other)


@pytest.mark.parametrize(
    ("kind", "seed", "steps"),
    [*WALKS, *(pytest.param(*each, marks=pytest.mark.judge) for each in LONG_WALKS)],
)
def test_no_walk_shows_anybody_what_they_may_not_see(
    app: Flask, session: Session, booking: Booking, readers: dict[str, Reader], seed: int,
    steps: int, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dice = random.Random(seed)
    client, public, addresses = Flask.test_client(app), False, _addresses(app)
    near = [each for each in addresses if each.startswith(NEAR)]
    far = [each for each in addresses if each not in near]
    assert len([each for each in near if REFERENCE in each]) >= 7
    with _without_guards(monkeypatch):
        for _ in range(steps):
            _step(session, booking, readers, dice)
            _mark(session, booking)
            session.commit()
            public = public or booking.state in (State.PUBLISHED, State.UNPUBLISHED)
            wrong = []
            for name in dice.sample(sorted(readers), READERS_A_STEP):
                allowed = _allowed(booking, readers[name].parts, public)
                asked = near + dice.sample(far, OTHERS_A_STEP)
                wrong += _leaks(app, client, asked, name, readers[name], allowed)
            assert not wrong, booking.state
            session.expire_all()
            booking = bookings.by_reference(session, REFERENCE)
            _feeds(client, booking, readers)
            thing = bookings.thing_of(session, booking)
            for name, reader in readers.items():
                assert parts_of(reader.person, thing) == reader.parts, name
    _mails(session, readers)


def _feeds(client: Any, booking: Booking, readers: dict[str, Reader]) -> set[str]:
    """Ask for everybody's calendar; the names of those whose calendar has the booking."""
    found = set()
    for name, reader in readers.items():
        if not reader.key:
            continue
        with unnoticed():
            answer = client.get(f"/assessment-calendars/{reader.key}.ics")
        assert answer.status_code == 200
        told = answer.get_data(as_text=True).replace("\r\n ", "")
        if REFERENCE in told:
            found.add(name)
        seen = sees(reader.parts, booking.state, booking.resumes)
        may = {word for word, sort in MARKERS.items() if sort in seen}
        # A calendar is shown to others: of a confidential one it has no word.
        may &= set() if booking.confidential else {"Zybooking", "Zyplace"}
        assert not [word for word in MARKERS if word in told and word not in may], name
        assert reader.parts or name not in found, name
    return found


def _mails(session: Session, readers: dict[str, Reader]) -> None:
    """A mail says the reference alone, and nobody gets one who is nothing to the booking."""
    may = {reader.email for reader in readers.values() if reader.parts}
    sent = list(session.scalars(select(Mail)))
    assert sent, "the walk tells somebody"
    for row in sent:
        letter = mail.letter(row, "Portal")
        said = f"{letter.subject}\n{letter.body}\n{row.personalisation}{row.kind}"
        assert "zy" not in said.lower(), letter.subject
        assert row.to_address in may, row.to_address


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("state", [State.PANEL_READY, State.DRAFTING, State.POSTPONED])
def test_a_calendar_has_what_its_keeper_may_know_of(
    app: Flask, session: Session, booking: Booking, readers: dict[str, Reader], state: State
) -> None:
    booking.state = state
    booking.resumes = State.ACCEPTED if state is State.POSTPONED else None
    session.commit()
    told = _feeds(Flask.test_client(app), booking, readers)
    mine = {name for name, reader in readers.items() if reader.parts}
    assert told == (set() if state is State.POSTPONED else mine)
    answer = Flask.test_client(app).get("/assessment-calendars/nobodys.ics")
    assert answer.status_code == 404


def _leaks(
    app: Flask, client: Any, addresses: list[str], name: str, reader: Reader, allowed: set[str]
) -> list[str]:
    found = []
    forbidden = [word for word in MARKERS if word not in allowed]
    for address in addresses:
        with unnoticed(), as_person(app, reader.person):
            answer = client.get(address)
        # A drawing is no text, and none of it may be skipped.
        told = f"{answer.headers}{answer.get_data().decode(errors='replace')}"
        # What was asked for may be said again: it is the reader's own word.
        asked = {word for word in MARKERS if word in address}
        found += [
            f"{word} at {address} to {name}" for word in forbidden
            if word in told and word not in asked
        ]  # fmt: skip
        if REFERENCE in address and not reader.parts:
            expected = 302 if not reader.person.is_authenticated else 404
            if answer.status_code not in (expected, 401):
                found.append(f"{answer.status_code} at {address} to {name}")
        if answer.status_code >= 500:
            found.append(f"{answer.status_code} at {address} to {name}")
    return found
