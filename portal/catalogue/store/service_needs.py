"""How one service meets its needs: what it uses, what it used before, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from portal.audit import Document
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store import reviews
from portal.catalogue.store.claims import days_of, standing_asked
from portal.catalogue.store.gather import Statement
from portal.catalogue.words import Reviewed
from portal.fixed import Fixed

_OWN = (
    "arrangement", "product", "supplier", "status", "planned_live", "since", "since_basis",
    "until", "until_basis", "contract_end", "contract_group", "code_held_by", "data_held_by",
    "exit_plan", "exit_reviewed_on", "exit_note", "reason", "reason_note", "note", "source",
)  # fmt: skip


class Met(NamedTuple):
    """A way in which a service meets, met or will meet a need; dates are ISO text.

    Attributes:
        replaced_by: the component or product that took its place.
        usage: its id, as its address has it.
        standing: see `rules.standing`.
    """

    arrangement: str
    product: str | None
    supplier: str | None
    status: str
    planned_live: str | None
    since: str | None
    since_basis: str | None
    until: str | None
    until_basis: str | None
    contract_end: str | None
    contract_group: str | None
    code_held_by: str | None
    data_held_by: str | None
    exit_plan: str | None
    exit_reviewed_on: str | None
    exit_note: str | None
    reason: str | None
    reason_note: str | None
    note: str | None
    source: str | None
    capability: str
    capability_slug: str
    component: str | None
    component_slug: str | None
    lifecycle: str | None
    closes_on: str | None
    successor: str | None
    successor_slug: str | None
    successor_lifecycle: str | None
    replaced_by: str | None
    usage: str
    supplier_slug: str | None
    standing: str
    confirmed_on: str | None
    disputed_on: str | None

    @property
    def ending(self) -> bool:
        """Whether it rests on a component that is deprecated, closing or closed."""
        return self.lifecycle in ENDING


class Answer(NamedTuple):
    """What a service said of a need that it has named nothing for."""

    capability: str
    capability_slug: str
    answer: str
    note: str | None
    source: str | None


@dataclass(slots=True)
class Needs:
    """How a service meets its needs.

    Attributes:
        now: what is in use, being connected, planned or considered, by need.
        before: what it has stopped using.
        answers: what it said of needs that nothing above is about.
        unanswered: needs of the catalogue that it said nothing of.
    """

    now: list[Met] = field(default_factory=list)
    before: list[Met] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unanswered: int = 0

    @property
    def ending(self) -> list[Met]:
        """What is in use, or about to be, and ends."""
        return [row for row in self.now if row.ending]


def of_service(session: Session, service_id: int, day: date) -> Needs:
    """How a service meets its needs, and how that stands on a day, in two statements."""
    found = Needs()
    for row in _USAGES.rows(session, service=service_id, **days_of(day)):
        met = Met._make(row)
        (found.before if met.status == UsageStatus.STOPPED else found.now).append(met)
    answers = _ANSWERS.rows(session, service=service_id)
    spoken = {met.capability_slug for met in found.now}
    found.answers = [Answer._make(row[1:]) for row in answers if row[2] not in (None, *spoken)]
    spoken |= {met.capability_slug for met in found.before}
    spoken |= {answer.capability_slug for answer in found.answers}
    found.unanswered = int(answers[0][0]) - len(spoken) if answers else 0
    return found


_SERVICE = bindparam("service", type_=Usage.service_id.type)


def _usages() -> Statement:
    successor, after, its = aliased(Component), aliased(Usage), aliased(Component)
    columns = (
        *(getattr(Usage, name) for name in _OWN), Capability.name, Capability.slug,
        Component.name, Component.slug, Component.lifecycle, Component.closes_on, successor.name,
        successor.slug, successor.lifecycle, func.coalesce(its.name, after.product), Usage.id,
        Organisation.slug, standing_asked(), Usage.confirmed_on, Usage.disputed_on,
    )  # fmt: skip
    return (
        select(*(cast(column, Text).label(f"v{at}") for at, column in enumerate(columns)))
        .select_from(Usage)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Component, Component.id == Usage.component_id)
        .outerjoin(successor, successor.id == Component.successor_id)
        .outerjoin(Organisation, Organisation.id == Usage.supplier_id)
        # What replaces an arrangement is the same service's; saying so, few rows are looked at.
        .outerjoin(after, and_(after.replaces_id == Usage.id, after.service_id == Usage.service_id))
        .outerjoin(its, its.id == after.component_id)
        .outerjoin(Review, reviews.of(Reviewed.SERVICE, Usage.service_id))
        .where(Usage.service_id == _SERVICE)
        .order_by(Capability.name, Usage.since, Usage.id)
    )


def _answers() -> Statement:
    below, c, n = aliased(Capability), aliased(Capability), CapabilityNeed
    leaves = (
        select(func.count())
        .select_from(Capability)
        .where(~select(below.id).where(below.parent_id == Capability.id).exists())
        .scalar_subquery()
    )
    return (
        select(leaves, c.name, c.slug, type_coerce(n.answer, Text), n.note, n.source)
        .select_from(Service)
        .outerjoin(n, n.service_id == Service.id)
        .outerjoin(c, c.id == n.capability_id)
        .where(Service.id == _SERVICE)
        .order_by(c.name)
    )


_USAGES = Fixed(_usages())
#: How many needs there are, beside each answer; at least one row.
_ANSWERS = Fixed(_answers())


def documents(needs: Needs) -> Document:
    """What the service's JSON says beside its own document."""
    return {
        "usages": [_document(met) for met in (*needs.now, *needs.before)],
        "needs": [
            {
                "capability": answer.capability_slug,
                "answer": answer.answer,
                "note": answer.note,
                "source": answer.source,
            }
            for answer in needs.answers
        ],
        "needs_not_answered": needs.unanswered,
    }


def _document(met: Met) -> dict[str, Any]:
    return {
        "capability": met.capability_slug,
        "component": met.component_slug,
        "component_lifecycle": met.lifecycle,
        "component_closes_on": met.closes_on,
        "component_successor": met.successor_slug,
        **{name: getattr(met, name) for name in _OWN},
        "replaced_by": met.replaced_by,
        "supplier_organisation": met.supplier_slug,
        "standing": met.standing,
        "confirmed_on": met.confirmed_on,
        "disputed_on": met.disputed_on,
    }
