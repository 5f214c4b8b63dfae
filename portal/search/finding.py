"""A search, from what was typed to the ids in order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import Session

from portal.search.candidates import MOST, Row, any_of, by_name, elsewhere
from portal.search.documents import Found, id_of
from portal.search.english import is_english
from portal.search.naming import name_words
from portal.search.query import Query, build, tokens_of, typed_words
from portal.search.ranking import Scored, rank
from portal.search.spelling import Vocabulary, in_synonyms, lookup, vocabulary
from portal.search.words import SOFT_WORDS, spelling, stem

_ENOUGH = 3
_SHORT = 4
_COMMON = 0.2  # a word in more of the records than this finds nothing on its own beside a rarer one
_LEAST = 0.5  # of what the best says of the query, what each must say
_WELL = 0.5  # a result that shows less of the query may be beaten by one that has not all of it
_FAIRLY = 0.4


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand what was typed."""

    words: list[str]
    query: Query
    corrections: Mapping[str, list[str]]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class _Asked:
    """What a search is over, and the words that are to be taken as they are typed."""

    session: Session
    thing: str
    allowed: Collection[int] | None
    literal: frozenset[str]
    beside: tuple[str, ...] = ()

    @cached_property
    def known(self) -> Vocabulary:
        """Every word, read when it is first needed."""
        return vocabulary(self.session, self.thing)

    @cached_property
    def _names(self) -> frozenset[str]:
        return name_words(self.session, self.beside) if self.beside else frozenset()

    def names(self, word: str) -> bool:
        """Whether it is in the name of something of another kind: then it is no mistake."""
        return spelling(word) in self._names


