"""How many services each choice of a filter would leave.

Counts of all services, inside one choice or inside one organisation come from the table of counts;
only where more is chosen at once, or words are searched for, are services counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.reviews import Review
from portal.catalogue.models.services import Service
from portal.catalogue.store import hierarchy, reviews
from portal.catalogue.store.hierarchy import Tree
from portal.catalogue.store.service_counts import ORGANISATION
from portal.catalogue.store.service_matches import COLUMNS
from portal.catalogue.store.service_scope import (
    FACETS,
    Scope,
    chosen,
    narrowed,
    of_bodies,
    shape,
    stored,
    values,
)
from portal.catalogue.words import Reviewed

Owners = tuple[int, int]
#: How the table of counts calls the facets of a query.
_KEPT = {"phases": "phase", "audiences": "audience", "categories": "category", "apis": "apis"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet and how many services it would leave."""

    value: str
    label: str
    count: int


@dataclass(slots=True)
class Counts:
    """What surrounds the rows: counts of every facet and of all, the ids where the search ranks
    them, and the bodies directly above the chosen one.
    """

    facets: dict[str, list[Choice]]
    total: int = 0
    ids: Sequence[int] = ()
    above: list[tuple[str, str]] = field(default_factory=list)


def counts(session: Session, where: Scope) -> Counts:
    """Counts of every facet; a facet ignores its own choices. What was not searched for is counted
    once for each version of the records.
    """
    if where.found is not None:
        return _counts(session, where)
    query = where.query
    asked = (
        query.organisation, query.capability, query.component, query.arrangement, query.review
    )  # fmt: skip
    key = ("service counts", where.on, *asked, *(getattr(query, facet) for facet in FACETS))
    return kept(session, key, lambda: _counts(session, where))


def _counts(session: Session, where: Scope) -> Counts:
    found: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    result = Counts({})
    owned: dict[Owners, int] = {}
    if where.found is not None or where.query.review:
        rows, result.ids = _of_found(session, where)
    else:
        rows = session.connection().execute(_statement(where), values(where)).all()
    for facet, value, one, other, many in rows:
        if facet == ORGANISATION:
            owned[one, other] = many
        elif facet == "audiences":
            for audience in value.split(",") if value else ():
                found[facet][audience] = found[facet].get(audience, 0) + many
        elif value is not None:
            found[facet][value] = many
    result.facets = {
        facet: [Choice(value, value, kept[value]) for value in sorted(kept)]
        for facet, kept in found.items()
    }
    result.total = sum(owned.values())
    _organisations(where, hierarchy.tree(session, where.on), owned, result)
    return result


def _of_found(session: Session, where: Scope) -> tuple[Iterable[Any], Sequence[int]]:
    """The counts of what a search found, and its ids: at most 1,000 services, which the database
    counts more slowly than it reads them. So it does for the many that are in one state of review.
    """
    facts = where.facts
    query = where.query
    if where.found is None:
        facts = session.connection().execute(_facts(where), values(where)).all()
    elif query.by_usage or query.review or where.unknown_organisation:
        left = select(Service.id).where(*narrowed(where))
        ids = set(session.connection().execute(left, values(where)).scalars())
        facts = [fact for fact in facts if fact.id in ids]
    if where.bodies is not None:
        bodies: set[Any] = set(session.connection().execute(where.bodies, values(where)).scalars())
        facts = [f for f in facts if f.organisation_id in bodies or f.delivers_id in bodies]
    choices = {facet: stored(query, facet) for facet in FACETS if getattr(query, facet)}

    def columns(facets: Iterable[str]) -> dict[str, Sequence[Any]]:
        kept = [(COLUMNS.index(FACETS[facet]), choices[facet]) for facet in facets]
        rows = [fact for fact in facts if all(fact[at] in chosen for at, chosen in kept)]
        return dict(zip(COLUMNS, zip(*rows, strict=True) if rows else repeat(()), strict=False))

    mine = columns(choices)
    counted: list[Any] = []
    for facet, column in FACETS.items():
        found = columns(choices.keys() - {facet}) if facet in choices else mine
        counted += [(facet, v, None, None, many) for v, many in Counter(found[column]).items()]
    owners = Counter(zip(mine["organisation_id"], mine["delivers_id"], strict=True))
    counted += [(ORGANISATION, None, a or 0, b or 0, many) for (a, b), many in owners.items()]
    return counted, mine["id"]


def _facts(where: Scope) -> Select[Any]:
    """What the services are counted by that meet what carries no counts, as plain text."""
    words = ("phase", "apis_answer")
    columns = [
        type_coerce(getattr(Service, name), String) if name in words else getattr(Service, name)
        for name in COLUMNS
    ]
    # All of them are read, which a join does in a third of the time.
    rest = replace(where, query=replace(where.query, review=None))
    return (
        select(*columns)
        .join(Review, reviews.of(Reviewed.SERVICE, Service.id))
        .where(reviews.meant(str(where.query.review), where.on), *narrowed(rest))
    )


#: Statements by the shape of their conditions: making one takes longer than running it.
_kept_statements: dict[Hashable, CompoundSelect[Any]] = {}


