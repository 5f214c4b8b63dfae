"""All SQL about how organisations stand to each other: above, below, before and after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationName,
    OrganisationParent,
    OrganisationSuccession,
)
from portal.catalogue.models.services import Service
from portal.catalogue.words import Language, OrganisationNameKind
from portal.errors import Clash

#: The body above, and from when until when.
Link = tuple[int, date | None, date | None]
_Stay = tuple[int, date, date]


def open_links(on: date | BindParameter[date]) -> ColumnElement[bool]:
    """The parent links that hold on a day, which may be a parameter of the statement."""
    p = OrganisationParent
    return and_(or_(p.since.is_(None), p.since <= on), or_(p.until.is_(None), p.until > on))


@dataclass(frozen=True, slots=True)
class Tree:
    """Every organisation and what each is part of on one day.

    Attributes:
        names: id to (slug, name), in the order of names; `place` says which that is.
        ids: slug to id.
        parents: id to the ids directly above.
        tops: id to those at the very top above it, itself where nothing is above it.
    """

    names: dict[int, tuple[str, str]]
    place: dict[int, int]
    ids: dict[str, int]
    parents: dict[int, list[int]]
    tops: dict[int, frozenset[int]]

    def lines(self, body: int) -> set[int]:
        """A body and everything above it."""
        found: set[int] = set()
        waiting = [body]
        while waiting:
            next_ = waiting.pop()
            if next_ not in found:
                found.add(next_)
                waiting.extend(self.parents.get(next_, ()))
        return found


def tree(session: Session, on: date) -> Tree:
    """The tree of organisations on a day, kept until a record changes."""
    return kept(session, ("tree", on), lambda: _tree(session, on))


def _tree(session: Session, on: date) -> Tree:
    o, link = Organisation, OrganisationParent
    found = Tree({}, {}, {}, {}, {})
    rows = session.connection().execute(
        select(o.id, o.slug, o.name, link.parent_id)
        .outerjoin(link, and_(link.child_id == o.id, open_links(on)))
        .order_by(o.sort_name, o.id, link.id)
    )
    for id_, slug, name, parent in rows:
        if id_ not in found.names:
            found.place[id_] = len(found.names)
            found.names[id_], found.ids[slug] = (slug, name), id_
        if parent is not None:
            found.parents.setdefault(id_, []).append(parent)
    for body in found.names:
        top = {b for b in found.lines(body) if b not in found.parents}
        found.tops[body] = frozenset(top)
    return found


def family(
    organisation_id: int | BindParameter[int], on: date | BindParameter[date]
) -> Select[tuple[int]]:
    """Ids of an organisation and of everything below it on a day, as a query."""
    base = select(Organisation.id.label("id")).where(Organisation.id == organisation_id)
    tree = base.cte("family", recursive=True)
    tree = tree.union(
        select(OrganisationParent.child_id)
        .join(tree, OrganisationParent.parent_id == tree.c.id)
        .where(open_links(on))
    )
    return select(tree.c.id)


def links_above(session: Session, ids: Collection[int] | None = None) -> dict[int, list[Link]]:
    """The parents of these bodies on any day, by body; of all bodies without `ids`."""
    p = OrganisationParent
    query = select(p.child_id, p.parent_id, p.since, p.until)
    if ids is not None:
        query = query.where(p.child_id.in_(ids))
    found: dict[int, list[Link]] = {}
    for child, parent, since, until in session.execute(query):
        found.setdefault(child, []).append((parent, since, until))
    return found


def refuse_ring(
    organisation_id: int,
    parents: Iterable[Link],
    links: Callable[[set[int]], Mapping[int, Sequence[Link]]],
) -> None:
    """Raise Clash where one of these parents would on some day lead back to the organisation.

    Args:
        links: gives the parents of bodies, as `links_above` does.
    """
    above = _during(parents, date.min, date.max)
    seen: set[_Stay] = set()
    while above := above - seen:
        if any(body == organisation_id for body, _, _ in above):
            raise Clash(
                "parents", "An organisation cannot be part of itself, directly or through others"
            )
        seen |= above
        higher = links({body for body, _, _ in above})
        above = {
            stay for body, start, end in above for stay in _during(higher.get(body, ()), start, end)
        }


def _during(links: Iterable[Link], start: date, end: date) -> set[_Stay]:
    """The parents of links that hold on a day from `start` until `end`, and when they do."""
    found = {
        (parent, max(start, since or start), min(end, until or end))
        for parent, since, until in links
    }
    return {(parent, since, until) for parent, since, until in found if since < until}


@dataclass(frozen=True, slots=True)
class Relative:
    """An organisation as another one's page shows it; `holds` counts the services that it is
    accountable for now, where that was asked.
    """

    id: int
    slug: str
    name: str
    end_date: date | None
    relation: str
    since: date | None
    until: date | None
    source: str | None = None
    holds: int = 0


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
    """The bodies whose successor this one is, with the day, the kind and what they still hold."""
    s = OrganisationSuccession
    still = (
        select(func.count())
        .where(Service.organisation_id == Organisation.id)
        .correlate(Organisation)
        .scalar_subquery()
    )
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
                still,
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


def successors(session: Session, ids: Iterable[int]) -> dict[int, list[Relative]]:
    """What became of bodies: those that followed each, in order."""
    s = OrganisationSuccession
    rows = session.execute(
        select(
            s.predecessor_id, Organisation.id, Organisation.slug, Organisation.name,
            Organisation.end_date, s.kind, s.happened_on, s.happened_on.label("until"), s.source,
        )
        .join(Organisation, Organisation.id == s.successor_id)
        .where(s.predecessor_id.in_(list(ids)))
        .order_by(s.happened_on, Organisation.sort_name, Organisation.id)
    ).all()  # fmt: skip
    found: dict[int, list[Relative]] = {}
    for row in rows:
        found.setdefault(row[0], []).extend(_relatives([row[1:]]))
    return found
