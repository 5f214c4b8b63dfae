"""Say how assessments are held: the portal for all, or an organisation for its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.assessments.rules import booking_settings as rules
from portal.assessments.store import booking_settings
from portal.audit import Act
from portal.db import Database, one_at_a_time
from portal.errors import N_, Stale


def say(
    database: Database, organisation_id: int | None, base: int, values: Mapping[str, Any], act: Act
) -> bool:
    """Keep what an organisation (None: the portal) says; False where nothing changes.

    Args:
        database: the portal's.
        organisation_id: of the organisation.
        base: the version that the form was made from; 0 where nothing was said yet.
        values: by the names of `HeldHow`; None where nothing is said.
        act: who says it.

    Raises:
        Stale: somebody else said something since.
        Invalid: a value is wrong, or what holds does not fit together.
    """
    clean = rules.clean(values)
    with database.writing() as session:
        one_at_a_time(session)
        row = booking_settings.row_of(session, organisation_id)
        if (row.version if row is not None else 0) != base:
            raise Stale(N_("Somebody else changed this since you opened it"))
        rows = [clean]
        if organisation_id is not None:
            above = booking_settings.row_of(session, None)
            rows += [booking_settings.said(above)] if above is not None else []
        rules.together(rules.held_how(*rows))
        if row is None and all(value is None for value in clean.values()):
            return False
        return booking_settings.save(session, organisation_id, clean, act)
