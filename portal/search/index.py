"""Writing the index: with each change, or all at once after an import."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from portal.search.documents import Document, key_of
from portal.search.words import joined_words, name_key, name_spelling, stem, words

T = TypeVar("T")

_CHUNK = 1_000
_LONGEST_KEY = 400  # PostgreSQL's B-tree takes no more than 2,704 bytes
_LONGEST_BODY = 20_000  # words beyond this are not worth their place in an index

# In search_word beside the words: how many records there are, and how many have a token. No word
# is like these.
EVERYTHING = ""
STEM = "="

IN_NAME = "@"

_INSERT = {
    "sqlite": text(
        "INSERT INTO search_document "
        "(id, thing, name_key, other_keys, names, other_names, organisations, body, words) VALUES "
        "(:id, :thing, :name_key, :other_keys, :names, :other_names, :organisations, :body, :words)"
    ),
    "postgresql": text(
        "INSERT INTO search_document "
        "(id, thing, name_key, other_keys, names, other_names, organisations, body, words, tokens) "
        "VALUES (:id, :thing, :name_key, :other_keys, :names, :other_names, :organisations, :body, "
        ":words, CAST(:tokens AS tsvector))"
    ),
}
_ADD_WORDS = text(
    "INSERT INTO search_word (thing, word, documents) VALUES (:thing, :word, :documents) "
    "ON CONFLICT (thing, word) DO UPDATE "
    "SET documents = search_word.documents + excluded.documents"
)
_DROP_WORDS = text("DELETE FROM search_word WHERE thing = :thing AND documents <= 0")
_TOUCH = text(
    "INSERT INTO search_thing (thing, version) VALUES (:thing, :version) "
    "ON CONFLICT (thing) DO UPDATE SET version = excluded.version"
)
_OLD_WORDS = text("SELECT words FROM search_document WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_DELETE = text("DELETE FROM search_document WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_FTS_DELETE = text(
    "INSERT INTO search_text (search_text, rowid, names, other_names, organisations, body) "
    "SELECT 'delete', id, names, other_names, organisations, body "
    "FROM search_document WHERE id IN :ids"
).bindparams(bindparam("ids", expanding=True))
_FTS_INSERT = text(
    "INSERT INTO search_text (rowid, names, other_names, organisations, body) "
    "VALUES (:id, :names, :other_names, :organisations, :body)"
)
_CLEAR = (
    text("DELETE FROM search_document WHERE thing = :thing"),
    text("DELETE FROM search_word WHERE thing = :thing"),
)
_FTS_REBUILD = text("INSERT INTO search_text (search_text) VALUES ('rebuild')")


def put(session: Session, documents: Iterable[Document]) -> None:
    """Add these records to the index, or replace them there, in the caller's transaction."""
    counts: dict[str, Counter[str]] = {}
    for chunk in _chunks(documents):
        by_key = {key_of(d.thing, d.thing_id): d for d in chunk}
        for thing in sorted({d.thing for d in chunk}):
            if thing not in counts:
                _touch(session, thing)
                counts[thing] = Counter()
            mine = {key: d for key, d in by_key.items() if d.thing == thing}
            counts[thing].update(_forget(session, list(mine)))
            rows = [_row(session, d) for d in mine.values()]
            _insert(session, rows)
            if _dialect(session) == "sqlite":
                _drive(session, _FTS_INSERT, rows)
            for row in rows:
                counts[thing].update(_counted(row["words"]))
    for thing, counted in counts.items():
        _count(session, thing, counted)


def remove(session: Session, thing: str, ids: Iterable[int]) -> None:
    """Take these records out of the index."""
    keys = [key_of(thing, thing_id) for thing_id in ids]
    if keys:
        _touch(session, thing)
        for chunk in _chunks(keys):
            _count(session, thing, _forget(session, chunk))


