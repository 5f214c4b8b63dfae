"""All SQL about the reviewed queue of organisation names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session, joinedload

from portal.audit import Act, Document, append, event_row, record, record_all
from portal.catalogue.models.organisations import Organisation, OrganisationMatch
from portal.catalogue.store.organisations import references
from portal.catalogue.store.wording import has_words
from portal.catalogue.words import MatchAbout, MatchState
from portal.db import chunks, new_ids
from portal.errors import Missing

THING = "organisation_match"


def queue(
    session: Session, state: MatchState | None = None, after_id: int = 0, limit: int = 50,
    about: MatchAbout | None = None, words: Collection[str] = (),
) -> list[OrganisationMatch]:  # fmt: skip
    """Published names in order of arrival, with the organisation decided on."""
    query = select(OrganisationMatch).options(joinedload(OrganisationMatch.organisation))
    query = query.where(has_words(OrganisationMatch.published_name, words))
    if state is not None:
        query = query.where(OrganisationMatch.state == state)
    if about is not None:
        query = query.where(OrganisationMatch.about == about)
    return list(
        session.scalars(
            query.where(OrganisationMatch.id > after_id).order_by(OrganisationMatch.id).limit(limit)
        )
    )


def following(
    session: Session, match_id: int, about: MatchAbout | None, words: Collection[str]
) -> OrganisationMatch | None:
    """The name that waits next after one, or else the first."""
    for after in (match_id, 0):
        if found := queue(session, MatchState.WAITING, after, 1, about, words):
            return found[0]
    return None


def counts(
    session: Session, about: MatchAbout | None = None, words: Collection[str] = ()
) -> dict[str, int]:
    """How many names are in each state, of those said of owners or of suppliers."""
    of = has_words(OrganisationMatch.published_name, words)
    of = and_(of, OrganisationMatch.about == about) if about is not None else of
    found = dict.fromkeys((s.value for s in MatchState), 0)
    for state, many in session.execute(
        select(OrganisationMatch.state, func.count()).where(of).group_by(OrganisationMatch.state)
    ):
        found[state.value] = many
    return found


def decided(session: Session) -> dict[str, OrganisationMatch]:
    """Every name the queue knows, by the name as published."""
    rows = session.scalars(select(OrganisationMatch).order_by(OrganisationMatch.id))
    return {row.published_name: row for row in rows}


def document_of(row: OrganisationMatch, names: Mapping[int, str]) -> Document:
    """What the history says of a published name; `names` are organisations' references."""
    reference = names[row.organisation_id] if row.organisation_id else None
    return {
        "published_name": row.published_name,
        "state": row.state.value,
        "organisation": reference,
        "reason": row.reason,
    }


def new(
    published_name: str, organisation_id: int | None, why: str, act: Act,
    about: MatchAbout = MatchAbout.OWNER,
) -> OrganisationMatch:  # fmt: skip
    """A name that surely means an organisation and why; or that waits, without one. For `add`."""
    sure = organisation_id is not None
    return OrganisationMatch(
        published_name=published_name,
        about=about,
        state=MatchState.MATCHED if sure else MatchState.WAITING,
        first_seen_at=act.at,
        organisation_id=organisation_id,
        reason=why if sure else None,
    )


def add(
    session: Session, rows: Collection[OrganisationMatch], names: Mapping[int, str], act: Act
) -> None:
    """Keep new names, with history; `names` are organisations' references."""
    for row, id_ in zip(rows, new_ids(session, OrganisationMatch, len(rows)), strict=True):
        row.id = id_
    session.add_all(rows)
    session.flush()
    events = [
        event_row(
            act, f"match.{'sure' if row.organisation_id else 'waiting'}", THING, row.id, None,
            document_of(row, names),
        )
        for row in rows
    ]  # fmt: skip
    append(session, [event for event in events if event])


def by_id(session: Session, match_id: int) -> OrganisationMatch:
    """One published name. Raises Missing."""
    row = session.get(OrganisationMatch, match_id, populate_existing=True)
    if row is None:
        raise Missing("There is no such name in the queue")
    return row


@dataclass(frozen=True, slots=True)
class Shown:
    """A published name as a page shows it; `reference` is of the organisation that it means now."""

    id: int
    name: str
    about: MatchAbout
    state: MatchState
    reason: str | None
    reference: str | None
    organisation: str | None
    slug: str | None


def shown(session: Session, match_id: int) -> Shown:
    """One published name with what it means. Raises Missing."""
    row = by_id(session, match_id)
    body = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    known = references(session).get(body.id) if body else None
    return Shown(
        row.id, row.published_name, row.about, row.state, row.reason, known,
        body.name if body else None, body.slug if body else None,
    )  # fmt: skip


def settle(
    session: Session, row: OrganisationMatch, organisation_id: int | None, reason: str | None,
    names: Mapping[int, str], act: Act, tag: str, state: MatchState | None = None,
    by_person: bool = False,
) -> None:  # fmt: skip
    """Let a name mean an organisation, or none; with history.

    Args:
        names: organisations' ids to references.
        state: WAITING for a name that goes back into the queue.
        by_person: a person's decision, which nothing but another one changes.
    """
    before = document_of(row, names)
    row.state = state or (MatchState.MATCHED if organisation_id else MatchState.NO_MATCH)
    row.organisation_id, row.reason = organisation_id, reason
    row.decided_at = act.at if by_person else None
    session.flush()
    record(session, act, tag, THING, row.id, before, document_of(row, names))


def remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    """Take names out again, when the import that brought them is undone."""
    names = references(session)
    for some in chunks(ids):
        rows = session.scalars(select(OrganisationMatch).where(OrganisationMatch.id.in_(some)))
        gone = [(row.id, document_of(row, names), None) for row in rows]
        session.execute(delete(OrganisationMatch).where(OrganisationMatch.id.in_(some)))
        record_all(session, act, tag, THING, gone)
