"""Say which organisation a published name means, or put it into the reviewed queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.store import (
    further_kinds,
    journeys,
    matches,
    organisation_names,
    organisations,
    ownership,
    service_search,
    suppliers,
)
from portal.catalogue.words import MatchAbout, MatchState
from portal.db import Database, one_at_a_time
from portal.errors import Clash, Missing


class Resolver:
    """Resolves published names within one transaction: people's decisions first, then sure
    matches, which are kept with why; every other name waits in the queue.

    Attributes:
        waiting: how many names are new to the queue.
        moved: the ids of the services that `settle` gave another owner.
    """

    def __init__(self, session: Session, act: Act, about: MatchAbout = MatchAbout.OWNER) -> None:
        """Load the names and what is known of them once; `about` says of what new ones are."""
        self._session = session
        self._act = act
        self._about = about
        self._index = NameIndex(organisation_names.named(session))
        self._refs = organisations.ids_by_reference(session)
        self._references = organisations.references(session)
        self._rows = matches.decided(session)
        self._new: list[OrganisationMatch] = []
        self.waiting = 0
        self.moved: set[int] = set()

    def resolve(self, published_name: str) -> str | None:
        """The reference of the organisation meant, or None where the name waits (or is decided
        to mean none). A new name is only kept by `keep`.
        """
        row = self._rows.get(published_name)
        if row is None:
            found = self._index.match(published_name)
            means = self._refs[found.matched] if found.matched else None
            row = matches.new(published_name, means, found.why, self._act, self._about)
            self._rows[published_name] = row
            self._new.append(row)
            self.waiting += means is None
        return self._references[row.organisation_id] if row.organisation_id else None

    def keep(self) -> None:
        """Write the names that were resolved for the first time."""
        matches.add(self._session, self._new, self._references, self._act)
        self._new.clear()

    def settle(self, about: MatchAbout | None = None) -> int:
        """Look again at the names that no person decided, and give the services that carry them
        their owner. A name that was sure and is not any more stays as it is.

        Args:
            about: only the names that were said of this.

        Returns:
            How many names mean another organisation now.
        """
        settled = 0
        for name, row in self._rows.items():
            if row.decided_at is not None or about not in (None, row.about):
                continue
            found = self._index.match(name)
            means = self._refs[found.matched] if found.matched else row.organisation_id
            if means == row.organisation_id:
                continue
            before = self._references[row.organisation_id] if row.organisation_id else None
            matches.settle(
                self._session, row, means, found.why, self._references, self._act, "match.sure"
            )
            self.moved.update(
                ownership.move(self._session, name, before, found.matched, self._refs, self._act)
            )
            further_kinds.follow(self._session, name, means, self._act)
            if row.about is MatchAbout.SUPPLIER:
                suppliers.link(self._session, name, found.matched, self._act)
            settled += 1
        return settled


def suggest(database: Database, names: Iterable[str]) -> Iterable[dict[str, Any]]:
    """For each name: the sure match or None, and at most three suggestions with why."""
    with database.reading() as session:
        index = NameIndex(organisation_names.named(session))
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
    database: Database, match_id: int, reference: str | None, act: Act, revise: bool = False
) -> tuple[OrganisationMatch, int]:
    """Settle a name, and give the services that carry it their owner.

    Args:
        reference: the organisation meant, None for "none of ours".
        revise: decide again on a name that is settled already.

    Returns:
        The decided row and how many services changed.

    Raises:
        Missing: no such name or organisation.
        Clash: settled already, and this is not to revise it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        row = matches.by_id(session, match_id)
        refs = organisations.ids_by_reference(session)
        if reference is not None and reference not in refs:
            raise Missing(f"There is no organisation {reference}")
        if row.state is not MatchState.WAITING and not revise:
            raise Clash("match", "This name has been decided already")
        names = organisations.references(session)
        before, after = row.organisation_id, refs[reference] if reference else None
        matches.settle(session, row, after, act.reason, names, act, "match.decided", by_person=True)
        old, new = names.get(before or 0), names.get(after or 0)
        ids = ownership.move(session, row.published_name, old, new, refs, act) if old != new else []
        bought = suppliers.link(session, row.published_name, new, act) if old != new else []
        if old != new:
            further_kinds.follow(session, row.published_name, after, act)
        search.put(session, service_search.search_documents(session, ids))
        if ids:
            search.put(session, journeys.search_documents(session))
        return row, len({*ids, *bought})
