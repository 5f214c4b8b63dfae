"""An organisation on a day, and organisations as rows of a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portal.catalogue.store import (
    component_lists,
    hierarchy,
    organisations,
    ownership,
    suppliers,
)
from portal.catalogue.words import OrganisationKind
from portal.web.formats import Column

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Details:
    """What stood around an organisation on a day."""

    on: date
    name: str
    exists: bool
    started: bool
    parents: list[Any]
    children: list[hierarchy.Relative]
    predecessors: list[hierarchy.Relative]
    services: list[ownership.OwnedRow]
    former: list[ownership.OwnedRow]
    names: dict[int, str]
    components: list[component_lists.Row]
    sold: list[suppliers.Sold]

    @property
    def undated(self) -> bool:
        """Whether a service stands there whose first day is not known."""
        return any(row.since is None for row in self.services)

    @property
    def before(self) -> list[hierarchy.Relative]:
        """What stood in its place on the day: the bodies that it followed only later."""
        return [p for p in self.predecessors if p.since and p.since > self.on]

    @property
    def doubtful(self) -> bool:
        """Whether it may not have existed yet: no start is known, and it followed others later."""
        return self.exists and not self.started and bool(self.before)


def holds(row: Any, on: date) -> bool:
    """True where a row with `since` and `until` holds on a day."""
    return (row.since is None or row.since <= on) and (row.until is None or row.until > on)


def as_of(session: Session, organisation: Any, today: date, past: date | None = None) -> Details:
    """Gather an organisation's name, bodies above and below, and services: today, with those it
    had before and the components it provides, or as all but these was on a day in the past.
    """
    on = past or today
    start, end = organisation.start_date, organisation.end_date
    parents = [row for row in organisation.parents if holds(row, on)]
    children = hierarchy.children(session, organisation.id, on)
    services, former = ownership.owned_on(session, organisation.id, on)
    around = [row.parent_id for row in parents] + [row.id for row in children]
    return Details(
        on=on,
        name=_name(organisation, on),
        exists=(start is None or start <= on) and (end is None or end > on),
        started=start is not None,
        parents=parents,
        children=children,
        predecessors=hierarchy.predecessors(session, organisation.id),
        services=services,
        former=[] if past else former,
        names=hierarchy.names_on(session, around, on) if past else {},
        # Who provided a component in the past is not known.
        components=[] if past else component_lists.provided_by(session, organisation.id),
        sold=suppliers.sold_by(session, organisation.id) if _sells(organisation) else [],
    )


def _sells(organisation: Any) -> bool:
    return bool(organisation.kind == OrganisationKind.SUPPLIER)


def _name(organisation: Any, on: date) -> str:
    """The English name on a day, short or official as the one in use is; that one where the rows
    do not say.
    """
    english = [row for row in organisation.names if row.language == "en"]
    kind = next((row.kind for row in english if row.name == organisation.name), "name")
    for row in english:
        if row.kind == kind and holds(row, on):
            return str(row.name)
    return str(organisation.name)


COLUMNS: tuple[str | Column, ...] = (
    "slug",
    "name",
    "kind",
    "abbreviation",
    "website",
    "start_date",
    "end_date",
    "identifiers",
    Column("names", lambda row: [n["name"] for n in row["names"]]),
    Column("aliases", lambda row: [a["alias"] for a in row["aliases"]]),
    Column("parents", lambda row: [p["organisation"] for p in row["parents"]]),
    "successions",
)
#: One organisation's file says more: what it owned on the day asked for.
ON_DAY: tuple[str | Column, ...] = (
    *COLUMNS,
    "on",
    "name_on_day",
    Column("children", lambda row: [c["slug"] for c in row["children"]]),
    Column("predecessors", lambda row: [p["slug"] for p in row["predecessors"]]),
    Column("services", lambda row: [f"{s['slug']} ({s['role']})" for s in row["services"]]),
    Column("sold_to", lambda row: list(dict.fromkeys(s["service"] for s in row["sold"]))),
    Column("components", lambda row: [c["slug"] for c in row["components"]]),
)


def document(organisation: Any, details: Details) -> dict[str, Any]:
    """An organisation's document with what its page shows around it on the day."""
    return {
        **organisations.document_of(organisation),
        "on": details.on.isoformat(),
        "name_on_day": details.name,
        "children": [
            {
                "slug": c.slug,
                "name": details.names.get(c.id, c.name),
                "relation": c.relation,
                "since": c.since,
            }
            for c in details.children
        ],
        "predecessors": [
            {"slug": p.slug, "name": p.name, "kind": p.relation, "on": p.since}
            for p in details.predecessors
        ],
        "services": [
            {"slug": s.slug, "name": s.name, "role": s.role, "since": s.since, "until": s.until}
            for s in details.services
        ],
        "sold": [
            {
                "service": s.slug,
                "need": s.need,
                "product": s.product,
                "status": s.status,
                "since": s.since,
                "until": s.until,
            }
            for s in details.sold
        ],
        "components": [
            {"slug": c.slug, "name": c.name, "lifecycle": c.lifecycle, "services_now": c.users}
            for c in details.components
        ],
    }
