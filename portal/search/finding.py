"""A search, from what was typed to the ids in order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.search.candidates import MOST, Row, any_of, anywhere, by_name
from portal.search.documents import Found, id_of
from portal.search.query import Query, build, typed_words
from portal.search.ranking import rank
from portal.search.spelling import in_synonyms, lookup, vocabulary
from portal.search.words import SOFT_WORDS, stem

_ENOUGH = 3
_SHORT = 4


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand what was typed."""

    words: list[str]
    query: Query
    corrections: Mapping[str, list[str]]
    unknown: tuple[str, ...]


def find(
    session: Session,
    thing: str,
    query: str,
    limit: int = MOST,
    allowed: Collection[int] | None = None,
) -> Found:
    """The records of this kind that match what a person typed, best first.

    Every word has to match. When (almost) nothing does, unknown words are taken as the nearest
    known ones, split or joined, and then some of the words are enough.
    """
    typed = typed_words(query)
    if not typed or (allowed is not None and not allowed):
        return Found()
    reading = _read(session, thing, typed)
    rows = _matches(session, thing, reading.query, allowed)
    if len(rows) < _ENOUGH and (joined := _join(session, thing, reading.words)):
        other = _read(session, thing, joined)
        other_rows = _matches(session, thing, other.query, allowed)
        if len(other_rows) > len(rows):
            reading, rows = other, other_rows
    ranked = [key for _, key in rank(rows, reading.query)]
    capped = len(rows) > MOST
    if len(rows) < _ENOUGH and len(reading.query.required) > 1:
        more = any_of(session, thing, reading.query.required, allowed)
        capped = len(more) > MOST
        have = set(ranked)
        ranked += [key for _, key in rank(more, reading.query) if key not in have]
        rows = [*rows, *more]
    best = next((row for row in rows if row[0] == ranked[0]), None) if ranked else None
    return Found(
        [id_of(key) for key in ranked[: min(limit, MOST)]],
        capped,
        _as_understood(typed, reading, best) if best else None,
        reading.unknown,
    )


def _matches(
    session: Session, thing: str, query: Query, allowed: Collection[int] | None
) -> list[Row]:
    rows = {row[0]: row for row in by_name(session, thing, query, allowed)}
    if len(rows) <= MOST:
        rows |= {row[0]: row for row in anywhere(session, thing, query, allowed)}
    return list(rows.values())


def _read(session: Session, thing: str, typed: list[str]) -> _Reading:
    """Look the words up; complete the beginnings of words and put right what is unknown."""
    last = typed[-1]
    starts = {word for word in typed if len(word) >= _SHORT and word.isascii()}
    if len(last) > 1:
        starts.add(last)
    known, rows = lookup(session, thing, typed, starts)
    if len(last) < _SHORT and (last in known or in_synonyms(last)):
        starts.discard(last)  # "car" is a word, not the beginning of "carer"
    prefixes = {
        start: [word for word in rows if word.startswith(start) and word != start]
        for start in starts
    }
    corrections: dict[str, list[str]] = {}
    unknown: list[str] = []
    words: list[str] = []
    for word in typed:
        if word in known or prefixes.get(word) or in_synonyms(word):
            words.append(word)
            continue
        vocabulary_ = vocabulary(session, thing)
        if vocabulary_.knows(word) or word in SOFT_WORDS:
            words.append(word)
        elif not word.isalpha():  # a reference number is not put right
            words.append(word)
            unknown.append(word)
        elif nearest := vocabulary_.nearest(word):
            words.append(word)
            corrections[word] = nearest
        elif parted := vocabulary_.split(word):
            words += parted
        else:
            words.append(word)
            unknown.append(word)
    return _Reading(words, build(words, known, prefixes, corrections), corrections, tuple(unknown))


def _join(session: Session, thing: str, words: list[str]) -> list[str] | None:
    """The words with the first two that are one word written as one ("pass port")."""
    known = vocabulary(session, thing)
    for at in range(len(words) - 1):
        one = words[at] + words[at + 1]
        if len(one) > _SHORT and known.knows(one):
            return [*words[:at], one, *words[at + 2 :]]
    return None


def _as_understood(typed: list[str], reading: _Reading, best: Row) -> str | None:
    """The words the results are for, when they are not those that were typed."""
    found = set(" ".join(best[3:]).split())
    understood = []
    for word in reading.words:
        nearest = reading.corrections.get(word)
        if nearest:
            word = next((n for n in nearest if stem(n) in found), nearest[0])
        understood.append(word)
    return " ".join(understood) if understood != typed else None
