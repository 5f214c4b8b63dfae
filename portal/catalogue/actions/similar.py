"""Find the services that one about to be registered may be, and near-duplicates in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.catalogue.rules import similar, similar_pairs
from portal.catalogue.store import service_similar


@dataclass(frozen=True, slots=True)
class Similar:
    """A service of the catalogue that may be the one asked for; `score` is from 0 to 1,
    `organisation` who is accountable for it, "" where nobody is.
    """

    id: int
    slug: str
    name: str
    score: float
    why: str
    phase: str
    organisation: str


def find_similar(
    session: Session,
    name: str,
    purpose: str | None = None,
    start_page: str | None = None,
    limit: int = 5,
) -> list[Similar]:
    """Ask "Is it one of these?": up to `limit` services that are most like this one, best first.

    Args:
        session: the database, for reading.
        name: as far as it is typed.
        purpose: what it is for, if that is known yet.
        start_page: its address; one that is no web address is passed over.
        limit: the most to give.
    """
    found = service_similar.candidates(session, name, start_page)
    known = similar.Known(name, purpose or "", signals=similar.signals(start_page))
    asked, *others = map(similar.read, [known, *(candidate.known for candidate in found)])
    tokens = asked.tokens().union(*(other.tokens() for other in others))
    rarity = service_similar.rarity(session, tokens)
    nearest = similar_pairs.nearest(asked, others, rarity, limit)
    facts = service_similar.facts(session, [found[at].id for at, _ in nearest])
    return [
        Similar(each.id, each.slug, each.known.name, alike.score, alike.why, *facts[each.id])
        for each, alike in ((found[at], alike) for at, alike in nearest)
    ]


def suggest(
    services: Sequence[similar.Known], most: int, other_names: bool = False
) -> list[dict[str, Any]]:
    """Up to `most` pairs of these that may be one service, best first: the places of both, the
    score from 0 to 1 with three decimals, and why.

    Args:
        services: from a file; the catalogue plays no part.
        most: pairs.
        other_names: leave out pairs of the same name.
    """
    return [
        {"a": pair.a, "b": pair.b, "score": round(pair.score, 3), "why": pair.why}
        for pair in similar_pairs.pairs(services, most, other_names)
    ]
