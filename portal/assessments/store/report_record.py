"""One report with everything its page shows, as plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
    ReportCheck,
)
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.catalogue.component_words import MentionState
from portal.catalogue.models.components import Component
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.errors import Missing


class Owner(NamedTuple):
    """An organisation as the report names it, and which one that is."""

    published_name: str
    slug: str | None
    name: str | None


class Point(NamedTuple):
    """A point as it was rated; without a title where the standard is not known."""

    number: int
    title: str | None
    verbatim: str
    rating: str
    reason: str | None
    carried: bool


class Check(NamedTuple):
    """What is to be checked, or was."""

    id: int
    field: str
    reason: str
    state: str
    note: str | None


class Named(NamedTuple):
    """A component that the report names, in how many sentences, and whether a person said so."""

    slug: str
    name: str
    sentences: int
    confirmed: int


class Other(NamedTuple):
    """Another report."""

    id: int
    slug: str
    title: str


@dataclass(slots=True)
class Assessed:
    """One of its assessments; `own` are its columns, with those of what it is of."""

    own: Any
    owners: list[Owner] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """Its own columns by their names; a member of a closed list by its value."""
        value = getattr(self.own, name)
        return getattr(value, "value", value)

    @property
    def standard(self) -> str | None:
        """The version that it is against, as addresses call it."""
        return f"{self.standard_slug}-{self.number}" if self.standard_slug else None


@dataclass(slots=True)
class Record:
    """What a report's page shows."""

    own: Report
    assessments: list[Assessed] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    components: list[Named] = field(default_factory=list)
    later: Other | None = None
    earlier: list[Other] = field(default_factory=list)
    same_as: Other | None = None
    copies: list[Other] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        """The report's own columns by their names."""
        return getattr(self.own, name)

    def own_text(self, name: str) -> str:
        """One of its texts; empty where there is none."""
        return str(getattr(self.own, name) or "")

    @property
    def held_on(self) -> date | None:
        """The day of its latest assessment."""
        return max((a.held_on for a in self.assessments if a.held_on), default=None)

    @property
    def open_checks(self) -> list[Check]:
        """What nobody has looked at."""
        return [check for check in self.checks if check.state == "open"]


def heading(session: Session, slug: str) -> tuple[int, str]:
    """The id and title of the report at an address. Raises Missing."""
    row = session.execute(select(Report.id, Report.title).where(Report.slug == slug)).first()
    if row is None:
        raise Missing("There is no such report")
    return row.id, row.title


def by_slug(session: Session, slug: str) -> Record:
    """One report with all around it. Raises Missing."""
    query = select(Report).where(Report.slug == slug).execution_options(populate_existing=True)
    own = session.scalars(query).first()
    if own is None:
        raise Missing("There is no such report")
    found = Record(own, _assessments(session, Assessment.report_id == own.id))
    c = ReportCheck
    checks = select(c.id, c.field, c.reason, c.state, c.note).where(c.report_id == own.id)
    found.checks = [
        Check(*row)._replace(state=row.state.value)
        for row in session.execute(checks.order_by(c.id))
    ]
    _others(session, found)
    if own.source:
        found.components = _named(session, own.source)
    return found


