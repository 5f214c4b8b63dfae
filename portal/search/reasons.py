"""Why a record was found, where its name does not show it."""

from collections.abc import Sequence, Set
from functools import lru_cache

from portal.search.query import Concept, Query
from portal.search.ranking import worth_in
from portal.search.words import meaningful, spelling, stem, words

_SHOWN = 0.85  # what was typed in any of its forms, but not what only means the same


def shows(query: Query, name: str) -> bool:
    """Whether this name alone shows why it was found."""
    return not _missing(query, name)


def reason(query: Query, name: str, others: Sequence[str]) -> str | None:
    """Which of the other texts shows what was typed better than the name does, or None."""
    missing = _missing(query, name)
    best, chosen = _worth(missing, name), None
    for other in others:
        worth = _worth(missing, other)
        if worth > best:
            best, chosen = worth, other
    return chosen


def _missing(query: Query, name: str) -> list[Concept]:
    parts = _parts(name)
    return [c for c in query.required if worth_in(c, *parts)[0] < _SHOWN]


def _worth(concepts: list[Concept], text: str) -> float:
    parts = _parts(text)
    return sum(worth_in(concept, *parts)[0] for concept in concepts)


@lru_cache(maxsize=8_192)
def _parts(text: str) -> tuple[Set[str], str, Set[str]]:
    found = words(text)
    tokens = list(map(stem, found))
    return set(tokens), " ".join(tokens), set(map(spelling, meaningful(found)))
