"""A component that closes, the services that depend on it, and who answers for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from portal.accounts import work as works
from portal.accounts.models.people import Person
from portal.accounts.store import people
from portal.audit import london_day
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import components, services
from tests.support.accounts import add_person, letters, now, other_browser, send, signed_in, work
from tests.support.data import add_organisation, add_service
from tests.support.pages import PageClient
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

EDIT = "/components/paas/edit/lifecycle"
PAGE = "/components/paas/closing"
TODAY = london_day(now())


def ends(months: int) -> date:
    return TODAY + timedelta(days=30 * months)


def form(day: date, **more: Any) -> dict[str, Any]:
    """The form that closes the component on a day."""
    parts = {f"closes_on-{part}": getattr(day, part) for part in ("day", "month", "year")}
    return {"lifecycle": "closing", **parts, "closing_means": "Move your apps.",
            "successor": "Cloud", **more}  # fmt: skip


class Cast:
    """A component that hosts four services of two organisations, and who answers for them."""

    def __init__(self, app: Flask, session: Session, database: RolledBackDatabase) -> None:
        self.app, self.session, self.database = app, session, database
        add_organisation(session, "ministry")
        other = add_organisation(session, "agency").id
        add_capability(session, "needs")
        for need in ("hosting", "pay"):
            add_capability(session, need, "needs")
        add_component(session, "paas", "hosting")
        add_component(session, "cloud", "hosting")
        period = {"transactions_from": "2025-01-01", "transactions_to": "2025-12-31"}
        for slug, owner, many in (("a", "ministry", 1000), ("b", "ministry", None),
                                  ("c", "agency", 20), ("d", "agency", None)):  # fmt: skip
            figures = {"yearly_transactions": many, **period} if many else {}
            add_service(session, slug, owner=owner, **figures)
            add_usage(session, slug, "hosting", component="paas")
        add_service(session, "gone", owner="ministry")
        add_usage(session, "gone", "hosting", component="paas", status="stopped",
                  until="2025-02-03")  # fmt: skip
        add_service(session, "maybe", owner="ministry")
        add_usage(session, "maybe", "hosting", component="paas", status="considering", since=None)
        self.ids = services.ids_by_slug(session)
        self.component = components.ids_by_slug(session)["paas"]
        provider = Grant(Role.COMPONENT_PROVIDER, Kind.COMPONENT, self.component)
        self.provider = add_person(session, "provider@a.example", provider)
        self.owner = add_person(session, "owner@a.example", *map(self.owns, "ab"))
        self.third = add_person(session, "third@a.example", self.owns("c"))
        admin = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, other)
        self.admin = add_person(session, "admin@a.example", admin)
        session.commit()

    def owns(self, slug: str) -> Grant:
        return Grant(Role.SERVICE_OWNER, Kind.SERVICE, self.ids[slug])

    def as_(self, person: Person) -> FlaskClient:
        client = other_browser(self.app)
        signed_in(client, self.session, person)
        return client

    def close(self, day: date, **more: Any) -> None:
        """Save that it closes on a day, as its provider does."""
        sent = form(day, confirm="yes", **more)
        assert send(self.as_(self.provider), EDIT, sent).status_code == 303

    def told(self) -> list[tuple[str, str]]:
        """Who was mailed about the end of something, with the subject; each mail once."""
        work(self.database)
        return [(each.to_address.split("@")[0], each.subject) for each in letters(self.session)]

    def waits(self, person: Person, day: date = TODAY) -> list[tuple[str, str]]:
        known = people.known(self.session, person.id, day)
        assert known is not None
        return [(item.task, item.href) for item in works.items(self.session, known, day)
                if item.href.endswith("/hosting")]  # fmt: skip

    def states(self, client: PageClient) -> dict[str, str]:
        rows = client.get(f"{PAGE}.json").get_json()["items"]
        return {row["service_slug"]: row["state"] for row in rows}

    def usage(self, slug: str) -> int:
        query = select(Usage.id).where(Usage.service_id == self.ids[slug])
        found = self.session.scalar(query.order_by(Usage.id).limit(1))
        assert found is not None
        return found
