"""A text as tokens in which what means the same is one: for comparing two texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from portal.search.synonyms import FORM, Meaning, Phrase, synonyms
from portal.search.words import stem

Token = tuple[str, str]


def tokens(written: Sequence[str]) -> list[Token]:
    """The tokens of folded words, in order, each with the words that it stands for.

    Forms of one word give one token ("licence", "licensing"), and so do phrases of our own list
    with their abbreviations ("car tax", "vehicle excise duty", "VED"). Single words that only mean
    about the same stay apart: to compare by them would be to take "burial" for "cremation".
    """
    stemmed = [stem(word) for word in written]
    longest = synonyms().longest
    found: list[Token] = []
    at = 0
    while at < len(written):
        for size in range(min(longest, len(written) - at), 0, -1):
            meant = _one_for().get(tuple(stemmed[at : at + size]))
            if meant or size == 1:
                token = meant or (stemmed[at],)
                found.append((" ".join(token), " ".join(written[at : at + size])))
                at += size
                break
    return found


@cache
def _one_for() -> dict[Phrase, Phrase]:
    """For each phrase that others mean the same as, the first of them all."""
    meanings = synonyms().meanings
    parent: dict[Phrase, Phrase] = {}

    def first(phrase: Phrase) -> Phrase:
        while parent.setdefault(phrase, phrase) != phrase:
            phrase = parent[phrase]
        return phrase

    for phrase, others in meanings.items():
        for other in others:
            back = meanings.get(other.phrase, ())
            if _same(phrase, other) and any(meaning.phrase == phrase for meaning in back):
                low, high = sorted((first(phrase), first(other.phrase)), key=lambda p: (len(p), p))
                parent[high] = low
    return {phrase: first(phrase) for phrase in list(parent)}


def _same(phrase: Phrase, other: Meaning) -> bool:
    short, long = sorted((phrase, other.phrase), key=len)
    return other.worth >= FORM or len(short) > 1 or short[0] == "".join(word[0] for word in long)
