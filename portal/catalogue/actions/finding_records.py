"""Which record does somebody mean who types a name, or pastes the address of its page?"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.actions import finding_organisations
from portal.catalogue.actions.finding_organisations import Meant
from portal.catalogue.store import (
    components,
    organisation_names,
    organisations,
    records,
    services,
)

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


def look_up(session: Session, thing: str, text: str, slug: str | None) -> Meant:
    """What a name or an address means: the record at the address, also a former one; the one that
    is surely called so; else what it may be, each with whose it is. An organisation that has ended
    may be meant as well.

    Args:
        session: where to look.
        thing: the kind of record.
        text: what somebody typed.
        slug: the last part of the address that it is, if it may be one.
    """
    meant = Meant(None)
    if "/" not in text:
        is_body = thing == organisations.THING
        find = FIND[thing]
        meant = (
            finding_organisations.find(session, text, ever=True) if is_body else find(session, text)
        )
    if not meant.sure and slug and (reference := _at(session, thing, slug)):
        return Meant(reference)
    if meant.sure or not meant.may_be:
        return meant
    whose = records.whose(session, thing, [reference for reference, _name in meant.may_be])
    return Meant(None, tuple((ref, whose.get(ref, name)) for ref, name in meant.may_be))


def _at(session: Session, thing: str, slug: str) -> str | None:
    now = records.SLUG_NOW[thing](session, slug) or slug
    if thing == organisations.THING:
        reference = f"slug:{now}"
        return reference if organisation_names.by_reference(session, [reference]) else None
    return now if records.names_of(session, [f"{thing}:{now}"]) else None
