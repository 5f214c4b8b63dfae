"""The order of the results: pure, and so the same on both databases.

A record called exactly what was typed comes first, then one whose name starts with it, then names
that have all of it (the less else, the better), then other names, then the rest of the text. Rare
words count more than common ones, a word in the spelling that was typed more than another form.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cache
from typing import NamedTuple

from portal.search.candidates import Row
from portal.search.query import STEMMED, Concept, Phrase, Query
from portal.search.words import SOFT_WORDS, spelling, stem

_EXACT_NAME = 12.0
_EXACT_OTHER = 8.0
_STARTS = 1.5
_STARTS_STEMMED = 0.75
_TOGETHER = 0.75
_ALL_IN_NAME = 2.0
_PRECISION = 3.0
_COVERAGE = 10.0

_IN_OTHER = 0.8
_IN_ORGANISATION = 0.4
_IN_BODY = 0.35
_UNSEEN = 0.25  # in the text, by what the index says; in what form, it does not say
_SAID = 0.15  # less than this, and the record does not speak of it

_GAP = 2


_SOFT = frozenset(map(stem, SOFT_WORDS)) | frozenset(map(spelling, SOFT_WORDS))


class Scored(NamedTuple):
    """A record's place in the order."""

    points: float
    key: int
    covered: float  # how much of the query it says anywhere, by weight
    shown: float  # the same, by how well and where


def rank(rows: Sequence[Row], query: Query, sure: Set[int]) -> list[Scored]:
    """The rows, best first; of those with their keys in `sure` the index knows they say it all."""
    score = _scorer(query)
    scored = [(score(row, row[0] in sure), row) for row in rows]
    placed = sorted((-each.points, len(row[1]), row[1], row[0], each) for each, row in scored)
    return [each for *_, each in placed]


class _Said(NamedTuple):
    """What a record says of a query."""

    points: float
    coverage: float
    covered: float
    hits: Set[str]  # the tokens of the name that say it


#: Of one text: the tokens that the query asks for, and the text where their order matters.
_Part = tuple[frozenset[str], str]
_Worth = list[tuple[float, Set[str]]]
_NOTHING: frozenset[str] = frozenset()


def _scorer(query: Query) -> Callable[[Row, bool], Scored]:
    said = _sayer(query)
    called = _called(query)
    asked = frozenset(_tokens(query.concepts))
    spellings = frozenset(_spellings(query.concepts))
    ordered = any(concept.many for concept in query.concepts)

    def part(text: str) -> _Part:
        found = asked.intersection(text.split(" ")) if text else _NOTHING
        return found, text if ordered and found else ""

    def score(row: Row, sure: bool) -> Scored:
        key, name_key, other_keys, names, other_names, organisations, body = row
        tokens = name_key.split(" ")
        found = asked.intersection(tokens)
        spelt = spellings.intersection(_name_of(other_keys).split(" ")) if found else _NOTHING
        # A body that was not read is in no doubt: what is nowhere else is in it.
        everything = f"{names} {other_names} {organisations} {body}" if body else ""
        points, coverage, covered, hits = said(
            found, names if ordered and found else "", spelt,
            part(everything), part(organisations), part(other_names), sure,
        )  # fmt: skip
        if hits:
            telling = set(tokens)
            if not telling.isdisjoint(_SOFT):
                telling = telling - _SOFT | hits
            points += _PRECISION * coverage * len(hits) / (len(telling) or 1)
        return Scored(points + called(name_key, other_keys), key, covered, coverage)

    return score


