"""Which service or component does somebody mean who types a name?"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.actions import finding_organisations
from portal.catalogue.actions.finding_organisations import Meant
from portal.catalogue.store import components, organisations, records, services

_MOST = 8


def _named(thing: str) -> Callable[[Session, str], Meant]:
    """Finds records of one kind: the one that alone is called so, else what the search finds."""

    def find(session: Session, name: str) -> Meant:
        exact = records.called(session, thing, name, _MOST)
        if len(exact) == 1:
            return Meant(exact[0][0])
        ids = search.find(session, thing, name, _MOST).ids
        found = dict(exact) | records.by_ids(session, thing, ids)
        return Meant(None, tuple(found.items())[:_MOST])

    return find


#: By the kind of record: what a typed name may mean, as references and names.
FIND: dict[str, Callable[[Session, str], Meant]] = {
    organisations.THING: finding_organisations.find,
    services.THING: _named(services.THING),
    components.THING: _named(components.THING),
}
