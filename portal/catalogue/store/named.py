"""Components and needs that words name: one line each, above whatever else the words find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from portal import search
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store import capabilities, components

MOST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A component, or a need where `lifecycle` is None."""

    slug: str
    name: str
    summary: str | None = None
    lifecycle: str | None = None
    closes_on: date | None = None
    successor: str | None = None
    successor_slug: str | None = None

    @property
    def ends(self) -> bool:
        """Whether it is a component that is not for new services."""
        return self.lifecycle in ENDING


def named(session: Session, words: str) -> list[Named]:
    """Up to three: components called so now or before, those that end first, then needs.

    Only a whole name, former name or keyword of several words counts. At most three statements,
    one where nothing is called so.
    """
    found = search.called(session, (components.THING, capabilities.THING), words)
    hits = _components(session, [id_ for thing, id_ in found if thing == components.THING], words)
    hits += _needs(session, [id_ for thing, id_ in found if thing == capabilities.THING], words)
    return hits[:MOST]


def named_components(session: Session, words: str) -> list[Named]:
    """Up to three components called so; at most two statements."""
    found = search.called(session, (components.THING,), words)
    return _components(session, [id_ for _, id_ in found], words)[:MOST]


def _needs(session: Session, ids: list[int], words: str) -> list[Named]:
    """Those with the words as their name or as a keyword of several words.

    Of one word, "tax" or "pension" is as much what services are about.
    """
    if not ids:
        return []
    rows = session.execute(
        select(Capability.slug, Capability.name, Capability.keywords)
        .where(Capability.id.in_(ids))
        .order_by(Capability.parent_id, Capability.position)
    )
    return [
        Named(slug, name)
        for slug, name, keywords in rows
        if search.is_called(words, [name, *(k for k in keywords if " " in k)])
    ]


def _components(session: Session, ids: list[int], words: str) -> list[Named]:
    """Those with the words in a name of their own: what they are for has a line as a need."""
    if not ids:
        return []
    successor = aliased(Component)
    rows: Any = session.execute(
        select(
            Component.names, Component.slug, Component.name, Component.summary,
            Component.lifecycle, Component.closes_on, successor.name, successor.slug,
        )
        .outerjoin(
            successor,
            # Nothing sends anybody to what ends itself.
            and_(successor.id == Component.successor_id, successor.lifecycle.not_in(ENDING)),
        )
        .where(Component.id.in_(ids))
        .order_by(Component.sort_name, Component.id)
    )  # fmt: skip
    hits = [
        Named(slug, name, summary, lifecycle.value, closes_on, *followed)
        for names, slug, name, summary, lifecycle, closes_on, *followed in rows
        if search.is_called(words, [name, *(n["name"] for n in names)])
    ]
    return sorted(hits, key=lambda hit: not hit.ends)
