"""All SQL about versions of the assumptions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.audit import Act, Document, HistoryEvent, kept, record
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.store.organisations import iso
from portal.errors import N_, Missing, Stale
from portal.reports.models.assumptions import AssumptionRow, AssumptionSet
from portal.reports.rules.assumptions import Chosen, Row, Terms
from portal.reports.words import SetState

#: What the history calls them, with their assumptions.
SET = "assumption_set"
#: What documents of assumptions have had since 0066 only.
LATER = ("apart", "price_item", "price_since")
#: The scope of the sets that are everybody's.
EVERYBODY = 0
_NO_SET = N_("There is no such version of the assumptions")
_NO_ROW = N_("There is no such assumption")


def by_number(session: Session, scope: int, number: int, draft: bool = False) -> AssumptionSet:
    """A version. Raises Missing, and Stale where only a draft will do and it is published."""
    query = select(AssumptionSet).where(
        AssumptionSet.scope == scope, AssumptionSet.number == number
    )
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Missing(_NO_SET)
    if draft and found.state is not SetState.DRAFT:
        raise Stale(N_("It is published: nobody can change it any more"))
    return found


def published(session: Session, number: int) -> AssumptionSet:
    """A published version of everybody's. Raises Missing."""
    found = by_number(session, EVERYBODY, number)
    if found.state is not SetState.PUBLISHED:
        raise Missing(_NO_SET)
    return found


def editable(session: Session, scope: int, number: int, base: int) -> AssumptionSet:
    """A draft that still is as a page showed it. Raises Missing, and Stale where it is not."""
    found = by_number(session, scope, number, draft=True)
    if found.version != base:
        raise Stale(N_("Somebody else has changed it meanwhile"))
    return found


def by_id(session: Session, set_id: int) -> AssumptionSet:
    """The same by its id. Raises Missing."""
    found = session.get(AssumptionSet, set_id)
    if found is None:
        raise Missing(_NO_SET)
    return found


def newest(session: Session, scope: int, state: SetState) -> AssumptionSet | None:
    """The newest version of a scope in a state, if there is one."""
    s = AssumptionSet
    query = select(s).where(s.scope == scope, s.state == state).order_by(s.number.desc())
    return session.scalars(query.limit(1)).first()


def listing(session: Session, scope: int) -> list[AssumptionSet]:
    """The versions of a scope, newest first."""
    s = AssumptionSet
    return list(session.scalars(select(s).where(s.scope == scope).order_by(s.number.desc())))


def rows(session: Session, set_id: int) -> list[Row]:
    """The assumptions of a version, in order of their keys."""
    a = AssumptionRow
    query = (
        select(a, Capability.slug, Component.slug)
        .outerjoin(Capability, Capability.id == a.capability_id)
        .outerjoin(Component, Component.id == a.component_id)
        .where(a.set_id == set_id)
    )
    found = [_row(*each) for each in session.execute(query)]
    return sorted(found, key=lambda row: row.key)


def _row(found: AssumptionRow, capability: str | None, component: str | None) -> Row:
    return Row(
        found.field, _number(found.low), _number(found.central), _number(found.high),
        found.evidence, found.dated, capability, component, found.band, found.source, found.note,
        found.year, found.apart, found.price_item, found.price_since,
    )  # fmt: skip


