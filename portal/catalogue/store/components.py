"""All SQL that reads or writes one component: documents in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import search
from portal.audit import Act, Document, record
from portal.catalogue import component_words as words
from portal.catalogue.models.components import (
    Capability,
    Component,
    ComponentCapability,
    ComponentEvolution,
    ComponentMandate,
    ComponentPrice,
    ComponentSlug,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.rules.components import ENDING
from portal.catalogue.rules.reviews import months_of_component
from portal.catalogue.store import reviews
from portal.catalogue.store.organisations import day, iso, reference
from portal.catalogue.words import Reviewed
from portal.errors import Invalid, Missing

THING = "component"
#: Fields whose values the table keeps as they are.
PLAIN = (
    "slug", "name", "has_interface", "summary", "description", "names", "sectors",
    "eligibility_note", "how_to_start", "documentation", "support_hours", "status_page",
    "closing_means", "steps", "allowances", "volumes", "costs", "adopters", "sources", "team",
    "team_reachable", "incidents", "unsupported",
)  # fmt: skip
_DAYS = ("lifecycle_since", "closes_on", "security_tested_on", "looked_at_on")  # fmt: skip
_LOADS = (
    joinedload(Component.provider).selectinload(Organisation.identifiers),
    joinedload(Component.successor),
    selectinload(Component.capabilities).joinedload(ComponentCapability.capability),
    selectinload(Component.evolution),
    selectinload(Component.prices),
    selectinload(Component.mandates),
)


def document_of(c: Component) -> Document:
    """The canonical document of a loaded component (see rules/component_documents.py)."""
    return {
        **{field: getattr(c, field) for field in PLAIN},
        "kind": c.kind.value,
        "delivery": c.delivery.value,
        "provider": reference(c.provider),
        "capabilities": sorted(
            ({"capability": row.capability.slug, "note": row.note} for row in c.capabilities),
            key=lambda row: str(row["capability"]),
        ),
        "lifecycle": c.lifecycle.value,
        **{field: iso(getattr(c, field)) for field in _DAYS},
        "successor": c.successor.slug if c.successor else None,
        "evolution": [
            {
                "stage": row.stage.value,
                "since": iso(row.since),
                "rationale": row.rationale,
                "source": row.source,
            }
            for row in c.evolution
        ],
        "prices": [
            {
                "item": row.item,
                "unit": row.unit,
                "pence": plain_number(row.pence),
                "per_cent": plain_number(row.per_cent),
                "since": iso(row.since),
                "until": iso(row.until),
                "note": row.note,
                "source": row.source,
            }
            for row in c.prices
        ],
        "mandates": [
            {
                "scope": row.scope,
                "note": row.note,
                "since": iso(row.since),
                "until": iso(row.until),
                "policy": row.policy,
                **{field: row_list or [] for field, row_list in _covers(row)},
                "from_phase": row.from_phase,
                "new_since": iso(row.new_since),
            }
            for row in c.mandates
        ],
    }


def _covers(row: ComponentMandate) -> list[tuple[str, list[str] | None]]:
    return [("needs", row.needs), ("sectors", row.sectors), ("audiences", row.audiences)]


def plain_number(value: Decimal | None) -> str | None:
    """A number as documents write it: no exponent, no needless zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def load(session: Session, ids: Iterable[int] | None = None) -> list[Component]:
    """Components with everything their documents need, by id; all of them without `ids`."""
    query = select(Component).options(*_LOADS).order_by(Component.id)
    if ids is not None:
        query = query.where(Component.id.in_(list(ids)))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def provided_by(session: Session, organisation_ids: Collection[int]) -> set[int]:
    """The ids of the components that these bodies provide."""
    return set(
        session.scalars(select(Component.id).where(Component.provider_id.in_(organisation_ids)))
    )


def by_slug(session: Session, slug: str) -> Component:
    """The component at an address. Raises Missing."""
    query = select(Component).options(*_LOADS).where(Component.slug == slug)
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise Missing("There is no component at this address")
    return found


def slug_now(session: Session, old: str) -> str | None:
    """Where a former address leads today."""
    return session.scalar(
        select(Component.slug)
        .join(ComponentSlug, ComponentSlug.component_id == Component.id)
        .where(ComponentSlug.slug == old)
    )


def ids_by_slug(session: Session) -> dict[str, int]:
    """Every component's id by its address."""
    rows: Any = session.execute(select(Component.slug, Component.id))
    return dict(map(tuple, rows))


def offering(session: Session, need: str) -> dict[str, tuple[str, str]]:
    """Name and summary of the components that meet a need and are open to new services, by slug
    in the order of names.
    """
    c = Component
    query = (
        select(c.slug, c.name, c.summary)
        .join(ComponentCapability, ComponentCapability.component_id == c.id)
        .join(Capability, Capability.id == ComponentCapability.capability_id)
        .where(Capability.slug == need, c.lifecycle.not_in(ENDING))
        .order_by(c.sort_name, c.id)
    )
    return {slug: (name, summary) for slug, name, summary in session.execute(query)}


def names_by_slug(session: Session, slugs: Collection[str]) -> dict[str, str]:
    """The names of components by slug, of those that there are."""
    rows = session.execute(select(Component.slug, Component.name).where(Component.slug.in_(slugs)))
    return {row.slug: row.name for row in rows}


def new() -> Component:
    """A component with nothing in it yet, for `save`."""
    return Component(version=0, capabilities=[], evolution=[], prices=[], mandates=[])


