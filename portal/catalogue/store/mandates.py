"""All SQL about mandates: who falls under one, listed and counted by how they stand to it.

It says in SQL what rules/mandates.py says of one need of one service; a test compares them. What
is known comes from usages and exemptions, so those are read and not all services; what is not
known is the rest, and is listed only where somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.audit import kept
from portal.catalogue.component_words import ExemptionState, MandateState, NeedAnswer, UsageStatus
from portal.catalogue.models.components import (
    Capability,
    ComponentExemption,
)
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServicePhase
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules.mandates import Covers
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.store import service_counts
from portal.catalogue.store.mandate_records import Mandated

#: The end of an exemption that has none.
FAR = date(9999, 12, 31)
#: Of a place in the list, the id of the service times this and the id of the need are one number.
SPAN = 100_000
_FLAGS = ("uses", "moves", "leaves", "other", "other_ends")


@dataclass(frozen=True, slots=True)
class MandateQuery:
    """What the list of one component's mandate is asked for; None means "any".

    Attributes:
        asked: whether the reader may know of requests that are not decided.
        within: only exemptions that end within so many months.
        after: the name, service and need of the last row of the page before.
    """

    asked: bool = False
    state: MandateState | None = None
    organisation: str | None = None
    need: str | None = None
    within: int | None = None
    after: tuple[str, int, int] | None = None


class Row(NamedTuple):
    """A need of a service that falls under a mandate, and how it stands to it."""

    service_id: int
    sort_name: str
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    need_id: int
    need_slug: str
    need: str
    state: str
    exempt_until: date | None

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands in the list."""
        return self.sort_name, self.service_id * SPAN + self.need_id


def _about(covers: Covers) -> ColumnElement[bool]:
    """Whether a mandate is about a service, as `rules.covers_service` says."""
    parts: list[ColumnElement[bool]] = [Service.phase.in_(rules.phases_from(covers.from_phase))]
    kinds = rules.kinds_of(covers.sectors)
    if kinds is not None:
        parts.append(Organisation.kind.in_(sorted(kinds)) if kinds else false())
    if covers.audiences:
        parts.append(or_(*(Service.audience_set.contains(each) for each in covers.audiences)))
    if covers.new_since is not None:
        parts.append(began() >= covers.new_since)
    return and_(*parts)


def began() -> Any:
    """The first day of a service; empty where a phase has none, which may have been the first."""
    p = ServicePhase
    first = case((func.count() == func.count(p.since), func.min(p.since)))
    return select(first).where(p.service_id == Service.id).correlate(Service).scalar_subquery()


def _scope(mandated: Mandated, day: date, need: Any) -> ColumnElement[bool]:
    """Whether a need of a service falls under one of the mandates."""
    return or_(
        false(),
        *(
            and_(need.in_(ids), or_(*(_about(rule.covers) for rule in some)))
            for some, ids in mandated.groups(day)
        ),
    )


def live_on(day: date) -> ColumnElement[bool]:
    """Whether an exemption holds on a day, as `rules.is_live` says."""
    e = ComponentExemption
    return and_(
        e.granted_on <= day,
        or_(e.expires_on.is_(None), e.expires_on > day),
        or_(e.ended_on.is_(None), e.ended_on > day),
    )


def _exempt(component_id: int, day: date) -> Any:
    e = ComponentExemption
    return (
        select(e.service_id, func.max(func.coalesce(e.expires_on, FAR)).label("until"))
        .where(e.component_id == component_id, live_on(day))
        .group_by(e.service_id)
    )


def _asking(component_id: int) -> Any:
    r = ExemptionRequest
    return select(r.service_id).where(
        r.component_id == component_id, r.state == ExemptionState.ASKED
    )


def _said(component_id: int, needs: Sequence[int]) -> Any:
    """Whatever says how needs are met: a row of flags for each usage."""
    mandated = Usage.component_id == component_id
    other = or_(Usage.component_id.is_(None), Usage.component_id != component_id)
    ends = Usage.status == UsageStatus.STOPPING
    flags = (
        and_(mandated, Usage.status == UsageStatus.LIVE),
        and_(mandated, Usage.status.in_(rules.COMING)),
        and_(mandated, ends),
        and_(other, ~ends),
        and_(other, ends),
    )
    return select(
        Usage.service_id, Usage.capability_id,
        *(case((flag, 1), else_=0).label(name) for name, flag in zip(_FLAGS, flags, strict=True)),
    ).where(Usage.capability_id.in_(needs), Usage.status.in_(rules.SAYING))  # fmt: skip


