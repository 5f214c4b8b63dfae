"""All SQL about the reviewed queue of organisation names."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.audit import Act, Document, record
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.words import MatchState
from portal.errors import Clash, Missing

THING = "organisation_match"


def queue(
    session: Session, state: MatchState | None = None, after_id: int = 0, limit: int = 50
) -> list[OrganisationMatch]:
    """Published names in order of arrival, with the organisation decided on."""
    query = select(OrganisationMatch).options(joinedload(OrganisationMatch.organisation))
    if state is not None:
        query = query.where(OrganisationMatch.state == state)
    return list(
        session.scalars(
            query.where(OrganisationMatch.id > after_id).order_by(OrganisationMatch.id).limit(limit)
        )
    )


def counts(session: Session) -> dict[str, int]:
    """How many names are in each state."""
    found = dict.fromkeys((s.value for s in MatchState), 0)
    for state, many in session.execute(
        select(OrganisationMatch.state, func.count()).group_by(OrganisationMatch.state)
    ):
        found[state.value] = many
    return found


def decided(session: Session) -> dict[str, OrganisationMatch]:
    """Every name the queue knows, by the name as published."""
    rows = session.scalars(select(OrganisationMatch).order_by(OrganisationMatch.id))
    return {row.published_name: row for row in rows}


def add(session: Session, published_name: str, act: Act) -> OrganisationMatch:
    """Put a name into the queue."""
    row = OrganisationMatch(
        published_name=published_name, state=MatchState.WAITING, first_seen_at=act.at
    )
    session.add(row)
    session.flush()
    after = {"published_name": published_name, "state": MatchState.WAITING.value}
    record(session, act, "match.waiting", THING, row.id, None, after)
    return row


def decide(
    session: Session, match_id: int, organisation_id: int | None, reference: str | None, act: Act
) -> OrganisationMatch:
    """Settle what a name means: an organisation, or none.

    Raises:
        Missing: no such row.
        Clash: somebody decided already.
    """
    row = session.get(OrganisationMatch, match_id)
    if row is None:
        raise Missing("There is no such name in the queue")
    if row.state is not MatchState.WAITING:
        raise Clash("match", "This name has been decided already")
    row.state = MatchState.NO_MATCH if organisation_id is None else MatchState.MATCHED
    row.organisation_id, row.decided_at, row.reason = organisation_id, act.at, act.reason
    after: Document = {"state": row.state.value, "organisation": reference}
    before: Document = {"state": MatchState.WAITING.value, "organisation": None}
    session.flush()
    record(session, act, "match.decided", THING, row.id, before, after)
    return row


def discard(session: Session, match_id: int, act: Act) -> None:
    """Take a name out again, if it is there, when the import that brought it is undone."""
    row = session.get(OrganisationMatch, match_id)
    if row is None:
        return
    before = {"published_name": row.published_name, "state": row.state.value}
    session.delete(row)
    session.flush()
    record(session, act, "match.discarded", THING, row.id, before, None)
