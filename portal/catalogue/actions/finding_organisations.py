"""Which organisation does somebody mean who types a name?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import audit, search
from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.store import hierarchy, organisation_names, organisations
from portal.catalogue.store.organisation_names import Called

_MOST = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """The organisations a name may mean, as references and names, the likeliest first.

    Attributes:
        sure: the reference of the one it surely means, if there is one.
        may_be: what to choose from where nothing is sure.
        ended: what the name surely means has ended: its name.
    """

    sure: str | None
    may_be: tuple[tuple[str, str], ...] = ()
    ended: str = ""


def find(session: Session, name: str, ever: bool = False) -> Meant:
    """Say which organisation of today `name` means: the matcher's answer, then what the search
    finds. One that has ended owns nothing now: those that followed it stand in its place.

    Args:
        session: where to look.
        name: what somebody typed.
        ever: whether one that has ended may be meant too, as where it is about the past.
    """
    index = audit.kept(
        session, "organisation names", lambda: NameIndex(organisation_names.named(session))
    )
    match, known = index.match(name), organisations.references(session)
    wanted = [suggestion.id for suggestion in match.suggestions]
    if not match.matched:
        found = search.find(session, organisations.THING, name, _MOST).ids
        wanted = list(dict.fromkeys([*wanted, *(known[id_] for id_ in found)]))[:_MOST]
    called = organisation_names.by_reference(session, wanted)
    if match.matched and (ever or called[match.matched].ended is None):
        return Meant(match.matched)
    if ever:
        return Meant(None, tuple((ref, called[ref].name) for ref in wanted if ref in called))
    ended = called[match.matched].name if match.matched else ""
    return Meant(None, tuple(_of_today(session, wanted, called, known)), ended)


def _of_today(
    session: Session, wanted: Iterable[str], called: dict[str, Called], known: dict[int, str]
) -> Iterable[tuple[str, str]]:
    gone = [body.id for body in called.values() if body.ended]
    after = hierarchy.successors(session, gone) if gone else {}
    found: dict[str, str] = {}
    for reference in wanted:
        body = called.get(reference)
        if body is not None and body.ended is None:
            found[reference] = body.name
        elif body is not None:
            found |= {known[b.id]: b.name for b in after.get(body.id, ()) if b.end_date is None}
    return found.items()
