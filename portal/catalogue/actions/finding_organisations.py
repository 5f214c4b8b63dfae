"""Which organisation does somebody mean who types a name?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import audit, search
from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.store import organisation_names, organisations

_MOST = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """The organisations a name may mean, as references and names, the likeliest first.

    Attributes:
        sure: the reference of the one it surely means, if there is one.
        may_be: what to choose from where nothing is sure.
    """

    sure: str | None
    may_be: tuple[tuple[str, str], ...] = ()


def find(session: Session, name: str) -> Meant:
    """Say which organisation `name` means: the matcher's answer, then what the search finds."""
    index = audit.kept(
        session, "organisation names", lambda: NameIndex(organisation_names.named(session))
    )
    match = index.match(name)
    if match.matched:
        return Meant(match.matched)
    known = organisations.references(session)
    found = [suggestion.id for suggestion in match.suggestions]
    found += [known[id_] for id_ in search.find(session, organisations.THING, name, _MOST).ids]
    wanted = list(dict.fromkeys(found))[:_MOST]
    called = organisation_names.by_reference(session, wanted)
    return Meant(None, tuple((ref, called[ref].name) for ref in wanted if ref in called))
