"""An organisation, its service and the people with roles there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts.models.people import Person
from portal.accounts.models.roles import RoleGrant
from portal.accounts.store import grants
from tests.support.accounts import (
    act,
    add_person,
    administrator,
    other_browser,
    signed_in,
)
from tests.support.data import add_organisation, add_service

TODAY = act().day


class Cast:
    """An organisation with a service, and people with roles there."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.body = add_organisation(session, "a-body").id
        self.other = add_organisation(session, "b-body").id
        self.service = add_service(session, "a-service", owner="a-body").id
        self.foreign = add_service(session, "b-service", owner="b-body").id
        self.owner = self.add("owner", Role.SERVICE_OWNER, Kind.SERVICE, self.service)
        self.member = self.add("member", Role.TEAM_MEMBER, Kind.SERVICE, self.service)
        admin = Role.ORGANISATION_ADMINISTRATOR
        self.admin = self.add("admin", admin, Kind.ORGANISATION, self.body)
        self.stranger = self.add("stranger", admin, Kind.ORGANISATION, self.other)
        self.nobody = add_person(session, "nobody@a.example", name="Nobody")
        self.top = add_person(session, "top@a.example", administrator(), name="Top")
        session.commit()

    def add(self, name: str, role: Role, kind: Kind, thing: int) -> Person:
        email = f"{name}@a.example"
        return add_person(self.session, email, Grant(role, kind, thing), name=name.capitalize())

    def roles(self, who: Person) -> set[tuple[Role, Kind, int]]:
        self.session.expire_all()
        return {(g.role, g.kind, g.id) for g in grants.held(self.session, who.id, TODAY)}

    def grant_of(self, who: Person) -> int:
        query = select(func.max(RoleGrant.id)).where(RoleGrant.person_id == who.id)
        return self.session.scalars(query).one()


@pytest.fixture
def cast(session: Session, app: Flask) -> Cast:
    return Cast(session)


@pytest.fixture
def as_(app: Flask, session: Session) -> Callable[[Person], FlaskClient]:
    def browser(somebody: Person) -> FlaskClient:
        client = other_browser(app)
        signed_in(client, session, somebody)
        return client

    return browser


As = Callable[[Person], FlaskClient]
