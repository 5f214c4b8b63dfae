"""Of many services, the pairs that are most alike, best first, without comparing all with all.

Memory grows with the number of services and not with that of pairs: a service is compared only
with those it shares its most telling words with, and only its best pairs are kept.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.catalogue.rules.similar import (
    Comparer,
    Known,
    Likeness,
    Profile,
    Rarity,
    Read,
    Sentence,
    grams,
    key_of,
    read,
)
from portal.catalogue.rules.similar_words import STOP

#: A sentence in this many records of different names describes none of them.
SHARED_BY = 3
#: A pair less alike than this is none.
LEAST = 0.3
#: From here on a pair is taken to be one service when the list is put in order.
STRONG = 0.55
#: How much of what a pair has beyond that is left where the pairs above it already imply it.
IMPLIED = 0.3

_LOOKED_AT = 200  # of the services that share one word, the nearest ones before this one
_COMPARED = 40  # of those it shares words with, the ones it shares most with
_KEPT = 10
_TELLING = 12

#: Minus the score, and the two places: sorted, the best comes first.
_Scored = tuple[float, int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two services by their places in what was given, `a` before `b`; how alike, and why."""

    a: int
    b: int
    score: float
    why: str


def nearest(
    asked: Read, others: Sequence[Read], rarity: Rarity, limit: int
) -> list[tuple[int, Likeness]]:
    """Of these services, up to `limit` that are most like the one asked for, by their places.

    Args:
        rarity: of the tokens in the whole catalogue. These few do not tell: they were looked up by
            the words of the one asked for, so just those words are common among them.
    """
    comparer = Comparer(rarity)
    mine = comparer.profile(asked)
    profiles = [comparer.profile(other) for other in others]
    scores = [comparer.score(mine, profile) for profile in profiles]
    best = heapq.nsmallest(limit, range(len(others)), key=lambda at: (-scores[at], at))
    return [
        (at, Likeness(scores[at], comparer.why(mine, profiles[at])))
        for at in best
        if scores[at] >= LEAST
    ]


def pairs(services: Sequence[Known], most: int, other_names: bool = False) -> list[Pair]:
    """Up to `most` pairs, best first; of equal ones those named first.

    Of several records of one service, each is first joined to one other; a pair that this already
    implies, or that says the same two names again, counts less and so comes further down. With
    `other_names` only pairs whose names differ.
    """
    comparer, profiles = _prepared([read(known) for known in services])
    found: list[_Scored] = []
    for at, candidates in _candidates(comparer, profiles):
        alike = ((-comparer.score(profiles[i], profiles[at]), i) for i in candidates)
        kept = heapq.nsmallest(_KEPT, alike)
        found += [(score, i, at) for score, i in kept if -score >= LEAST]
    names = [profile.key for profile in profiles]
    best = [
        each
        for each in _in_order(found, names)
        if not other_names or names[each[1]] != names[each[2]]
    ][:most]
    return [Pair(a, b, -score, comparer.why(profiles[a], profiles[b])) for score, a, b in best]


def _prepared(services: Sequence[Read]) -> tuple[Comparer, list[Profile]]:
    """Counts the tokens of all, and passes over the sentences that say nothing of any."""
    counts: Counter[str] = Counter()
    said_by: dict[Sentence, set[str]] = defaultdict(set)
    for service in services:
        counts.update(service.tokens())
        for sentence in service.said:
            said_by[sentence].add(key_of(service.names[0]))
    shared = [sentence for sentence, names in said_by.items() if len(names) >= SHARED_BY]
    comparer = Comparer(Rarity(len(services), counts), shared)
    return comparer, [comparer.profile(service) for service in services]


def _candidates(comparer: Comparer, profiles: Sequence[Profile]) -> Iterator[tuple[int, list[int]]]:
    """For each service those before it that share most with it, by what was shared."""
    having: dict[object, list[int]] = defaultdict(list)
    for at, profile in enumerate(profiles):
        shared: dict[int, float] = defaultdict(float)
        for key, weight in _keys(comparer, profile):
            before = having[key]
            for i in before[-_LOOKED_AT:]:
                shared[i] += weight
            before.append(at)
        shared.pop(at, None)
        yield at, heapq.nsmallest(_COMPARED, shared, key=lambda i: (-shared[i], i))


def _keys(comparer: Comparer, profile: Profile) -> Iterator[tuple[object, float]]:
    """What a service is looked up by: addresses, names, words of the name alone and in twos, the
    most telling words of the description, and pieces of words that no other has.
    """
    for signal in profile.signals:
        yield signal, 100.0
    for key in profile.keys:
        yield ("name", key), 50.0
    weights = {w.token: w.weight * comparer.rarity.of(w.token) for w in profile.name}
    name = [token for token, weight in weights.items() if weight > STOP]
    for token in name:
        yield token, 2 * weights[token]
    for one, other in pairwise(name):
        yield tuple(sorted((one, other))), weights[one] + weights[other]
    telling = heapq.nsmallest(_TELLING, profile.words, key=lambda t: (-profile.words[t], t))
    for token in telling:
        if token not in weights:
            yield token, comparer.rarity.of(token)
    for token in name:
        if comparer.rarity.counts.get(token, 0) < 2:
            for gram in set(grams(token)):
                if len(gram) == 4:
                    yield ("gram", gram), 0.5


def _in_order(found: list[_Scored], names: Sequence[str]) -> list[_Scored]:
    """The pairs with what each still says where those before it are known."""
    group = list(range(len(names)))
    said: set[tuple[str, str]] = set()

    def first(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    ordered: list[_Scored] = []
    for minus, a, b in sorted(found):
        score, one, other = -minus, first(a), first(b)
        low, high = sorted((names[a], names[b]))
        again = one == other or (low != high and (low, high) in said)
        said.add((low, high))
        if score >= STRONG:
            group[max(one, other)] = min(one, other)
            score = STRONG + (score - STRONG) * (IMPLIED if again else 1)
        ordered.append((-score, a, b))
    return sorted(ordered)
