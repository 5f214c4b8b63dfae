"""Add capabilities, components and how services use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal import search
from portal.audit import Act, Document
from portal.catalogue.models.components import Capability
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import (
    clean_capability,
    clean_component,
    clean_need,
    clean_usage,
)
from portal.catalogue.store import capabilities, components, services, usage
from portal.catalogue.store.organisations import ids_by_reference
from portal.db import Database

Documents = Iterable[Document]


def add_missing(
    database: Database, wanted_capabilities: Documents, wanted_components: Documents, act: Act
) -> dict[str, int]:
    """Add the capabilities and components whose address is not taken; others stay as they are.

    Returns:
        How many of each were added.

    Raises:
        Invalid: a document is wrong, or speaks of something that is not in the catalogue.
    """
    with database.writing() as session:
        added = {
            "capabilities": _capabilities(session, wanted_capabilities, act),
            "components": _components(session, wanted_components, act),
        }
        search.put(session, capabilities.search_documents(session))
        search.put(session, components.search_documents(session))
    return added


def _capabilities(session: Session, documents: Documents, act: Act) -> int:
    ids, added = capabilities.ids_by_slug(session), 0
    for document in documents:
        clean = clean_capability(document)
        if clean["slug"] not in ids:
            made = Capability()
            capabilities.save(session, made, None, clean, ids, act, "added")
            ids[clean["slug"]] = made.id
            added += 1
    return added


def _components(session: Session, documents: Documents, act: Act) -> int:
    there = components.ids_by_slug(session)
    refs, needs = ids_by_reference(session), capabilities.ids_by_slug(session)
    made: list[tuple[Any, Document]] = []
    for document in documents:
        clean = clean_component(document)
        if clean["slug"] not in there:
            component = components.new()
            components.save(session, component, None, clean, refs, needs, act, "added")
            made.append((component, clean))
    for component, clean in made:
        components.save_successor(session, component, clean["successor"])
    return len(made)


def add_usages(
    database: Database, wanted_usages: Documents, wanted_needs: Documents, act: Act
) -> dict[str, int]:
    """Add how services meet their needs, where nothing is known of the service and need yet.

    Args:
        wanted_usages: usage documents in the order in which one may replace another; `key` names
            one, `replaces` gives the key of the one it takes the place of.

    Returns:
        How many arrangements and answers were added.

    Raises:
        Invalid: a document is wrong, or speaks of something that is not in the catalogue.
    """
    with database.writing() as session:
        ids = usage.Ids(
            services.ids_by_slug(session),
            capabilities.ids_by_slug(session),
            components.ids_by_slug(session),
        )
        known = {(u.service.slug, u.capability.slug) for u in usage.load(session)}
        keys: dict[str, int] = {}
        added = 0
        for document in wanted_usages:
            fields = {k: v for k, v in document.items() if k not in ("key", "replaces")}
            clean = clean_usage(fields)
            if (clean["service"], clean["capability"]) in known:
                continue
            row = Usage()
            replaced = keys.get(document.get("replaces") or "")
            usage.save(session, row, None, clean, ids, act, "declared", replaced)
            keys[str(document.get("key"))] = row.id
            added += 1
        needs = [clean_need(need) for need in wanted_needs]
        answers = sum(usage.say_need(session, need, ids, act, "need answered") for need in needs)
    return {"usages": added, "answers": answers}
