"""What a few services and components beside each other show, read together and not one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.access import Kind
from portal.catalogue.models.components import Component, ComponentSlug
from portal.catalogue.models.services import Service, ServiceSlug
from portal.performance.models.data_sets import DataSet
from portal.performance.models.figures import ThingFigure
from portal.performance.rules.board_choices import Choice, Span, Spans
from portal.performance.rules.boards import Row
from portal.performance.store.sources import Source
from portal.performance.words import Period

#: A service or component: its kind and its id.
Thing = tuple[Kind, int]
_OF: dict[Kind, tuple[Any, Any, Any]] = {
    Kind.SERVICE: (Service, ServiceSlug, ServiceSlug.service_id),
    Kind.COMPONENT: (Component, ComponentSlug, ComponentSlug.component_id),
}


class Named(NamedTuple):
    """A service or component as it is called now."""

    id: int
    slug: str
    name: str


def named(session: Session, wanted: Collection[tuple[Kind, str]]) -> dict[tuple[Kind, str], Named]:
    """What is at addresses, by kind and slug; also where a former address leads. What is nowhere is
    left out.
    """
    slugs: dict[Kind, set[str]] = {}
    for kind, slug in wanted:
        slugs.setdefault(kind, set()).add(slug)
    parts: list[Any] = []
    for kind, some in sorted(slugs.items()):
        now, former, of = _OF[kind]
        what = literal(kind.value), now.id, now.slug, now.name
        old = select(former.slug, *what).join(now, now.id == of)
        parts += [old.where(former.slug.in_(sorted(some)))]
        parts += [select(now.slug, *what).where(now.slug.in_(sorted(some)))]
    found: dict[tuple[Kind, str], Named] = {}
    answer: Any = session.execute(union_all(*parts)) if parts else ()
    for asked, kind, *known in answer:
        mine = Named(*known)
        if (Kind(kind), asked) not in found or mine.slug == asked:
            found[Kind(kind), asked] = mine
    return found


def spans(session: Session, things: Iterable[Thing]) -> dict[Thing, Spans]:
    """Which periods each has figures for."""
    f, found = ThingFigure, dict[Thing, dict[Period, Span]]()
    query = (
        select(f.kind, f.of_id, f.period, func.min(f.start), func.max(f.start), func.count())
        .where(_these(things))
        .group_by(f.kind, f.of_id, f.period)
    )
    answer: Any = session.execute(query)
    for kind, id_, period, *span in answer:
        found.setdefault((kind, id_), {})[period] = Span(*span)
    return dict(found)


def rows(
    session: Session, things: Iterable[Thing], period: Period, first: date, last: date
) -> dict[Thing, list[Row]]:
    """The figures of each for the periods that start from one day to another."""
    f, found = ThingFigure, dict[Thing, list[Row]]()
    query = select(
        f.kind, f.of_id, f.figure, f.start, f.state, f.number, f.status, f.doubt
    ).where(_these(things), f.period == period, f.start.between(first, last))  # fmt: skip
    answer: Any = session.execute(query)
    for kind, *row in answer:
        found.setdefault((kind, row[0]), []).append(Row(*row))
    return found


def sources(session: Session, things: Iterable[Thing], choice: Choice) -> dict[Thing, list[Source]]:
    """The data sets of each in the periods that are shown."""
    f, d, found = ThingFigure, DataSet, dict[Thing, list[Source]]()
    query = (
        select(f.kind, f.of_id, f.figure, d.title, d.group, d.type)
        .join(d, d.id == f.data_set_id)
        .where(_these(things), f.period == choice.period,
               f.start.between(choice.first, choice.last))
        .group_by(f.kind, f.of_id, f.figure, d.id, d.title, d.group, d.type)
        .order_by(d.id)
    )  # fmt: skip
    answer: Any = session.execute(query)
    for kind, id_, *source in answer:
        found.setdefault((kind, id_), []).append(Source(*source))
    return found


def _these(things: Iterable[Thing]) -> ColumnElement[bool]:
    f = ThingFigure
    return or_(False, *(and_(f.kind == kind, f.of_id == id_) for kind, id_ in things))
