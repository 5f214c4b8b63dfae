"""The words that are known, and the nearest of them to one that is not."""

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from portal.search.index import EVERYTHING, STEM
from portal.search.query import Counts
from portal.search.synonyms import synonyms
from portal.search.words import stem

_KEPT = 8
_SUGGESTIONS = 3
_SAME_START_UP_TO = 7
_LONG = 8
_LONG_SLIPS = 3

_VERSION = text("SELECT version FROM search_thing WHERE thing = :thing")
_ALL = text("SELECT word, documents FROM search_word WHERE thing = :thing ORDER BY word")
_KNOWN = "SELECT word, documents FROM search_word WHERE thing = :thing AND word {among}"
# As JSON, so that the statement is the same for any number of words.
_AMONG = {
    "sqlite": "IN (SELECT value FROM json_each(:words))",
    "postgresql": "= ANY (ARRAY(SELECT json_array_elements_text(CAST(:words AS json))))",
}
_COMPLETIONS = (
    "SELECT * FROM (SELECT word, documents FROM search_word "
    "WHERE thing = :thing AND word >= :from{n} AND word < :to{n} "
    "ORDER BY documents DESC, word LIMIT 30) AS starts{n}"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word of one kind of record, with the number of records it is in."""

    documents: dict[str, int]
    stems: frozenset[str]
    choices: list[str]  # these and the words of the synonyms, for the nearest

    def knows(self, word: str) -> bool:
        """Whether a search for this word can find anything."""
        return (
            word in self.documents
            or stem(word) in self.stems
            or in_synonyms(word)
            or word in synonyms().spellings
        )

    def nearest(self, word: str) -> list[str]:
        """The likeliest meant words, the most common of the nearest first.

        A long word that nothing is near to may have one slip more.
        """
        if not word.isascii():
            return []
        furthest = _furthest(len(word))
        found = self._within(word, furthest) if furthest else []
        if not found and len(word) >= _LONG:
            found = self._within(word, _LONG_SLIPS, same_start=True)
        return found

    def _within(self, word: str, furthest: int, same_start: bool = False) -> list[str]:
        same_start = same_start or len(word) <= _SAME_START_UP_TO
        near = process.extract(
            word, self.choices, scorer=OSA.distance, score_cutoff=furthest, limit=40
        )
        ranked = sorted(
            (distance + 0.5 * (found[0] != word[0]), -self.documents.get(found, 0), found)
            for found, distance, _ in near
            if not same_start or found[0] == word[0] or sorted(found[:2]) == sorted(word[:2])
        )
        return [found for far, _, found in ranked if far <= ranked[0][0]][:_SUGGESTIONS]

    def split(self, word: str) -> tuple[str, str] | None:
        """Two known words written as one ("cartax"), the commonest way to part them."""
        ways = [
            (min(self._weight(word[:at]), self._weight(word[at:])), -at)
            for at in range(2, len(word) - 1)
            if self.knows(word[:at]) and self.knows(word[at:])
        ]
        if not ways:
            return None
        at = -max(ways)[1]
        return word[:at], word[at:]

    def _weight(self, word: str) -> tuple[int, int]:
        return min(len(word), 3), self.documents.get(word, 0)


def in_synonyms(word: str) -> bool:
    """Whether our own list has something to say about this word on its own."""
    return (stem(word),) in synonyms().meanings


_cache: OrderedDict[tuple[str, int], Vocabulary] = OrderedDict()
_cache_lock = Lock()


def vocabulary(session: Session, thing: str) -> Vocabulary:
    """All the words: read once a process for each state of the index, and only when needed."""
    version = session.execute(_VERSION, {"thing": thing}).scalar()
    key = (thing, version or 0)
    with _cache_lock:
        if known := _cache.get(key):
            _cache.move_to_end(key)
            return known
    counted: dict[str, int] = {row[0]: row[1] for row in session.execute(_ALL, {"thing": thing})}
    documents = {w: n for w, n in counted.items() if w and not w.startswith(STEM)}
    choices = sorted(filter(str.isalpha, {*documents, *synonyms().spellings}))
    known = Vocabulary(documents, frozenset(map(stem, documents)), choices)
    with _cache_lock:
        _cache[key] = known
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return known


def lookup(
    session: Session,
    thing: str,
    words: Iterable[str],
    tokens: Collection[str],
    prefixes: Iterable[str],
) -> Counts:
    """In one query: the counts of the words and tokens, and the commonest words that begin so."""
    asked = sorted({*words, *(STEM + token for token in tokens), EVERYTHING})
    starts = sorted(set(prefixes))
    query = _counts(session.get_bind().dialect.name, len(starts))
    values: dict[str, object] = {"thing": thing, "words": json.dumps(asked)}
    for n, start in enumerate(starts):
        # The words are folded, so nothing in one sorts after the last character there is.
        values |= {f"from{n}": start, f"to{n}": start + "\U0010ffff"}
    rows: dict[str, int] = {row[0]: row[1] for row in session.execute(query, values)}
    by_token = {token: rows[STEM + token] for token in tokens if STEM + token in rows}
    return Counts(rows.get(EVERYTHING, 0), rows, by_token)


@cache
def _counts(dialect: str, starts: int) -> TextClause:
    parts = [_KNOWN.format(among=_AMONG[dialect])]
    parts += [_COMPLETIONS.format(n=n) for n in range(starts)]
    return text(" UNION ALL ".join(parts))


def _furthest(length: int) -> int:
    """How many slips of the finger a word of this length may have."""
    for longest, slips in ((3, 0), (5, 1), (11, 2)):
        if length <= longest:
            return slips
    return 3
