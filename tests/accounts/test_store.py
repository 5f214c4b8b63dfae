"""Roles, invitations and people in the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.actions import signing_in
from portal.accounts.models.people import OidcIdentity, OrganisationDomain, Person
from portal.accounts.models.roles import Invitation, JoinRequest, RoleGrant
from portal.accounts.models.sign_in import PersonSession, SignInLink
from portal.accounts.rules.sign_in import digest
from portal.accounts.store import grants, invitations, links, people, sessions, things
from portal.accounts.words import Method, Profession, RequestState
from portal.audit import HistoryEvent
from portal.catalogue.store import things as catalogue_things
from portal.db import Base, Database
from portal.errors import Clash, Invalid, Missing
from tests.support.accounts import act, add_domain, add_person, administrator, now
from tests.support.data import add_organisation, add_service
from tests.support.storefront import add_capability, add_component

catalogue_things.install()  # as the portal does when it starts
OWNER = Grant(Role.SERVICE_OWNER, Kind.SERVICE, 7)
TODAY = act().day
DAY = timedelta(days=1)


def test_a_role_holds_from_its_first_day_to_before_its_last(session: Session) -> None:
    person = add_person(session)
    grants.add(session, person.id, OWNER, act(), TODAY + DAY, TODAY + 3 * DAY)
    held = [grants.held(session, person.id, TODAY + n * DAY) for n in range(5)]
    assert held == [(), (OWNER,), (OWNER,), (), ()]


def test_a_role_ended_today_is_over(session: Session) -> None:
    person = add_person(session)
    grant = grants.add(session, person.id, OWNER, act())
    assert grants.held(session, person.id, TODAY) == (OWNER,)
    assert grants.end(session, grant, act())
    assert grants.held(session, person.id, TODAY) == ()
    assert not grants.end(session, grant, act()), "once"
    again = grants.add(session, person.id, OWNER, act())
    assert grants.held(session, person.id, TODAY) == (OWNER,) and again.id != grant.id
    later = grants.add(session, person.id, administrator(), act(), TODAY + 5 * DAY)
    assert grants.end(session, later, act())
    assert later.until == later.since, "never held"
    with pytest.raises(Invalid):
        grants.end(session, again, act(), TODAY - DAY)


def test_the_history_says_who_gave_what_and_no_name(session: Session) -> None:
    person = add_person(session)
    grant = grants.add(session, person.id, OWNER, act(), until=TODAY + DAY)
    grants.end(session, grant, act())
    mine = select(HistoryEvent).where(HistoryEvent.thing == "role_grant").order_by(HistoryEvent.id)
    events = session.scalars(mine).all()
    assert [event.tag for event in events] == ["role.granted", "role.ended"]
    assert events[0].after == {
        "person": person.id, "role": "service_owner", "kind": "service", "thing": 7,
        "since": TODAY.isoformat(), "until": (TODAY + DAY).isoformat(),
    }  # fmt: skip
    assert events[1].after == {"until": TODAY.isoformat()}
    for event in session.scalars(select(HistoryEvent)):
        assert "@" not in str((event.before, event.after, event.actor, event.reason))


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_role_is_for_its_kind_of_thing(session: Session) -> None:
    person = add_person(session)
    for role, on in ((Role.PORTAL_ADMINISTRATOR, Kind.SERVICE), (Role.SERVICE_OWNER, Kind.PORTAL)):
        with pytest.raises(Invalid):
            grants.add(session, person.id, Grant(role, on, 1), act())
        with pytest.raises(Invalid):
            invitations.add(session, "a@b.uk", Grant(role, on, 1), act())
    with pytest.raises(Invalid):
        grants.add(session, person.id, OWNER, act(), TODAY, TODAY)


PERIODS = st.lists(st.tuples(st.integers(0, 12), st.none() | st.integers(1, 6)), max_size=6)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_roles_share_no_day(session: Session) -> None:
    person = add_person(session)

    @settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
    @given(PERIODS)
    def check(periods: list[tuple[int, int | None]]) -> None:
        with session.begin_nested() as savepoint:
            taken: set[int] = set()
            for start, length in periods:
                days = set(range(start, start + length if length else 40))
                since = TODAY + start * DAY
                until = since + length * DAY if length else None
                if days & taken:
                    with pytest.raises(Clash):
                        grants.add(session, person.id, OWNER, act(), since, until)
                else:
                    grants.add(session, person.id, OWNER, act(), since, until)
                    taken |= days
            held = {n for n in range(20) if grants.held(session, person.id, TODAY + n * DAY)}
            assert held == {n for n in taken if n < 20}
            savepoint.rollback()

    check()


def together(work: Callable[[int], Any], many: int = 4) -> list[Any]:
    """What each of several threads got, or the problem it met, all starting at once."""
    start = Barrier(many)

    def run(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        except (Clash, IntegrityError, signing_in.NotReady) as problem:
            return type(problem)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_the_same_role_at_the_same_time_is_given_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        person_id = add_person(session).id

    def give(number: int) -> int:
        with fresh_database.writing() as session:
            return grants.add(session, person_id, OWNER, act(), until=TODAY + DAY).id

    found = together(give)
    assert sorted(map(str, found))[1:] == [str(Clash)] * 3 and found.count(Clash) == 3


class Lives:
    session = timedelta(hours=12)
    administrator_session = timedelta(hours=1)


def test_a_link_used_at_the_same_time_signs_in_once(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        body = add_organisation(session, "a-body")
        add_domain(session, "a.example", body.id)
        link = links.find(session, links.add(session, "new@a.example", None, now()))
        assert link is not None
        link.token_hash = digest("token")

    def enter(number: int) -> int:
        return signing_in.enter(
            fresh_database, "token", f"Person {number}", act(), Lives()
        ).person_id

    found = together(enter)
    assert found.count(signing_in.NotReady) == 3
    with fresh_database.reading() as session:
        for table in (Person, PersonSession):
            assert session.scalar(select(func.count()).select_from(table)) == 1


def test_two_first_sign_ins_make_one_person(fresh_database: Database) -> None:
    def add(number: int) -> int:
        with fresh_database.writing() as session:
            return people.add(session, "new@a.example", f"Person {number}", act(), True).id

    assert len(set(together(add))) == 1
    with fresh_database.reading() as session:
        made = [event.tag for event in session.scalars(select(HistoryEvent))]
        assert made == ["person.created"]


def test_things_are_found_with_who_owns_them(session: Session) -> None:
    body, other = add_organisation(session, "a-body"), add_organisation(session, "b-body")
    row = {"published_name": None, "source": None, "since": None, "until": None}
    owners = [
        {**row, "role": "accountable", "organisation": "portal:a-body"},
        {**row, "role": "delivers", "organisation": "portal:b-body"},
        {**row, "role": "delivers", "organisation": "portal:a-body"},
    ]
    service = add_service(session, "a-service", owners=owners)
    nobodys = add_service(session, "nobodys")
    add_capability(session, "needs")
    add_capability(session, "need", "needs")
    add_component(session, "a-component", "need", provider="b-body")
    component = things.by_slug(session, Kind.COMPONENT, "a-component")
    found = things.by_slug(session, Kind.SERVICE, "a-service")
    assert (found.kind, found.id, found.organisations) == (
        "service",
        service.id,
        {body.id, other.id},
    )
    assert things.by_slug(session, Kind.SERVICE, "nobodys").organisations == set()
    assert things.by_slug(session, Kind.ORGANISATION, "a-body").organisations == set()
    assert things.by_slug(session, Kind.COMPONENT, "a-component").organisations == {other.id}
    assert things.by_slug(session, Kind.PORTAL, "").id == 0
    wanted = [
        (Kind.SERVICE, service.id), (Kind.SERVICE, nobodys.id), (Kind.SERVICE, 10**6),
        (Kind.ORGANISATION, body.id), (Kind.PORTAL, 0), (Kind.COMPONENT, component.id),
    ]  # fmt: skip
    assert set(things.by_ids(session, wanted)) == set(wanted) - {(Kind.SERVICE, 10**6)}
    names = things.names(session, wanted)
    assert names[Kind.SERVICE, service.id] == ("a-service", "A service")
    for kind in (Kind.SERVICE, Kind.ORGANISATION, Kind.COMPONENT):
        with pytest.raises(Missing):
            things.by_slug(session, kind, "nothing")
        with pytest.raises(Missing):
            things.by_id(session, kind, 10**6)


def test_a_funder_owns_nothing(session: Session) -> None:
    add_organisation(session, "a-body")
    row = {"published_name": None, "source": None, "since": None, "until": None}
    funds = {**row, "role": "funds", "organisation": "portal:a-body"}
    past = {**row, "role": "accountable", "organisation": "portal:a-body", "until": "2020-01-01"}
    add_service(session, "a-service", owners=[funds, past])
    assert things.by_slug(session, Kind.SERVICE, "a-service").organisations == set()


def test_professions(session: Session) -> None:
    person = add_person(session)
    chosen = {Profession.TECHNOLOGY, Profession.DESIGN}
    assert people.profess(session, person, chosen, act())
    assert people.professions_of(session, person.id) == [Profession.DESIGN, Profession.TECHNOLOGY]
    assert not people.profess(session, person, chosen, act()), "known"
    assert people.profess(session, person, set(), act())
    assert people.professions_of(session, person.id) == []


def _plain(session: Session) -> dict[str, Any]:
    person = add_person(session)
    body = add_organisation(session, "a-body")
    at = now()
    end = at + DAY
    moments = {"created_at": at}
    named = {"name": "X", "sort_name": "x", **moments}
    return {
        "capitals": lambda: Person(email="A@b.uk", **named),
        "no address": lambda: Person(email="", **named),
        "no name": lambda: Person(email="a@b.uk", **{**named, "name": ""}),
        "the address twice": lambda: Person(email=person.email, **named),
        "a domain twice": lambda: [_domain("a.uk", body.id), _domain("a.uk", body.id)],
        "a domain in capitals": lambda: _domain("A.uk", body.id),
        "a domain of nobody": lambda: _domain("a.uk", 10**6),
        "an identity twice": lambda: [
            OidcIdentity(issuer="i", subject="s", person_id=person.id, **moments) for _ in "ab"
        ],
        "a link without a life": lambda: SignInLink(email="a@b.uk", expires_at=at, **moments),
        "a used link that was not sent": lambda: SignInLink(
            email="a@b.uk", expires_at=end, used_at=at, **moments
        ),
        "a session of nobody": lambda: _session(10**6, at, end),
        "a session without a life": lambda: _session(person.id, at, at),
        "a role that ends before": lambda: _role(person.id, since=TODAY, until=TODAY - DAY),
        "a portal with an id": lambda: _role(person.id, kind=Kind.PORTAL),
        "a thing without an id": lambda: _role(person.id, thing_id=0),
        "two open roles": lambda: [_role(person.id), _role(person.id)],
        "an invitation with two ends": lambda: _invitation(accepted_at=at, withdrawn_at=at),
        "two open invitations": lambda: [_invitation(), _invitation()],
        "two waiting requests": lambda: [_request(person.id), _request(person.id)],
        "a request to join nothing": lambda: _request(person.id, thing_id=0),
        "a decision without a date": lambda: _request(person.id, state=RequestState.REFUSED),
    }


def _domain(domain: str, organisation_id: int) -> OrganisationDomain:
    return OrganisationDomain(domain=domain, organisation_id=organisation_id, may_publish=False)


def _session(person_id: int, start: Any, end: Any) -> PersonSession:
    return PersonSession(
        person_id=person_id, token_hash="x", method=Method.LINK, started_at=start, expires_at=end
    )


def _role(person_id: int, **values: Any) -> RoleGrant:
    plain = {"role": Role.ASSESSOR, "kind": Kind.SERVICE, "thing_id": 1, "since": TODAY,
             "granted_by": "x", "granted_at": now()}  # fmt: skip
    return RoleGrant(person_id=person_id, **{**plain, **values})


def _invitation(**values: Any) -> Invitation:
    plain = {"email": "a@b.uk", "role": Role.ASSESSOR, "kind": Kind.SERVICE, "thing_id": 1,
             "invited_by": "x", "invited_at": now(), "expires_at": now() + DAY}  # fmt: skip
    return Invitation(**{**plain, **values})


def _request(person_id: int, **values: Any) -> JoinRequest:
    plain = {"kind": Kind.SERVICE, "thing_id": 1, "state": RequestState.WAITING, "asked_at": now()}
    return JoinRequest(person_id=person_id, **{**plain, **values})


@pytest.mark.parametrize(
    "wrong",
    ["capitals", "no address", "no name", "the address twice", "a domain twice",
     "a domain in capitals", "a domain of nobody", "an identity twice", "a link without a life",
     "a used link that was not sent", "a session of nobody", "a session without a life",
     "a role that ends before", "a portal with an id", "a thing without an id", "two open roles",
     "an invitation with two ends", "two open invitations", "two waiting requests",
     "a request to join nothing", "a decision without a date"],
)  # fmt: skip
def test_the_database_refuses(session: Session, wrong: str) -> None:
    made = _plain(session)[wrong]()
    session.add_all(made if isinstance(made, list) else [made])
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_person_takes_their_rows_along(session: Session) -> None:
    person = add_person(session, "a@b.uk", OWNER)
    session.add(_session(person.id, now(), now() + DAY))
    session.flush()
    session.delete(session.get(Person, person.id, populate_existing=True))
    tables: tuple[type[Base], ...] = (RoleGrant, PersonSession)
    session.flush()
    assert [session.scalar(select(func.count()).select_from(table)) for table in tables] == [0, 0]


def test_sessions_are_found_by_their_digest(session: Session) -> None:
    person = add_person(session, "a@b.uk", OWNER)
    at = now()
    sessions.start(session, person.id, digest("t"), Method.LINK, at, at + DAY)
    hour = timedelta(hours=1)
    found = sessions.person_of(session, digest("t"), at, hour)
    assert found is not None and found.grants == (OWNER,) and found.expires_at == at + DAY
    assert sessions.person_of(session, "t", at, hour) is None
    assert sessions.person_of(session, digest("t"), at + DAY, hour) is None
