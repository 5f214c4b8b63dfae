"""A service with a team that keeps its figures, for tests of pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.catalogue.store import components
from portal.performance.actions import keeping
from portal.performance.models.data_sets import DataSet
from portal.performance.rules.entries import Entry, Sent
from portal.performance.words import SetKind, Way
from tests.support.accounts import act, add_person, other_browser, signed_in
from tests.support.data import add_organisation, add_service
from tests.support.pages import soup_of
from tests.support.performance import add_set
from tests.support.storefront import add_capability, add_component


class Place:
    """A service and a component of an organisation, and somebody of the service's team."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        add_organisation(session, "ministry")
        add_capability(session, "needs")
        add_capability(session, "pay", "needs")
        add_component(session, "payments", "pay")
        self.component = components.ids_by_slug(session)["payments"]
        self.service = add_service(session, "a-fine", owner="ministry").id
        self.grant = Grant(Role.TEAM_MEMBER, Kind.SERVICE, self.service)
        self.person = add_person(session, "sam@a.example", self.grant, name="Sam Example")
        self.team = other_browser(app)
        signed_in(self.team, session, self.person)

    def add(self, kind: SetKind = SetKind.VOLUMES, **fields: Any) -> DataSet:
        made = add_set(self.session, kind, group="a-fine", service_id=self.service, **fields)
        self.session.commit()
        return made

    def keep(self, row: DataSet, *entries: Entry, way: Way = Way.FORM, source: str = "") -> None:
        """As the person of the team."""
        by = replace(act(), actor=f"person:{self.person.id}")
        keeping.keep(self.session, row.id, entries, [], Sent(way, source or None), by)
        self.session.commit()


def text(client: FlaskClient, address: str) -> str:
    return " ".join(soup_of(client.get(address)).select("main")[0].get_text(" ").split())


def text_of(answer: Any) -> str:
    return " ".join(soup_of(answer).select("main")[0].get_text(" ").split())
