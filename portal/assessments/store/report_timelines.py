"""All SQL about the assessments of one service or component, in the order of their days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, cast, exists, null, select, type_coerce, union_all
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.store.report_checks import open_of
from portal.assessments.words import Rating
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Component
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import components, services
from portal.fixed import Fixed

#: How a service uses a component whose assessments concern it.
IN_USE = (UsageStatus.LIVE, UsageStatus.STOPPING, UsageStatus.INTEGRATING)


class Row(NamedTuple):
    """An assessment in a timeline."""

    id: int
    slug: str
    title: str
    position: int
    name: str
    stage: str
    kind: str
    held_on: date | None
    result: str
    result_verbatim: str | None
    standard: str | None
    standard_title: str | None
    component_slug: str | None
    component: str | None
    failed_points: bool
    open_checks: int


class Latest(NamedTuple):
    """What the page of a record says of an assessment of it, or of a component that it uses."""

    stage: str
    kind: str
    held_on: date | None
    result: str
    slug: str
    id: int
    component_slug: str | None
    component: str | None


def _used(service_id: Any) -> Any:
    """The components that a service uses or builds with."""
    u = Usage
    return select(u.component_id).where(
        u.service_id == service_id, u.status.in_(IN_USE), u.component_id.is_not(None)
    )


_a, _r, _c = Assessment, Report, Component
_ID: Any = bindparam("id")
_SHORT = (
    select(
        type_coerce(_a.stage, String), type_coerce(_a.kind, String), _a.held_on,
        type_coerce(_a.result, String), _r.slug, _a.id,
    )
    .join(_r, _r.id == _a.report_id)
    .where(_r.same_as_id.is_(None))
)  # fmt: skip
_mine = _used(_ID).distinct().subquery()
_NOTHING = cast(null(), String)
_OWN = _SHORT.add_columns(_NOTHING.label("no_slug"), _NOTHING.label("no_name"))
_OF = {
    services.THING: Fixed(
        union_all(
            _OWN.where(_a.service_id == _ID),
            _SHORT.add_columns(_c.slug, _c.name)
            .join(_c, _c.id == _a.component_id)
            .join(_mine, _mine.c.component_id == _a.component_id),
        )
    ),
    components.THING: Fixed(_OWN.where(_a.component_id == _ID)),
}


def latest(session: Session, thing: str, id_: int) -> list[Latest]:
    """The assessments of a service or component, as far as its own page tells of them; for a
    service those of the components that it uses too.
    """
    return [Latest(*row) for row in _OF[thing].rows(session, id=id_)]


def _rows() -> Any:
    a, r, v, c, p = Assessment, Report, StandardVersion, Component, AssessmentPoint
    failed = exists().where(p.assessment_id == a.id, p.rating == Rating.NOT_MET)
    return (
        select(
            a.id, r.slug, r.title, a.position, a.name, a.stage, a.kind, a.held_on, a.result,
            a.result_verbatim, Standard.slug, v.number, v.title, c.slug, c.name, failed,
            open_of(a.report_id),
        )
        .join(r, r.id == a.report_id)
        .outerjoin(v, v.id == a.standard_version_id)
        .outerjoin(Standard, Standard.id == v.standard_id)
        .outerjoin(c, c.id == a.component_id)
        .where(r.same_as_id.is_(None))
        .order_by(a.held_on, a.id)
    )  # fmt: skip


def _read(rows: Sequence[Any]) -> list[Row]:
    found = []
    for row in rows:
        stage, kind, day, result, said, slug, number = row[5:12]
        standard = f"{slug}-{number}" if slug else None
        found.append(
            Row._make(
                (*row[:5], stage.value, kind.value, day, result.value, said, standard,
                 *row[12:15], bool(row[15]), row[16])
            )
        )  # fmt: skip
    return found


def of_service(session: Session, service_id: int) -> list[Row]:
    """The assessments of a service, the earliest first."""
    return _read(session.execute(_rows().where(Assessment.service_id == service_id)).all())


def of_component(session: Session, component_id: int) -> list[Row]:
    """The assessments of a component, the earliest first."""
    return _read(session.execute(_rows().where(Assessment.component_id == component_id)).all())


def of_components(session: Session, ids: Collection[int]) -> list[Row]:
    """The assessments of several components, the earliest first."""
    return _read(session.execute(_rows().where(Assessment.component_id.in_(ids))).all())


def of_used(session: Session, service_id: int) -> list[Row]:
    """The assessments of the components that a service uses or builds with."""
    rows = _rows().where(Assessment.component_id.in_(_used(service_id)))
    return _read(session.execute(rows).all())


def heading(session: Session, thing: str, slug: str) -> Any:
    """The id and name of the service or component at an address, or None."""
    model: Any = {services.THING: Service, components.THING: Component}[thing]
    query = select(model.id, model.name).where(model.slug == slug)
    return session.execute(query).first()