def _statement(where: Scope) -> CompoundSelect[Any]:
    form = shape(where)
    if form is None:
        return union_all(*_parts(where))
    if form not in _kept_statements:
        _kept_statements[form] = union_all(*_parts(where))
    return _kept_statements[form]


def _parts(where: Scope) -> list[Select[Any]]:
    active = [facet for facet in FACETS if getattr(where.query, facet)]
    plain = not narrowed(where)
    inside = [*active, *([ORGANISATION] if where.bodies is not None else [])]
    # Everything that is chosen, found once for all the facets that nothing is chosen in.
    mine = (
        select(*(getattr(Service, column) for column in FACETS.values()),
               Service.organisation_id, Service.delivers_id)
        .where(*narrowed(where), *of_bodies(where, Service), *chosen(where, Service))
        .cte("mine")
    )  # fmt: skip
    parts: list[Select[Any]] = []
    for facet in FACETS:
        others = [name for name in inside if name != facet]
        if plain and len(others) <= 1:
            parts.append(_kept(where, facet, others[0] if others else ""))
        elif facet in active:
            parts.append(_left_open(where, facet))
        else:
            parts.append(_counted(facet, mine.c[FACETS[facet]]))
    if plain and len(active) <= 1:
        parts.append(_kept_organisations(where, active[0] if active else ""))
    else:
        parts.append(_counted(ORGANISATION, None, mine.c.organisation_id, mine.c.delivers_id))
    return parts


def _row(facet: str, value: Any, one: Any, other: Any, many: Any) -> Select[Any]:
    return select(
        literal(facet).label("facet"),
        cast(value, String).label("value"),
        cast(one, Integer).label("one"),
        cast(other, Integer).label("other"),
        many.label("many"),
    )


def _counted(facet: str, value: Any, one: Any = None, other: Any = None) -> Select[Any]:
    """Services counted by a facet's value, or by who is accountable and who delivers."""
    if value is None:
        one, other = func.coalesce(one, 0), func.coalesce(other, 0)
        return _row(facet, null(), one, other, func.count()).group_by(one, other)
    return _row(facet, value, null(), null(), func.count()).group_by(value)


def _left_open(where: Scope, facet: str) -> Select[Any]:
    """Counts of a facet that has choices, as if it had none."""
    conditions = (
        *narrowed(where), *of_bodies(where, Service), *chosen(where, Service, facet)
    )  # fmt: skip
    return _counted(facet, getattr(Service, FACETS[facet])).where(*conditions)


def _kept(where: Scope, facet: str, inside: str) -> Select[Any]:
    """Counts of a facet from the table: of all services, or inside what else is chosen."""
    c = ServiceCount
    name = _KEPT[facet]
    if inside == ORGANISATION:
        rows = _row(facet, c.within_value, null(), null(), func.sum(c.many))
        return (
            rows.where(c.facet == ORGANISATION, c.within == name, *of_bodies(where, c))
            .group_by(c.within_value)
            .having(func.sum(c.many) > 0)
        )
    rows = _row(facet, c.value, null(), null(), func.sum(c.many))
    return (
        rows.where(*_within(where, inside), c.facet == name)
        .group_by(c.value)
        .having(func.sum(c.many) > 0)
    )


def _kept_organisations(where: Scope, inside: str) -> Select[Any]:
    c = ServiceCount
    rows = _row(ORGANISATION, null(), c.organisation_id, c.delivers_id, func.sum(c.many))
    return (
        rows.where(*_within(where, inside), c.facet == ORGANISATION, *of_bodies(where, c))
        .group_by(c.organisation_id, c.delivers_id)
        .having(func.sum(c.many) > 0)
    )


def _within(where: Scope, facet: str) -> list[ColumnElement[bool]]:
    c = ServiceCount
    if not facet:
        return [c.within == "", c.within_value == ""]
    return [c.within == _KEPT[facet], c.within_value.in_(_choices(where, facet))]


def _choices(where: Scope, facet: str) -> BindParameter[Any]:
    return bindparam(f"kept_{facet}", stored(where.query, facet), expanding=True)


def _organisations(where: Scope, tree: Tree, owned: dict[Owners, int], result: Counts) -> None:
    """One level of organisations: the tops, or, inside a chosen body, those directly below.
    Each counts the services that it, or anything below it, is accountable for or delivers.
    """
    inside = where.organisation_id
    totals: dict[int, int] = {}
    shown = partial(_below, tree, inside) if inside else tree.tops.get
    known: dict[int, Set[int]] = {0: frozenset()}
    for pair, many in owned.items():
        for body in pair:
            if body not in known:
                known[body] = shown(body) or frozenset()
        for body in known[pair[0]] | known[pair[1]]:
            totals[body] = totals.get(body, 0) + many
    up = tree.parents.get(inside, ()) if inside else ()
    result.above = [tree.names[body] for body in tree.names if body in up] if up else []
    result.facets[ORGANISATION] = [
        Choice(*tree.names[body], totals[body])
        for body in sorted(totals, key=tree.place.__getitem__)
    ]


def _below(tree: Tree, inside: int, body: int) -> Set[int]:
    """What a body is, or is part of, directly below another."""
    return {each for each in tree.lines(body) if inside in tree.parents.get(each, ())}
