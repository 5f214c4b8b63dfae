"""What a person typed, as what has to match."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from portal.search.synonyms import FORM, TRANSLATION, synonyms
from portal.search.words import SOFT_WORDS, meaningful, spelling, stem, words

MOST_WORDS = 16
LONGEST_QUERY = 400

STEMMED = 0.9  # another word of the same stem ("planning" for "plan")
_OTHER_STEM = 0.75  # the same for a synonym: it may be quite another word ("possess", "possession")
_PREFIX = 0.5
_TYPED_SCATTERED = 0.95
_SCATTERED = 0.85
_ABBREVIATION_SCATTERED = 0.5  # an abbreviation's words in another order are another thing
_COMMONEST = 0.2  # what the commonest word weighs, beside the rarest
_SOFT = 0.3
_UNCOUNTED = 1_000

_QUOTED = re.compile(r'["\u201c\u201d]([^"\u201c\u201d]*)["\u201c\u201d]')

Term = dict[str, float]  # the tokens that stand for one word, and what each is worth


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many records a word or a token is, of how many."""

    total: int
    words: Mapping[str, int]
    tokens: Mapping[str, int]


class Phrase(NamedTuple):
    """Words that must all be there; worth less in another order than this or far apart.

    `spelt` has what was typed, in its spelling; it is empty for what only means the same.
    """

    terms: tuple[Term, ...]
    worth: float
    scattered: float
    spelt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for, in any of the ways to say it.

    `one` has the single tokens that say it, `spelt` what they are worth in exactly this spelling,
    `many` the phrases. `common` is about the share of records that have it.
    """

    words: tuple[str, ...]
    one: Term
    spelt: Term
    many: tuple[Phrase, ...]
    required: bool = True
    weight: float = 1.0
    known: bool = True
    common: float = 0.0


@dataclass(frozen=True, slots=True)
class Query:
    """The concepts of a query, and its words as a name would have them: stemmed, and as spelt."""

    concepts: tuple[Concept, ...]
    key: str
    spelt: str
    required: tuple[Concept, ...] = field(default=())
    left_out: tuple[str, ...] = ()


def typed_words(text: str) -> tuple[list[str], frozenset[str]]:
    """The words of a query that are worth looking at, and those of them in quotation marks."""
    text = text[:LONGEST_QUERY]
    quoted = frozenset(word for part in _QUOTED.findall(text) for word in words(part))
    return meaningful(words(text))[:MOST_WORDS], quoted


def tokens_of(found: list[str]) -> set[str]:
    """Every token that the concepts of these words may ask for."""
    lexicon = synonyms()
    tokens = [stem(word) for word in found]
    asked = set(tokens)
    for size in range(1, min(lexicon.longest, len(tokens)) + 1):
        for at in range(len(tokens) - size + 1):
            for meaning in lexicon.meanings.get(tuple(tokens[at : at + size]), ()):
                asked.update(meaning.phrase)
    return asked


def build(
    found: list[str],
    counts: Counts,
    prefixes: Mapping[str, Iterable[str]],
    corrections: Mapping[str, Iterable[str]],
    literal: frozenset[str] = frozenset(),
) -> Query:
    """Group the words into concepts: the longest phrases that have synonyms first.

    A word that no record has is left out, unless it is in quotation marks or there is no other.
    """
    lexicon = synonyms()
    tokens = [stem(word) for word in found]
    concepts: list[Concept] = []
    at = 0
    while at < len(found):
        for size in range(min(lexicon.longest, len(found) - at), 0, -1):
            said = tuple(found[at : at + size])
            phrase = tuple(tokens[at : at + size])
            if size > 1 and (phrase not in lexicon.meanings or not literal.isdisjoint(said)):
                continue
            concept = _concept(said, counts, prefixes, corrections, literal)
            if concept.known or size == 1:  # a phrase that nothing has may still be words
                concepts.append(concept)
                at += size
                break
    left_out = tuple(word for concept in concepts if not concept.known for word in concept.words)
    concepts = [c for c in concepts if c.known] or concepts
    required = tuple(c for c in concepts if c.required) or tuple(concepts)
    return Query(
        tuple(concepts), " ".join(tokens), " ".join(map(spelling, found)), required, left_out
    )


def _concept(
    said: tuple[str, ...],
    counts: Counts,
    prefixes: Mapping[str, Iterable[str]],
    corrections: Mapping[str, Iterable[str]],
    literal: frozenset[str],
) -> Concept:
    one: Term = {}
    spelt: Term = {}
    many: list[Phrase] = []

    def add(token: str, spellings: Iterable[str], worth: float, stem_worth: float) -> None:
        one[token] = max(one.get(token, 0.0), worth * stem_worth)
        for each in spellings:
            spelt[each] = max(spelt.get(each, 0.0), worth)

    phrases = [(tuple(map(stem, said)), 1.0)]
    if len(said) == 1:
        word = said[0]
        add(stem(word), [spelling(word)], 1.0, STEMMED)
        for other in corrections.get(word, ()):
            add(stem(other), [spelling(other)], 1.0, STEMMED)
            phrases.append(((stem(other),), 1.0))
        for other in prefixes.get(word, ()):
            one.setdefault(stem(other), _PREFIX)
    else:
        forms = tuple(_forms(stem(word)) for word in said)
        many.append(Phrase(forms, 1.0, _TYPED_SCATTERED, frozenset(map(spelling, said))))
    scattered = _ABBREVIATION_SCATTERED if len(said) == 1 else _SCATTERED
    for phrase, worth in phrases:
        if not literal.isdisjoint(said):
            break
        for meaning in synonyms().meanings.get(phrase, ()):
            # A translation has the forms of its word; a synonym's would lead too far ("dole",
            # "signing on", "signature").
            each = _forms if meaning.worth == TRANSLATION else _itself
            terms = tuple(map(each, meaning.phrase))
            if len(terms) > 1:
                many.append(Phrase(terms, worth * meaning.worth, scattered))
                continue
            stem_worth = STEMMED if meaning.worth >= TRANSLATION else _OTHER_STEM
            for token, form_worth in terms[0].items():
                add(token, (), worth * meaning.worth * form_worth, stem_worth)
            add(meaning.phrase[0], meaning.spellings, worth * meaning.worth, stem_worth)
    soft = len(said) == 1 and said[0] in SOFT_WORDS
    documents = _documents(counts, one, many, prefixes.get(said[0], ()))
    rarity = _rarity(documents, counts.total)
    weight = rarity * len(said) * (_SOFT if soft else 1.0)
    known = bool(documents) or not counts.total or not literal.isdisjoint(said)
    return Concept(said, one, spelt, tuple(many), not soft, weight, known,
                   documents / (counts.total or _UNCOUNTED))  # fmt: skip


def _itself(token: str) -> Term:
    return {token: 1.0}


def _forms(token: str) -> Term:
    """The token and the other forms of the same word."""
    found = {token: 1.0}
    for meaning in synonyms().meanings.get((token,), ()):
        if len(meaning.phrase) == 1 and meaning.worth >= FORM:
            found[meaning.phrase[0]] = meaning.worth
    return found


def _documents(counts: Counts, one: Term, many: list[Phrase], completions: Iterable[str]) -> int:
    """About how many records say it: never less than the commonest way has."""
    ways = [counts.tokens.get(token, 0) for token in one]
    ways += [counts.words.get(word, 0) for word in completions]
    ways += [
        min(max(counts.tokens.get(token, 0) for token in term) for term in phrase.terms)
        for phrase in many
    ]
    return max(ways, default=0)


def _rarity(documents: int, total: int) -> float:
    """1 for a word in one record, less for those that are in more."""
    total = max(total, documents, 1)
    rarity: float = log((total + 1) / max(documents, 1)) / log(total + 1)
    return max(_COMMONEST, rarity)
