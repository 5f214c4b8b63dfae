"""Problems that readers reported, as work of those who answer them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Kind, Person, Thing
from portal.accounts.store import things
from portal.accounts.store.nearest import nearest
from portal.accounts.work import Item
from portal.catalogue.models.problems import Problem
from portal.catalogue.store import problems
from portal.errors import N_

LABELS = {"problem": N_("Answer problems that readers reported")}


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The problems that wait for somebody's answer."""
    if not person.grants:
        return
    found = problems.open_ones(session)
    answer = nearest(session, list(things_of(session, found).values()), day)
    mine = [each for each in found if person.id in answer.get((each.kind, each.thing_id), ())]
    names = things.names(session, {(each.kind, each.thing_id) for each in mine})
    for each in mine:
        called = names.get((each.kind, each.thing_id))
        name = called.name if called and called.name else each.about
        href = f"/problems/{each.id}"
        detail = each.figure or ""
        yield Item("problem", name, href, each.due_on, detail, each.kind.value, each.thing_id)


def things_of(session: Session, found: list[Problem]) -> dict[tuple[Kind, int], Thing]:
    """What problems are of; one that was removed has no owners, so the portal's people answer."""
    where = {(each.kind, each.thing_id) for each in found}
    known = things.by_ids(session, where)
    return {key: known.get(key, Thing(*key)) for key in where}
