"""Every endpoint as every role, on what is theirs and on what is another's. The rule of each
endpoint is written here by hand, not read from the code: a new endpoint without a line fails, and
so does one whose marker changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import clock
from portal.access import (
    BOOKING,
    JOURNEY,
    MENTION,
    PAIR,
    PERSON,
    PROPOSAL,
    REGISTRATION,
    STANDARD,
    Grant,
    Kind,
    Permission,
    Person,
    Role,
    Thing,
    Visitor,
    may,
)
from portal.accounts.store import things
from portal.accounts.views.base import KINDS, person_in
from portal.assessments.store import bookings, standards
from portal.audit import london_day
from portal.catalogue.store import duplicates, mentions, proposals, records, registrations
from portal.catalogue.store.things import journey as journey_at
from portal.catalogue.views.duplicates import thing_in
from portal.web.people import as_person
from tests.support import examples
from tests.support.access_rows import ADDRESS, EXPECTED, PUBLIC
from tests.support.examples import addresses
from tests.support.pages import plain_client
from tests.support.people import (
    Somebody,
    led_to_sign_in,
)
from tests.support.readers import EVERY_ROLE, FILE_READERS, PEOPLE, PUBLIC_READERS
from tests.support.summary import unnoticed

#: Answer with a page that says no to everybody: their examples are nobody's link and no issuer.
NO_SUCH = (
    "sign_in.link", "reviews.link", "openid.start", "openid.back", "calendar.feed_of",
    "data_api.record", "figure_by_link.check", "figure_by_link.question",
    "keeping.show", "keeping.publish", "keeping.delete", "keeping.history",
    *(f"keeping_rows.{name}" for name in ("frame", "add", "change", "remove")),
)  # fmt: skip
B, S, C, P = Kind.ORGANISATION, Kind.SERVICE, Kind.COMPONENT, Kind.PORTAL
ADMINISTRATORS = {(Role.ORGANISATION_ADMINISTRATOR, B), (Role.PORTAL_ADMINISTRATOR, P)}
SERVICE_OWNERS = {(Role.SERVICE_OWNER, B), (Role.SERVICE_OWNER, S)}
PROVIDERS = {(Role.COMPONENT_PROVIDER, B), (Role.COMPONENT_PROVIDER, C)}
TEAM = (Role.TEAM_MEMBER, B)
BOOKS = {(Role.ORGANISATION_ADMINISTRATOR, B), (Role.SERVICE_OWNER, B), TEAM}
ANSWERS = BOOKS | {(Role.TEAM_MEMBER, S), (Role.SERVICE_OWNER, S)}
RUNS = {(Role.ASSURANCE_TEAM, B), (Role.ASSURANCE_TEAM, P)}
#: Who holds a permission on a thing: roles and what they were granted on. An organisation stands
#: for the one that owns the thing, or is it.
HELD: dict[tuple[Permission, str], set[tuple[Role, Kind]]] = {
    (Permission.EDIT_SERVICE, S): ADMINISTRATORS | SERVICE_OWNERS | {TEAM, (Role.TEAM_MEMBER, S)},
    # Whoever may edit the service of a step.
    (Permission.EDIT_JOURNEY, JOURNEY): ADMINISTRATORS
    | SERVICE_OWNERS
    | {TEAM, (Role.TEAM_MEMBER, S)},
    # A proposal about a service; it is its author's own, whatever roles they hold.
    (Permission.SEE_PROPOSAL, PROPOSAL): ADMINISTRATORS
    | SERVICE_OWNERS
    | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.DECIDE_PROPOSAL, PROPOSAL): ADMINISTRATORS
    | SERVICE_OWNERS
    | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.WITHDRAW_PROPOSAL, PROPOSAL): set(),
    (Permission.PUBLISH_SERVICE, S): ADMINISTRATORS,
    (Permission.WITHDRAW_SERVICE, S): ADMINISTRATORS
    | {(Role.SERVICE_OWNER, B), (Role.SERVICE_OWNER, S)},
    (Permission.SEE_REGISTRATION, REGISTRATION): ADMINISTRATORS,
    (Permission.EDIT_REGISTRATION, REGISTRATION): set(),
    (Permission.DECIDE_REGISTRATION, REGISTRATION): ADMINISTRATORS,
    (Permission.EDIT_COMPONENT, C): ADMINISTRATORS | PROVIDERS | {TEAM, (Role.TEAM_MEMBER, C)},
    (Permission.EDIT_ORGANISATION, B): ADMINISTRATORS,
    (Permission.RECORD_SPEND, S): ADMINISTRATORS | SERVICE_OWNERS | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.RECORD_SPEND, B): ADMINISTRATORS,
    (Permission.KEEP_FIGURES, S): ADMINISTRATORS | SERVICE_OWNERS | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.KEEP_FIGURES, C): ADMINISTRATORS | PROVIDERS | {TEAM, (Role.TEAM_MEMBER, C)},
    (Permission.KEEP_FIGURES, P): {(Role.PORTAL_ADMINISTRATOR, P)},
    (Permission.ANSWER_PROBLEMS, S): ADMINISTRATORS
    | SERVICE_OWNERS
    | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.ANSWER_PROBLEMS, C): ADMINISTRATORS | PROVIDERS | {TEAM, (Role.TEAM_MEMBER, C)},
    (Permission.ANSWER_PROBLEMS, B): ADMINISTRATORS,
    (Permission.ANSWER_PROBLEMS, P): {(Role.PORTAL_ADMINISTRATOR, P)},
    (Permission.SEE_PEOPLE, B): ADMINISTRATORS | {TEAM},
    (Permission.SEE_PEOPLE, S): ADMINISTRATORS | SERVICE_OWNERS | {TEAM, (Role.TEAM_MEMBER, S)},
    (Permission.SEE_PEOPLE, C): ADMINISTRATORS | PROVIDERS | {TEAM, (Role.TEAM_MEMBER, C)},
    (Permission.SEE_PEOPLE, P): {(Role.PORTAL_ADMINISTRATOR, P)},
    (Permission.MANAGE_PEOPLE, B): ADMINISTRATORS,
    (Permission.MANAGE_PEOPLE, S): ADMINISTRATORS | SERVICE_OWNERS,
    (Permission.MANAGE_PEOPLE, C): ADMINISTRATORS | PROVIDERS,
    (Permission.MANAGE_PEOPLE, P): {(Role.PORTAL_ADMINISTRATOR, P)},
    (Permission.MANAGE_PERSON, PERSON): ADMINISTRATORS,
    (Permission.DECIDE_DUPLICATE, PAIR): ADMINISTRATORS,
    (Permission.EDIT_STANDARD, STANDARD): ADMINISTRATORS,
    (Permission.KEEP_ASSUMPTIONS, P): {(Role.PORTAL_ADMINISTRATOR, P)},
    (Permission.KEEP_ASSUMPTIONS, B): ADMINISTRATORS,
    (Permission.BOOK_ASSESSMENT, S): BOOKS | {(Role.TEAM_MEMBER, S), (Role.SERVICE_OWNER, S)},
    (Permission.BOOK_ASSESSMENT, C): {(Role.ORGANISATION_ADMINISTRATOR, B), TEAM}
    | PROVIDERS
    | {(Role.TEAM_MEMBER, C)},
    # Seats of panels are people, not roles; the portal's administrators are nothing to a booking.
    (Permission.ANSWER_FOR_BOOKING, BOOKING): ANSWERS,
    (Permission.RUN_BOOKING, BOOKING): RUNS,
    (Permission.READ_DRAFT, BOOKING): RUNS,
    (Permission.EDIT_BOOKING, BOOKING): ANSWERS | RUNS,
    (Permission.SEE_BOOKING, BOOKING): ANSWERS | RUNS,
    **{
        (seat, BOOKING): set()
        for seat in (
            Permission.LEAD_PANEL,
            Permission.SIT_ON_PANEL,
            Permission.JOIN_PANEL,
            Permission.OBSERVE_PANEL,
            Permission.HAVE_SEAT,
            Permission.WRITE_REPORT,
        )
    },
    (Permission.HOLD_ASSESSMENTS_HOW, P): {(Role.ASSURANCE_TEAM, P)},
    (Permission.HOLD_ASSESSMENTS_HOW, B): RUNS | {(Role.ORGANISATION_ADMINISTRATOR, B)},
    # Whoever may edit the service or the component, and the assurance team of the portal.
    (Permission.DECIDE_MENTION, MENTION): ADMINISTRATORS
    | SERVICE_OWNERS
    | PROVIDERS
    | {TEAM, (Role.TEAM_MEMBER, S), (Role.TEAM_MEMBER, C), (Role.ASSURANCE_TEAM, P)},
}
#: Whoever signs in may do this, on nothing in particular.
SIGNED_IN = {Permission.USE_ACCOUNT, Permission.REGISTER_SERVICE, Permission.PROPOSE_CHANGE}
#: The same, by role alone.
BY_ROLE = {
    Permission.MANAGE_PORTAL: {(Role.PORTAL_ADMINISTRATOR, P)},
    Permission.DECIDE_REQUESTS: {(Role.PORTAL_ADMINISTRATOR, P), (Role.ASSURANCE_TEAM, P)},
    Permission.DECIDE_FINDINGS: {(Role.PORTAL_ADMINISTRATOR, P), (Role.ASSURANCE_TEAM, P)},
    Permission.DECIDE_NAME: {(Role.PORTAL_ADMINISTRATOR, P), (Role.ASSURANCE_TEAM, P)},
    Permission.DECIDE_REPORTS: {(Role.PORTAL_ADMINISTRATOR, P), (Role.ASSURANCE_TEAM, P)},
    Permission.FREEZE_REPORT: {
        (Role.PORTAL_ADMINISTRATOR, P),
        (Role.ASSURANCE_TEAM, P),
        (Role.LEADERSHIP, P),
    },
    Permission.ADD_STANDARD: ADMINISTRATORS,
    Permission.RUN_ASSESSMENTS: RUNS,
    Permission.ASSESS: {(Role.ASSESSOR, B), (Role.ASSESSOR, P)},
    Permission.ADD_JOURNEY: ADMINISTRATORS | SERVICE_OWNERS | {TEAM, (Role.TEAM_MEMBER, S)},
}
OWNER, OTHER = 10, 20
#: Made up: what is theirs (an organisation 10, and things 11 that it owns), and what is another's.
OWN_IDS = {
    B: OWNER, S: 11, C: 11, P: 0, PERSON: 11, REGISTRATION: 11, PAIR: 11, JOURNEY: 12,
    PROPOSAL: 13, MENTION: 14, STANDARD: 11, BOOKING: 15,
}  # fmt: skip
OTHER_IDS = {
    B: OTHER, S: 21, C: 21, P: 0, PERSON: 21, REGISTRATION: 21, PAIR: 21, STANDARD: 21,
}  # fmt: skip
EVERYBODY_TRIES = 4
#: Not the author of any example.
SOMEBODY_ELSE = 10**6
#: What is somebody's own: the author may do it, with any role or none.
OWN = {
    Permission.SEE_REGISTRATION,
    Permission.EDIT_REGISTRATION,
    Permission.SEE_PROPOSAL,
    Permission.WITHDRAW_PROPOSAL,
}
Who = tuple[Role, Kind]
OWNED = (S, C, PERSON, REGISTRATION, PAIR, STANDARD, BOOKING)
EVERY_KIND = (*Kind, PERSON, REGISTRATION, PAIR, JOURNEY, PROPOSAL, MENTION, STANDARD, BOOKING)


def thing_of(kind: str) -> Thing:
    """What is theirs."""
    owned = frozenset({OWNER} if kind in OWNED else ())
    parts = (Thing(S, 11, owned), Thing(S, 12, owned)) if kind == PAIR else ()
    if kind in (JOURNEY, PROPOSAL, BOOKING):
        parts = (thing_of(S),)
    if kind == MENTION:
        parts = (thing_of(S), thing_of(C))
    return Thing(kind, OWN_IDS[kind], owned, parts=parts)


@pytest.mark.parametrize("who", EVERY_ROLE, ids=lambda who: f"{who[0]}-{who[1]}")
def test_who_holds_what(who: Who) -> None:
    role, on = who
    own = Somebody((Grant(role, on, OWN_IDS[on]),))
    other = Somebody((Grant(role, on, OTHER_IDS[on]),))
    for permission in set(Permission) - SIGNED_IN - set(BY_ROLE):
        assert not may(own, permission), "a permission about a thing needs one"
        for kind in EVERY_KIND:
            held = who in HELD.get((permission, kind), set())
            assert may(own, permission, thing_of(kind)) == held, (permission, kind)
            # A role on the portal counts everywhere; any other only where it was given.
            assert may(other, permission, thing_of(kind)) == (held and on is P), (permission, kind)
    for permission in SIGNED_IN:
        assert may(own, permission)
    for permission, holders in BY_ROLE.items():
        assert may(own, permission) == (who in holders)


def test_a_visitor_and_somebody_without_a_role() -> None:
    for permission in Permission:
        assert may(Somebody(), permission) == (permission in SIGNED_IN)
        assert not may(Visitor(), permission)
        for kind in Kind:
            assert not may(Visitor(), permission, thing_of(kind))
            assert permission in SIGNED_IN or not may(Somebody(), permission, thing_of(kind))


def test_roles_do_not_count_further() -> None:
    administrator = Somebody((Grant(Role.ORGANISATION_ADMINISTRATOR, B, OWNER),))
    below = Thing(B, 12)
    assert not may(administrator, Permission.EDIT_ORGANISATION, below), "not for bodies below it"
    assert not may(administrator, Permission.EDIT_SERVICE, Thing(S, OWNER)), "ids are of a kind"


DEMO = pytest.mark.parametrize("demo", [True])


def rule_of(endpoint: str, address: str) -> str | Permission | tuple[Permission, str] | None:
    """Whom an address is for."""
    rule = EXPECTED.get(endpoint)
    if isinstance(rule, tuple) and rule[1] == ADDRESS:
        return rule[0], KINDS[address.split("/")[1]]
    return rule


def allowed(rule: object, who: str, person: Person) -> bool:
    """Whether the tables above let somebody in."""
    if rule == PUBLIC:
        return True
    if isinstance(rule, Permission):
        if rule in SIGNED_IN:
            return person.is_authenticated
        return any((grant.role, grant.kind) in BY_ROLE[rule] for grant in person.grants)
    if rule is None or "another" in who:
        return False
    return any((grant.role, grant.kind) in HELD[rule] for grant in person.grants)  # type: ignore[index]


@DEMO
def test_every_endpoint_has_its_line(app: Flask) -> None:
    assert set(app.view_functions) == set(EXPECTED)
    rules = {rule for rule in EXPECTED.values() if isinstance(rule, tuple)}
    assert {rule for rule in rules if rule[1] != ADDRESS} <= set(HELD)
    assert {permission for permission, _kind in HELD} | SIGNED_IN | set(BY_ROLE) == set(Permission)


# Thousands of pages, so on one database: what the guard reads is tried on both elsewhere.
@DEMO
@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_see_and_send_what(app: Flask, session: Session, method: str) -> None:
    client = plain_client(app)
    wrong, asked, tried = [], set(), Counter[object]()
    for endpoint, address in addresses(app, session, method).values():
        rule = rule_of(endpoint, address)
        about = example(session, rule[1], endpoint) if isinstance(rule, tuple) else None
        readers = PUBLIC_READERS if rule == PUBLIC else PEOPLE
        # The guard asks before the view knows the format: files are asked for by few.
        if rule != PUBLIC and (endpoint, address.partition(".")[0]) in asked:
            readers = FILE_READERS
        # Everybody tries some of the pages of a rule, a few each of the others.
        tried[rule] += 1
        if rule != PUBLIC and tried[rule] > EVERYBODY_TRIES:
            readers = FILE_READERS
        asked.add((endpoint, address.partition(".")[0]))
        for who, make in readers.items():
            person = make(about)
            if about is not None and about.people and isinstance(person, Somebody):
                person = replace(person, id=SOMEBODY_ELSE)
            with unnoticed(), as_person(app, person):
                answer = client.open(address, method=method)
            answer.close()  # a large file has one of few places until it is
            if about is not None and hidden(about, person):
                fine = answer.status_code == 404
            else:
                fine = right(endpoint, method, answer, allowed(rule, who, person), person)
            if not fine:
                wrong.append(f"{method} {address} as {who}: {answer.status_code}")
    assert not wrong


def hidden(about: Thing, person: Person) -> bool:
    """Whether somebody is to be told that there is no such thing."""
    known = may(person, Permission.SEE_BOOKING, about)
    return about.kind == BOOKING and person.is_authenticated and not known


@DEMO
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_somebodys_own_is_theirs(app: Flask, session: Session, method: str) -> None:
    client, seen = plain_client(app), 0
    for endpoint, address in addresses(app, session, method).values():
        rule = rule_of(endpoint, address)
        if isinstance(rule, tuple) and rule[1] in (REGISTRATION, PROPOSAL):
            thing = example(session, rule[1], endpoint)
            author = Somebody(id=min(thing.people))
            with unnoticed(), as_person(app, author):
                answer = client.open(address, method=method)
            assert right(endpoint, method, answer, rule[0] in OWN, author), (method, address)
            seen += 1
    assert seen > 5


def example(session: Session, kind: str, endpoint: str = "") -> Thing:
    """The thing that the example of an address is about."""
    if kind == REGISTRATION:
        known = examples.arguments(session)
        given = known.get(endpoint) or known[endpoint.split(".")[0]]
        return registrations.thing_of(registrations.get(session, given["registration_id"]))
    if kind == JOURNEY:
        return journey_at(session, records.TITLES["journey"](session, examples.JOURNEY)[0])
    if kind == PROPOSAL:
        number = examples.arguments(session)["proposals"]["proposal_id"]
        return proposals.thing_of(session, proposals.get(session, number))
    if kind == PERSON:
        owner = examples.arguments(session)["people"]["person_id"]
        return person_in(session, owner, london_day(clock.now()))
    if kind == PAIR:
        pair_id = examples.arguments(session)["duplicates"]["pair_id"]
        return thing_in(session, duplicates.row(session, pair_id))
    if kind == MENTION:
        number = examples.arguments(session)["mentions"]["mention_id"]
        return mentions.thing(session, number)
    if kind == BOOKING:
        known = examples.arguments(session)
        given = known.get(endpoint) or known[endpoint.split(".")[0]]
        return bookings.thing_of(session, bookings.row_of(session, given["reference"]))
    if kind == STANDARD:
        return standards.thing_at(session, examples.STANDARD)
    if kind == S:
        given = examples.arguments(session).get(endpoint, {})
        return things.by_slug(session, S, given.get("slug", examples.SERVICE))
    return things.by_slug(session, Kind(kind), examples.SLUGS.get(Kind(kind), ""))


def right(endpoint: str, method: str, answer: object, let_in: bool, person: Person) -> bool:
    """Whether an answer is what the tables say; nothing that is sent carries a form's token."""
    status = answer.status_code  # type: ignore[attr-defined]
    if not let_in and not person.is_authenticated:
        return led_to_sign_in(answer) or status == 401
    if not let_in:
        return bool(status == 403)
    if method == "POST" and endpoint.startswith("data_api."):
        return status in (401, 404)  # programs have tokens of their own
    if method == "POST":
        return bool(status == 400)
    return bool(status == 404 if endpoint in NO_SUCH else status < 400)
