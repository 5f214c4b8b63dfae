"""The records that are called what was typed: for one line beside a list of other things."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from portal.search.documents import id_of
from portal.search.words import name_spelling, words

_KEYS = text("SELECT thing, id, other_keys FROM search_document WHERE thing IN :things").bindparams(
    bindparam("things", expanding=True)
)


def called(session: Session, things: Sequence[str], query: str) -> list[tuple[str, int]]:
    """The kind and id of each record that `is_called` finds in its names; one statement.

    It reads every record of these kinds, so it is for kinds of which there are hundreds.

    Args:
        session: the database.
        things: the kinds to look in.
        query: what a person typed.
    """
    typed = name_spelling(query)
    if not typed:
        return []
    rows = session.execute(_KEYS, {"things": list(things)})
    return [(row.thing, id_of(row.id)) for row in rows if _says(typed, row.other_keys.split("\n"))]


def name_words(session: Session, things: Sequence[str]) -> frozenset[str]:
    """Every word in the names of these kinds of records, as it is spelt; one statement."""
    rows = session.execute(_KEYS, {"things": list(things)})
    return frozenset(word for row in rows for word in row.other_keys.split())


def is_called(query: str, names: Iterable[str]) -> bool:
    """Whether one of the names is what was typed, or one of several words is all within it."""
    return _says(name_spelling(query), map(name_spelling, names))


def said(query: str, phrases: Iterable[str]) -> int:
    """How many words long the longest of the phrases is that a query has word for word, little
    words too ("log in" is not "logs"); 0 where it has none. One word counts where it is all.
    """
    typed = words(query)
    around = f" {' '.join(typed)} "
    spoken = map(words, phrases)
    return max(
        (len(p) for p in spoken if p == typed or (len(p) > 1 and f" {' '.join(p)} " in around)),
        default=0,
    )


def _says(typed: str, names: Iterable[str]) -> bool:
    around = f" {typed} "
    return any(name == typed or (" " in name and f" {name} " in around) for name in names)
