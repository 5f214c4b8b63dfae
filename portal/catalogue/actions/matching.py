"""Say which organisation a published name means, or put it into the reviewed queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.store import matches, organisations, services
from portal.catalogue.words import MatchState
from portal.db import Database
from portal.errors import Missing


class Resolver:
    """Resolves published names within one transaction: people's decisions first, then sure
    matches; every other name waits in the queue.
    """

    def __init__(self, session: Session, act: Act) -> None:
        """Load the names and the decisions once."""
        self._session = session
        self._act = act
        self._index = NameIndex(organisations.named(session))
        self._decided = matches.decided(session)
        self._references = organisations.references(session)
        self._known: dict[str, str | None] = {}
        self.waiting = 0

    def resolve(self, published_name: str) -> str | None:
        """The reference of the organisation meant, or None where the name waits (or is decided
        to mean none).
        """
        if published_name not in self._known:
            self._known[published_name] = self._look_up(published_name)
        return self._known[published_name]

    def _look_up(self, name: str) -> str | None:
        row = self._decided.get(name)
        if row is not None and row.state is not MatchState.WAITING:
            return self._references[row.organisation_id] if row.organisation_id else None
        matched = self._index.match(name).matched
        if matched is None and row is None:
            self._decided[name] = matches.add(self._session, name, self._act)
            self.waiting += 1
        return matched


def suggest(database: Database, names: Iterable[str]) -> Iterable[dict[str, Any]]:
    """For each name: the sure match or None, and at most three suggestions with why."""
    with database.reading() as session:
        index = NameIndex(organisations.named(session))
    for name in names:
        found = index.match(name)
        yield {
            "name": name,
            "matched": found.matched,
            "why": found.why,
            "suggestions": [
                {"id": s.id, "score": round(s.score, 3), "why": s.why} for s in found.suggestions
            ],
        }


def decide(
    database: Database, match_id: int, reference: str | None, act: Act
) -> tuple[OrganisationMatch, int]:
    """Settle a waiting name, and give the services that carry it their owner.

    Args:
        reference: the organisation meant, None for "none of ours".

    Returns:
        The decided row and how many services changed.

    Raises:
        Missing: no such name or organisation.
        Clash: decided already.
    """
    with database.writing() as session:
        refs = organisations.ids_by_reference(session)
        if reference is not None and reference not in refs:
            raise Missing(f"There is no organisation {reference}")
        organisation_id = refs[reference] if reference else None
        row = matches.decide(session, match_id, organisation_id, reference, act)
        changed = 0
        if organisation_id is not None:
            canonical = organisations.references(session)[organisation_id]
            ids = services.waiting_owners(session, row.published_name)
            for service in services.load(session, ids):
                changed += services.give_owner(
                    session, service, row.published_name, canonical, refs, act
                )
        return row, changed