def _number(value: Decimal) -> Decimal:
    """Without the zeros that a database adds: the same number is the same text everywhere."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def document(row: Row) -> Document:
    """An assumption as the history and files have it."""
    return {
        "key": row.key, "field": row.field.value, "capability": row.capability,
        "component": row.component, "band": row.band and row.band.value,
        "year": row.year, "low": f"{row.low:f}",
        "central": f"{row.central:f}", "high": f"{row.high:f}", "class": row.evidence.value,
        "source": row.source, "dated": iso(row.dated), "note": row.note, "apart": row.apart,
        "price_item": row.price_item, "price_since": iso(row.price_since),
    }  # fmt: skip


def frame(found: AssumptionSet) -> Document:
    """What a version says beside its assumptions."""
    return {
        "number": found.number, "base_year": found.base_year, "price_year": found.price_year,
        "horizon": found.horizon, "rate": f"{_number(found.rate):f}",
        "claim_years": found.claim_years, "note": found.note, "state": found.state.value,
        "approver": found.approver, "self_approved": found.self_approved,
    }  # fmt: skip


def terms(session: Session, found: AssumptionSet) -> Terms:
    """How a run with a version works things out."""
    chosen = Chosen(rows(session, found.id))
    return Terms(found.base_year, found.horizon, _number(found.rate), found.claim_years, chosen)


def add(session: Session, values: dict[str, Any], given: Iterable[Row], act: Act) -> AssumptionSet:
    """Add a draft with its assumptions; its number follows the newest of its scope."""
    highest = select(func.max(AssumptionSet.number)).where(AssumptionSet.scope == values["scope"])
    found = AssumptionSet(
        **values, number=(session.scalar(highest) or 0) + 1, state=SetState.DRAFT,
        made_by=act.actor, edited_at=act.at,
    )  # fmt: skip
    session.add(found)
    session.flush()
    record(session, act, "assumption_set.added", SET, found.id, None, frame(found))
    for row in given:
        put(session, found, row, act)
    return found


def put(session: Session, found: AssumptionSet, row: Row, act: Act) -> None:
    """Add an assumption to a draft, or change the one of the same key."""
    there = session.scalars(_at(found.id, row.key)).first()
    before = None
    if there is None:
        there = AssumptionRow(set_id=found.id, key=row.key, field=row.field)
        there.band, there.year = row.band, row.year
        there.capability_id = _id_of(session, Capability, row.capability)
        there.component_id = _id_of(session, Component, row.component)
        session.add(there)
    else:
        before = document(_row(there, row.capability, row.component))
    there.low, there.central, there.high = row.low, row.central, row.high
    there.evidence, there.source = row.evidence, row.source
    there.dated, there.note = row.dated, row.note
    there.apart, there.price_item, there.price_since = row.apart, row.price_item, row.price_since
    session.flush()
    tag = "assumption.edited" if before else "assumption.added"
    _told(session, found, tag, row.key, (before, document(row)), act)


def _told(
    session: Session, found: AssumptionSet, tag: str, key: str,
    sides: tuple[Document | None, Document | None], act: Act,
) -> None:  # fmt: skip
    """Record a change of an assumption with its version, whole on both sides."""
    before, after = ({} if side is None else {key: side} for side in sides)
    record(session, act, tag, SET, found.id, before, after)


def changed_by(session: Session, found: AssumptionSet) -> set[str]:
    """Who has drafted or changed a version, as the history names them."""
    h = HistoryEvent
    query = select(h.actor).where(h.thing == SET, h.thing_id == found.id).distinct()
    return set(session.scalars(query))


def subjects(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """What assumptions can be of: the names of needs, and of components, by their slugs. Kept
    until a record changes.
    """
    return kept(session, "assumption subjects", lambda: _subjects(session))


def _subjects(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    needs, components = (
        {
            row.slug: row.name
            for row in session.execute(
                select(model.slug, model.name).order_by(model.name, model.slug)
            )
        }
        for model in (Capability, Component)
    )
    return needs, components


def _id_of(session: Session, model: Any, slug: str | None) -> int | None:
    """The id of a need or component. Raises Missing."""
    if slug is None:
        return None
    found = session.scalar(select(model.id).where(model.slug == slug))
    if found is None:
        raise Missing(_NO_ROW)
    return int(found)


def _at(set_id: int, key: str) -> Any:
    return select(AssumptionRow).where(AssumptionRow.set_id == set_id, AssumptionRow.key == key)


def drop(session: Session, found: AssumptionSet, key: str, act: Act) -> None:
    """Take an assumption out of a draft. Raises Missing."""
    known = {row.key: row for row in rows(session, found.id)}
    there = session.scalars(_at(found.id, key)).first()
    if there is None:
        raise Missing(_NO_ROW)
    _told(session, found, "assumption.removed", key, (document(known[key]), None), act)
    session.delete(there)


def remove(session: Session, found: AssumptionSet, act: Act) -> None:
    """Delete a draft; the history keeps what it said."""
    record(session, act, "assumption_set.removed", SET, found.id, frame(found), None)
    session.execute(delete(AssumptionRow).where(AssumptionRow.set_id == found.id))
    session.delete(found)
