"""Add a journey, move and remove its steps, delete one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal import search
from portal.audit import Act
from portal.catalogue.actions import editing
from portal.catalogue.models.journeys import Journey
from portal.catalogue.rules.cleaners import slugify
from portal.catalogue.rules.documents import clean_journey
from portal.catalogue.rules.journey_questions import moved
from portal.catalogue.store import editable, journeys, services
from portal.db import Database, one_at_a_time

#: What is an address below /journeys itself.
RESERVED = {"new"}


def add(database: Database, values: Mapping[str, Any], act: Act) -> str:
    """Add a journey with its first step; its part of the address.

    Raises:
        Invalid: a value is wrong, or there is no such service.
    """
    with database.writing() as session:
        one_at_a_time(session)
        taken = journeys.slugs(session) | RESERVED
        wanted = slug = slugify(values["name"])
        number = 1
        while slug in taken:
            number += 1
            slug = f"{wanted}-{number}"
        step = {
            "service": values["reference"],
            "what_happens": values["what_happens"],
            "hand_off": values["hand_off"],
        }
        document = clean_journey(
            {"slug": slug, "name": values["name"], "goal": values["goal"], "steps": [step]}
        )
        made, ids = Journey(steps=[]), services.ids_by_slug(session)
        journeys.save(session, made, None, document, ids, act, "added")
        editing.index(session, editable.load(session, journeys.THING, made.id), document)
        return slug


def move(database: Database, id_: int, base: int, at: int, by: int, act: Act) -> bool:
    """Move a step `by` places, or remove it where that is 0; False where it stays.

    Args:
        base: the journey's last event when the person saw it.
        at: where the step stood then, from 0.

    Raises:
        Missing: there is no such journey.
        Stale: that step was changed or removed since.
        Invalid: it is the only one.
    """
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, journeys.THING, id_)
        was = editable.at_base(record, editable.since(session, record, base))
        after = clean_journey(moved(was, record.document, at, by))
        return editing.save(session, record, after, act, editing.EDITED)


def delete(database: Database, id_: int, act: Act) -> None:
    """Delete a journey; the history keeps what it said. Raises Missing."""
    with database.writing() as session:
        one_at_a_time(session)
        record = editable.load(session, journeys.THING, id_)
        journeys.remove(session, record.row, act, "deleted")
        search.remove(session, journeys.THING, [id_])