def _sayer(query: Query) -> Callable[..., _Said]:
    """Weighs what a record says: few records differ in it, so each way is worked out once."""
    concepts = query.concepts
    total = sum(concept.weight for concept in concepts) or 1.0
    needed = sum(concept.weight for concept in query.required) or 1.0

    @cache
    def worth(found: frozenset[str], text: str, spelt: frozenset[str] = _NOTHING) -> _Worth:
        return [worth_in(concept, found, text, spelt) for concept in concepts]

    @cache
    def said(
        found: frozenset[str], text: str, spelt: frozenset[str],
        everything: _Part, organisations: _Part, other_names: _Part, sure: bool,
    ) -> _Said:  # fmt: skip
        hits: set[str] = set()
        coverage = covered = 0.0
        in_name = 1.0  # how well the name says all of it
        rest = [(_IN_BODY, worth(*everything)), (_IN_ORGANISATION, worth(*organisations)),
                (_IN_OTHER, worth(*other_names))]  # fmt: skip
        for at, concept in enumerate(concepts):
            best, used = worth(found, text, spelt)[at]
            if best:
                hits |= used
            if best < _IN_OTHER and concept.required:
                best = max(best, *(share * part[at][0] for share, part in rest if share > best))
                in_name = 0.0
                if sure:
                    best = max(best, _UNSEEN)
            elif concept.required:
                in_name = min(in_name, best)
            coverage += concept.weight * best
            if concept.required and best >= _SAID:
                covered += concept.weight
        points = _COVERAGE * coverage / total + _ALL_IN_NAME * in_name
        return _Said(points, coverage / total, covered / needed, hits)

    return said


def _tokens(concepts: Iterable[Concept]) -> Iterator[str]:
    """Every token that one of these asks for."""
    for concept in concepts:
        yield from concept.one
        for phrase in concept.many:
            for term in phrase.terms:
                yield from term


def _spellings(concepts: Iterable[Concept]) -> Iterator[str]:
    """Every spelling that makes one of these worth more."""
    for concept in concepts:
        yield from concept.spelt
        for phrase in concept.many:
            yield from phrase.spelt


def _called(query: Query) -> Callable[[str, str], float]:
    """Points for a name that is what was typed, or starts with it, or has it in one piece."""
    key, typed = query.key, query.spelt
    first = key.partition(" ")[0]
    inside = f" {key} " if " " in key else None

    def points(name_key: str, other_keys: str) -> float:
        found = 0.0
        if typed in other_keys and typed in other_keys.split("\n")[1:]:
            found = _EXACT_OTHER
        if first not in name_key:
            return found
        if name_key == key:
            found += _EXACT_NAME
        elif _core(_name_of(other_keys)).startswith(typed + " "):
            found += _STARTS
        elif _core(name_key).startswith(key + " "):
            found += _STARTS_STEMMED
        elif inside and inside in f" {name_key} ":
            found += _TOGETHER
        return found

    return points


def _name_of(other_keys: str) -> str:
    """The name as it is spelt: the first line."""
    return other_keys.partition("\n")[0]


def _core(name: str) -> str:
    """A name from the first word on that says which service it is, with a space at its end.

    "Apply for probate" starts like "Probate applications".
    """
    if name.partition(" ")[0] not in _SOFT:
        return name + " "
    tokens = name.split(" ")
    first = next((at for at, token in enumerate(tokens) if token not in _SOFT), 0)
    return " ".join(tokens[first:]) + " "


def worth_in(
    concept: Concept, tokens: Set[str], text: str, spellings: Set[str] = frozenset()
) -> tuple[float, Set[str]]:
    """How well this part of a record says the concept, and which of its tokens do."""
    used: Set[str] = concept.one.keys() & tokens
    best = max(map(concept.one.__getitem__, used)) if used else 0.0
    if spellings and (exact := concept.spelt.keys() & spellings):
        best = max(best, *map(concept.spelt.__getitem__, exact))
    for phrase in concept.many:
        if phrase.worth <= best or any(map(tokens.isdisjoint, phrase.terms)):
            continue
        found = [term.keys() & tokens for term in phrase.terms]
        pairs = zip(phrase.terms, found, strict=True)
        worth = phrase.worth * min(max(map(term.__getitem__, hits)) for term, hits in pairs)
        if phrase.spelt and not phrase.spelt <= spellings:
            worth *= STEMMED
        if not _in_order(phrase, text.split()):
            worth *= phrase.scattered
        best = max(best, worth)
        for hits in found:
            used = used | hits
    return best, used


def _in_order(phrase: Phrase, text: list[str]) -> bool:
    """Whether the words of the phrase follow one another, or nearly so."""
    first, *others = phrase.terms
    for start in (at for at, token in enumerate(text) if token in first):
        at = start
        for term in others:
            near = range(at + 1, min(at + 1 + _GAP, len(text)))
            at = next((n for n in near if text[n] in term), -1)
            if at < 0:
                break
        if at >= 0:
            return True
    return False
