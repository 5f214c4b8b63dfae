"""Register a service: a draft is started, answered question by question, and thrown away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.store import identities, people
from portal.audit import Act, Document
from portal.catalogue.models.registrations import Registration
from portal.catalogue.rules.registering import Several, met, need_answers
from portal.catalogue.rules.service_answers import accountable
from portal.catalogue.rules.service_questions import Question, patch
from portal.catalogue.store import capabilities, organisation_names, registrations
from portal.catalogue.words import RegistrationState
from portal.db import Database, insert_new
from portal.errors import N_, Invalid, Stale

MOST_DRAFTS = 50


def start(database: Database, person_id: int, started_by: str, act: Act) -> int:
    """Start a draft; where somebody works is its first answer.

    Args:
        database: the portal's.
        person_id: whose.
        started_by: made for the button; the same one starts one draft.
        act: who does it, and when.

    Returns:
        The registration's id.

    Raises:
        Invalid: they have too many drafts.
    """
    with database.writing() as session:
        known = registrations.started(session, started_by)
        if known is not None:
            return _own(session, known, person_id)
        if len(registrations.drafts_of(session, person_id, MOST_DRAFTS)) == MOST_DRAFTS:
            raise Invalid("go", N_("Delete a draft first: you have %(many)s"), many=MOST_DRAFTS)
        row = {
            "started_by": started_by,
            "person_id": person_id,
            "state": RegistrationState.DRAFT,
            "document": _first(session, person_id, act.day),
            "needs": {},
            "created_at": act.at,
            "edited_at": act.at,
        }
        made = insert_new(session, Registration, row)
        # Nothing was made where the same button was pressed at the same moment.
        return made or _own(session, registrations.started(session, started_by) or 0, person_id)


def _own(session: Session, registration_id: int, person_id: int) -> int:
    if registrations.get(session, registration_id).person_id != person_id:
        raise Invalid("go", N_("Start again from the first page"))
    return registration_id


def _first(session: Session, person_id: int, day: date) -> Document:
    home = identities.home_of(session, person_id)
    if home is None:
        return {}
    reference = organisation_names.reference_of(session, home.organisation_id)
    return patch(Question.ORGANISATION, {}, {"reference": reference}, day)


def _draft(session: Session, registration_id: int, act: Act) -> Registration:
    """The draft, locked, marked as edited. Raises Stale where it is none any more."""
    row = registrations.get(session, registration_id, lock=True)
    if row.state is not RegistrationState.DRAFT:
        raise Stale(N_("It is no draft any more: see what became of it"))
    row.edited_at = act.at
    return row


def answer(
    database: Database,
    registration_id: int,
    question: Question,
    values: Mapping[str, Any],
    act: Act,
) -> None:
    """Keep the answer to one question; the others stay as somebody else may just have left them.

    Raises:
        Invalid: a value is wrong; `field` names the form's.
        Stale: it has been submitted since.
    """
    with database.writing() as session:
        row = _draft(session, registration_id, act)
        row.document = {**row.document, **patch(question, row.document, values, act.day)}


def none_of_these(database: Database, registration_id: int, act: Act) -> None:
    """Keep that no service like it is the same, for the name that it has now. Raises Stale."""
    with database.writing() as session:
        row = _draft(session, registration_id, act)
        row.not_these = row.name


def choose_needs(
    database: Database, registration_id: int, chosen: Collection[str], no_more: bool, act: Act
) -> None:
    """Keep which needs the service has.

    Args:
        database: the portal's.
        registration_id: which.
        chosen: the slugs of the needs.
        no_more: whether the others are not needed.
        act: who does it, and when.

    Raises:
        Invalid: there is no such need.
        Stale: it has been submitted since.
    """
    with database.writing() as session:
        leaves = [leaf.slug for top in capabilities.tree(session) for leaf in top.below]
        if set(chosen) - set(leaves):
            raise Invalid("needs", N_("Select needs from the list"))
        row = _draft(session, registration_id, act)
        row.needs = need_answers(leaves, chosen, row.needs, no_more)


def meet(
    database: Database,
    registration_id: int,
    need: str,
    arrangement: str,
    values: Mapping[str, Any],
    act: Act,
) -> None:
    """Keep how one need is met.

    Raises:
        Invalid: something is missing or contradicts itself.
        Stale: it has been submitted since.
    """
    answer = met(arrangement, values)
    with database.writing() as session:
        row = _draft(session, registration_id, act)
        row.needs = {**row.needs, need: answer}


def meet_all(
    database: Database, registration_id: int,
    said: Iterable[tuple[str, str, Mapping[str, Any]]], act: Act,
) -> int:  # fmt: skip
    """Keep how several needs are met, in one go; how many. All of it or nothing.

    Args:
        database: the portal's.
        registration_id: which.
        said: of each need its slug, the arrangement, and the values of `meet`.
        act: who does it, and when.

    Raises:
        Several: what is wrong with each of those that something is wrong with.
        Stale: it has been submitted since.
    """
    answers: Document = {}
    wrong: list[tuple[str, Invalid]] = []
    for need, arrangement, values in said:
        try:
            answers[need] = met(arrangement, values)
        except Invalid as problem:
            wrong.append((need, problem))
    if wrong:
        raise Several(wrong)
    with database.writing() as session:
        row = _draft(session, registration_id, act)
        row.needs = {**row.needs, **answers}
    return len(answers)


def throw_away(database: Database, registration_id: int, act: Act) -> None:
    """Delete a draft. Raises Stale where it is none any more."""
    with database.writing() as session:
        row = _draft(session, registration_id, act)
        session.delete(row)
        session.flush()


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the registrations of a set that are not here; how many.

    Args:
        database: the portal's.
        rows: `key`, the `email` of the author, `state`, `document` and `needs` of each.
        act: who adds them, and when.
    """
    with database.writing() as session:
        return sum(_add(session, row, act) for row in rows)


def _add(session: Session, row: Document, act: Act) -> bool:
    author = people.by_email(session, row["email"])
    if author is None:
        return False
    waiting = row["state"] == RegistrationState.WAITING
    owner = accountable(row["document"])
    wanted = [owner["organisation"]] if owner and waiting else []
    bodies = [body.id for body in organisation_names.by_reference(session, wanted).values()]
    if waiting and not bodies:
        return False
    made = {
        "started_by": row["key"],
        "person_id": author.id,
        "state": RegistrationState(row["state"]),
        "document": row["document"],
        "needs": row["needs"],
        "organisation_id": bodies[0] if bodies else None,
        "created_at": act.at,
        "edited_at": act.at,
        "submitted_at": act.at if waiting else None,
    }
    return insert_new(session, Registration, made) is not None