def find(
    session: Session,
    thing: str,
    query: str,
    limit: int = MOST,
    allowed: Collection[int] | None = None,
    beside: tuple[str, ...] = (),
) -> Found:
    """The records of this kind that match what a person typed, best first.

    Every word that any record has must match. When (almost) nothing does, words that are in no
    record and are not English are taken as the nearest known ones, split or joined, and then some
    of the words are enough. With quotation marks all of it must match, and what is between them as
    it was typed.

    Args:
        session: the database.
        thing: the kind of record.
        query: what a person typed.
        limit: the most records to give.
        allowed: the ids to look among; any without it.
        beside: other kinds of records; a word of their names is not put right.
    """
    typed, literal = typed_words(query)
    if not typed or (allowed is not None and not allowed):
        return Found()
    asked = _Asked(session, thing, allowed, literal, beside)
    found = _find(asked, typed)
    words = found.words
    if words != typed and found.ranked:
        # What is put right gives the same list as if it had been typed so.
        found = replace(_find(asked, words), words=words)
    ranked = found.ranked[: min(limit, MOST)]
    return Found(
        [id_of(each.key) for each in ranked],
        found.capped,
        " ".join(words) if words != typed and ranked else None,
        found.unknown,
        None if ranked else _suggestion(asked, typed),
        [each.points for each in ranked],
        found.query,
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    ranked: list[Scored]
    capped: bool
    words: list[str]
    unknown: tuple[str, ...]
    query: Query


def _find(asked: _Asked, typed: list[str]) -> _Answer:
    """The records for these words, and the words as they were understood."""
    reading = _read(asked, typed)
    rows = _matches(asked, reading.query)
    if len(rows) < _ENOUGH and (joined := _join(asked, reading.words)):
        other = _read(asked, joined)
        other_rows = _matches(asked, other.query)
        if len(other_rows) > len(rows):
            reading, rows = other, other_rows
    query = reading.query
    ranked = rank(list(rows.values()), query, rows.keys())
    capped = len(rows) > MOST
    few = len(rows) < _ENOUGH or ranked[0].shown < _WELL
    if few and len(query.required) > 1 and not asked.literal:
        all_of, rows = rows.keys(), dict(rows)
        telling = tuple(c for c in query.required if c.common <= _COMMON)
        for some in filter(None, (telling, query.required)):
            more = any_of(asked.session, asked.thing, some, asked.allowed)
            capped = capped or len(more) > MOST
            rows |= {row[0]: row for row in more}
            ranked = rank(list(rows.values()), query, all_of)
            if len(ranked) >= _ENOUGH or (ranked and ranked[0].shown >= _FAIRLY):
                break
        ranked = _close(ranked)
    words = _as_understood(reading, rows[ranked[0].key]) if ranked else reading.words
    unknown = dict.fromkeys([*reading.unknown, *query.left_out])
    return _Answer(ranked, capped, words, tuple(unknown), query)


def _matches(asked: _Asked, query: Query) -> dict[int, Row]:
    """The records that have every word."""
    session, thing, allowed = asked.session, asked.thing, asked.allowed
    rows = {row[0]: row for row in by_name(session, thing, query, allowed)}
    if len(rows) <= MOST:
        left = MOST + 1 - len(rows)
        rows |= {row[0]: row for row in elsewhere(session, thing, query, allowed, left)}
    return rows


def _close(ranked: list[Scored]) -> list[Scored]:
    """Those of the results that say about as much of the query as the best of them."""
    most = max((each.covered for each in ranked), default=0.0)
    best = max((each.shown for each in ranked), default=0.0)
    return [each for each in ranked if each.covered >= _LEAST * most or each.shown >= _LEAST * best]


def _read(asked: _Asked, typed: list[str]) -> _Reading:
    """Look the words up; complete the beginnings of words and put right what is unknown."""
    last = typed[-1]
    starts = {word for word in typed if len(word) >= _SHORT and word.isascii()}
    if len(last) > 1:
        starts.add(last)
    starts -= asked.literal
    counts = lookup(asked.session, asked.thing, typed, tokens_of(typed), starts)
    if len(last) < _SHORT and (last in counts.words or in_synonyms(last)):
        starts.discard(last)  # "car" is a word, not the beginning of "carer"
    prefixes = {
        start: [word for word in counts.words if word.startswith(start) and word != start]
        for start in starts
    }
    corrections: dict[str, list[str]] = {}
    unknown: list[str] = []
    words: list[str] = []
    for word in typed:
        if stem(word) in counts.tokens or prefixes.get(word) or in_synonyms(word):
            words.append(word)
            continue
        known = asked.known
        if known.knows(word) or word in SOFT_WORDS:
            words.append(word)
        elif not word.isalpha() or word in asked.literal or is_english(word) or asked.names(word):
            words.append(word)  # neither a reference number nor a word that is one is put right
            unknown.append(word)
        elif nearest := known.nearest(word):
            words.append(word)
            corrections[word] = nearest
        elif parted := known.split(word):
            words += parted
        else:
            words.append(word)
            unknown.append(word)
    if words != typed or corrections:
        nearest = [stem(word) for each in corrections.values() for word in each]
        tokens = tokens_of(words).union(*(tokens_of([word]) for word in nearest))
        counts = lookup(asked.session, asked.thing, words, tokens, ())
    literal = asked.literal
    if all(word in SOFT_WORDS or word in unknown for word in words):
        # Nothing else tells what is asked for: without them, any service would do.
        literal |= {word for word in unknown if asked.names(word)}
    query = build(words, counts, prefixes, corrections, literal)
    return _Reading(words, query, corrections, tuple(unknown))


def _join(asked: _Asked, words: list[str]) -> list[str] | None:
    """The words with the first two that are one word written as one ("pass port")."""
    known = asked.known
    for at in range(len(words) - 1):
        if not asked.literal.isdisjoint(words[at : at + 2]):
            continue
        one = words[at] + words[at + 1]
        if (len(one) > _SHORT or not one.isalpha()) and known.knows(one):
            return [*words[:at], one, *words[at + 2 :]]
    return None


def _as_understood(reading: _Reading, best: Row) -> list[str]:
    """The words the results are for: of the nearest, those that the best result has."""
    found = set(" ".join(best[3:]).split())
    understood = []
    for word in reading.words:
        if nearest := reading.corrections.get(word):
            word = next((n for n in nearest if stem(n) in found), nearest[0])
        understood.append(word)
    return understood


def _suggestion(asked: _Asked, typed: list[str]) -> str | None:
    """Words near to these, English or not, that would find something."""
    known = asked.known
    words: list[str] = []
    for word in typed:
        nearest = (
            []
            if known.knows(word) or not word.isalpha() or asked.names(word)
            else known.nearest(word)
        )
        words.append(nearest[0] if nearest else word)
    if words == typed or not _find(replace(asked, literal=frozenset()), words).ranked:
        return None
    return " ".join(words)