def _known(mandated: Mandated, day: date, asked: bool) -> Any:
    """What is known of services and needs under a mandate, with its state."""
    needs = mandated.need_ids(day)
    exempt, asking = _exempt(mandated.id, day).subquery(), _asking(mandated.id).subquery()
    parts = [_said(mandated.id, needs)]
    for apart in (exempt, asking) if asked else (exempt,):
        zeros = (literal(0).label(name) for name in _FLAGS)
        each = select(apart.c.service_id, Capability.id, *zeros).select_from(apart)
        parts.append(each.join(Capability, Capability.id.in_(needs)))
    rows = union_all(*parts).subquery()
    said = (
        select(
            rows.c.service_id, rows.c.capability_id,
            *(func.max(rows.c[name]).label(name) for name in _FLAGS),
        )
        .group_by(rows.c.service_id, rows.c.capability_id)
        .subquery()
    )  # fmt: skip
    n, c = aliased(CapabilityNeed), said.c
    state = _state(c, exempt.c.until, asking.c.service_id if asked else None)
    query = (
        select(
            Service.id, Service.sort_name, Service.slug, Service.name, Organisation.slug,
            Organisation.name, Capability.id, Capability.slug, Capability.name,
            state.label("state"), exempt.c.until,
        )
        .select_from(said)
        .join(Service, Service.id == c.service_id)
        .join(Capability, Capability.id == c.capability_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .outerjoin(n, and_(n.service_id == c.service_id, n.capability_id == c.capability_id))
        .outerjoin(exempt, exempt.c.service_id == c.service_id)
        .where(
            _scope(mandated, day, c.capability_id),
            or_(n.answer.is_(None), n.answer != NeedAnswer.NOT_NEEDED),
        )
    )  # fmt: skip
    if asked:
        query = query.outerjoin(asking, asking.c.service_id == c.service_id)
    return query, state, exempt.c.until


def _state(c: Any, until: Any, asking: Any) -> ColumnElement[str]:
    others = c.other + c.other_ends
    steps: list[tuple[Any, MandateState]] = [
        (and_(c.uses == 1, others == 0), MandateState.COMPLIES),
        (until.is_not(None), MandateState.EXEMPT),
        (or_(c.moves == 1, and_(c.uses == 1, c.other == 0)), MandateState.MOVING),
    ]
    if asking is not None:
        steps.append((asking.is_not(None), MandateState.ASKED))
    return case(
        *((when, literal(state.value)) for when, state in steps),
        else_=literal(MandateState.NEITHER.value),
    )


def _unknown(mandated: Mandated, day: date, asked: bool) -> Any:
    """The services and needs under a mandate of which nothing is known."""
    n, needs = aliased(CapabilityNeed), mandated.need_ids(day)
    silent = [
        ~exists().where(
            Usage.service_id == Service.id, Usage.capability_id == Capability.id,
            Usage.status.in_(rules.SAYING),
        ),
        ~exists().where(
            n.service_id == Service.id, n.capability_id == Capability.id,
            n.answer == NeedAnswer.NOT_NEEDED,
        ),
        Service.id.not_in(
            select(ComponentExemption.service_id).where(
                ComponentExemption.component_id == mandated.id, live_on(day)
            )
        ),
    ]  # fmt: skip
    if asked:
        silent.append(Service.id.not_in(_asking(mandated.id)))
    return (
        select(
            Service.id, Service.sort_name, Service.slug, Service.name, Organisation.slug,
            Organisation.name, Capability.id, Capability.slug, Capability.name,
            literal(MandateState.NOT_KNOWN.value), literal(None),
        )
        .select_from(Service)
        .join(Capability, Capability.id.in_(needs))
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(_scope(mandated, day, Capability.id), *silent)
    )  # fmt: skip


def listing(
    session: Session, mandated: Mandated, query: MandateQuery, day: date, limit: int | None = None
) -> list[Row]:
    """The needs of services under a mandate, by the service's name. What is not known is left out
    unless it is asked for.
    """
    if not mandated.need_ids(day):
        return []
    if query.state is MandateState.NOT_KNOWN:
        statement = _unknown(mandated, day, query.asked)
        if query.within is not None:
            return []
    else:
        statement, state, until = _known(mandated, day, query.asked)
        if query.state is not None:
            statement = statement.where(state == query.state.value)
        if query.within is not None:
            statement = statement.where(
                state == MandateState.EXEMPT.value, until <= add_months(day, query.within)
            )
    if query.organisation is not None:
        statement = statement.where(Organisation.slug == query.organisation)
    if query.need is not None:
        statement = statement.where(Capability.slug == query.need)
    order = (Service.sort_name, Service.id, Capability.id)
    if query.after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*query.after))
    rows: Any = session.execute(statement.order_by(*order).limit(limit))
    return [Row._make((*row[:10], None if row[10] == FAR else row[10])) for row in rows]


