"""All SQL about how organisations stand to each other: above, below, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationName,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.words import Language, OrganisationNameKind
from portal.errors import Clash


def open_links(on: date) -> ColumnElement[bool]:
    """The parent links that hold on a day."""
    p = OrganisationParent
    return and_(or_(p.since.is_(None), p.since <= on), or_(p.until.is_(None), p.until > on))


def family(organisation_id: int, on: date) -> Select[tuple[int]]:
    """Ids of an organisation and of everything below it on a day, as a query."""
    base = select(Organisation.id.label("id")).where(Organisation.id == organisation_id)
    tree = base.cte("family", recursive=True)
    tree = tree.union(
        select(OrganisationParent.child_id)
        .join(tree, OrganisationParent.parent_id == tree.c.id)
        .where(open_links(on))
    )
    return select(tree.c.id)


def refuse_rings(session: Session) -> None:
    """Raise Clash where following open parents comes back to the start."""
    above: dict[int, list[int]] = {}
    for child, parent in session.execute(
        select(OrganisationParent.child_id, OrganisationParent.parent_id).where(
            OrganisationParent.until.is_(None)
        )
    ):
        above.setdefault(child, []).append(parent)
    done: set[int] = set()
    for start in sorted(above):
        _climb(start, above, done, [])


def _climb(node: int, above: dict[int, list[int]], done: set[int], path: list[int]) -> None:
    if node in path:
        raise Clash(
            "parents", "An organisation cannot be part of itself, directly or through others"
        )
    if node in done:
        return
    for parent in above.get(node, []):
        _climb(parent, above, done, [*path, node])
    done.add(node)


@dataclass(frozen=True, slots=True)
class Relative:
    """An organisation as another one's page shows it."""

    id: int
    slug: str
    name: str
    end_date: date | None
    relation: str
    since: date | None
    until: date | None
    source: str | None = None


def children(session: Session, organisation_id: int, on: date) -> list[Relative]:
    """The bodies directly below, on a day."""
    return _relatives(
        session.execute(
            select(
                Organisation.id,
                Organisation.slug,
                Organisation.name,
                Organisation.end_date,
                OrganisationParent.relation,
                OrganisationParent.since,
                OrganisationParent.until,
                OrganisationParent.source,
            )
            .join(OrganisationParent, OrganisationParent.child_id == Organisation.id)
            .where(OrganisationParent.parent_id == organisation_id, open_links(on))
            .order_by(Organisation.sort_name, Organisation.id)
        ).all()
    )


def predecessors(session: Session, organisation_id: int) -> list[Relative]:
    """The bodies whose successor this one is, with the day and the kind."""
    s = OrganisationSuccession
    return _relatives(
        session.execute(
            select(
                Organisation.id,
                Organisation.slug,
                Organisation.name,
                Organisation.end_date,
                s.kind,
                s.happened_on,
                s.happened_on.label("until"),
                s.source,
            )
            .join(s, s.predecessor_id == Organisation.id)
            .where(s.successor_id == organisation_id)
            .order_by(s.happened_on, Organisation.sort_name, Organisation.id)
        ).all()
    )


def _relatives(rows: Sequence[Any]) -> list[Relative]:
    return [Relative(r[0], r[1], r[2], r[3], r[4].value, *r[5:]) for r in rows]


def names_on(session: Session, ids: Iterable[int], on: date) -> dict[int, str]:
    """The English names that organisations had on a day, where their names have dates for it."""
    n = OrganisationName
    rows: Any = session.execute(
        select(n.organisation_id, n.name)
        .where(
            n.organisation_id.in_(list(ids)),
            n.language == Language.ENGLISH,
            n.kind == OrganisationNameKind.NAME,
            n.until > on,
            or_(n.since.is_(None), n.since <= on),
        )
        .order_by(n.until.desc())
    )
    return dict(map(tuple, rows))
