"""Keep the search in step with records that were written many at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.store import (
    capabilities,
    components,
    further_kinds,
    journeys,
    organisation_names,
    organisations,
    ownership,
    service_search,
    services,
)
from portal.db import chunks


def reindex(session: Session) -> None:
    """Rebuild the search of every kind of record from the tables."""
    search.rebuild(session, services.THING, service_search.search_documents(session))
    search.rebuild(session, organisations.THING, organisation_names.search_documents(session))
    search.rebuild(session, journeys.THING, journeys.search_documents(session))
    search.rebuild(session, components.THING, components.search_documents(session))
    search.rebuild(session, capabilities.THING, capabilities.search_documents(session))
    for kind in further_kinds.kinds():
        search.rebuild(session, kind.thing, kind.documents(session))


def refresh(session: Session, changed: Mapping[str, Collection[int]]) -> None:
    """Index records that are new or changed, and those that are found by what they are called.

    Args:
        changed: ids of services and organisations, by kind.
    """
    bodies = changed.get(organisations.THING, ())
    found = set(changed.get(services.THING, ()))
    provided: set[int] = set()
    for some in chunks(bodies):
        found |= ownership.services_of(session, some)
        provided |= components.provided_by(session, some)
    search.put(session, organisation_names.search_documents(session, bodies))
    search.put(session, service_search.search_documents(session, sorted(found)))
    if found:
        search.put(session, journeys.search_documents(session))
    if provided:
        search.put(session, components.search_documents(session, sorted(provided)))
