"""One report with everything its page shows, as plain rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Enum, String, bindparam, case, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
    ReportCheck,
)
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules.report_writing import address_of
from portal.catalogue.component_words import MentionState
from portal.catalogue.models.components import Component
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.store.gather import prepared, truth
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
        """Its own columns by their names."""
        return getattr(self.own, name)

    @property
    def standard(self) -> str | None:
        """The version that it is against, as addresses call it."""
        return f"{self.standard_slug}-{self.number}" if self.standard_slug else None


@dataclass(slots=True)
class Record:
    """What a report's page shows; `own` are the report's own columns."""

    own: Any
    assessments: list[Assessed] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    components: list[Named] = field(default_factory=list)
    later: Other | None = None
    earlier: list[Other] = field(default_factory=list)
    #: Other reports, of assessments that looked again at one of its own.
    again: list[Other] = field(default_factory=list)
    same_as: Other | None = None
    copies: list[Other] = field(default_factory=list)
    #: Of a report that the portal published: when, and why anew.
    versions: Sequence[Any] = ()

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
    session.flush()
    run = session.connection().execute
    own = run(_OWN, {"slug": slug}).first()
    if own is None:
        raise Missing("There is no such report")
    held = {row.id: Assessed(row) for row in run(_HELD, {"id": own.id})}
    found = Record(own, list(held.values()))
    around = {"id": own.id, "later": own.later_id, "same": own.same_as_id,
              "source": own.source or address_of(own.slug)}  # fmt: skip
    for part, id_, place, *values in run(_REST, around):
        if part == "points":
            held[id_].points.append(Point._make((place, *values[:4], truth(values[4]) is True)))
        elif part == "owners":
            held[id_].owners.append(Owner(*values[:3]))
        elif part == "checks":
            found.checks.append(Check(place, *values[:4]))
        elif part == "components":
            name, title, many, sure = values[:4]
            found.components.append(Named(name, title, int(many), int(sure)))
        else:
            _beside(found, part, Other(place, *values[:2]))
    found.again = [each for each in found.again if each != found.later]
    return found


def _beside(found: Record, part: str, other: Other) -> None:
    """Another report, in its place beside this one."""
    if part in ("later", "same_as"):
        setattr(found, part, other)
    else:
        getattr(found, part).append(other)


def _plain(column: Any) -> Any:
    """A closed list's column as the text that it is."""
    return type_coerce(column, String).label(column.name) if _is_enum(column) else column


def _is_enum(column: Any) -> bool:
    return isinstance(column.type, Enum)


def _held() -> Any:
    a, v, s, c = Assessment, StandardVersion, Service, Component
    first, report = aliased(Assessment), aliased(Report)
    return (
        select(
            *map(_plain, a.__table__.columns), v.number, v.title.label("version_title"),
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
        .where(a.report_id == _ID)
        .order_by(a.position)
    )  # fmt: skip


def _rest() -> Any:
    a, o, p, t, k = Assessment, AssessmentOwner, AssessmentPoint, StandardPoint, ReportCheck
    r, m, c, first = Report, Mention, Component, aliased(Assessment)
    again = select(a.report_id).join(first, first.id == a.again_of_id)
    other = select(r.id, r.id, r.slug, r.title)
    sure = func.sum(case((m.state == MentionState.CONFIRMED, 1), else_=0))
    return prepared({
        "owners": select(o.assessment_id, o.position, o.published_name, Organisation.slug,
                         Organisation.name)
        .join(a, a.id == o.assessment_id)
        .outerjoin(Organisation, Organisation.id == o.organisation_id)
        .where(a.report_id == _ID),
        "points": select(p.assessment_id, p.number, t.title, p.verbatim, p.rating, p.reason,
                         p.carried)
        .join(a, a.id == p.assessment_id)
        .outerjoin(t, t.id == p.point_id)
        .where(a.report_id == _ID),
        "checks": select(k.report_id, k.id, k.field, k.reason, k.state, k.note)
        .where(k.report_id == _ID),
        "later": other.where(r.id == bindparam("later", type_=r.id.type)),
        "same_as": other.where(r.id == bindparam("same", type_=r.id.type)),
        "earlier": other.where(r.later_id == _ID),
        "again": other.where(r.id.in_(again.where(first.report_id == _ID)), r.id != _ID,
                             r.same_as_id.is_(None)),
        "copies": other.where(r.same_as_id == _ID),
        "components": select(func.min(m.id), func.row_number().over(order_by=c.sort_name), c.slug,
                             c.name, func.count(), sure)
        .join(m, m.component_id == c.id)
        .where(m.address == bindparam("source", type_=m.address.type),
               m.state != MentionState.REJECTED)
        .group_by(c.slug, c.name, c.sort_name),
    })  # fmt: skip


_ID = bindparam("id", type_=Report.id.type)
_OWN = select(*Report.__table__.columns).where(Report.slug == bindparam("slug"))
_HELD = _held()
_REST = _rest()


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
        "assessed_again_by": [each.slug for each in found.again],
        "same_as": found.same_as.slug if found.same_as else None,
        "repeated_by": [each.slug for each in found.copies],
        "versions": [
            {"number": v.number, "kind": v.kind, "note": v.note, "published_at": v.at.isoformat()}
            for v in found.versions
        ],
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
