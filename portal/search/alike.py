"""The records whose names share words with a text: what a closer comparison then looks at."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from sqlalchemy.orm import Session

from portal.search.candidates import MOST, in_names
from portal.search.documents import id_of
from portal.search.query import Counts
from portal.search.spelling import lookup
from portal.search.words import SOFT_WORDS, STOP_WORDS, stem, words

_COMPARED = 5  # of the words of the text, the rarest
_FEW = 20


def alike(session: Session, thing: str, text: str, limit: int) -> list[int]:
    """Up to `limit` ids of records whose names share most with a text, by how rare the words are.

    Two words of the text are enough, and one where (almost) no name has two. Unlike `find` it
    does not want them all, and puts no spelling right.
    """
    typed = [word for word in words(text) if word not in STOP_WORDS]
    tokens = list(dict.fromkeys(map(stem, [w for w in typed if w not in SOFT_WORDS] or typed)))
    counts = frequencies(session, thing, tokens)
    known = sorted((t for t in tokens if t in counts.tokens), key=lambda t: (counts.tokens[t], t))
    rarest = known[:_COMPARED]
    rows = in_names(session, thing, list(combinations(rarest, 2))) if rarest[1:] else []
    if len(rows) < _FEW:
        rows += in_names(session, thing, [(token,) for token in rarest[:2]])
    shared = {
        key: sum(1 / counts.tokens[token] for token in known if f" {token} " in f" {names} ")
        for key, _, _, names, *_ in rows
    }
    ranked = sorted(shared, key=lambda key: (-shared[key], key))
    return [id_of(key) for key in ranked[: min(limit, MOST)]]


def frequencies(session: Session, thing: str, tokens: Collection[str]) -> Counts:
    """How many records of this kind there are, and how many have each of these tokens."""
    return lookup(session, thing, (), tokens, ())
