"""Record what was measured of the use of a shared component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.audit import Act
from portal.catalogue.actions.meeting import Place, loaded, refuse_late
from portal.catalogue.rules import measuring
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.store import meeting as store
from portal.catalogue.store import usage
from portal.db import Database, one_at_a_time

MEASURED = "usage.measured"


@dataclass(frozen=True, slots=True)
class Measured:
    """What somebody measured.

    Attributes:
        volumes: of each financial year: `year`, `quantity`, `source`.
        days: of work of building in, as decimal text; None where nobody measured them.
        source: of the days.
        base: the id of the last event of the arrangement when the form was made.
    """

    volumes: Sequence[Mapping[str, Any]]
    days: str | None
    source: str | None
    base: int = 0


def measure(database: Database, place: Place, usage_id: int, said: Measured, act: Act) -> bool:
    """Keep what was measured of a use, in place of what was recorded; False where nothing differs.

    Raises:
        Missing: it was removed.
        Invalid: see `rules.measuring.measured`.
        Changed: somebody else has changed it since; nothing is saved.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = loaded(session, place, usage_id)
        before = {name: value for name, value in found.document.items() if name != "replaces"}
        after = clean_usage(
            measuring.measured(before, said.volumes, said.days, said.source, act.day)
        )
        mine = {**after, "replaces": found.document["replaces"]}
        refuse_late(session, found, mine, said.base)
        known = store.ids(session, place.service, place.service_id)
        return usage.save(session, found.row, before, after, known, act, MEASURED)