def _assessments(session: Session, which: Any) -> list[Assessed]:
    a, v, s, c = Assessment, StandardVersion, Service, Component
    first, report = aliased(Assessment), aliased(Report)
    query = (
        select(
            *a.__table__.columns, v.number, v.title.label("version_title"),
            Standard.slug.label("standard_slug"), Standard.name.label("standard_name"),
            s.slug.label("service_slug"), s.name.label("service_name"),
            c.slug.label("component_slug"), c.name.label("component_name"),
            report.slug.label("again_of_slug"), report.title.label("again_of_title"),
            first.position.label("again_of_position"),
        )
        .outerjoin(v, v.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .outerjoin(s, s.id == a.service_id)
        .outerjoin(c, c.id == a.component_id)
        .outerjoin(first, first.id == a.again_of_id)
        .outerjoin(report, report.id == first.report_id)
        .where(which)
        .order_by(a.report_id, a.position)
    )  # fmt: skip
    found = {row.id: Assessed(row) for row in session.execute(query)}
    o, p, t = AssessmentOwner, AssessmentPoint, StandardPoint
    owners: Any = (
        select(o.assessment_id, o.published_name, Organisation.slug, Organisation.name)
        .outerjoin(Organisation, Organisation.id == o.organisation_id)
        .where(o.assessment_id.in_(found))
        .order_by(o.assessment_id, o.position)
    )
    for id_, *rest in session.execute(owners):
        found[id_].owners.append(Owner(*rest))
    points: Any = (
        select(p.assessment_id, p.number, t.title, p.verbatim, p.rating, p.reason, p.carried)
        .outerjoin(t, t.id == p.point_id)
        .where(p.assessment_id.in_(found))
        .order_by(p.assessment_id, p.number)
    )
    for id_, number, title, verbatim, rating, *rest in session.execute(points):
        found[id_].points.append(Point(number, title, verbatim, rating.value, *rest))
    return list(found.values())


def _others(session: Session, found: Record) -> None:
    """The reports that it continues, repeats, or is continued or repeated by."""
    r, own = Report, found.own
    mine = [id_ for id_ in (own.later_id, own.same_as_id) if id_]
    query = select(r.id, r.slug, r.title, r.later_id, r.same_as_id)
    query = query.where(or_(r.id.in_(mine), r.later_id == own.id, r.same_as_id == own.id))
    for id_, slug, title, later_id, same_as_id in session.execute(query.order_by(r.id)):
        other = Other(id_, slug, title)
        if id_ == own.later_id:
            found.later = other
        if id_ == own.same_as_id:
            found.same_as = other
        if later_id == own.id:
            found.earlier.append(other)
        if same_as_id == own.id:
            found.copies.append(other)


def _named(session: Session, address: str) -> list[Named]:
    m, c = Mention, Component
    confirmed = func.sum(case((m.state == MentionState.CONFIRMED, 1), else_=0))
    query = (
        select(c.slug, c.name, func.count(), confirmed)
        .join(m, m.component_id == c.id)
        .where(m.address == address, m.state != MentionState.REJECTED)
        .group_by(c.slug, c.name, c.sort_name)
        .order_by(c.sort_name)
    )
    return [Named(slug, name, many, int(sure)) for slug, name, many, sure in session.execute(query)]


def document(found: Record) -> dict[str, Any]:
    """A report as its JSON says it."""
    own = found.own
    return {
        "slug": own.slug,
        "title": own.title,
        "summary": own.summary,
        "source": own.source,
        "assessments": [assessment_document(each) for each in found.assessments],
        "components_named": [
            {"component": c.slug, "name": c.name, "sentences": c.sentences,
             "confirmed_sentences": c.confirmed}
            for c in found.components
        ],
        "continued_by": found.later.slug if found.later else None,
        "continues": [each.slug for each in found.earlier],
        "same_as": found.same_as.slug if found.same_as else None,
        "repeated_by": [each.slug for each in found.copies],
        "to_check": [
            {"field": c.field, "reason": c.reason, "state": c.state} for c in found.checks
        ],
        "verbatim": {n: v for n, v in own.verbatim.items() if n != "sections"},
        "names_dropped": own.names_dropped,
        "body": own.body,
    }  # fmt: skip


def assessment_document(each: Assessed) -> dict[str, Any]:
    """An assessment as JSON says it."""
    return {
        "position": each.position,
        "name": each.name,
        "service": each.service_slug,
        "component": each.component_slug,
        "service_match": each.service_match,
        "stage": each.stage,
        "kind": each.kind,
        "held_on": each.held_on.isoformat() if each.held_on else None,
        "result": each.result,
        "result_verbatim": each.result_verbatim,
        "scheme": each.scheme,
        "standard": each.standard,
        "standard_title": each.version_title,
        "pinned_because": each.pinned_because,
        "lead_present": each.lead_present,
        "again_of": each.again_of_slug,
        "owners": [
            {"published_name": o.published_name, "organisation": o.slug} for o in each.owners
        ],
        "points": [point._asdict() for point in each.points],
    }
