"""The components that somebody must use, with their mandates as the rules see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit import kept
from portal.catalogue.models.components import Capability, Component, ComponentMandate
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.mandates import Covers
from portal.errors import Missing


@dataclass(frozen=True, slots=True)
class Rule:
    """One mandate of a component, in the words of its policy and as it is counted."""

    covers: Covers
    scope: str
    note: str | None
    policy: str | None


@dataclass(frozen=True, slots=True)
class Mandated:
    """A component that somebody must use.

    Attributes:
        rules: its mandates, the oldest first.
        needs: id and name of each need that one of them is about, by slug.
    """

    id: int
    slug: str
    name: str
    provider: str
    rules: tuple[Rule, ...]
    needs: dict[str, tuple[int, str]]

    def in_force(self, day: date) -> list[Rule]:
        """The mandates that hold on a day."""
        return [rule for rule in self.rules if rule.covers.holds(day)]

    def need_ids(self, day: date) -> list[int]:
        """The ids of the needs that a mandate in force is about."""
        return sorted({id_ for _, ids in self.groups(day) for id_ in ids})

    def groups(self, day: date) -> list[tuple[tuple[Rule, ...], list[int]]]:
        """Needs that the same mandates are about, together: those mandates and the needs' ids."""
        found: dict[tuple[int, ...], list[int]] = {}
        now = self.in_force(day)
        for slug, (id_, _name) in self.needs.items():
            about = tuple(at for at, rule in enumerate(now) if slug in rule.covers.needs)
            if about:
                found.setdefault(about, []).append(id_)
        return [(tuple(now[at] for at in about), ids) for about, ids in found.items()]


def every(session: Session) -> list[Mandated]:
    """The components with mandates, by name; read once for each version of the records."""
    return kept(session, "mandated", lambda: _read(session))


def _read(session: Session, slug: str | None = None) -> list[Mandated]:
    m, c, o = ComponentMandate, Component, Organisation
    query = (
        select(m, c.id, c.slug, c.name, o.name)
        .join(c, c.id == m.component_id)
        .join(o, o.id == c.provider_id)
        .order_by(c.sort_name, c.id, m.since.nulls_first(), m.id)
    )
    if slug is not None:
        query = query.where(c.slug == slug)
    rows: Sequence[Any] = session.execute(query).all()
    wanted = {need for row in rows for need in row[0].needs or ()}
    known = {
        need: (id_, name)
        for need, id_, name in session.execute(
            select(Capability.slug, Capability.id, Capability.name)
            .where(Capability.slug.in_(wanted))
            .order_by(Capability.name)
        )
    }
    found: dict[int, tuple[Any, list[Rule]]] = {}
    for row in rows:
        found.setdefault(row[1], (row, []))[1].append(_rule(row[0]))
    return [_mandated(row, some, known) for row, some in found.values()]


def _mandated(row: Any, some: list[Rule], known: dict[str, tuple[int, str]]) -> Mandated:
    about = {slug for rule in some for slug in rule.covers.needs}
    needs = {slug: pair for slug, pair in known.items() if slug in about}
    return Mandated(row[1], row[2], row[3], row[4], tuple(some), needs)


def _rule(row: ComponentMandate) -> Rule:
    covers = Covers(
        frozenset(row.needs or ()), frozenset(row.sectors or ()), frozenset(row.audiences or ()),
        row.from_phase, row.new_since, row.since, row.until,
    )  # fmt: skip
    return Rule(covers, row.scope, row.note, row.policy)


def by_slug(session: Session, slug: str) -> Mandated:
    """The component with mandates at an address. Raises Missing."""
    found = _read(session, slug)
    if not found:
        raise Missing("No mandate is recorded of this component")
    return found[0]
