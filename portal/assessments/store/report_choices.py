"""What a list of reports can be narrowed to."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    Integer,
    Text,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import AssessmentOwner
from portal.assessments.models.standards import (
    PointRelation,
    Standard,
    StandardPoint,
    StandardVersion,
)
from portal.assessments.words import VersionState
from portal.audit import kept
from portal.catalogue.component_words import DocumentKind
from portal.catalogue.models.components import Component
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import Organisation


class Choice(NamedTuple):
    """What a list can be narrowed to; a point is `mapped` where one of another version is said to
    ask for the same.
    """

    sort: str
    value: str
    name: str
    group: str | None
    number: int | None
    mapped: bool = False


def choices(session: Session) -> list[Choice]:
    """The organisations and components that reports name, and the points of each version of a
    standard; kept until a record changes.
    """
    return kept(session, "report choices", lambda: _choices(session))


def _choices(session: Session) -> list[Choice]:
    o, c, v, p = Organisation, Component, StandardVersion, StandardPoint
    owned = exists().where(AssessmentOwner.organisation_id == o.id)
    named = exists().where(
        Mention.component_id == c.id, Mention.kind == DocumentKind.ASSESSMENT_REPORT
    )
    none, no_number = cast(null(), Text), cast(null(), Integer)
    mapped = exists().where(or_(PointRelation.older_id == p.id, PointRelation.newer_id == p.id))
    parts = union_all(
        select(literal("organisation").label("sort"), o.slug.label("value"), o.name.label("name"),
               none.label("a"), no_number.label("b"), o.sort_name.label("place"),
               false().label("mapped")).where(owned),
        select(literal("component"), c.slug, c.name, none, no_number, c.sort_name, false())
        .where(named),
        select(literal("point"), Standard.slug, p.title, v.title, v.number * 1000 + p.number,
               Standard.slug, mapped)
        .join(v, v.id == p.version_id)
        .join(Standard, Standard.id == v.standard_id)
        .where(v.state == VersionState.PUBLISHED),
    ).subquery()  # fmt: skip
    query = select(parts).order_by(parts.c.sort, parts.c.place, parts.c.b)
    rows: Any = session.connection().execute(query)
    return list(map(_choice, rows))


def _choice(row: Any) -> Choice:
    sort, value, name, group, number, _place, mapped = row
    if number is None:
        return Choice(sort, value, name, group, None)
    return Choice(sort, f"{value}-{number // 1000}", name, group, number % 1000, bool(mapped))