def rebuild(session: Session, thing: str, documents: Iterable[Document]) -> int:
    """Index every record of one kind afresh (after an import); returns how many there are."""
    _touch(session, thing)
    for clear in _CLEAR:
        session.execute(clear, {"thing": thing})
    counts: Counter[str] = Counter()
    total = 0
    for chunk in _chunks(documents):
        if strays := {d.thing for d in chunk} - {thing}:
            raise ValueError(f"documents of {sorted(strays)} in a rebuild of {thing}")
        rows = [_row(session, d) for d in chunk]
        _insert(session, rows)
        total += len(rows)
        for row in rows:
            counts.update(_counted(row["words"]))
    _count(session, thing, counts)
    if _dialect(session) == "sqlite":
        session.execute(_FTS_REBUILD)  # one pass at the end: four times faster than row by row
    return total


def _touch(session: Session, thing: str) -> None:
    """Mark the kind as changed; on PostgreSQL this also queues writers, so none can deadlock.

    The mark is random, not a count: a count would come round again after a rollback and let a
    process keep words that were never committed.
    """
    session.execute(_TOUCH, {"thing": thing, "version": secrets.randbits(62)})


def _forget(session: Session, keys: list[int]) -> Counter[str]:
    """Delete the rows with these keys and return what that takes from the word counts."""
    counts: Counter[str] = Counter()
    old_rows = session.execute(_OLD_WORDS, {"ids": keys}).scalars().all()
    for old in old_rows:
        counts.subtract(_counted(old))
    if old_rows:
        if _dialect(session) == "sqlite":
            session.execute(_FTS_DELETE, {"ids": keys})
        session.execute(_DELETE, {"ids": keys})
    return counts


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    dialect = _dialect(session)
    if dialect == "sqlite":
        _drive(session, _INSERT[dialect], rows)
    else:
        session.execute(_INSERT[dialect], rows)


def _drive(session: Session, statement: TextClause, rows: list[dict[str, Any]]) -> None:
    """Execute by SQLite's driver alone, which takes the names of values as they are."""
    session.connection().exec_driver_sql(statement.text, rows)


def _counted(row_words: str) -> list[str]:
    """What one record adds one to: itself, its words, and their tokens."""
    spelt = row_words.split()
    return [EVERYTHING, *spelt, *{STEM + stem(word) for word in spelt}]


def _count(session: Session, thing: str, counts: Counter[str]) -> None:
    changed = sorted(word for word, by in counts.items() if by)
    for some in _chunks(changed):
        session.execute(
            _ADD_WORDS,
            [{"thing": thing, "word": word, "documents": counts[word]} for word in some],
        )
    if any(counts[word] < 0 for word in changed):
        session.execute(_DROP_WORDS, {"thing": thing})


def _row(session: Session, document: Document) -> dict[str, Any]:
    others = [line for line in document.other_names.splitlines() if line.strip()]
    joined = joined_words(document.names) + [w for line in others for w in joined_words(line)]
    fields = {
        "names": words(document.names),
        "other_names": [w for line in others for w in words(line)] + joined,
        "organisations": words(document.organisations),
        "body": words(document.body)[:_LONGEST_BODY] + joined_words(document.body),
    }
    spelt = dict.fromkeys(word for found in fields.values() for word in found)
    row: dict[str, Any] = {name: " ".join(map(stem, found)) for name, found in fields.items()}
    row |= {
        "id": key_of(document.thing, document.thing_id),
        "thing": document.thing,
        "name_key": name_key(document.names)[:_LONGEST_KEY],
        "other_keys": "\n".join(
            [name_spelling(name) for name in (document.names, *others, *joined)]
        ),
        "words": " ".join(spelt),
    }
    if _dialect(session) == "postgresql":
        row["tokens"] = _vector(row)
    return row


def _vector(row: dict[str, Any]) -> str:
    """The row as a tsvector literal; the tokens of names are in it once more, marked.

    PostgreSQL's own weights would do the same, but its index has none: each row would be read.
    """
    names = {*row["names"].split(), *row["other_names"].split()}
    tokens = {*names, *row["organisations"].split(), *row["body"].split()}
    return " ".join(f"'{token}'" for token in sorted(tokens | {IN_NAME + name for name in names}))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
