"""Add journeys to the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from portal import search
from portal.audit import Act, Document
from portal.catalogue.models.journeys import Journey
from portal.catalogue.rules.documents import clean_journey
from portal.catalogue.store import journeys, services
from portal.db import Database, one_at_a_time


def add_missing(database: Database, documents: Iterable[Document], act: Act) -> int:
    """Add the journeys whose address is not taken; those that exist stay as they are.

    Returns:
        How many were added.

    Raises:
        Invalid: a document is wrong, or a step's service is not in the catalogue.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        there = {j.slug for j in journeys.load(session)}
        ids = services.ids_by_slug(session)
        for document in documents:
            clean = clean_journey(document)
            if clean["slug"] not in there:
                journeys.save(session, Journey(steps=[]), None, clean, ids, act, "added")
                added += 1
        search.put(session, journeys.search_documents(session))
    return added
