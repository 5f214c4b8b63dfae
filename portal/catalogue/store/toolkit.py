"""The needs of a phase with the open components that meet each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.catalogue.store import capabilities
from portal.catalogue.store.storefront import Choice, best_first, candidates


@dataclass(frozen=True, slots=True)
class Need:
    """A need with the components that meet it and are open to new services, best first."""

    slug: str
    name: str
    components: list[Choice]


def needs(session: Session, slugs: Sequence[str], on: date) -> list[Need]:
    """These needs in the order given; one that the catalogue does not have is left out."""
    known = {leaf.slug: leaf for top in capabilities.tree(session) for leaf in top.below}
    wanted = [known[slug] for slug in slugs if slug in known]
    choices = candidates(session, wanted, None, on)
    return [
        Need(need.slug, need.name, best_first(c for c in choices if need in c.meets))
        for need in wanted
    ]
