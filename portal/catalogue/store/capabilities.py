"""All SQL about capabilities: the tree of what a service may need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal import search
from portal.audit import Act, Document, record
from portal.catalogue.models.components import Capability
from portal.errors import Invalid, Missing

THING = "capability"


@dataclass(slots=True)
class Node:
    """A capability in the tree, with those below it in their order."""

    id: int
    slug: str
    name: str
    question: str | None
    hint: str | None
    description: str | None
    keywords: list[str]
    parent_id: int | None
    below: list[Node] = field(default_factory=list)


def document_of(c: Capability) -> Document:
    """The canonical document of a loaded capability."""
    return {
        "slug": c.slug,
        "name": c.name,
        "parent": c.parent.slug if c.parent else None,
        "question": c.question,
        "hint": c.hint,
        "description": c.description,
        "keywords": list(c.keywords),
    }


def load(session: Session) -> list[Capability]:
    """Every capability with what is above it, in the order of the tree's levels."""
    query = (
        select(Capability)
        .options(joinedload(Capability.parent))
        .order_by(Capability.parent_id, Capability.position, Capability.id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def by_slug(session: Session, slug: str) -> Capability:
    """The capability at an address. Raises Missing."""
    query = select(Capability).options(joinedload(Capability.parent))
    found = session.scalars(query.where(Capability.slug == slug)).first()
    if found is None:
        raise Missing("There is no need at this address")
    return found


def ids_by_slug(session: Session) -> dict[str, int]:
    """Every capability's id by its address."""
    rows: Any = session.execute(select(Capability.slug, Capability.id))
    return dict(map(tuple, rows))


def tree(session: Session) -> list[Node]:
    """The groups with their leaves, each level in its own order."""
    rows = session.execute(
        select(
            Capability.id, Capability.slug, Capability.name, Capability.question, Capability.hint,
            Capability.description, Capability.keywords, Capability.parent_id,
        ).order_by(Capability.position, Capability.id)
    )  # fmt: skip
    nodes = {row.id: Node(*row) for row in rows}
    tops: list[Node] = []
    for node in nodes.values():
        (nodes[node.parent_id].below if node.parent_id else tops).append(node)
    return tops


def in_tree(session: Session, slug: str) -> tuple[Node, Node | None]:
    """The capability at an address with those below it, and the one above it. Raises Missing."""
    for top in tree(session):
        for node, above in [(top, None), *((leaf, top) for leaf in top.below)]:
            if node.slug == slug:
                return node, above
    raise Missing("There is no need at this address")


def leaf(session: Session, slug: str) -> Node:
    """The need at an address. Raises Missing, also for a group of needs."""
    node, _above = in_tree(session, slug)
    if node.below:
        raise Missing("A group of needs is not met by itself")
    return node


def save(
    session: Session, capability: Capability, before: Document | None, after: Document,
    ids: dict[str, int], act: Act, tag: str,
) -> bool:  # fmt: skip
    """Make a loaded (or new) capability say `after`, with its history event; False if it did.

    A new one, or one that moves, goes to the end of its level.

    Args:
        ids: capability addresses to ids.

    Raises:
        Invalid: the capability above is not in the database, or is below this one.
    """
    if before == after:
        return False
    parent = after["parent"]
    if parent is not None and parent not in ids:
        raise Invalid("parent", f"There is no capability {parent}")
    parent_id = ids[parent] if parent else None
    _refuse_ring(session, capability, parent_id)
    for name in ("slug", "name", "question", "hint", "description", "keywords"):
        setattr(capability, name, after[name])
    if before is None or before["parent"] != parent:
        above = Capability.parent_id.is_(None) if parent is None else (
            Capability.parent_id == parent_id
        )  # fmt: skip
        last = session.scalar(select(func.max(Capability.position)).where(above))
        capability.position, capability.parent_id = (last or 0) + 1, parent_id
    capability.version = (capability.version or 0) + 1
    capability.edited_at = act.at
    session.add(capability)
    session.flush()
    record(session, act, tag, THING, capability.id, before, after)
    return True


def _refuse_ring(session: Session, capability: Capability, parent_id: int | None) -> None:
    while parent_id is not None:
        if parent_id == capability.id:
            raise Invalid("parent", "A capability cannot be part of itself, directly or not")
        parent_id = session.scalar(select(Capability.parent_id).where(Capability.id == parent_id))


def search_documents(session: Session) -> list[search.Document]:
    """What the search knows of capabilities: names, keywords, the question, what they are."""
    return [
        search.Document(
            thing=THING,
            thing_id=c.id,
            names=c.name,
            other_names="\n".join(c.keywords),
            body="\n".join(t for t in (c.question, c.hint, c.description) if t),
        )
        for c in load(session)
    ]
