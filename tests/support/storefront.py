"""Capabilities, components and usages for tests: say what matters, the rest is filled in."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.components import Capability
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import (
    clean_capability,
    clean_component,
    clean_usage,
)
from portal.catalogue.store import (
    capabilities,
    components,
    organisations,
    services,
    usage,
    usage_counts,
)
from tests.support.data import ACT


def name_of(slug: str) -> str:
    """A name for a slug: `send-letters` is "Send letters"."""
    return slug.replace("-", " ").capitalize()


def add_capability(session: Session, slug: str, parent: str | None = None, **changes: Any) -> None:
    """Write a capability and make it findable."""
    document = clean_capability({"slug": slug, "name": name_of(slug), "parent": parent, **changes})
    ids = capabilities.ids_by_slug(session)
    capabilities.save(session, Capability(), None, document, ids, ACT, "capability.created")
    search.put(session, capabilities.search_documents(session))


def add_component(
    session: Session, slug: str, *needs: str, provider: str = "ministry", **changes: Any
) -> None:
    """Write a component that meets these needs, live and open to anyone unless it says else."""
    successor = changes.pop("successor", None)
    document = clean_component(
        {
            "slug": slug, "name": name_of(slug), "kind": "platform", "delivery": "both",
            "has_interface": True, "provider": f"portal:{provider}",
            "summary": f"What {slug} does.", "lifecycle": "live", "sectors": ["anyone"],
            "capabilities": [{"capability": need} for need in needs], **changes,
        }
    )  # fmt: skip
    refs = organisations.ids_by_reference(session)
    made, known = components.new(), capabilities.ids_by_slug(session)
    components.save(session, made, None, document, refs, known, ACT, "component.created")
    components.save_successor(session, made, successor)
    search.put(session, components.search_documents(session, [made.id]))


def add_usage(session: Session, service: str, need: str, **changes: Any) -> None:
    """Write how a service meets a need: live since 2024 unless it says else."""
    shared = "component" in changes
    document = clean_usage(
        {
            "service": service, "capability": need, "status": "live",
            "arrangement": "shared_component" if shared else "own_build",
            **({} if "since" in changes or "until" in changes else {"since": "2024-01-01"}),
            **changes,
        }
    )  # fmt: skip
    ids = usage.Ids(
        services.ids_by_slug(session),
        capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )
    usage.save(session, Usage(), None, document, ids, ACT, "usage.created")
    usage_counts.settle(session)
