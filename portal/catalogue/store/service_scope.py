"""What a query of the service list means on this database today, as SQL conditions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, or_
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.services import Service
from portal.catalogue.rules.filters import ServiceQuery
from portal.catalogue.store import hierarchy, reviews, service_matches
from portal.catalogue.store.hierarchy import family
from portal.catalogue.store.service_choices import using
from portal.catalogue.words import Audience, Reviewed

#: The facets whose choices carry counts, as queries name them, with the column of each.
FACETS = {
    "phases": "phase",
    "audiences": "audience_set",
    "categories": "category",
    "apis": "apis_answer",
}


#: What else words may name: the page says so, and no service is listed for a word like theirs.
BESIDE = ("component", "capability")


@dataclass(slots=True)
class Scope:
    """What a query means on this database today: organisation and search resolved once."""

    query: ServiceQuery
    on: date
    organisation_id: int | None = None
    organisation: str | None = None
    bodies: Select[tuple[int]] | None = None
    unknown_organisation: bool = False
    found: search.Found | None = None
    facts: Sequence[Any] = ()
    positions: dict[int, int] = field(default_factory=dict)


def scope(session: Session, query: ServiceQuery, on: date) -> Scope:
    """Look up the organisation and the words of a query."""
    result = Scope(query, on)
    if query.organisation:
        tree = hierarchy.tree(session, on)
        body = tree.ids.get(query.organisation)
        result.unknown_organisation = body is None
        if body is not None:
            result.organisation_id, result.organisation = body, tree.names[body][1]
            # One object for every part of the facet statement: SQL takes each CTE name once.
            result.bodies = family(bindparam("organisation_id", body), bindparam("on", on))
    if query.text:
        result.found = search.find(session, "service", query.text, beside=BESIDE)
        result.facts = service_matches.facts(session, result.found)
        ids = service_matches.in_order(result.found, result.facts)
        result.positions = {id_: at for at, id_ in enumerate(ids)}
    return result


def values(scope: Scope) -> dict[str, Any]:
    """The values of the parameters in `conditions`: a statement kept for its shape takes them."""
    found: dict[str, Any] = {facet: stored(scope.query, facet) for facet in FACETS}
    found |= {f"kept_{facet}": chosen for facet, chosen in found.items()}
    found |= {"organisation_id": scope.organisation_id, "on": scope.on}
    return {**found, "found": scope.found.ids if scope.found else ()}


def shape(scope: Scope) -> Hashable | None:
    """What statements with the same conditions but other values share; None for one that no
    other is like, which is not worth keeping.
    """
    query = scope.query
    if query.by_usage or query.review or scope.unknown_organisation:
        return None
    chosen = tuple(facet for facet in FACETS if getattr(query, facet))
    return chosen, scope.bodies is not None, scope.found is not None, query.sort


def conditions(scope: Scope, leave_out: str | None = None) -> list[ColumnElement[bool]]:
    """What a service must meet to be listed; with one facet left open for its own counts."""
    return [*narrowed(scope), *of_bodies(scope, Service), *chosen(scope, Service, leave_out)]


def chosen(scope: Scope, columns: Any, leave_out: str | None = None) -> list[ColumnElement[bool]]:
    """The conditions of the facets that carry counts, on the columns of a table or subquery."""
    return [
        getattr(columns, column).in_(bindparam(facet, values, expanding=True))
        for facet, column in FACETS.items()
        if facet != leave_out and (values := stored(scope.query, facet))
    ]


def stored(query: ServiceQuery, facet: str) -> tuple[str, ...]:
    """The values of a facet's column that its choices allow; empty where there is no choice."""
    values: tuple[str, ...] = getattr(query, facet)
    return _sets_with(values) if facet == "audiences" else values


def _sets_with(audiences: tuple[str, ...]) -> tuple[str, ...]:
    """Every set of audiences, as `Service.audience_set` writes it, that has one of these."""
    every = sorted(Audience)
    return tuple(
        ",".join(some)
        for size in range(1, len(every) + 1)
        for some in combinations(every, size)
        if not set(some).isdisjoint(audiences)
    )


def of_bodies(scope: Scope, columns: Any) -> list[ColumnElement[bool]]:
    """That the chosen organisation, or one below it, is accountable or delivers."""
    if scope.bodies is None:
        return []
    bodies = scope.bodies
    return [or_(columns.organisation_id.in_(bodies), columns.delivers_id.in_(bodies))]


def narrowed(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of what carries no counts: they can only be counted on the services."""
    found: list[ColumnElement[bool]] = []
    if scope.unknown_organisation:
        found.append(false())
    if scope.query.by_usage:
        found.append(Service.id.in_(using(scope.query)))
    if scope.query.review:
        choice = scope.query.review
        found.append(reviews.chosen(Reviewed.SERVICE, Service.id, choice, scope.on))
    if scope.found is not None:
        found.append(Service.id.in_(bindparam("found", scope.found.ids, expanding=True)))
    return found