def place_of(name: str, number: int) -> tuple[str, int, int]:
    """A place in the list, as the query takes it."""
    return name, *divmod(number, SPAN)


def in_parts(
    session: Session, mandated: Mandated, query: MandateQuery, day: date
) -> Iterator[list[Row]]:
    """All of the list for a download, some at a time."""
    while found := listing(session, mandated, query, day, 500):
        yield found
        query = replace(query, after=place_of(*found[-1].place))


def counts(
    session: Session, some: Collection[Mandated], day: date, asked: bool
) -> dict[int, dict[str, int]]:
    """How many needs of services stand how to each component's mandates, by its id; in one
    statement, worked out once for each version of the records.
    """
    key = ("mandates", day, asked, tuple(each.id for each in some))
    return kept(session, key, lambda: _counts(session, some, day, asked))


def _counts(
    session: Session, some: Collection[Mandated], day: date, asked: bool
) -> dict[int, dict[str, int]]:
    found = {each.id: dict.fromkeys((s.value for s in MandateState), 0) for each in some}
    parts = [part for each in some for part in _parts(each, day, asked)]
    if not parts:
        return found
    rest = MandateState.NOT_KNOWN.value
    for component, state, many in session.execute(union_all(*parts)):
        if state in ("all", "not_needed"):
            found[component][rest] += many if state == "all" else -many
        else:
            found[component][state] += many
            found[component][rest] -= many
    return found


def _total(about: Sequence[Covers], own: Any, needs: int) -> Any:
    """How many needs of services one of these mandates is about. What is kept of services by phase
    and organisation tells it, unless the mandate asks for more.
    """
    if len(about) > 1 or about[0].audiences or about[0].new_since:
        total = select(own, literal("all"), func.count() * needs).select_from(Service)
        total = total.outerjoin(Organisation, Organisation.id == Service.organisation_id)
        return total.where(or_(*(_about(covers) for covers in about)))
    n, kinds = ServiceCount, rules.kinds_of(about[0].sectors)
    total = (
        select(own, literal("all"), func.coalesce(func.sum(n.many), 0) * needs)
        .select_from(n)
        .outerjoin(Organisation, Organisation.id == n.organisation_id)
        .where(
            n.within == "phase",
            n.within_value.in_([each.value for each in rules.phases_from(about[0].from_phase)]),
            n.facet == service_counts.ORGANISATION,
        )
    )
    return total if kinds is None else total.where(Organisation.kind.in_(sorted(kinds)))


def _parts(mandated: Mandated, day: date, asked: bool) -> Iterator[Any]:
    if not mandated.need_ids(day):
        return
    own = literal(mandated.id)
    known, state, _until = _known(mandated, day, asked)
    named = known.with_only_columns(state.label("state")).subquery()
    yield select(own, named.c.state, func.count()).group_by(named.c.state)
    for about, ids in mandated.groups(day):
        yield _total([rule.covers for rule in about], own, len(ids))
    n = CapabilityNeed
    yield (
        select(own, literal("not_needed"), func.count())
        .select_from(n)
        .join(Service, Service.id == n.service_id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .where(n.answer == NeedAnswer.NOT_NEEDED, _scope(mandated, day, n.capability_id))
    )
