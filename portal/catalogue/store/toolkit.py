"""The needs of a phase with the open components that meet each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.rules.components import ENDING, READINESS, open_to


@dataclass(frozen=True, slots=True)
class Offered:
    """A component that meets a need and is open to new services."""

    slug: str
    name: str
    summary: str
    lifecycle: str
    sectors: list[str]
    provider: str


@dataclass(slots=True)
class Need:
    """A need with what meets it, the readiest and most widely open first."""

    slug: str
    name: str
    components: list[Offered] = field(default_factory=list)


def needs(session: Session, slugs: Sequence[str]) -> list[Need]:
    """These needs in the order given; one that the catalogue does not have is left out."""
    rows: Any = session.execute(
        select(
            Capability.slug.label("need"), Capability.name.label("need_name"), Component.slug,
            Component.name, Component.summary, Component.lifecycle, Component.sectors,
            Organisation.name.label("provider"),
        )
        .outerjoin(ComponentCapability, ComponentCapability.capability_id == Capability.id)
        .outerjoin(Component, Component.id == ComponentCapability.component_id)
        .outerjoin(Organisation, Organisation.id == Component.provider_id)
        .where(Capability.slug.in_(slugs))
        .order_by(Component.sort_name, Component.id)
    )  # fmt: skip
    found: dict[str, Need] = {}
    for r in rows:
        need = found.setdefault(r.need, Need(r.need, r.need_name))
        if r.slug is not None and r.lifecycle not in ENDING:
            need.components.append(
                Offered(r.slug, r.name, r.summary, r.lifecycle.value, r.sectors, r.provider)
            )
    for need in found.values():
        need.components.sort(key=lambda c: (READINESS[c.lifecycle], -open_to(c.sectors)))
    return [found[slug] for slug in slugs if slug in found]
