"""What a person typed, as what has to match."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.search.synonyms import synonyms
from portal.search.words import SOFT_WORDS, meaningful, stem, words

MOST_WORDS = 16
LONGEST_QUERY = 400

_FORM = 0.95  # worth from which a synonym is a form of the same word
_PREFIX = 0.5
_MISSPELT = 0.9

Term = dict[str, float]  # the tokens that stand for one word, and what each is worth


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for, in any of the ways to say it.

    `one` has the single tokens that say it, `many` the phrases whose words must all be there.
    """

    words: tuple[str, ...]
    one: Term
    many: tuple[tuple[tuple[Term, ...], float], ...]
    required: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """The concepts of a query, and its words as a name would have them."""

    concepts: tuple[Concept, ...]
    key: str
    required: tuple[Concept, ...] = field(default=())


def typed_words(text: str) -> list[str]:
    """The words of a query that are worth looking at."""
    return meaningful(words(text[:LONGEST_QUERY]))[:MOST_WORDS]


def build(
    found: list[str],
    known: Mapping[str, int],
    prefixes: Mapping[str, Iterable[str]],
    corrections: Mapping[str, Iterable[str]],
) -> Query:
    """Group the words into concepts: the longest phrases that have synonyms first."""
    lexicon = synonyms()
    tokens = [stem(word) for word in found]
    concepts: list[Concept] = []
    at = 0
    while at < len(found):
        size = next(
            (
                n
                for n in range(min(lexicon.longest, len(found) - at), 1, -1)
                if tuple(tokens[at : at + n]) in lexicon.meanings
            ),
            1,
        )
        concepts.append(_concept(tuple(found[at : at + size]), known, prefixes, corrections))
        at += size
    required = tuple(c for c in concepts if c.required)
    if not required:
        required = tuple(concepts)
    return Query(tuple(concepts), " ".join(tokens), required)


def _concept(
    said: tuple[str, ...],
    known: Mapping[str, int],
    prefixes: Mapping[str, Iterable[str]],
    corrections: Mapping[str, Iterable[str]],
) -> Concept:
    one: Term = {}
    many: list[tuple[tuple[Term, ...], float]] = []
    if len(said) == 1:
        one = dict(_forms(stem(said[0])))
        for other in corrections.get(said[0], ()):
            for token, worth in _forms(stem(other)).items():
                one[token] = max(one.get(token, 0.0), worth * _MISSPELT)
        for other in prefixes.get(said[0], ()):
            one.setdefault(stem(other), _PREFIX)
    else:
        many.append((tuple(_meanings(stem(word)) for word in said), 1.0))
    phrases = [tuple(map(stem, said))]
    phrases += [(stem(o),) for o in corrections.get(said[0], ()) if len(said) == 1]
    for phrase in phrases:
        for meaning in synonyms().meanings.get(phrase, ()):
            terms = tuple(_forms(token) for token in meaning.phrase)
            if len(terms) > 1:
                many.append((terms, meaning.worth))
                continue
            for token, worth in terms[0].items():
                one[token] = max(one.get(token, 0.0), worth * meaning.worth)
    soft = len(said) == 1 and said[0] in SOFT_WORDS
    # A rare word says more than a common one; one only known from the synonyms is in between.
    rarity = 1.0 / (1.0 + 0.12 * max(known.get(word, 10) for word in said) ** 0.5)
    weight = rarity * len(said) * (0.3 if soft else 1.0)
    return Concept(said, one, tuple(many), not soft, weight)


def _meanings(token: str, least: float = 0.0) -> Term:
    """The token and the single words that mean the same."""
    found = {token: 1.0}
    for meaning in synonyms().meanings.get((token,), ()):
        if meaning.worth >= least and len(meaning.phrase) == 1:
            found[meaning.phrase[0]] = meaning.worth
    return found


def _forms(token: str) -> Term:
    """The token and the other forms of the same word."""
    return _meanings(token, _FORM)
