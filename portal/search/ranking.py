"""The order of the results: pure, and so the same on both databases.

A record called exactly what was typed comes first, then one whose name starts with it, then names
that have all of it (the less else, the better), then other names, then the rest of the text.
"""

from collections.abc import Callable, Sequence, Set

from portal.search.candidates import Row
from portal.search.query import Concept, Query

_EXACT_NAME = 12.0
_EXACT_OTHER = 8.0
_STARTS = 1.5
_ALL_IN_NAME = 2.0
_PRECISION = 3.0
_COVERAGE = 10.0

_IN_OTHER = 0.75
_IN_ORGANISATION = 0.4
_IN_BODY = 0.35


def rank(rows: Sequence[Row], query: Query) -> list[tuple[float, int]]:
    """Score and key of each row, best first."""
    score = _scorer(query)
    scored = sorted((-score(row), len(row[1]), row[1], row[0]) for row in rows)
    return [(-negative, key) for negative, _, _, key in scored]


def _scorer(query: Query) -> Callable[[Row], float]:
    concepts = query.concepts
    total = sum(concept.weight for concept in concepts) or 1.0
    starts = query.key + " "

    def score(row: Row) -> float:
        name_key, other_keys = row[1:3]
        tokens = set(name_key.split(" "))
        hits: set[str] = set()
        coverage = 0.0
        in_name = 1.0
        rest: list[tuple[float, Set[str]]] = []
        for concept in concepts:
            worth, used = _worth(concept, tokens)
            if worth:
                hits |= used
            if worth < _IN_OTHER:
                rest = rest or _rest(row)
                worth = max(worth, *(part * _worth(concept, each)[0] for part, each in rest))
                if concept.required:
                    in_name = 0.0
            elif concept.required:
                in_name = min(in_name, worth)
            coverage += concept.weight * worth
        points = _COVERAGE * coverage / total + _ALL_IN_NAME * in_name
        points += _PRECISION * (coverage / total) * len(hits) / len(tokens)
        if name_key == query.key:
            points += _EXACT_NAME
        elif name_key.startswith(starts):
            points += _STARTS
        if other_keys and query.key in other_keys.split("\n"):
            points += _EXACT_OTHER
        return points

    return score


def _rest(row: Row) -> list[tuple[float, Set[str]]]:
    """The parts of a record other than its name, and what a word in each is worth."""
    _, _, _, names, other_names, organisations, body = row
    everything = set(f"{names} {other_names} {organisations} {body}".split())
    parts: list[tuple[float, Set[str]]] = [(_IN_BODY, everything)]
    if organisations:
        parts.append((_IN_ORGANISATION, set(organisations.split())))
    if other_names:
        parts.append((_IN_OTHER, set(other_names.split())))
    return parts


def _worth(concept: Concept, tokens: Set[str]) -> tuple[float, Set[str]]:
    """How well these tokens say the concept, and which of them do."""
    used: Set[str] = concept.one.keys() & tokens
    best = max(map(concept.one.__getitem__, used)) if used else 0.0
    for phrase, phrase_worth in concept.many:
        if phrase_worth > best:
            found = [term.keys() & tokens for term in phrase]
            if all(found):
                pairs = zip(phrase, found, strict=True)
                least = min(max(map(term.__getitem__, hits)) for term, hits in pairs)
                best = max(best, least * phrase_worth)
                for hits in found:
                    used = used | hits
    return best, used
