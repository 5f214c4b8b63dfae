"""The component list: filters, counts, keyset pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from portal import search
from portal.catalogue.component_words import Sector, UsageStatus
from portal.catalogue.models.components import (
    Capability,
    Component,
    ComponentCapability,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_filters import ComponentQuery
from portal.catalogue.rules.filters import PAGE_SIZE, Key
from portal.catalogue.store.components import THING
from portal.catalogue.store.paging import by_column, by_rank
from portal.catalogue.store.usage import USING

BATCH = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A component as a list shows it; `users` counts the services that use it now, `used` those
    that have stopped.
    """

    id: int
    slug: str
    name: str
    summary: str
    kind: str
    lifecycle: str
    closes_on: date | None
    successor: str | None
    successor_slug: str | None
    provider: str
    provider_slug: str
    has_interface: bool
    sectors: list[str]
    users: int
    used: int
    needs: list[tuple[str, str]]
    key: Key


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of components with what surrounds it; counts by facet and value."""

    rows: list[Row]
    total: int
    corrected: str | None
    facets: dict[str, dict[str, int]]
    previous: Key | None = None
    next: Key | None = None


@dataclass(slots=True)
class _Scope:
    query: ComponentQuery
    found: search.Found | None = None
    positions: dict[int, int] = field(default_factory=dict)

    def conditions(self, leave_out: str = "") -> list[ColumnElement[bool]]:
        q = self.query
        found: list[ColumnElement[bool]] = []
        if q.needs and leave_out != "needs":
            offered = (
                select(ComponentCapability.component_id)
                .join(Capability, Capability.id == ComponentCapability.capability_id)
                .where(Capability.slug.in_(q.needs))
            )
            found.append(Component.id.in_(offered))
        if q.kinds and leave_out != "kinds":
            found.append(Component.kind.in_(q.kinds))
        if q.lifecycles and leave_out != "lifecycles":
            found.append(Component.lifecycle.in_(q.lifecycles))
        if q.sector:
            found.append(_open_to(q.sector))
        if self.found is not None:
            found.append(Component.id.in_(self.found.ids))
        return found


def _open_to(sector: str) -> ColumnElement[bool]:
    """Who may use it is a short JSON list of words: its text is the same on every database."""
    text = cast(Component.sectors, String)
    return or_(text.contains(f'"{sector}"'), text.contains(f'"{Sector.ANYONE.value}"'))


def _scope(session: Session, query: ComponentQuery) -> _Scope:
    scope = _Scope(query)
    if query.text:
        scope.found = search.find(session, THING, query.text)
        scope.positions = {id_: at for at, id_ in enumerate(scope.found.ids)}
    return scope


def _services(statuses: Sequence[UsageStatus]) -> ScalarSelect[int]:
    """How many services have a component in one of these states of use."""
    return (
        select(func.count(Usage.service_id.distinct()))
        .where(Usage.component_id == Component.id, Usage.status.in_(statuses))
        .correlate(Component)
        .scalar_subquery()
    )


def _shown() -> Any:
    provider, successor = aliased(Organisation), aliased(Component)
    return (
        select(
            Component.id, Component.slug, Component.name, Component.summary, Component.kind,
            Component.lifecycle, Component.closes_on, successor.name.label("successor"),
            successor.slug.label("successor_slug"), provider.name.label("provider"),
            provider.slug.label("provider_slug"), Component.has_interface, Component.sectors,
            _services(USING).label("users"), _services((UsageStatus.STOPPED,)).label("used"),
        )
        .join(provider, provider.id == Component.provider_id)
        .outerjoin(successor, successor.id == Component.successor_id)
    )  # fmt: skip


def needs_of(session: Session, ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """The capabilities (slug, name) that components offer, in the order of their names."""
    found: dict[int, list[tuple[str, str]]] = {id_: [] for id_ in ids}
    rows = session.execute(
        select(ComponentCapability.component_id, Capability.slug, Capability.name)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(ComponentCapability.component_id.in_(ids))
        .order_by(Capability.name)
    )
    for id_, slug, name in rows:
        found[id_].append((slug, name))
    return found


def listing(session: Session, query: ComponentQuery, size: int = PAGE_SIZE) -> Listing:
    """A page of components, by relevance where words are searched for, else by name."""
    scope = _scope(session, query)
    facets = _facets(session, scope)
    if scope.found is None:
        statement = _shown().where(*scope.conditions())
        found, before, after = by_column(
            session, statement, Component.sort_name, Component.id, query.cursor, size
        )
        keys: list[Key] = [(r.sort_value, r.id) for r in found]
    else:
        ids = list(session.scalars(select(Component.id).where(*scope.conditions())))
        chosen, before, after = by_rank(ids, scope.positions, query.cursor, size)
        by_id = {r.id: r for r in session.execute(_shown().where(Component.id.in_(chosen)))}
        found = [by_id[i] for i in chosen]
        keys = [(scope.positions[i], i) for i in chosen]
    needs = needs_of(session, [r.id for r in found])
    rows = [_row(r, needs[r.id], key) for r, key in zip(found, keys, strict=True)]
    return Listing(
        rows=rows,
        total=facets.pop("all").get("", 0),
        corrected=scope.found.corrected if scope.found else None,
        facets=facets,
        previous=keys[0] if keys and before else None,
        next=keys[-1] if keys and after else None,
    )


def _row(r: Any, needs: list[tuple[str, str]], key: Key) -> Row:
    return Row(
        r.id, r.slug, r.name, r.summary, r.kind.value, r.lifecycle.value, r.closes_on, r.successor,
        r.successor_slug, r.provider, r.provider_slug, r.has_interface, list(r.sectors), r.users,
        r.used, needs, key,
    )  # fmt: skip


def _facets(session: Session, scope: _Scope) -> dict[str, dict[str, int]]:
    """How many components each value would leave, in one statement; and all of them."""
    many = func.count()
    parts = [
        select(literal("all"), literal(""), many).select_from(Component).where(*scope.conditions()),
        select(literal("needs"), Capability.slug, many)
        .select_from(ComponentCapability)
        .join(Component, Component.id == ComponentCapability.component_id)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(*scope.conditions("needs"))
        .group_by(Capability.slug),
    ]
    for name, column in (("kinds", Component.kind), ("lifecycles", Component.lifecycle)):
        parts.append(
            select(literal(name), cast(column, String), many)
            .select_from(Component)
            .where(*scope.conditions(name))
            .group_by(column)
        )
    found: dict[str, dict[str, int]] = {"all": {}, "needs": {}, "kinds": {}, "lifecycles": {}}
    for facet, value, count in session.execute(parts[0].union_all(*parts[1:])):
        found[facet][value] = count
    return found


def stream_ids(session: Session, query: ComponentQuery) -> Iterator[list[int]]:
    """The ids of everything a query lists, in its order, a batch at a time."""
    scope = _scope(session, query)
    order = select(Component.id).where(*scope.conditions())
    ids = list(session.scalars(order.order_by(Component.sort_name, Component.id)))
    if scope.found is not None:
        ids.sort(key=scope.positions.__getitem__)
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def provided_by(session: Session, organisation_id: int) -> list[Row]:
    """The components that an organisation provides, by name; without the needs they meet."""
    found = session.execute(
        _shown()
        .where(Component.provider_id == organisation_id)
        .order_by(Component.sort_name, Component.id)
    )
    return [_row(r, [], (r.name, r.id)) for r in found]


def by_slug(session: Session, slug: str) -> Row | None:
    """The component at an address, without the needs it meets; None where there is none."""
    r = session.execute(_shown().where(Component.slug == slug)).first()
    return _row(r, [], (r.name, r.id)) if r else None


def numbers(session: Session) -> tuple[int, int]:
    """How many components there are, and how many capabilities a service may need (the leaves of
    the tree), in one statement.
    """
    below = aliased(Capability)
    components = select(func.count()).select_from(Component).scalar_subquery()
    leaves = (
        select(func.count())
        .select_from(Capability)
        .where(~select(below.id).where(below.parent_id == Capability.id).exists())
        .scalar_subquery()
    )
    row = session.execute(select(components, leaves)).one()
    return row[0], row[1]