def save(
    session: Session, component: Component, before: Document | None, after: Document,
    refs: dict[str, int], capabilities: dict[str, int], act: Act, tag: str,
) -> bool:  # fmt: skip
    """Make a loaded (or new) component say `after`, with its history event.

    The successor is left to `save_successor`, since it may be a component still to come.

    Args:
        refs: organisation references to ids.
        capabilities: capability addresses to ids.

    Returns:
        False where nothing differs, and nothing was written.

    Raises:
        Invalid: the provider or a capability is not in the database.
    """
    if before == after:
        return False
    if after["provider"] not in refs:
        raise Invalid("provider", f"There is no organisation {after['provider']}")
    for row in after["capabilities"]:
        if row["capability"] not in capabilities:
            raise Invalid("capabilities", f"There is no capability {row['capability']}")
    for field in PLAIN:
        setattr(component, field, after[field])
    component.sort_name = sort_key(after["name"])
    component.kind = words.ComponentKind(after["kind"])
    component.delivery = words.Delivery(after["delivery"])
    component.provider_id = refs[after["provider"]]
    component.lifecycle = words.Lifecycle(after["lifecycle"])
    for field in _DAYS:
        setattr(component, field, day(after[field]))
    if before and before["slug"] != after["slug"]:
        session.merge(ComponentSlug(slug=before["slug"], component_id=component.id))
    _save_rows(session, component, before or {}, after, capabilities)
    component.version += 1
    component.edited_at = act.at
    session.add(component)
    session.flush()
    record(session, act, tag, THING, component.id, before, after)
    _review(session, component.id, before, after, act)
    return True


def _review(session: Session, id_: int, before: Document | None, after: Document, act: Act) -> None:
    months = {id_: months_of_component(after)}
    if before is None:
        reviews.begin(session, Reviewed.COMPONENT, months, act.day)
        return
    if months_of_component(before) != months[id_]:
        reviews.follow(session, Reviewed.COMPONENT, months, act.day)
    if before["provider"] != after["provider"]:
        reviews.owned_anew(session, Reviewed.COMPONENT, [id_])


def _save_rows(
    session: Session, component: Component, old: Document, after: Document,
    capabilities: dict[str, int],
) -> None:  # fmt: skip
    made: dict[str, list[Any]] = {
        "evolution": [
            ComponentEvolution(
                stage=words.EvolutionStage(row["stage"]), since=day(row["since"]),
                rationale=row["rationale"], source=row["source"],
            )
            for row in after["evolution"]
        ],
        "prices": [
            ComponentPrice(
                item=row["item"], unit=row["unit"], pence=_number(row["pence"]),
                per_cent=_number(row["per_cent"]), since=day(row["since"]),
                until=day(row["until"]), note=row["note"], source=row["source"],
            )
            for row in after["prices"]
        ],
        "mandates": [
            ComponentMandate(
                scope=row["scope"], note=row["note"], since=day(row["since"]),
                until=day(row["until"]), policy=row["policy"], needs=row["needs"],
                sectors=row["sectors"], audiences=row["audiences"],
                from_phase=row["from_phase"], new_since=day(row["new_since"]),
            )
            for row in after["mandates"]
        ],
    }  # fmt: skip
    changed = [field for field in made if old.get(field) != after[field]]
    for field in changed:
        getattr(component, field).clear()
    if old:
        session.flush()  # the old rows go first: an item has one price from a day on
    for field in changed:
        getattr(component, field).extend(made[field])
    if old.get("capabilities") != after["capabilities"]:
        kept = {row.capability_id: row for row in component.capabilities}
        rows = {capabilities[row["capability"]]: row["note"] for row in after["capabilities"]}
        component.capabilities = [
            kept.get(id_) or ComponentCapability(capability_id=id_) for id_ in rows
        ]
        for row in component.capabilities:
            row.note = rows[row.capability_id]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def save_successor(session: Session, component: Component, slug: str | None) -> None:
    """Say which component takes over; its history event was written by `save`.

    Raises:
        Invalid: there is no such component, or the successions would run in a ring.
    """
    following: Component | None = None
    if slug is not None:
        following = session.scalar(select(Component).where(Component.slug == slug))
        if following is None:
            raise Invalid("successor", f"There is no component {slug}")
    seen, at = {component.id}, following
    while at is not None:
        if at.id in seen:
            raise Invalid("successor", "A component cannot succeed itself, directly or not")
        seen.add(at.id)
        at = session.get(Component, at.successor_id) if at.successor_id else None
    component.successor_id = following.id if following else None
    session.flush()


def remove(session: Session, component: Component, act: Act, tag: str) -> None:
    """Delete a component that nothing uses; the history keeps what it said."""
    before = document_of(component)
    session.delete(component)
    session.flush()
    reviews.remove(session, Reviewed.COMPONENT, [component.id])
    record(session, act, tag, THING, component.id, before, None)


def search_documents(session: Session, ids: Iterable[int] | None = None) -> list[search.Document]:
    """What the search knows of components: names, what they are for, who provides them."""
    return [_search_document(c) for c in load(session, ids)]


def _search_document(c: Component) -> search.Document:
    needs = [row.capability for row in c.capabilities]
    words_of_needs = [w for need in needs for w in (need.name, *need.keywords)]
    return search.Document(
        thing=THING,
        thing_id=c.id,
        names=c.name,
        other_names="\n".join([*(n["name"] for n in c.names), *words_of_needs]),
        organisations=f"{c.provider.name} {c.provider.abbreviation or ''}",
        body="\n".join([c.summary, c.description or ""]),
    )
